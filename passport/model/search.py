"""Finding products: what can be said of one so that it is found, what is asked, and what comes back."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from passport.model.passport import Level

Pair = tuple[str, str]
Measure = tuple[str, Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Description:
    """What is said of one or many products; all of whom the same is said share one.

    ``names`` are what it is called, ``kinds`` the words for what kind of thing it is, ``words`` every other text.
    ``codes`` are pairs of a key and a value to narrow by (``level``, ``group``, ``model``, ``has``, a code list …),
    ``measures`` a field with its smallest and largest value, in the field's unit.
    """

    level: Level
    names: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    codes: tuple[Pair, ...] = ()
    measures: tuple[Measure, ...] = ()

    def digest(self) -> bytes:
        """The same for the same description, in any process."""
        facts = (self.level.value, self.names, self.kinds, self.words, self.codes, self.measures)
        return hashlib.sha256(ascii(facts).encode()).digest()


@dataclass(frozen=True, slots=True)
class Findable:
    """One product: its short code, the numbers that are its own (serial number …), and what is said of it."""

    code: str
    identifiers: tuple[str, ...]
    description: Description


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked. Everything given must hold; of several values of one key, one of them must.

    ``text`` is free text: all of its words, in any order and of any language, the last one perhaps unfinished; or a
    number that belongs to a product. A product is within a range when its own values touch it; None leaves an end
    open. ``after`` is ``Hits.after`` of the part before. ``counted`` are the keys whose values are to be counted.
    """

    text: str = ""
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[Decimal | None, Decimal | None]] = field(default_factory=dict)
    after: str | None = None
    limit: int = 20
    counted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found: short codes, best first: models before batches and pieces, of equally good ones the newest first.

    ``total`` counts the products found; with ``bounded`` there are at least so many, and what is left out is not
    counted. ``after`` leads to the next part, None at the end. ``counts`` are by key: the values with their number of
    products, most first and fifty at most, counted as if that key were not narrowed by. ``spans`` are the smallest and
    largest value of each measured field, with the number of products. ``made`` are the numbers of batches and pieces
    made to the models found.
    """

    codes: tuple[str, ...]
    total: int
    bounded: bool
    after: str | None
    counts: Mapping[str, tuple[tuple[str, int], ...]]
    spans: Mapping[str, tuple[Decimal, Decimal, int]]
    made: Mapping[str, int]
