"""What search engines may look at: the passports that are in force, in parts that follow the log."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from passport.model.passport import Kind, Standing, Tier
from passport.service.system import System

RANGE: Final = 5_000
"""Positions of the log that one part is about; it has as many addresses at most."""


class Listed(NamedTuple):
    """An address and when its passport was last issued (RFC 3339 UTC)."""

    address: str
    at: str


def parts(system: System) -> int:
    """How many parts there are: part n is about the log from position ``n * RANGE`` on."""
    return -(-system.history.size() // RANGE)


def part(system: System, number: int) -> Iterator[Listed]:
    """The passports whose newest version stands in that part of the log, and which are in force: each is in one part.

    The cost is that of ``RANGE`` documents at most.
    """
    history = system.history
    start = number * RANGE
    for entry in history.scan(start, min(start + RANGE, history.size())):
        document = entry.document
        if document.kind is Kind.PASSPORT and document.tier is Tier.PUBLIC:
            product = history.product(document.code)
            if product and product.current == document.position and product.standing is Standing.ACTIVE:
                yield Listed(system.passport_address(product.code), document.at)
