"""Events as documents, and the folded state of a product as the text that is stored with it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

import orjson

from passport.codecs.documents import inner
from passport.model.events import Event, EventType, Subject, Transfer
from passport.model.lifecycle import refold
from passport.model.naming import id_at
from passport.model.passport import Document, Standing, Tier
from passport.model.state import Change, Part, State

T = TypeVar("T")

_DEFAULTS: Mapping[str, Any] = {each.name: getattr(State(), each.name) for each in fields(State)}


def to_text(state: State) -> str:
    """The state as JSON text: what differs from the state before anything happened, in the order of its fields."""
    said = {name: value for name, default in _DEFAULTS.items() if (value := getattr(state, name)) != default}
    return orjson.dumps(said).decode()


def from_text(text: str) -> State:
    """The state from its JSON text; ``{}`` is the state before anything happened."""
    value = orjson.loads(text)
    if "standing" in value:
        value["standing"] = Standing(value["standing"])
    if "ending" in value:
        value["ending"] = EventType(value["ending"])
    if "transfer" in value:
        value["transfer"] = Transfer(**{**value["transfer"], "subject": Subject(value["transfer"]["subject"])})
    if "changes" in value:
        value["changes"] = tuple(Change(**{**each, "what": Part(each["what"])}) for each in value["changes"])
    if "successors" in value:
        value["successors"] = tuple(value["successors"])
    return State(**value)


def event_of(document: Mapping[str, Any]) -> Event:
    """What an event document says, merged from those of all its tiers: what it does not speak of stays None.

    Raises ``ValueError`` for an event of no known type, ``KeyError`` for one without type or time.
    """
    condition = document.get("condition") or {}
    score = condition.get("structureScore")
    return Event(
        EventType(document["eventType"]),
        document["eventTime"],
        id=id_at(document.get("id", "")),
        recorded=document.get("recordedAt", document["eventTime"]),
        actor=document.get("actor"),
        owner=document.get("owner"),
        holder=document.get("borrower", document.get("collector")),
        operator=document.get("operator"),
        grade=condition.get("grade"),
        assessed_on=condition.get("assessedOn"),
        unsafe=None if score is None else score == _WORST,
        availability=document.get("availability"),
        transfer=_transfer(document),
        answers=_named(document, "transfer") if document["eventType"] != EventType.OFFERED_TRANSFER else None,
        replaced=tuple(_replaced(document)),
        removed=tuple(_removed(document)),
        successors=tuple(document.get("successors", ())),
        supersedes=_named(document, "supersedes"),
        cancels=document.get("correctionReason") == NEVER_HAPPENED,
        declared=bool(document.get("declared")),
    )


NEVER_HAPPENED = "did-not-occur"
"""The reason of a correction that takes an event back altogether (code list ``correction-reason``)."""
_WORST = 3


def standing(events: Iterable[T], said: Callable[[T], Mapping[str, Any]]) -> tuple[T, ...]:
    """The events that nothing corrects, in the given order; what only takes another one back is none of them.

    ``said`` gives what an event says, of whatever tier.
    """
    told = [(each, said(each)) for each in events]
    corrected = {id_at(each["supersedes"]) for _, each in told if "supersedes" in each}
    return tuple(
        event
        for event, each in told
        if each.get("correctionReason") != NEVER_HAPPENED and id_at(str(each.get("id"))) not in corrected
    )


def _named(document: Mapping[str, Any], member: str) -> str | None:
    return id_at(document[member]) if document.get(member) is not None else None


def _transfer(document: Mapping[str, Any]) -> Transfer | None:
    if document["eventType"] != EventType.OFFERED_TRANSFER or "transfer" not in document:
        return None
    subject = Subject(document.get("transferSubject", Subject.OWNERSHIP))
    receiver = document.get("receiver", "")
    return Transfer(id_at(document["transfer"]), subject, receiver, document.get("expires", ""), document["eventTime"])


def _replaced(document: Mapping[str, Any]) -> Iterator[str]:
    for name in ("partsUsed", "replacedComponents"):
        yield from (each["componentId"] for each in document.get(name, ()) if "componentId" in each)


def _removed(document: Mapping[str, Any]) -> Iterator[str]:
    yield from document.get("removedComponents", ())
    yield from (each["componentId"] for each in document.get("parts", ()) if "componentId" in each)


def merged(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One event from its documents of every tier: objects that are shared out among them become one again."""
    whole: dict[str, Any] = {}
    for part in parts:
        for name, value in part.items():
            before = whole.get(name)
            if isinstance(before, dict) and isinstance(value, dict):
                whole[name] = {**before, **value}
            elif before is None or name not in _OF_THE_FIRST:
                whole[name] = value
    return whole


_OF_THE_FIRST = frozenset({"tier", "salt", "restrictedDocuments"})


def gathered(
    documents: Iterable[Document], *, effects: Mapping[str, str] | None = None
) -> Iterator[tuple[tuple[Document, ...], dict[str, Any]]]:
    """Events from event documents of every tier in the order of the log: the documents of each, and what they say.

    The documents of one event follow each other and share its address. ``effects`` are, by document, what is still
    known of erased ones (JSON text).
    """
    group: list[Document] = []
    parts: list[dict[str, Any]] = []
    for document in documents:
        said = _said(document, effects or {})
        if group and (document.tier is Tier.PUBLIC or said.get("id") != parts[0].get("id")):
            yield tuple(group), merged(parts)
            group, parts = [], []
        group.append(document)
        parts.append(said)
    if group:
        yield tuple(group), merged(parts)


def refolded(documents: Iterable[Document], *, effects: Mapping[str, str] | None = None) -> State:
    """The state that event documents of every tier, in the order of the log, fold into. Raises ``Impossible``."""
    return refold(event_of(said) for _, said in gathered(documents, effects=effects))


def _said(document: Document, effects: Mapping[str, str]) -> dict[str, Any]:
    if document.payload:
        return inner(document.payload, document.start)
    value: dict[str, Any] = orjson.loads(effects[document.id])
    return value
