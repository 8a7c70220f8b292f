"""The pages of a signed-in organisation: its desk, its lists, what it is offered, its forms and what they saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from passport.errors import Refusal
from passport.model.events import Subject
from passport.model.shortcode import grouped
from passport.model.state import PRIVATE_PARTY
from passport.ports import Contact
from passport.service.holding import Deed
from passport.web.pages import acts, controls, refusals
from passport.web.pages.acts import Act
from passport.web.pages.asking import Surroundings
from passport.web.pages.controls import Field, Form
from passport.web.pages.history import path_of
from passport.web.pages.rendering import Render
from passport.web.pages.views import Document
from passport.web.pages.words import Text, Words

LISTS = ("owned", "held", "incoming", "outgoing")
"""The lists of the desk: what an organisation owns and holds, what it is offered and what it offers."""


TOGETHER: Mapping[str, Sequence[Deed]] = {
    "owned": (Deed.MOVE, Deed.INSPECT, Deed.LEND, Deed.TRANSFER, Deed.CARE),
    "held": (Deed.MOVE, Deed.INSPECT, Deed.CARE),
    "incoming": (),
    "outgoing": (),
}
"""What may be done with several pieces of a list at once."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece in a list: its code, what it is called, and its condition and availability as codes."""

    code: str
    names: Sequence[Mapping[str, str]]
    category: str = ""
    grade: str | None = None
    availability: str | None = None
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One open transfer: what of, from whom, to whom, until when, and how many pieces it is about.

    ``pieces`` are the first of them. ``incoming``: the reader is meant. ``contact`` is whom to ask at the other party.
    """

    id: str
    subject: Subject
    giver: str
    receiver: str
    expires: str
    incoming: bool
    total: int
    pieces: Sequence[Piece]
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class DeskView:
    """What an organisation has: the first pieces of each list, whether there are more, and how many in all."""

    organisation: str
    offers: Mapping[str, Sequence[Offer]]
    pieces: Mapping[str, Sequence[Piece]]
    more: Mapping[str, bool]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ListView:
    """One part of one list, with the address of the next part.

    ``cursor`` is where the part began; ``nothing``: something was to be done with ticked pieces, and none was ticked.
    """

    listed: str
    offers: Sequence[Offer] = ()
    pieces: Sequence[Piece] = ()
    following: str | None = None
    cursor: str = ""
    nothing: bool = False


@dataclass(frozen=True, slots=True)
class FormView:
    """A form as it is asked for, or as it came back: what was typed, kept pictures, and what is wrong with it.

    ``findings`` are those of a report in the page's language.
    """

    deed: Deed
    code: str
    names: Sequence[Mapping[str, str]]
    word: str
    key: str
    around: Surroundings
    typed: Mapping[str, Sequence[str]]
    kept: Sequence[str] = ()
    sent: bool = False
    findings: Sequence[Mapping[str, Any]] = ()
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class SavedView:
    """What was saved: the event, how many pieces it is about, whether it can be undone or was.

    ``secrets`` are those by which pieces can be taken over, by code; they are shown this once.
    """

    event: Document
    code: str
    names: Sequence[Mapping[str, str]]
    word: str
    pieces: int = 1
    undoable: bool = False
    undone: bool = False
    transfer: str | None = None
    secrets: Sequence[tuple[str, str]] = ()


class DeskPages:
    """The pages, one method each; ``lang`` is one of the interface's languages."""

    def __init__(self, words: Mapping[str, Words], render: Render) -> None:
        self._words = words
        self._render = render

    def channel(self, which: str) -> list[dict[str, str]]:
        """To whom a piece is offered, in every language."""
        return acts.channel(self._words, which)

    def acts(self, lang: str, code: str, deeds: Mapping[Deed, object], transfer: str | None) -> tuple[Act, ...]:
        """The buttons of a piece's page; an open offer has one page for every answer."""
        words = self._words[lang]
        found: dict[str, Act] = {}
        for deed in deeds:
            path = f"/passports/{code}/acts/{deed}" if deed in acts.DEEDS else f"/transfers/{transfer}"
            shown = Act(path, acts.label(words, deed), first=not found, rare=deed in acts.RARE)
            found.setdefault(path, shown)
        return tuple(found.values())

    def desk(self, lang: str, view: DeskView) -> str:
        """Where an organisation begins: open offers, then what it owns and what it holds for others."""
        words = self._words[lang]
        offers = {listed: [_offer(words, each) for each in found] for listed, found in view.offers.items()}
        pieces = {listed: [line_of(words, each) for each in found] for listed, found in view.pieces.items()}
        return self._render(
            "desk.html",
            lang,
            organisation=view.organisation,
            offers=offers,
            pieces=pieces,
            more=view.more,
            titles={listed: _title(words, listed) for listed in LISTS},
            counts=view.counts,
        )

    def listed(self, lang: str, view: ListView) -> str:
        """One part of one list."""
        words = self._words[lang]
        return self._render(
            "desk-list.html",
            lang,
            heading=_title(words, view.listed),
            offers=[_offer(words, each) for each in view.offers],
            pieces=[line_of(words, each) for each in view.pieces],
            following=view.following,
            listed=view.listed,
            cursor=view.cursor,
            nothing=view.nothing,
            deeds=[(str(each), acts.label(words, each)) for each in TOGETHER[view.listed]],
        )

    def transfer(self, lang: str, view: Offer, word: str, key: str, errors: Sequence[str] = ()) -> str:
        """An open offer with the answers that the reader may give."""
        words = self._words[lang]
        return self._render(
            "transfer.html",
            lang,
            switch=f"/transfers/{view.id}",
            offer=_offer(words, view),
            incoming=view.incoming,
            responsibility=view.subject is Subject.RESPONSIBILITY,
            contact=view.contact,
            word=word,
            key=key,
            errors=[{"text": each, "href": "#answers"} for each in errors],
        )

    def form(self, lang: str, view: FormView) -> str:
        """The form of a deed, empty or as it came back."""
        words = self._words[lang]
        empty = acts.form(words, view.deed, view.around)
        at_fields, others = _mistakes(words, empty, view)
        shown = controls.filled(empty, view.typed, at_fields)
        fields = (*shown.fields, *shown.more)
        errors = [{"text": each.error, "href": f"#{each.target}"} for each in fields if each.error]
        path = f"/passports/{view.code}"
        return self._render(
            "act.html",
            lang,
            switch=f"{path}/acts/{view.deed}",
            path=path,
            action=f"{path}/acts/{view.deed}",
            code=grouped(view.code),
            name=_called(words, view.names),
            form=shown,
            unfolded=any(each.error or each.value or _chosen(each) for each in shown.more) or bool(view.kept),
            word=view.word,
            key=view.key,
            kept=view.kept,
            errors=[*errors, *({"text": text, "href": href} for text, href in others)],
        )

    def meant(self, lang: str, typed: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        """What was typed, with the code of a material that was named in words."""
        words = self._words[lang]
        if "material" not in typed:
            return typed
        codes = {words.code("material-class", each).value.casefold(): each for each in words.codes("material-class")}
        return {**typed, "material": tuple(codes.get(each.casefold(), each) for each in typed["material"])}

    def lacks(self, lang: str, view: FormView) -> bool:
        """Whether something is missing that a form cannot do without."""
        return any(_lacking(acts.form(self._words[lang], view.deed, view.around), view))

    def saved(self, lang: str, view: SavedView) -> str:
        """That something was saved, how to take it back, and what may come next."""
        words = self._words[lang]
        return self._render(
            "saved.html",
            lang,
            switch=path_of(view.event.get("passport")) + "/recorded/" + str(view.event["id"]).rpartition("/")[2],
            kind=words.code("event-type", str(view.event["eventType"])),
            event_path=path_of(view.event["id"]),
            code=grouped(view.code),
            path=f"/passports/{view.code}",
            name=_called(words, view.names),
            pieces=view.pieces,
            undoable=view.undoable,
            undone=view.undone,
            transfer=view.transfer,
            secrets=view.secrets,
            word=view.word,
        )


def _mistakes(words: Words, form: Form, view: FormView) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The messages at their fields, and those of the whole form with what they lead to."""
    if not view.sent:
        return {}, []
    found, others = _lacking(form, view)
    if found or others:
        return found, others
    fields = (*form.fields, *form.more)
    for each in view.findings:
        if each.get("severity") != "error":
            continue
        pointer, message = str(each.get("pointer", "")).lstrip("/"), str(each["message"])
        meant = [one.name for one in fields if one.pointer and _under(pointer, one.pointer)]
        place = next((name for name in meant if name in view.typed), meant[0] if meant else None)
        if place is None:
            others.append((message, "#save"))
        else:
            found.setdefault(place, message)
    if view.refusal is not None and not view.findings:
        told = refusals.tell(words, view.refusal)
        others.append((" ".join((told.heading + ".", *(each.value for each in told.paragraphs))), "#save"))
    return found, others


def _lacking(form: Form, view: FormView) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """What is said where nothing was chosen or typed, at its field or about the buttons."""
    found = {each.name: each.missing for each in form.fields if each.missing and not _answered(each, view)}
    pressed = not form.buttons or "result" in view.typed
    return found, [] if pressed else [(form.ask_missing, "#result-1")]


def _answered(one: Field, view: FormView) -> bool:
    return one.name in view.typed or one.instead in view.typed


def _under(pointer: str, place: str) -> bool:
    return pointer == place or pointer.startswith(f"{place}/") or place.startswith(f"{pointer}/")


def _chosen(one: Field) -> bool:
    return any(each.chosen for each in (*one.choices, *one.rest))


def _called(words: Words, names: Sequence[Mapping[str, str]]) -> Text:
    return words.said(names)[0] if names else Text("")


def _title(words: Words, listed: str) -> str:
    _ = words.texts.gettext
    return {
        "owned": _("What you own"),
        "held": _("What you have borrowed or look after"),
        "incoming": _("Offered to you"),
        "outgoing": _("Offered by you"),
    }[listed]


def line_of(words: Words, piece: Piece) -> dict[str, object]:
    """A piece as a line of a list: its code, name, condition, availability and holder in words."""
    name = _called(words, piece.names)
    if not name.value and piece.category:
        name = words.code("furniture-category", piece.category)
    said = [
        words.code(code_list, code)
        for code_list, code in (("condition-grade", piece.grade), ("availability", piece.availability))
        if code
    ]
    return {"code": piece.code, "name": name, "said": said, "holder": _party(words, piece.holder)}


def _party(words: Words, name: str) -> str:
    return words.texts.gettext("a private person") if name == PRIVATE_PARTY else name


def _offer(words: Words, offer: Offer) -> dict[str, object]:
    return {
        "path": f"/transfers/{offer.id}",
        "giver": _party(words, offer.giver),
        "receiver": _party(words, offer.receiver),
        "incoming": offer.incoming,
        "responsibility": offer.subject is Subject.RESPONSIBILITY,
        "expires": words.date(offer.expires[:10]),
        "total": offer.total,
        "pieces": [line_of(words, each) for each in offer.pieces],
    }
