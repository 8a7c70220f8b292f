"""Fields that several forms of a signed-in organisation share, and what the forms offer besides the code lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from passport.model.events import EventType
from passport.model.state import PRIVATE_PARTY
from passport.web.pages.controls import Choice, Field, Kind
from passport.web.pages.words import Text, Words

LISTED = 12
"""As many organisations are shown as tiles; more are typed, with suggestions."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a form offers besides the code lists.

    ``organisations`` are (slug, name), ``types`` ways to end, ``place`` where it was last, ``components`` those of the
    piece as (id, language values of the name), ``materials`` the classes that it is made of.
    """

    organisations: Sequence[tuple[str, str]] = ()
    types: tuple[EventType, ...] = ()
    place: Mapping[str, str] = field(default_factory=dict)
    components: Sequence[tuple[str, Sequence[Mapping[str, str]]]] = ()
    materials: Sequence[str] = ()


def photo_and_note(words: Words) -> tuple[Field, ...]:
    """A photo or document, and a note."""
    _ = words.texts.gettext
    return (
        Field(
            Kind.PHOTO,
            "photo",
            _("Photo or PDF"),
            _("No people in the picture. Place and time of the picture are removed."),
            pointer="photos",
            papers=True,
        ),
        note(words),
    )


def note(words: Words) -> Field:
    """A note for those with a legitimate interest."""
    _ = words.texts.gettext
    hint = _("Seen by owner, repairers and authorities. No names of persons.")
    return Field(Kind.PROSE, "notes", _("Note"), hint, pointer="notes")


def others(words: Words) -> Field:
    """Codes of more pieces that the same is recorded of."""
    _ = words.texts.gettext
    hint = _("Codes of other pieces that the same goes for, one on each line.")
    return Field(Kind.PROSE, "others", _("More pieces"), hint, pointer="products", codes=True)


def codes(words: Words, code_list: str, chosen: Sequence[str]) -> tuple[Choice, ...]:
    """Some codes of a list as choices."""
    return tuple(Choice(code, words.code(code_list, code)) for code in chosen)


def whom(
    words: Words, around: Surroundings, name: str, question: str, *, private: bool = True, needed: bool = True
) -> Field:
    """Which organisation is meant: tiles, or a name to type where there are many; ``private`` offers a person, too."""
    _ = words.texts.gettext
    person = Choice(PRIVATE_PARTY, Text(_("A private person")), _("Nothing about the person is kept."))
    others = tuple(Choice(slug, Text(called)) for slug, called in around.organisations)
    choices = (*others, person) if private else others
    missing = _("Choose an organisation or a private person.") if private else _("Choose an organisation.")
    if len(others) <= LISTED:
        kind, hint = Kind.CHOICE, ""
    elif private:
        kind, hint = Kind.NAMED, _("The name of the organisation, or “%(private)s”.") % {"private": person.label.value}
    else:
        kind, hint = Kind.NAMED, _("The name of the organisation.")
    return Field(
        kind,
        name,
        question,
        hint,
        choices=choices,
        pointer=name,
        missing=missing if needed else "",
        instead=unlisted_name(name),
    )


def unlisted(words: Words, name: str) -> Field:
    """An organisation that is not listed, since its name is not public: by the short name that its staff know."""
    _ = words.texts.gettext
    hint = _("Organisations whose names are not public are named by the short name that they use here.")
    return Field(Kind.LINE, unlisted_name(name), _("Not listed? Its short name"), hint, pointer=name)


def unlisted_name(name: str) -> str:
    """The name of the field for an organisation that the field ``name`` does not list."""
    return f"{name}-unlisted"
