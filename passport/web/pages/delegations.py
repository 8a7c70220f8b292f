"""The pages of delegations: what an organisation lets others record, what others let it, and the form to add one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from passport.model.rights import DELEGABLE
from passport.web.pages import controls
from passport.web.pages.asking import LISTED
from passport.web.pages.controls import Choice, Field, Form, Kind
from passport.web.pages.desk import Piece, line_of
from passport.web.pages.rendering import Render
from passport.web.pages.words import Text, Words

SOME = "some"
"""The choice of the form that a delegation is for the pieces that it names."""

ALL = "all"
"""The choice of the form that it is for everything."""


class Standing(StrEnum):
    """Whether a delegation counts."""

    AHEAD = "ahead"
    OPEN = "open"
    ENDED = "ended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Grant:
    """One delegation as one of its two parties reads it; ``pieces`` 0 stands for all that the owner has.

    ``given``: the reader gave it, ``other`` is the other party's name. ``starts`` and ``until`` are days, the first and
    the last on which it counts; ``revoked`` is the day on which it was taken back.
    """

    id: str
    given: bool
    other: str
    events: Sequence[str]
    pieces: int
    standing: Standing
    starts: str
    until: str
    revoked: str = ""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a form: at which field, and with which of its values; without any, something is missing."""

    at: str
    strange: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GrantForm:
    """The form as it is asked for or came back: whom it offers as (slug, name), what was typed, what is wrong."""

    organisations: Sequence[tuple[str, str]]
    typed: Mapping[str, Sequence[str]]
    word: str
    mistakes: Sequence[Mistake] = ()


class DelegationPages:
    """The pages, one method each; ``lang`` is one of the interface's languages."""

    def __init__(self, words: Mapping[str, Words], render: Render) -> None:
        self._words = words
        self._render = render

    def all(self, lang: str, given: Sequence[Grant], received: Sequence[Grant], *, may: bool) -> str:
        """Every delegation by the reader's organisation and to it; ``may``: it may add one."""
        words = self._words[lang]
        told = {"given": [_told(words, each) for each in given], "received": [_told(words, each) for each in received]}
        return self._render("delegations.html", lang, may=may, **told)

    def one(self, lang: str, grant: Grant, pieces: Sequence[Piece], word: str, *, may: bool) -> str:
        """One delegation with the first of its pieces; ``may``: the reader may take it back."""
        words = self._words[lang]
        return self._render(
            "delegation.html",
            lang,
            switch=f"/delegations/{grant.id}",
            **_told(words, grant),
            listed=[line_of(words, each) for each in pieces],
            hidden_pieces=grant.pieces > len(pieces),
            revocable=may and grant.given and grant.standing in (Standing.AHEAD, Standing.OPEN),
            word=word,
        )

    def form(self, lang: str, view: GrantForm) -> str:
        """The form to add one, empty or as it came back."""
        words = self._words[lang]
        errors = {each.at: _message(words, each) for each in reversed(view.mistakes)}
        form = controls.filled(Form("", fields=_fields(words, view)), view.typed, errors)
        return self._render(
            "delegate.html",
            lang,
            switch="/delegations/new",
            fields=form.fields,
            errors=[{"text": each.error, "href": f"#{each.target}"} for each in form.fields if each.error],
            word=view.word,
        )


def _fields(words: Words, view: GrantForm) -> tuple[Field, ...]:
    _ = words.texts.gettext
    choices = tuple(Choice(slug, Text(name)) for slug, name in view.organisations)
    whom = Field(Kind.CHOICE, "delegate", _("Which organisation?"), choices=choices)
    if len(choices) > LISTED:
        whom = replace(whom, kind=Kind.NAMED, hint=_("The name of the organisation."))
    groups = _groups(words)
    codes = [(words.group("event-type", each), each) for each in words.codes("event-type") if each in DELEGABLE]
    tiles = tuple(
        Choice(each, words.code("event-type", each), group=heading)
        for group, heading in groups.items()
        for of, each in codes
        if of == group
    )
    events = Field(Kind.TICKS, "events", _("What may it record?"), choices=tiles)
    until = Field(Kind.DATE, "until", _("Up to and including"))
    which = Field(
        Kind.CHOICE,
        "which",
        _("Of which pieces?"),
        choices=(Choice(ALL, Text(_("All that we own"))), Choice(SOME, Text(_("Only these")))),
    )
    pieces = Field(Kind.PROSE, "passports", _("Only these pieces"), _("Codes of pieces, one on each line."), codes=True)
    return whom, events, until, which, pieces


def _groups(words: Words) -> dict[str, str]:
    _ = words.texts.gettext
    return {
        "market": _("Making and selling"),
        "care": _("Care and repair"),
        "hands": _("Places, loans and offers"),
        "end": _("End of life"),
    }


def _message(words: Words, mistake: Mistake) -> str:
    _ = words.texts.gettext
    if mistake.at == "events" and mistake.strange:
        named = ", ".join(words.code("event-type", each).value for each in mistake.strange)
        return _("The role of this organisation does not allow: %(events)s.") % {"events": named}
    if mistake.at == "passports" and mistake.strange:
        return _("These pieces are not yours: %(codes)s.") % {"codes": ", ".join(mistake.strange)}
    return {
        "delegate": _("Choose an organisation."),
        "events": _("Choose at least one event."),
        "until": _("Choose a day from today on, within three years."),
        "passports": _("Write the code of at least one piece."),
    }[mistake.at]


def _told(words: Words, grant: Grant) -> dict[str, object]:
    _ = words.texts.gettext
    title = _("For %(name)s") if grant.given else _("From %(name)s")
    if grant.pieces:
        pieces = words.texts.ngettext("One piece", "%(num)s pieces", grant.pieces).replace("%(num)s", str(grant.pieces))
    else:
        pieces = _("All pieces that we own") if grant.given else _("All pieces of theirs")
    return {
        "path": f"/delegations/{grant.id}",
        "title": title % {"name": grant.other},
        "state": _state(words, grant),
        "pieces": pieces,
        "events": [words.code("event-type", each) for each in words.codes("event-type") if each in grant.events],
    }


def _state(words: Words, grant: Grant) -> str:
    _ = words.texts.gettext
    dates = {name: words.date(getattr(grant, name)) for name in ("starts", "until", "revoked")}
    return {
        Standing.AHEAD: _("From %(starts)s until %(until)s"),
        Standing.OPEN: _("Until %(until)s"),
        Standing.ENDED: _("Ended %(until)s"),
        Standing.REVOKED: _("Withdrawn %(revoked)s"),
    }[grant.standing] % dates
