"""Moments as they are kept: RFC 3339 in UTC and whole seconds, so that they are ordered as texts, too."""

from datetime import UTC, datetime


def written(moment: datetime) -> str:
    """A moment, which knows its time zone, as text like ``2026-03-01T12:00:00Z``."""
    return f"{moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z"
