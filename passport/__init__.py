"""Digital product passports for furniture that moves between organisations."""

__version__ = "0.1.0"
