"""The computer's clock."""

from datetime import UTC, datetime


class SystemClock:
    """The time as this machine has it (``passport.ports.Clock``)."""

    def now(self) -> datetime:
        """Now, in UTC."""
        return datetime.now(UTC)
