"""Rules about what a document refers to: its model, its owner, and components within it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from passport.model.naming import sibling
from passport.model.passport import Level, Standing
from passport.model.report import Finding
from passport.published import Field
from passport.validation.forms import EVERY
from passport.validation.gathering import gathered, named
from passport.validation.rules.registry import rule
from passport.validation.subject import Entries, Place, Subject

_BELOW_MODEL: Final = frozenset({Level.BATCH, Level.ITEM})
_ITEM: Final = frozenset({Level.ITEM})
PRIVATE: Final = "private-party"
"""The owner of a piece that belongs to a person: persons are never named (ESPR Article 10(1)(e))."""


def _missing(subject: Subject, name: str) -> str | None:
    """What a field refers to, where it is neither in the submission nor known to be registered."""
    reference = subject.text(name)
    if reference is None:
        return None
    if reference.startswith("#"):
        return reference if _sibling(subject, reference) is None else None
    known = subject.facts.known
    return reference if known.complete and known.product(reference) is None else None


def _sibling(subject: Subject, reference: str) -> Mapping[str, Any] | None:
    """The document of the same submission that ``#3`` means; None where there is none."""
    place, documents = sibling(reference), subject.facts.documents
    return documents[place] if place is not None and place < len(documents) else None


def _level(subject: Subject, reference: str) -> object:
    """The level of what a reference means; None where that is not known."""
    if reference.startswith("#"):
        return (_sibling(subject, reference) or {}).get("granularity")
    product = subject.facts.known.product(reference)
    return product.level if product else None


@rule("model-unknown", "modelPassport", levels=_BELOW_MODEL)
def model_unknown(subject: Subject) -> Iterator[Finding]:
    """A piece or batch refers to a model that is here or comes along (V05, row 7): MUST, both are shown together."""
    reference = _missing(subject, "modelPassport")
    if reference is not None:
        yield subject.finding("model-unknown", ("modelPassport",), reference)


@rule("model-not-checked", "modelPassport", levels=_BELOW_MODEL)
def model_not_checked(subject: Subject) -> Iterator[Finding]:
    """Off line nobody knows whether a model exists: SHOULD be checked again by the service."""
    reference = subject.text("modelPassport")
    known = subject.facts.known
    if reference and not reference.startswith("#") and not known.complete and known.product(reference) is None:
        yield subject.finding("model-not-checked", ("modelPassport",), reference)


def _model(subject: Subject) -> tuple[str, str | None]:
    """The field that names the document's model, and what it says: without ``modelPassport`` the GTIN does."""
    name = "modelPassport" if "modelPassport" in subject.value else "gtin"
    return name, subject.text(name)


@rule("model-is-not-a-model", "modelPassport", "gtin", levels=_BELOW_MODEL)
def model_is_not_a_model(subject: Subject) -> Iterator[Finding]:
    """What ``modelPassport`` names is a passport at model level (EN 18223, granularity; row 7): MUST."""
    name, reference = _model(subject)
    level = _level(subject, reference) if reference is not None else None
    if level not in (None, Level.MODEL):
        yield subject.finding("model-is-not-a-model", (name,), reference, level=level)


@rule("model-withdrawn", "modelPassport", "gtin", levels=_BELOW_MODEL)
def model_withdrawn(subject: Subject) -> Iterator[Finding]:
    """A withdrawn model is a doubtful parent (EN 18223 Table 1): SHOULD not be named, old pieces may have no other."""
    name, reference = _model(subject)
    product = subject.facts.known.product(reference) if reference and not reference.startswith("#") else None
    if product is not None and product.standing is not Standing.ACTIVE:
        yield subject.finding("model-withdrawn", (name,), reference)


@rule("batch-unknown", "batchPassport", levels=_ITEM)
def batch_unknown(subject: Subject) -> Iterator[Finding]:
    """A piece refers to a batch that is here or comes along (V05, row 7): MUST, its page leads there."""
    reference = _missing(subject, "batchPassport")
    if reference is not None:
        yield subject.finding("batch-unknown", ("batchPassport",), reference)


@rule("batch-is-not-a-batch", "batchPassport", levels=_ITEM)
def batch_is_not_a_batch(subject: Subject) -> Iterator[Finding]:
    """What ``batchPassport`` names is a passport at batch level (EN 18223, granularity; row 7): MUST."""
    reference = subject.text("batchPassport")
    level = _level(subject, reference) if reference is not None else None
    if level not in (None, Level.BATCH):
        yield subject.finding("batch-is-not-a-batch", ("batchPassport",), reference, level=level)


@rule("legacy-not-marked", levels=_ITEM)
def legacy_not_marked(subject: Subject) -> Iterator[Finding]:
    """A piece without a maker's passport says that it is legacy (rows 7 and 19; field list 14.1): SHOULD."""
    if "modelPassport" not in subject.value and subject.value.get("isSecondHandLegacy") is not True:
        yield subject.finding("legacy-not-marked", ("isSecondHandLegacy",))


@rule("owner-unknown", "owner", levels=_ITEM)
def owner_unknown(subject: Subject) -> Iterator[Finding]:
    """An owner is a registered organisation or ``private-party`` (ESPR 10(1)(e); V50): MUST, persons are not named."""
    owner = subject.text("owner")
    known = subject.facts.known
    if owner and owner != PRIVATE and known.complete and not known.organisation(owner):
        yield subject.finding("owner-unknown", ("owner",), owner)


def _refers(field: Field) -> bool:
    return field.refers == "components"


def _references(value: object, names: frozenset[str], place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Every reference to a component with its place, wherever it stands."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        if isinstance(member, str):
            if name in names or (isinstance(value, list) and place and place[-1] in names):
                yield (*place, name), member
        elif isinstance(member, dict | list) and name != "extensions":
            yield from _references(member, names, (*place, name))


@rule("component-unknown")
def component_unknown(subject: Subject) -> Iterator[Finding]:
    """A reference to a component names a componentId of the same document (V23): MUST, else nobody finds the part.

    Of ESPR Article 7(5) it follows for substances, of the field list for joints, spare parts and all others. A batch or
    piece without components of its own means those of its model, which may be unknown here.
    """
    if subject.level is not Level.MODEL and not ("components" in subject.value and subject.components):
        return
    ids = tuple(name for _, each in subject.components if isinstance(name := each.get("componentId"), str))
    known = frozenset(ids)
    if subject.sound and known.issuperset(gathered(subject, _refers)):
        return
    for place, reference in _references(subject.value, named(subject, _refers)):
        if reference not in known:
            nearest = subject.facts.nearest(reference, ids) or ", ".join(ids[:5]) or "–"
            yield subject.finding("component-unknown", place, reference, nearest=nearest)


@rule("component-duplicate", "components", "replacedComponents", levels=EVERY)
def component_duplicate(subject: Subject) -> Iterator[Finding]:
    """Each componentId names one component (V09, V23): MUST, references and node addresses are built from it."""
    for place, name in _doubled(subject.components, "componentId"):
        yield subject.finding("component-duplicate", place, name)


@rule("spare-part-duplicate", "spareParts", levels=frozenset({Level.MODEL}))
def spare_part_duplicate(subject: Subject) -> Iterator[Finding]:
    """Each partId names one spare part (row 74; V09): MUST, who orders by it gets one of two, and addresses clash."""
    for place, name in _doubled(subject.entries("spareParts"), "partId"):
        yield subject.finding("spare-part-duplicate", place, name)


def _doubled(entries: Entries, key: str) -> Iterator[tuple[Place, str]]:
    """The places where a name stands that an entry before has already."""
    names = [name for _, each in entries if isinstance(name := each.get(key), str)]
    if len(set(names)) == len(names):
        return
    seen: set[str] = set()
    for place, each in entries:
        name = each.get(key)
        if isinstance(name, str):
            if name in seen:
                yield (*place, key), name
            seen.add(name)
