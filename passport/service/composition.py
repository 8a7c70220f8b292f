"""What a piece consists of now, and its guarantee: what its passports say, with what its events changed since."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from passport.codecs import state as states
from passport.codecs.composition import change_of, composition_json, composition_of, declared_guarantee, promise_of
from passport.model.composition import Composition, Origin, Source, after
from passport.model.guarantee import Guarantee, guarantee_now

Told: TypeAlias = Mapping[str, Any]
"""A document, parsed."""


@dataclass(frozen=True, slots=True)
class Now:
    """What a piece consists of, and its guarantee."""

    composition: Composition
    guarantee: Guarantee | None


def composed(passport: Told, events: Iterable[Told], *, batch: Told | None = None, model: Told | None = None) -> Now:
    """What a piece consists of by these documents and no others.

    ``passport`` is its own, ``batch`` and ``model`` what it inherits from; ``events`` its events as documents, of
    whatever tier, in any order. Events follow their own time, those of the same time the given order; those that others
    correct count for nothing.
    """
    kinds = ((passport, Origin.OWN), (batch, Origin.BATCH), (model, Origin.MODEL))
    documents = [(document, Source(origin, _address(document))) for document, origin in kinds if document is not None]
    standing = sorted(states.standing(events, dict), key=lambda each: datetime.fromisoformat(str(each["eventTime"])))
    promises = (promise for event in standing if (promise := promise_of(event)) is not None)
    return Now(
        after(composition_of(documents), map(change_of, standing)),
        guarantee_now(declared_guarantee(documents), promises),
    )


def changes(event: Told) -> bool:
    """Whether an event document, of whatever tier, changes what its piece consists of."""
    return change_of(event).touches


def composition_document(now: Now) -> dict[str, Any]:
    """The composition with the guarantee as JSON, as ``?view=merged`` shows it."""
    return composition_json(now.composition, now.guarantee)


def _address(document: Told) -> str:
    """The address of the version of a passport that a document is."""
    passport, version = document.get("digitalProductPassportId"), document.get("version")
    return f"{passport}/versions/{version}" if version is not None else str(passport)
