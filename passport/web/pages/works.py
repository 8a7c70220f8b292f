"""The forms of what is done to a piece: repaired, cared for, refurbished, given new parts, and brought to its end."""

from collections.abc import Sequence

from passport.web.pages.asking import Surroundings, codes, others, photo_and_note
from passport.web.pages.controls import Choice, Field, Form, Kind
from passport.web.pages.words import Text, Words

RESULTS = ("B", "C", "D", "E")
"""The condition grades that a repair can end with."""

CARES = ("cleaned", "maintained")
"""How a piece is cared for: the buttons of the form, as event types."""

MASS = "mass-"
"""What the names of the fields for weights begin with; the material class follows."""

OTHER = "other"
"""The choice of a part that the passport does not name."""

_COMMON_REPAIRS = ("tighten", "re-glue", "replace-part-new", "reupholster", "sand-and-recoat", "deep-clean")
_COMMON_WORKS = ("reupholster", "re-foam", "sand-and-recoat", "recover", "replace-part-new", "replace-part-reused")
_RENEWED = ("A", "B", "C")
_SHOWN = 8


def repair(words: Words, around: Surroundings) -> Form:
    """What was repaired, and how it is afterwards."""
    _ = words.texts.gettext
    done = _done(words, _COMMON_REPAIRS, _("Choose at least one kind of repair."))
    return Form(
        "",
        fields=(done,),
        more=photo_and_note(words),
        more_label=_("Add photo or note"),
        ask=_("How is it now? Your answer saves the repair."),
        ask_missing=_("Choose how it is now."),
        buttons=codes(words, "condition-grade", RESULTS),
    )


def care(words: Words, around: Surroundings) -> Form:
    """Cleaned or looked after: one click says which."""
    _ = words.texts.gettext
    done = Field(Kind.LINE, "careAction", _("What was done, in a few words"), pointer="careAction")
    return Form(
        "",
        more=(done, others(words), *photo_and_note(words)),
        more_label=_("Add words, more pieces, photo or note"),
        ask=_("What was done? Your answer saves it."),
        ask_missing=_("Choose what was done."),
        buttons=codes(words, "event-type", CARES),
    )


def parts(words: Words, around: Surroundings) -> Form:
    """A part was exchanged: which one, whether the new one is new, and how the piece is now."""
    _ = words.texts.gettext
    which = _which(words, around, _("Which part?"), _("Choose the part."))
    return Form(
        "",
        fields=(which,),
        more=(*_part(words), *photo_and_note(words)),
        more_label=_("Add what the part is, photo or note"),
        ask=_("How is it now? Your answer saves the new part."),
        ask_missing=_("Choose how it is now."),
        buttons=codes(words, "condition-grade", RESULTS),
    )


def refurbish(words: Words, around: Surroundings) -> Form:
    """What was renewed, and how the piece is now; what it is made of afterwards, if that changed."""
    _ = words.texts.gettext
    done = _done(words, _COMMON_WORKS, _("Choose at least one kind of work."))
    which = _which(words, around, _("Part that was renewed"), "")
    return Form(
        "",
        fields=(done,),
        more=(which, *_part(words), *photo_and_note(words)),
        more_label=_("Add new parts or materials, photo or note"),
        ask=_("How is it now? Your answer saves the work."),
        ask_missing=_("Choose how it is now."),
        buttons=codes(words, "condition-grade", _RENEWED),
    )


def end(words: Words, around: Surroundings) -> Form:
    """What becomes of a piece at last; where its materials go is told by who knows."""
    _ = words.texts.gettext
    how = Field(
        Kind.CHOICE,
        "ending",
        _("What becomes of it?"),
        choices=codes(words, "event-type", [str(each) for each in around.types]),
        pointer="eventType",
        missing=_("Choose what becomes of it."),
    )
    return Form(
        "",
        "",
        (how,),
        (*_yield(words, around), *photo_and_note(words)),
        _("Add route, weights, photo or note"),
        warning=_("After this, nothing more can be recorded about this piece. Its passport can still be read."),
    )


def _done(words: Words, common: Sequence[str], missing: str) -> Field:
    _ = words.texts.gettext
    known = words.codes("repair-type")
    return Field(
        Kind.TICKS,
        "repairTypes",
        _("What was done?"),
        choices=codes(words, "repair-type", [each for each in common if each in known]),
        rest=codes(words, "repair-type", [each for each in known if each not in common]),
        pointer="repairTypes",
        missing=missing,
    )


def _which(words: Words, around: Surroundings, question: str, missing: str) -> Field:
    """The components of the piece as tiles, the first of them at once."""
    _ = words.texts.gettext
    known = [Choice(id_, words.said(names)[0]) for id_, names in around.components]
    choices = (*known[:_SHOWN], Choice(OTHER, Text(_("Another part"))))
    return Field(
        Kind.CHOICE,
        "component",
        question,
        choices=choices,
        rest=tuple(known[_SHOWN:]),
        pointer="partsUsed/0/componentId",
        missing=missing,
    )


def _part(words: Words) -> tuple[Field, ...]:
    """What a part is that was put in: whether it is new, its name, and what it is made of."""
    _ = words.texts.gettext
    origins = tuple(Choice(code, words.code("part-origin", code), chosen=code == "new") for code in ("new", "reused"))
    classes = codes(words, "material-class", words.codes("material-class"))
    return (
        Field(Kind.CHOICE, "partOrigin", words.field("partOrigin"), choices=origins, pointer="partsUsed/0/partOrigin"),
        Field(Kind.LINE, "partName", _("What the part is called"), pointer="partsUsed/0/name"),
        Field(
            Kind.NAMED,
            "material",
            _("What it is mostly made of"),
            _("Type and choose: wool, steel, particleboard …"),
            choices=classes,
            pointer="partsUsed/0/materials",
        ),
    )


def _yield(words: Words, around: Surroundings) -> tuple[Field, ...]:
    """Where the materials of a piece go, and how much of each there was."""
    _ = words.texts.gettext
    routes = codes(words, "end-of-life-route", words.codes("end-of-life-route"))
    route = Field(Kind.CHOICE, "route", words.field("route"), choices=routes, pointer="route")
    weights = (
        Field(
            Kind.LINE,
            f"{MASS}{each}",
            _("%(material)s, kg") % {"material": words.code("material-class", each).value},
            pointer="masses",
        )
        for each in around.materials
    )
    return (route, *weights)
