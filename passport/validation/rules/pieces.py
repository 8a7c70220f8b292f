"""Rules about the pieces that an event names: they exist, each once, of one group and at the level that has a life."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from passport.model.digitallink import BadLink, parse_path
from passport.model.events import EventType
from passport.model.naming import own_key, reference_key, sibling
from passport.model.passport import Level
from passport.model.report import Finding
from passport.published import GROUP
from passport.validation.forms import EVENTS, form_of
from passport.validation.rules.registry import rule
from passport.validation.subject import Place, Subject

_LISTS: Final = ("products", "outputs")
_WITH_PARTS: Final = ("partsUsed", "parts")
NAMING: Final = (*_LISTS, *_WITH_PARTS)
"""The members of an event that may name products."""
_OF_BATCHES: Final = frozenset({EventType.MANUFACTURED, EventType.PLACED, EventType.AVAILABLE})
"""What may happen to a batch as a whole."""


class Named(NamedTuple):
    """A product that an event names: where, how, and what is known of it.

    ``key`` is the same for two spellings of one product; ``there`` is False where it is known not to exist.
    """

    place: Place
    text: str
    key: str
    level: object
    group: str | None
    there: bool


def named_products(subject: Subject) -> list[tuple[Place, str]]:
    """Every reference of an event to a product with its place, for ``Subject.once``."""
    found: list[tuple[Place, str]] = []
    for name in _LISTS:
        listed = subject.value.get(name)
        if isinstance(listed, list):
            found.extend(((name, at), each) for at, each in enumerate(listed) if isinstance(each, str))
    for name in _WITH_PARTS:
        for place, each in subject.entries(name):
            text = each.get("partPassport")
            if isinstance(text, str):
                found.append(((*place, "partPassport"), text))
    return found


def _looked_up(subject: Subject) -> list[Named]:
    return [_named(subject, place, text) for place, text in subject.once(named_products)]


def _named(subject: Subject, place: Place, text: str) -> Named:
    if text.startswith("#"):
        return _of_submission(subject, place, text)
    known = subject.facts.known
    product = known.product(text)
    if product is not None:
        return Named(place, text, product.key, product.level, product.group, True)
    key = reference_key(text, base=known.base or "")
    there = key is None or not known.complete
    return Named(place, text, key or text, _level(key), None, there)


def _of_submission(subject: Subject, place: Place, text: str) -> Named:
    """What ``#3`` means, which must be a passport of the same submission."""
    number, documents = sibling(text), subject.facts.documents
    other: Mapping[str, Any] = documents[number] if number is not None and number < len(documents) else {}
    form = form_of(other)
    if not isinstance(form, Level):
        return Named(place, text, text, None, None, False)
    group = other.get("productGroup", GROUP)
    key = own_key(other, base=subject.facts.known.base or "")
    return Named(place, text, key or text, form, group if isinstance(group, str) else None, True)


def _level(key: str | None) -> str | None:
    """The level that a GS1 key says itself."""
    try:
        return parse_path(key).level if key is not None and not key.startswith("p/") else None
    except BadLink:
        return None


@rule("product-unknown", *NAMING, levels=EVENTS)
def product_unknown(subject: Subject) -> Iterator[Finding]:
    """What an event names has a passport, here or in the submission (EN 18219; T01): MUST, else it is nobody's life."""
    for each in subject.once(_looked_up):
        if not each.there:
            yield subject.finding("product-unknown", each.place, each.text)


@rule("products-twice", "products", "outputs", levels=EVENTS)
def products_twice(subject: Subject) -> Iterator[Finding]:
    """One event names each piece once, however it is spelled (V57): MUST, a thing happens to a piece once."""
    seen: set[tuple[object, str]] = set()
    for each in subject.once(_looked_up):
        if each.place[0] in _LISTS:
            if (each.place[0], each.key) in seen:
                yield subject.finding("products-twice", each.place, each.text)
            seen.add((each.place[0], each.key))


@rule("products-of-groups", "products", levels=EVENTS)
def products_of_groups(subject: Subject) -> Iterator[Finding]:
    """The pieces of one event are of its product group (ESPR 9(2)(a)): MUST, each group has a schema of its own."""
    for each in subject.once(_looked_up):
        if each.place[0] == "products" and each.group not in (None, subject.group):
            yield subject.finding("products-of-groups", each.place, each.text, groups=subject.group)
            return


@rule("event-level", "products", "outputs", levels=EVENTS)
def event_level(subject: Subject) -> Iterator[Finding]:
    """Only pieces have a life; a batch is made and sold as a whole (field list, section 11; EN 18223): MUST."""
    whole = subject.text("eventType") in _OF_BATCHES
    fitting = (None, Level.ITEM, Level.BATCH) if whole else (None, Level.ITEM)
    for each in subject.once(_looked_up):
        if each.place[0] in _LISTS and each.level not in fitting:
            yield subject.finding("event-level", each.place, each.text, level=each.level)
