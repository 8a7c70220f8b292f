"""What was typed into a form, as the event document that it means."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.datastructures import FormData

from passport.codecs.state import NEVER_HAPPENED
from passport.model.events import EventType, Subject
from passport.model.state import PRIVATE_PARTY
from passport.service.holding import ENDS, Deed
from passport.web.auth import WORD
from passport.web.pages.acts import CHANNELS
from passport.web.pages.works import CARES, MASS, OTHER, RESULTS

BUTTON = "result"
"""The field of the button that saves a form."""

_LONGEST = 16_000
_OURS = frozenset({WORD, "key", "kept"})
_PDF = "application/pdf"
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
        document["notes"] = _prose(typed, "notes", language)
    papers = [dict(each) for each in photos if each.get("contentType") == _PDF]
    pictures = [dict(each) for each in photos if each.get("contentType") != _PDF]
    if pictures:
        document["photos"] = pictures
    if papers:
        document["documents"] = papers
    if "careAction" in typed:
        document["careAction"] = _prose(typed, "careAction", language)
    if "partName" in typed and "partsUsed" in document:
        document["partsUsed"][0]["name"] = _prose(typed, "partName", language)
    return document


def undoing(event: Mapping[str, Any], code: str) -> Document:
    """The event that says of another one that it never happened."""
    return {
        "eventType": str(event["eventType"]),
        "products": [code],
        "supersedes": str(event["id"]),
        "correctionReason": NEVER_HAPPENED,
    }


def _one(typed: Typed, name: str) -> str:
    return typed.get(name, ("",))[0]


def _prose(typed: Typed, name: str, language: str) -> list[dict[str, str]]:
    return [{"value": _one(typed, name), "language": language}]


def _some(typed: Typed, *names: str) -> Document:
    return {name: _one(typed, name) for name in names if name in typed}


def _worked(type_: EventType) -> Callable[[Typed], Document]:
    """Work on a piece: what was done, the part that came in where one is told, and the condition afterwards."""

    def made(typed: Typed) -> Document:
        grade, part = _one(typed, BUTTON), _part(typed)
        return {
            "eventType": type_,
            **({"repairTypes": list(typed["repairTypes"])} if "repairTypes" in typed else {}),
            **({"partsUsed": [part]} if part else {}),
            **({"condition": {"grade": grade}} if grade in RESULTS or grade == "A" else {}),
        }

    return made


def _part(typed: Typed) -> Document:
    """The part that came in; nothing where none was chosen, named or described."""
    if not {"component", "partName", "material"} & typed.keys():
        return {}
    component, material = _one(typed, "component"), _one(typed, "material")
    return {
        "partOrigin": _one(typed, "partOrigin") or "new",
        **({"componentId": component} if component not in ("", OTHER) else {}),
        **({"materials": [{"materialClass": material}]} if material else {}),
    }


def _care(typed: Typed) -> Document:
    chosen = _one(typed, BUTTON)
    return {"eventType": chosen if chosen in CARES else CARES[0]}


def _responsibility(typed: Typed) -> Document:
    return {
        "eventType": EventType.OFFERED_TRANSFER,
        "transferSubject": Subject.RESPONSIBILITY,
        **_some(typed, "receiver"),
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
    masses = [
        {"materialClass": name.removeprefix(MASS), "mass": _one(typed, name).replace(",", ".")}
        for name in typed
        if name.startswith(MASS)
    ]
    return {
        "eventType": chosen if chosen in [str(each) for each in ENDS] else EventType.RECYCLED,
        **_some(typed, "route"),
        **({"masses": masses} if masses else {}),
    }


def _plainly(type_: EventType, *names: str) -> Callable[[Typed], Document]:
    def made(typed: Typed) -> Document:
        return {"eventType": type_, **_some(typed, *names)}

    return made


_MAKERS: Mapping[Deed, Callable[[Typed], Document]] = {
    Deed.REPAIR: _worked(EventType.REPAIRED),
    Deed.PARTS: _worked(EventType.PARTS_REPLACED),
    Deed.REFURBISH: _worked(EventType.REFURBISHED),
    Deed.INSPECT: _inspect,
    Deed.CARE: _care,
    Deed.MOVE: _move,
    Deed.RETURN: _plainly(EventType.RETURNED),
    Deed.FOUND: _plainly(EventType.FOUND),
    Deed.OFFER: _plainly(EventType.OFFERED, "until"),
    Deed.UNOFFER: _plainly(EventType.WITHDRAWN),
    Deed.RESERVE: _plainly(EventType.RESERVED, "reservedFor", "until"),
    Deed.TRANSFER: _transfer,
    Deed.RESPONSIBILITY: _responsibility,
    Deed.COLLECT: _plainly(EventType.COLLECTED, "collector"),
    Deed.LEND: _plainly(EventType.LENT, "borrower", "until"),
    Deed.CLAIM: _plainly(EventType.NEW_OWNER, "claimSecret"),
    Deed.LOST: _plainly(EventType.LOST),
    Deed.END: _end,
}
