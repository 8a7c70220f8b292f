"""The forms by which a signed-in organisation records what it does with a piece: fields, tiles, buttons and words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from passport.model.languages import LANGUAGES
from passport.service.holding import Deed
from passport.web.pages import works
from passport.web.pages.asking import Surroundings, codes, note, others, photo_and_note, unlisted, whom
from passport.web.pages.controls import Choice, Field, Form, Kind
from passport.web.pages.words import Text, Words

Gettext = Callable[[str], str]

CHANNELS = ("internal", "public")
"""To whom a piece is offered."""

_GRADES = ("A", "B", "C", "D", "E")
_PLACES = ("room", "floor", "building", "site")


@dataclass(frozen=True, slots=True)
class Act:
    """A way from the page of a piece to a form."""

    path: str
    label: str
    first: bool = False
    rare: bool = False


def label(words: Words, deed: Deed) -> str:
    """What a deed is called on its button."""
    _ = words.texts.gettext
    return {
        Deed.ACCEPT: _("Answer the offer"),
        Deed.REFUSE: _("Answer the offer"),
        Deed.TAKE_BACK: _("Withdraw the hand-over"),
        Deed.REPAIR: _("Register repair"),
        Deed.INSPECT: _("Inspect"),
        Deed.CARE: _("Clean or maintain"),
        Deed.PARTS: _("Replace a part"),
        Deed.REFURBISH: _("Refurbish"),
        Deed.MOVE: _("Move"),
        Deed.RETURN: _("It came back"),
        Deed.FOUND: _("It was found"),
        Deed.OFFER: _("Offer to others"),
        Deed.UNOFFER: _("Stop offering it"),
        Deed.RESERVE: _("Book for somebody"),
        Deed.TRANSFER: _("Hand over"),
        Deed.LEND: _("Lend"),
        Deed.COLLECT: _("It was collected"),
        Deed.RESPONSIBILITY: _("Hand over responsibility"),
        Deed.CLAIM: _("Take over from a private person"),
        Deed.LOST: _("It is lost"),
        Deed.END: _("End of life"),
    }[deed]


def form(words: Words, deed: Deed, around: Surroundings) -> Form:
    """The empty form of a deed."""
    made = _FORMS[deed](words, around)
    return replace(made, heading=made.heading or label(words, deed))


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


def _graded(words: Words, codes: Sequence[str]) -> tuple[Choice, ...]:
    meanings = {code: words.meaning("condition-grade", code) for code in codes}
    return tuple(
        Choice(code, words.code("condition-grade", code), meaning.value if (meaning := meanings[code]) else "")
        for code in codes
    )


def _inspect(words: Words, around: Surroundings) -> Form:
    _ = words.texts.gettext
    defects = Field(
        Kind.TICKS, "defects", _("Defects"), choices=codes(words, "defect", words.codes("defect")), pointer="defects"
    )
    return Form(
        "",
        more=(defects, others(words), *photo_and_note(words)),
        more_label=_("Add defects, more pieces, photo or note"),
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
        (others(words), note(words)),
        _("Add more pieces or note"),
    )


def _offer(words: Words, around: Surroundings) -> Form:
    _ = words.texts.gettext
    until = Field(Kind.DATE, "until", _("Until"), pointer="until")
    said = {each: _channel(_, each) for each in CHANNELS}
    return Form(
        "",
        more=(until, note(words)),
        more_label=_("Add last day or note"),
        ask=_("To whom? Your answer saves the offer."),
        ask_missing=_("Choose to whom it is offered."),
        buttons=tuple(Choice(each, Text(said[each][0]), said[each][1]) for each in CHANNELS),
    )


def _transfer(words: Words, around: Surroundings) -> Form:
    _ = words.texts.gettext
    kinds = codes(words, "transfer-type", words.codes("transfer-type"))
    kind = Field(Kind.CHOICE, "transferType", words.field("transferType"), choices=kinds, pointer="transferType")
    return Form(
        _("Hand over to another owner"),
        _("An organisation owns it as soon as it accepts. A private person owns it at once."),
        (whom(words, around, "receiver", _("Who gets it?")),),
        (unlisted(words, "receiver"), others(words), kind, note(words)),
        _("Add more pieces, kind of hand-over or note"),
    )


def _lend(words: Words, around: Surroundings) -> Form:
    _ = words.texts.gettext
    until = Field(Kind.DATE, "until", _("Return by"), pointer="until")
    more = (until, unlisted(words, "borrower"), others(words), note(words))
    who = whom(words, around, "borrower", _("Who is borrowing it?"))
    return Form("", "", (who,), more, _("Add day, more pieces or note"))


def _reserve(words: Words, around: Surroundings) -> Form:
    _ = words.texts.gettext
    until = Field(Kind.DATE, "until", _("Until"), pointer="until")
    who = whom(words, around, "reservedFor", _("For whom?"), private=False, needed=False)
    return Form("", "", (who,), (until, unlisted(words, "reservedFor"), note(words)), _("Add last day or note"))


def _collect(words: Words, around: Surroundings) -> Form:
    _ = words.texts.gettext
    who = whom(words, around, "collector", _("Who took it away?"), private=False)
    more = (unlisted(words, "collector"), others(words), *photo_and_note(words))
    return Form("", "", (who,), more, _("Add more pieces, photo or note"))


def _responsibility(words: Words, around: Surroundings) -> Form:
    _ = words.texts.gettext
    return Form(
        "",
        _("The organisation that accepts becomes the responsible operator. The owner does not change."),
        (whom(words, around, "receiver", _("Who will be responsible for it?"), private=False),),
        (unlisted(words, "receiver"), others(words), note(words)),
        _("Add more pieces or note"),
    )


def _claim(words: Words, around: Surroundings) -> Form:
    _ = words.texts.gettext
    hint = _(
        "It is on the paper that the person got with the piece. Without it, the take-over is shown as not confirmed."
    )
    secret = Field(Kind.LINE, "claimSecret", _("Code on the receipt"), hint, pointer="claimSecret")
    return Form("", _("Your organisation becomes the owner at once."), (secret,), (note(words),), _("Add note"))


def _simple(words: Words, around: Surroundings) -> Form:
    _ = words.texts.gettext
    return Form("", "", (), (note(words),), _("Add note"))


_FORMS: Mapping[Deed, Callable[[Words, Surroundings], Form]] = {
    Deed.REPAIR: works.repair,
    Deed.INSPECT: _inspect,
    Deed.CARE: works.care,
    Deed.PARTS: works.parts,
    Deed.REFURBISH: works.refurbish,
    Deed.MOVE: _move,
    Deed.RETURN: _simple,
    Deed.FOUND: _simple,
    Deed.OFFER: _offer,
    Deed.UNOFFER: _simple,
    Deed.RESERVE: _reserve,
    Deed.TRANSFER: _transfer,
    Deed.LEND: _lend,
    Deed.COLLECT: _collect,
    Deed.RESPONSIBILITY: _responsibility,
    Deed.CLAIM: _claim,
    Deed.LOST: _simple,
    Deed.END: works.end,
}
"""The deeds that have a form of their own; a transfer is answered on its own page."""

RARE = frozenset({Deed.PARTS, Deed.REFURBISH, Deed.COLLECT, Deed.RESPONSIBILITY, Deed.LOST, Deed.END})
"""The deeds that stand as links below the buttons."""

DEEDS = frozenset(_FORMS)
