"""The row of the catalogue's tables: a code with its severity and texts."""

from typing import Final

from passport.model.report import Severity

Entry = tuple[str, Severity | None, str, str, str, str, str, str]
"""Code, severity, title, message, expected, explanation, remedy, source, as in ``passport.validation.problems``."""

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING
