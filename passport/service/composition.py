"""What a piece consists of now, and its guarantee: what its passports say, with what its events changed since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from passport.codecs.composition import change_of, composition_json, composition_of, declared_guarantee, promise_of
from passport.codecs.documents import inner
from passport.model.composition import Composition, Origin, Source, after
from passport.model.guarantee import Guarantee, guarantee_now
from passport.model.passport import Kind
from passport.ports import Reading
from passport.service import resolution
from passport.service.system import System

Told: TypeAlias = Mapping[str, Any]
"""A document, parsed."""

_NEVER_HAPPENED = "did-not-occur"


@dataclass(frozen=True, slots=True)
class Now:
    """What a piece consists of, and its guarantee."""

    composition: Composition
    guarantee: Guarantee | None


def composed(passport: Told, events: Iterable[Told], *, batch: Told | None = None, model: Told | None = None) -> Now:
    """What a piece consists of by these documents and no others.

    ``passport`` is its own, ``batch`` and ``model`` what it inherits from; ``events`` its events as documents, of
    whatever tier, in any order. Events follow their own time; those that others correct count for nothing.
    """
    kinds = ((passport, Origin.OWN), (batch, Origin.BATCH), (model, Origin.MODEL))
    documents = [(document, Source(origin, _address(document))) for document, origin in kinds if document is not None]
    standing = standing_events(events)
    promises = (promise for event in standing if (promise := promise_of(event)) is not None)
    return Now(
        after(composition_of(documents), map(change_of, standing)),
        guarantee_now(declared_guarantee(documents), promises),
    )


def composition(system: System, reading: Reading, *, events: Sequence[Told] | None = None) -> Now:
    """What a piece consists of now, by everything public of it.

    Its model counts in the version it was made to, with later corrections. ``events`` are taken in the place of its
    public ones where they are given: those of another time, or restricted ones for callers who may see them.
    """
    return composed(
        inner(reading.payload, reading.start),
        public_events(system, reading.code) if events is None else events,
        batch=resolution.batch_of(system, reading),
        model=resolution.model_of(system, reading),
    )


def composition_document(now: Now) -> dict[str, Any]:
    """The composition with the guarantee as JSON, as ``?view=merged`` shows it."""
    return composition_json(now.composition, now.guarantee)


def public_events(system: System, code: str) -> tuple[Told, ...]:
    """The public events of a product as documents, oldest first; without those whose content was erased."""
    kept = resolution.life(system, code)
    return tuple(inner(each.payload, each.start) for each in kept if each.payload and each.kind is Kind.EVENT)


def standing_events(events: Iterable[Told]) -> tuple[Told, ...]:
    """The events that no other one corrects, by their own time; those of the same time in the given order.

    One that says of another that it never happened is no event itself.
    """
    told = list(events)
    superseded = {str(each["supersedes"]) for each in told if "supersedes" in each}
    standing = [
        each
        for each in told
        if each.get("correctionReason") != _NEVER_HAPPENED and str(each.get("id")) not in superseded
    ]
    return tuple(sorted(standing, key=lambda each: datetime.fromisoformat(str(each["eventTime"]))))


def _address(document: Told) -> str:
    """The address of the version of a passport that a document is."""
    passport, version = document.get("digitalProductPassportId"), document.get("version")
    return f"{passport}/versions/{version}" if version is not None else str(passport)
