"""What was typed into a form, as the event document that it means."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.datastructures import FormData

from passport.model.events import EventType
from passport.model.lifecycle import PRIVATE_PARTY
from passport.service.holding import ENDS, Deed
from passport.web.auth import WORD
from passport.web.pages.acts import CHANNELS, RESULTS

BUTTON = "result"
"""The field of the button that saves a form."""

_LONGEST = 16_000
_OURS = frozenset({WORD, "key", "kept"})
_PLACES = ("site", "building", "floor", "room")

Typed = Mapping[str, tuple[str, ...]]
Document = dict[str, Any]


def typed_in(sent: FormData) -> Typed:
    """The texts of a form by field, in the order in which they came; empty ones and pictures left out."""
    found: dict[str, list[str]] = {}
    for name, value in sent.multi_items():
        if isinstance(value, str) and value.strip() and name not in _OURS:
            found.setdefault(name, []).append(value.strip()[:_LONGEST])
    return {name: tuple(values) for name, values in found.items()}


def event_of(
    deed: Deed,
    code: str,
    typed: Typed,
    *,
    language: str,
    photos: Sequence[Mapping[str, str]] = (),
    channel: Callable[[str], list[dict[str, str]]],
) -> Document:
    """The event that a form means, about the piece with this code; prose is in the language of the page.

    ``channel`` says in every language to whom something is offered. Nothing is judged here: what is missing or wrong
    comes back as findings.
    """
    others = _one(typed, "others").split()
    document: Document = {"products": list(dict.fromkeys((code, *others))), **_MAKERS[deed](typed)}
    if deed is Deed.OFFER and _one(typed, BUTTON) in CHANNELS:
        document["channel"] = channel(_one(typed, BUTTON))
    if "notes" in typed:
        document["notes"] = [{"value": _one(typed, "notes"), "language": language}]
    if photos:
        document["photos"] = [dict(each) for each in photos]
    return document


def undoing(event: Mapping[str, Any], code: str) -> Document:
    """The event that says of another one that it never happened."""
    return {
        "eventType": str(event["eventType"]),
        "products": [code],
        "supersedes": str(event["id"]),
        "correctionReason": "did-not-occur",
    }


def _one(typed: Typed, name: str) -> str:
    return typed.get(name, ("",))[0]


def _some(typed: Typed, *names: str) -> Document:
    return {name: _one(typed, name) for name in names if name in typed}


def _repair(typed: Typed) -> Document:
    grade = _one(typed, BUTTON)
    return {
        "eventType": EventType.REPAIRED,
        **({"repairTypes": list(typed["repairTypes"])} if "repairTypes" in typed else {}),
        **({"condition": {"grade": grade}} if grade in RESULTS else {}),
    }


def _inspect(typed: Typed) -> Document:
    grade = _one(typed, BUTTON)
    return {
        "eventType": EventType.INSPECTED,
        **({"condition": {"grade": grade}} if grade else {}),
        **({"defects": [{"defectCode": each} for each in typed["defects"]]} if "defects" in typed else {}),
    }


def _move(typed: Typed) -> Document:
    return {"eventType": EventType.RELOCATED, "location": _some(typed, *_PLACES)}


def _transfer(typed: Typed) -> Document:
    private = _one(typed, "receiver") == PRIVATE_PARTY
    return {
        "eventType": EventType.NEW_OWNER if private else EventType.OFFERED_TRANSFER,
        **_some(typed, "receiver", "transferType"),
    }


def _end(typed: Typed) -> Document:
    chosen = _one(typed, "ending")
    return {"eventType": chosen if chosen in [str(each) for each in ENDS] else EventType.RECYCLED}


def _plainly(type_: EventType, *names: str) -> Callable[[Typed], Document]:
    def made(typed: Typed) -> Document:
        return {"eventType": type_, **_some(typed, *names)}

    return made


_MAKERS: Mapping[Deed, Callable[[Typed], Document]] = {
    Deed.REPAIR: _repair,
    Deed.INSPECT: _inspect,
    Deed.MOVE: _move,
    Deed.RETURN: _plainly(EventType.RETURNED),
    Deed.FOUND: _plainly(EventType.FOUND),
    Deed.OFFER: _plainly(EventType.OFFERED, "until"),
    Deed.UNOFFER: _plainly(EventType.WITHDRAWN),
    Deed.TRANSFER: _transfer,
    Deed.LEND: _plainly(EventType.LENT, "borrower", "until"),
    Deed.CLAIM: _plainly(EventType.NEW_OWNER, "claimSecret"),
    Deed.LOST: _plainly(EventType.LOST),
    Deed.END: _end,
}
