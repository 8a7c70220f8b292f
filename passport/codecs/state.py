"""Events as documents, and the folded state of a product as the text that is stored with it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

import orjson

from passport.codecs.documents import inner
from passport.model.events import Event, EventType, Subject, Transfer
from passport.model.lifecycle import Change, Part, State, refold
from passport.model.passport import Document, Standing, Tier

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
        id=_last(document.get("id")) or "",
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
        answers=_last(document.get("transfer")) if document["eventType"] != EventType.OFFERED_TRANSFER else None,
        replaced=tuple(_replaced(document)),
        removed=tuple(_removed(document)),
        successors=tuple(document.get("successors", ())),
        supersedes=_last(document.get("supersedes")),
        cancels=document.get("correctionReason") == NEVER_HAPPENED,
        declared=bool(document.get("declared")),
    )


NEVER_HAPPENED = "did-not-occur"
"""The reason of a correction that takes an event back altogether (code list ``correction-reason``)."""
_WORST = 3


def _last(address: str | None) -> str | None:
    return None if address is None else address.rpartition("/")[2]


def _transfer(document: Mapping[str, Any]) -> Transfer | None:
    if document["eventType"] != EventType.OFFERED_TRANSFER or "transfer" not in document:
        return None
    subject = Subject(document.get("transferSubject", Subject.OWNERSHIP))
    receiver = document.get("receiver", "")
    return Transfer(_last(document["transfer"]) or "", subject, receiver, document.get("expires", ""))


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
