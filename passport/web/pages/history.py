"""A passport's public events as lines of a timeline."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from passport.web.pages.words import Text, Words

_CODES: Mapping[str, str] = {
    "ownerType": "owner-type",
    "grade": "condition-grade",
    "availability": "availability",
}
_ADDRESS = re.compile(r"https?://[^/]+(/[A-Za-z0-9][A-Za-z0-9/._~-]*)")
_SPOKEN = frozenset({"notes", "reason"})


@dataclass(frozen=True, slots=True)
class Happening:
    """One event: what happened, when, in which role somebody did it, and what it changed. ``path`` leads to it."""

    kind: Text
    date: str
    recorded: str
    role: Text | None
    path: str
    facts: tuple[tuple[str, tuple[Text, ...]], ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """The newest condition grade that is public."""

    label: str
    grade: Text
    date: str


def happening(words: Words, event: Mapping[str, Any]) -> Happening:
    """An event document as a line of the timeline."""
    return Happening(
        words.code("event-type", str(event.get("eventType", ""))),
        words.date(str(event.get("eventTime", ""))[:10]),
        words.date(str(event.get("recordedAt", ""))),
        words.code("role", str(event["actorRole"])) if "actorRole" in event else None,
        path_of(event.get("id")),
        tuple(_facts(words, {**_condition(event), **event})),
    )


def condition(words: Words, events: tuple[Mapping[str, Any], ...]) -> Condition | None:
    """The condition that the newest of the events tells of (newest first)."""
    for event in events:
        state = {**_condition(event), **event}
        if "grade" in state:
            date = words.date(state["assessedOn"]) if "assessedOn" in state else ""
            return Condition(words.field("condition"), words.code("condition-grade", str(state["grade"])), date)
    return None


def path_of(address: object) -> str:
    """The path of one of our own addresses; ``/`` for a text that is none."""
    text = str(address)
    match = _ADDRESS.fullmatch(text)
    return match[1] if match else "/"


def _condition(event: Mapping[str, Any]) -> dict[str, Any]:
    held = event.get("condition")
    return {name: value for name, value in held.items() if name != "id"} if isinstance(held, Mapping) else {}


def _facts(words: Words, state: Mapping[str, Any]) -> list[tuple[str, tuple[Text, ...]]]:
    found: list[tuple[str, tuple[Text, ...]]] = []
    for name, code_list in _CODES.items():
        if name in state:
            found.append((words.field(name), (words.code(code_list, str(state[name])),)))
    for name in sorted(_SPOKEN & state.keys()):
        values = state[name]
        found.append((words.field(name), words.said(values) if isinstance(values, list) else (Text(str(values)),)))
    counted = {name: value for name, value in state.items() if type(value) is int}
    return [*found, *((words.field(name), (Text(str(value)),)) for name, value in counted.items())]
