"""Effort: how much work one submission may make of the lives of pieces, however few bytes it has itself."""

from typing import Final

from passport.errors import TooLarge

FOLDS: Final = 500_000
"""Events that are folded anew for the corrections and late observations of one submission: a second or two."""


class Effort:
    """Counts the pieces that events name, and the events that are folded anew because of them."""

    def __init__(self, *, pieces: int) -> None:
        self._limit = pieces
        self._pieces = 0
        self._folds = 0

    def name(self, pieces: int) -> None:
        """Count pieces, each as often as it is named. Raises ``TooLarge``."""
        self._pieces += pieces
        if self._pieces > self._limit:
            raise TooLarge("The events of the submission name too many pieces.", limit=self._limit)

    def fold(self, events: int) -> None:
        """Count events of a life that is folded anew. Raises ``TooLarge``."""
        self._folds += events
        if self._folds > FOLDS:
            raise TooLarge("The submission has too many corrections or late events of long lives.", limit=FOLDS)
