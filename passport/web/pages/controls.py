"""Forms of a signed-in organisation as values: fields, tiles and buttons, empty or as they came back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from passport.web.pages.words import Text

_LONGEST_WORD = 14
"""Letters that fit into a tile on a phone."""


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

    ``missing`` is what is said when nothing was given; empty when nothing needs to be, and not said where the field
    named ``instead`` was filled in. ``codes``: short codes are typed here, not prose. ``papers``: PDFs are taken, too.
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
    instead: str = ""
    papers: bool = False

    @property
    def target(self) -> str:
        """The id of what gets the focus from the error summary."""
        return f"{self.name}-1" if self.kind in (Kind.TICKS, Kind.CHOICE) else self.name

    @property
    def wide(self) -> bool:
        """Whether a word of its tiles is too long for half a phone."""
        labels = (each.label.value for each in (*self.choices, *self.rest))
        return any(len(word) > _LONGEST_WORD for label in labels for word in label.split())

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
        choices=tuple(_chosen(each, given) for each in one.choices),
        rest=tuple(_chosen(each, given) for each in one.rest),
        error=errors.get(one.name, ""),
    )


def _chosen(one: Choice, given: Sequence[str]) -> Choice:
    return replace(one, chosen=one.value in given) if given else one
