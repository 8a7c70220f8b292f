"""The forms by which a signed-in organisation records what it does with a piece: fields, tiles, buttons and words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from passport.model.events import EventType
from passport.model.languages import LANGUAGES
from passport.model.lifecycle import PRIVATE_PARTY
from passport.service.holding import Deed
from passport.web.pages.words import Text, Words

Gettext = Callable[[str], str]

RESULTS = ("B", "C", "D", "E")
"""The condition grades that a repair can end with."""

CHANNELS = ("internal", "public")
"""To whom a piece is offered."""

LISTED = 12
"""As many organisations are shown as tiles; more are typed, with suggestions."""

_GRADES = ("A", "B", "C", "D", "E")
_COMMON_REPAIRS = ("tighten", "re-glue", "replace-part-new", "reupholster", "sand-and-recoat", "deep-clean")
_PLACES = ("room", "floor", "building", "site")


class Kind(StrEnum):
    """How a field is filled in."""

    TICKS = "ticks"
    CHOICE = "choice"
    LINE = "line"
    NAMED = "named"
    DATE = "date"
    PROSE = "prose"
    PHOTO = "photo"


@dataclass(frozen=True, slots=True)
class Choice:
    """One tile or button: its value, what it says, a few words more, and the heading that it stands under."""

    value: str
    label: Text
    note: str = ""
    chosen: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. ``rest`` are choices behind a fold; ``pointer`` is where an event document has it.

    ``missing`` is what is said when nothing was given; empty when nothing needs to be. ``codes``: short codes are
    typed here, not prose.
    """

    kind: Kind
    name: str
    label: str
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    rest: tuple[Choice, ...] = ()
    value: str = ""
    pointer: str = ""
    missing: str = ""
    error: str = ""
    codes: bool = False

    @property
    def target(self) -> str:
        """The id of what gets the focus from the error summary."""
        return f"{self.name}-1" if self.kind in (Kind.TICKS, Kind.CHOICE) else self.name

    @property
    def described(self) -> str:
        """The ids of what describes the field: its hint and its message."""
        parts = ("hint", self.hint), ("error", self.error)
        return " ".join(f"{self.name}-{what}" for what, text in parts if text)


@dataclass(frozen=True, slots=True)
class Form:
    """A form: ``fields`` at once, ``more`` behind a fold, ``buttons`` that save; ``ask`` heads several of them."""

    heading: str
    intro: str = ""
    fields: tuple[Field, ...] = ()
    more: tuple[Field, ...] = ()
    more_label: str = ""
    ask: str = ""
    ask_missing: str = ""
    buttons: tuple[Choice, ...] = ()
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a form offers besides the code lists: organisations as (slug, name), ways to end, and the last place."""

    organisations: Sequence[tuple[str, str]] = ()
    types: tuple[EventType, ...] = ()
    place: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Act:
    """A way from the page of a piece to a form."""

    path: str
    label: str
    first: bool = False


def label(words: Words, deed: Deed) -> str:
    """What a deed is called on its button."""
    _ = words.texts.gettext
    return {
        Deed.ACCEPT: _("Answer the offer"),
        Deed.REFUSE: _("Answer the offer"),
        Deed.TAKE_BACK: _("Take back the offer"),
        Deed.REPAIR: _("Register repair"),
        Deed.INSPECT: _("Inspect"),
        Deed.MOVE: _("Move"),
        Deed.RETURN: _("It came back"),
        Deed.FOUND: _("It was found"),
        Deed.OFFER: _("Offer to others"),
        Deed.UNOFFER: _("Offer no longer"),
        Deed.TRANSFER: _("Hand over"),
        Deed.LEND: _("Lend"),
        Deed.CLAIM: _("Take over from a private person"),
        Deed.LOST: _("It is lost"),
        Deed.END: _("End of life"),
    }[deed]


def form(words: Words, deed: Deed, around: Surroundings) -> Form:
    """The empty form of a deed."""
    made = _FORMS[deed](words, around)
    return replace(made, heading=made.heading or label(words, deed))


def filled(form: Form, typed: Mapping[str, Sequence[str]], errors: Mapping[str, str]) -> Form:
    """The form with what was typed, and the messages at the fields that they belong to."""
    return replace(
        form,
        fields=tuple(_filled(each, typed, errors) for each in form.fields),
        more=tuple(_filled(each, typed, errors) for each in form.more),
    )


def _filled(one: Field, typed: Mapping[str, Sequence[str]], errors: Mapping[str, str]) -> Field:
    given = typed.get(one.name, ())
    return replace(
        one,
        value=given[0] if given else one.value,
        choices=tuple(replace(each, chosen=each.value in given) for each in one.choices),
        rest=tuple(replace(each, chosen=each.value in given) for each in one.rest),
        error=errors.get(one.name, ""),
    )


def channel(texts: Mapping[str, Words], which: str) -> list[dict[str, str]]:
    """To whom a piece is offered, in every language."""
    return [
        {"value": _channel(texts[language].texts.gettext, which)[0], "language": language} for language in LANGUAGES
    ]


def _channel(_: Gettext, which: str) -> tuple[str, str]:
    return {
        "internal": (_("Within the organisation"), _("Other schools and offices of yours can have it.")),
        "public": (_("To everybody"), _("Other organisations and private persons too.")),
    }[which]


def _photo_and_note(words: Words) -> tuple[Field, ...]:
    _ = words.texts.gettext
    return (
        Field(
            Kind.PHOTO,
            "photo",
            _("Photo"),
            _("No people in the picture. Place and time of the picture are removed."),
            pointer="photos",
        ),
        _note(words),
    )


def _note(words: Words) -> Field:
    _ = words.texts.gettext
    hint = _("Seen by owner, repairers and authorities. No names of persons.")
    return Field(Kind.PROSE, "notes", _("Note"), hint, pointer="notes")


def _others(words: Words) -> Field:
    _ = words.texts.gettext
    hint = _("Codes of other pieces that the same goes for, one on each line.")
    return Field(Kind.PROSE, "others", _("More pieces"), hint, pointer="products", codes=True)


def _codes(words: Words, code_list: str, codes: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(Choice(code, words.code(code_list, code)) for code in codes)


def _graded(words: Words, codes: Sequence[str]) -> tuple[Choice, ...]:
    meanings = {code: words.meaning("condition-grade", code) for code in codes}
    return tuple(
        Choice(code, words.code("condition-grade", code), meaning.value if (meaning := meanings[code]) else "")
        for code in codes
    )


def _repair(words: Words, around: Surroundings) -> Form:
    _ = words.texts.gettext
    codes = words.codes("repair-type")
    done = Field(
        Kind.TICKS,
        "repairTypes",
        _("What was done?"),
        choices=_codes(words, "repair-type", [each for each in _COMMON_REPAIRS if each in codes]),
        rest=_codes(words, "repair-type", [each for each in codes if each not in _COMMON_REPAIRS]),
        pointer="repairTypes",
        missing=_("Choose at least one kind of repair."),
    )
    return Form(
        "",
        fields=(done,),
        more=_photo_and_note(words),
        more_label=_("Add photo or note"),
        ask=_("How is it now? Your answer saves the repair."),
        ask_missing=_("Choose how it is now."),
        buttons=_codes(words, "condition-grade", RESULTS),
    )


def _inspect(words: Words, around: Surroundings) -> Form:
    _ = words.texts.gettext
    defects = Field(
        Kind.TICKS, "defects", _("Defects"), choices=_codes(words, "defect", words.codes("defect")), pointer="defects"
    )
    return Form(
        "",
        more=(defects, *_photo_and_note(words)),
        more_label=_("Add defects, photo or note"),
        ask=_("How is it? Your answer saves the inspection."),
        ask_missing=_("Choose how it is."),
        buttons=_graded(words, _GRADES),
    )


def _move(words: Words, around: Surroundings) -> Form:
    _ = words.texts.gettext
    fields = tuple(
        Field(
            Kind.LINE,
            name,
            words.field(name),
            value="" if name == "room" else around.place.get(name, ""),
            pointer=f"location/{name}",
            missing=_("Write the room.") if name == "room" else "",
        )
        for name in _PLACES
    )
    return Form(
        _("Where does it stand now?"),
        _("Only your organisation sees the place."),
        fields,
        (_others(words), _note(words)),
        _("Add more pieces or note"),
    )


def _offer(words: Words, around: Surroundings) -> Form:
    _ = words.texts.gettext
    until = Field(Kind.DATE, "until", _("Until"), pointer="until")
    said = {each: _channel(_, each) for each in CHANNELS}
    return Form(
        "",
        more=(until, _note(words)),
        more_label=_("Add last day or note"),
        ask=_("To whom? Your answer saves the offer."),
        ask_missing=_("Choose to whom it is offered."),
        buttons=tuple(Choice(each, Text(said[each][0]), said[each][1]) for each in CHANNELS),
    )


def _whom(words: Words, around: Surroundings, name: str, question: str) -> Field:
    _ = words.texts.gettext
    private = Choice(PRIVATE_PARTY, Text(_("A private person")), _("Nothing about the person is kept."))
    others = tuple(Choice(slug, Text(called)) for slug, called in around.organisations)
    missing = _("Choose an organisation or a private person.")
    if len(others) <= LISTED:
        return Field(Kind.CHOICE, name, question, choices=(*others, private), pointer=name, missing=missing)
    hint = _("The name of the organisation, or “%(private)s”.") % {"private": private.label.value}
    return Field(Kind.NAMED, name, question, hint, choices=(*others, private), pointer=name, missing=missing)


def _transfer(words: Words, around: Surroundings) -> Form:
    _ = words.texts.gettext
    kinds = _codes(words, "transfer-type", words.codes("transfer-type"))
    kind = Field(Kind.CHOICE, "transferType", words.field("transferType"), choices=kinds, pointer="transferType")
    return Form(
        _("Hand over to another owner"),
        _("An organisation owns it as soon as it accepts. A private person owns it at once."),
        (_whom(words, around, "receiver", _("Who gets it?")),),
        (_others(words), kind, _note(words)),
        _("Add more pieces, kind of hand-over or note"),
    )


def _lend(words: Words, around: Surroundings) -> Form:
    _ = words.texts.gettext
    until = Field(Kind.DATE, "until", _("Return by"), pointer="until")
    more = (until, _others(words), _note(words))
    whom = _whom(words, around, "borrower", _("Who borrows it?"))
    return Form("", "", (whom,), more, _("Add day, more pieces or note"))


def _claim(words: Words, around: Surroundings) -> Form:
    _ = words.texts.gettext
    hint = _(
        "It stands on the paper that the person got with the piece. Without it the take-over is shown as unconfirmed."
    )
    secret = Field(Kind.LINE, "claimSecret", _("Code on the receipt"), hint, pointer="claimSecret")
    return Form("", _("Your organisation becomes the owner at once."), (secret,), (_note(words),), _("Add note"))


def _end(words: Words, around: Surroundings) -> Form:
    _ = words.texts.gettext
    how = Field(
        Kind.CHOICE,
        "ending",
        _("What becomes of it?"),
        choices=_codes(words, "event-type", [str(each) for each in around.types]),
        pointer="eventType",
        missing=_("Choose what becomes of it."),
    )
    return Form(
        "",
        "",
        (how,),
        _photo_and_note(words),
        _("Add photo or note"),
        warning=_("Afterwards nothing more can be recorded of this piece. Its passport stays readable."),
    )


def _simple(words: Words, around: Surroundings) -> Form:
    _ = words.texts.gettext
    return Form("", "", (), (_note(words),), _("Add note"))


_FORMS: Mapping[Deed, Callable[[Words, Surroundings], Form]] = {
    Deed.REPAIR: _repair,
    Deed.INSPECT: _inspect,
    Deed.MOVE: _move,
    Deed.RETURN: _simple,
    Deed.FOUND: _simple,
    Deed.OFFER: _offer,
    Deed.UNOFFER: _simple,
    Deed.TRANSFER: _transfer,
    Deed.LEND: _lend,
    Deed.CLAIM: _claim,
    Deed.LOST: _simple,
    Deed.END: _end,
}
"""The deeds that have a form of their own; a transfer is answered on its own page."""

DEEDS = frozenset(_FORMS)
