"""Finding products by what is said of them, as a port."""

from collections.abc import Callable, Sequence
from typing import Protocol

from passport.model.search import Description, Findable, Hits, Query


class Following(Protocol):
    """One step of the search index along the log. All of it holds from the end of its block on, or nothing does."""

    @property
    def position(self) -> int:
        """The log position up to which, not including, the index knows everything; 0 at the beginning."""

    @property
    def mark(self) -> bytes:
        """What ``reach`` was given with that position; empty at the beginning."""

    def clear(self) -> None:
        """Forget everything: back to the beginning."""

    def put(self, product: Findable) -> None:
        """Let a product be found by this, and by nothing that was said of it before."""

    def remove(self, code: str) -> None:
        """Let a product not be found any more; one that is not there is no trouble."""

    def shared(self, key: str, value: str) -> Sequence[str]:
        """The short code of one product of each description that has this code."""

    def restate(self, code: str, description: Description) -> None:
        """Say this from now on of that product, and of all of whom the same was said."""

    def reach(self, position: int, mark: bytes) -> None:
        """Everything before ``position`` is known now; ``mark`` tells this log from another."""


class Search(Protocol):
    """Finding products by what is said of them. Never the truth: it may be late, and can be thrown away at any time.

    What is damaged or missing begins anew by itself, at position 0. Any number of processes may use it.
    """

    def position(self) -> int:
        """Up to which log position it knows everything."""

    def follow(self, step: Callable[[Following], None], *, wait: float = 0.0) -> bool:
        """Take the next step; only one is taken at a time, by any process.

        False, with nothing done, when another one still runs after ``wait`` seconds. ``step`` is called once more when
        the index had to begin anew because it is damaged.
        """

    def query(self, query: Query) -> Hits:
        """What fits. Takes any text; the cost is bounded whatever is asked.

        Raises ``Malformed`` for a foreign place in ``after``.
        """

    def example(self, key: str, value: str) -> str | None:
        """The short code of a product with this code, of a model where there is one."""

    def close(self) -> None:
        """Let go of files and connections."""
