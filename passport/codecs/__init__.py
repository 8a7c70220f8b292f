"""Every form a passport takes as bytes."""
