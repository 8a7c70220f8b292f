"""The pieces that the events of one submission are about, found by what events call them, each with its life."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from passport.codecs import state as states
from passport.codecs.documents import inner
from passport.codecs.strictjson import Raw
from passport.model.events import EventType
from passport.model.lifecycle import fold
from passport.model.naming import code_key, own_key, reference_key, sibling
from passport.model.passport import Level, Product
from passport.model.state import State
from passport.ports import Writing
from passport.service.lives import Life, Past, past_of
from passport.service.placing import Place

WITH_PARTS: Final = ("partsUsed", "parts")
"""Members of an event whose objects may name a piece, as ``partPassport``."""


class Pieces:
    """Finds pieces in the store and among the passports of the same submission; each is one ``Life`` however named.

    ``organisation`` submits at the time ``at`` (RFC 3339 UTC); what it submits in the same submission is its own.
    """

    def __init__(self, writing: Writing, *, base: str, organisation: str, at: str) -> None:
        self._writing = writing
        self._base = base
        self._organisation = organisation
        self._at = at
        self._stored: Mapping[str, Product] = {}
        self.places: Mapping[int, Place] = {}
        self._keys: dict[str, int] = {}
        self._lives: dict[str, Life] = {}

    def look_up(self, raws: Iterable[Raw], places: Sequence[Place]) -> None:
        """Find all products that events name in one question to the store; ``places`` are those of the passports."""
        self.places = {each.raw.index: each for each in places}
        self._keys = {each.key: each.raw.index for each in reversed(places) if each.key is not None}
        named = {reference_key(each, base=self._base) for raw in raws for each in _named(raw.value)}
        wanted = {key for key in named if key is not None}
        self._stored = self._writing.products(wanted) if wanted else {}

    def named(self, reference: str) -> Life | None:
        """The piece that a reference in an event means; None when there is none."""
        place = sibling(reference)
        if place is not None:
            return self.at_place(place)
        key = reference_key(reference, base=self._base)
        if key is None:
            return None
        if key in self._stored:
            return self.stored(self._stored[key])
        return self.at_place(self._keys[key]) if key in self._keys else None

    def transferring(self, transfer: str) -> list[Life]:
        """The pieces with an open offer of that id."""
        return [self.stored(product) for product in self._writing.transferring(transfer)]

    def stored(self, product: Product) -> Life:
        """A piece that has its passport already."""
        key = code_key(product.code)
        if key not in self._lives:
            state = states.from_text(product.state)
            self._lives[key] = Life(product, None, product.key, product.level, product.issuer, product.operator, state)
        return self._lives[key]

    def at_place(self, place: int) -> Life | None:
        """The piece that the passport at a place of the submission is about."""
        found = self.places.get(place)
        if found is None:
            return None
        if found.existing is not None:
            return self.stored(found.existing)
        key = f"#{place}"
        if key not in self._lives:
            about = {"eventType": EventType.CREATED, "eventTime": self._at}
            state = fold(State(), states.event_of({**found.raw.value, **about}))
            named = own_key(found.raw.value, base=self._base) or key
            self._lives[key] = Life(None, place, named, found.level, self._organisation, self._organisation, state)
        return self._lives[key]

    def past(self, life: Life) -> list[Past]:
        """The events of a piece as kept, oldest first."""
        if life.past is None:
            life.past = []
            if life.product is not None:
                life.past = past_of(self._writing.events(life.product.code), self._writing)
        return life.past

    def comes_from(self, output: str | int, life: Life) -> bool:
        """Whether an output is another piece whose passport names this one among those that came before it."""
        if (self.at_place(output) if isinstance(output, int) else self.named(output)) is life:
            return False
        value = self._passport(output)
        if value is None or value.get("granularity") != Level.ITEM:
            return False
        before = {reference_key(each, base=self._base) for each in value.get("previousPassports", ())}
        return not before.isdisjoint({life.key, code_key(life.code)})

    def _passport(self, output: str | int) -> Mapping[str, Any] | None:
        """What the passport of an output says: one in the store, or at a place in the submission."""
        if isinstance(output, int):
            place = self.places.get(output)
            return place.raw.value if place is not None else None
        key = reference_key(output, base=self._base)
        product = self._stored.get(key) if key is not None else None
        document = self._writing.version(product.code, product.version) if product is not None else None
        return inner(document.payload, document.start) if document is not None else None


def _named(value: Mapping[str, Any]) -> Iterator[str]:
    yield from value.get("products", ())
    yield from value.get("outputs", ())
    for name in WITH_PARTS:
        yield from (each["partPassport"] for each in value.get(name, ()) if "partPassport" in each)
