"""The English texts of all findings and refusals; their translations stand in ``passport/locale``."""
