"""Rules about what furniture gives off: formaldehyde and other volatile compounds, and how they were measured."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from passport.model.passport import Level
from passport.model.report import Finding
from passport.validation.rules.classes import first_with
from passport.validation.rules.registry import rule
from passport.validation.subject import Place, Subject, inner, number, said

_MODEL: Final = frozenset({Level.MODEL})
_WHOLE: Final = frozenset({Level.MODEL, Level.ITEM})
_E1: Final = Decimal("0.124")
_HALF_E1: Final = Decimal("0.062")
_ENTRY_77: Final = Decimal("0.062")
_EXEMPT: Final = ("isSecondHandLegacy", "outdoorOnly", "professionalUseOnly")
_E1_METHOD: Final = "EN-717-1"
_CHAMBER: Final = ("EN-717-1", "EN-16516", "ISO-16000-9")
_PERFORATOR: Final = "EN-ISO-12460-5"


@rule("panel-emission-missing", "components", "materials", levels=_MODEL)
def panel_emission_missing(subject: Subject) -> Iterator[Finding]:
    """A product with wood-based panels says what formaldehyde they give off, as class or value (V28): SHOULD.

    REACH entry 77 limits the release without asking for a figure in passports; the draft table makes it conditional.
    """
    if "formaldehydeClass" not in subject.value and "formaldehydeEmission" not in subject.value:
        panel = first_with(subject, "wood-panel")
        if panel is not None and subject.knows("formaldehydeClass"):
            yield subject.finding("panel-emission-missing", *panel)


def _measured(subject: Subject) -> Iterator[tuple[Place, object, Decimal, object]]:
    """Each measured release with its place, as written, as a number, and its method."""
    for place, each in subject.entries("formaldehydeEmission"):
        release = number(each.get("value"))
        if release is not None:
            yield (*place, "value"), each["value"], release, each.get("formaldehydeMethod")


@rule("formaldehyde-class-value", "formaldehydeClass")
def formaldehyde_class_value(subject: Subject) -> Iterator[Finding]:
    """Class E1 gives off at most 0.124 mg/m³ by EN 717-1, E05 no more than E1 (EN 13986; UHM 11022): MUST.

    Only that method is compared; the limits of CARB2 and ULEF belong to other methods.
    """
    stated = subject.value["formaldehydeClass"]
    if stated in ("E05", "E1"):
        for place, found, release, method in _measured(subject):
            if method == _E1_METHOD and release > _E1:
                values = {"stated": stated, "limit": said(_E1)}
                yield subject.finding("formaldehyde-class-value", place, found, **values)


@rule("formaldehyde-class-half", "formaldehydeClass")
def formaldehyde_class_half(subject: Subject) -> Iterator[Finding]:
    """Class E05 is used for half of what E1 allows, 0.062 mg/m³ by EN 717-1 (row 63): SHOULD.

    That limit is trade usage which no standard read by this project confirms.
    """
    if subject.value["formaldehydeClass"] == "E05":
        for place, found, release, method in _measured(subject):
            if method == _E1_METHOD and _HALF_E1 < release <= _E1:
                yield subject.finding("formaldehyde-class-half", place, found, limit=said(_HALF_E1))


@rule("formaldehyde-limit", "formaldehydeEmission", levels=_WHOLE)
def formaldehyde_limit(subject: Subject) -> Iterator[Finding]:
    """Furniture releases at most 0.062 mg/m³ of formaldehyde (REACH Annex XVII entry 77, since 6 August 2026): SHOULD.

    The entry is about placing on the market: a passport of older stock may lawfully tell of more, and must be able to.
    Second-hand, outdoor-only and purely professional articles are exempt; batches do not say whether they are.
    """
    if any(subject.value.get(name) is True for name in _EXEMPT):
        return
    for place, found, release, method in _measured(subject):
        if method in _CHAMBER and release > _ENTRY_77:
            yield subject.finding("formaldehyde-limit", place, found, limit=said(_ENTRY_77))


@rule("emission-method-missing", "formaldehydeEmission", "vocEmission")
def emission_method_missing(subject: Subject) -> Iterator[Finding]:
    """A measured emission names its method (rows 62 and 65; REACH Annex XVII Appendix 14): SHOULD.

    Without it the figure is true but cannot be held against any limit.
    """
    for place, each in subject.entries("formaldehydeEmission"):
        if "formaldehydeMethod" not in each:
            yield subject.finding("emission-method-missing", (*place, "formaldehydeMethod"))
    emission = inner(subject.value, "vocEmission")
    if emission and "method" not in emission:
        yield subject.finding("emission-method-missing", ("vocEmission", "method"))


@rule("emission-method-unit", "formaldehydeEmission")
def emission_method_unit(subject: Subject) -> Iterator[Finding]:
    """The perforator method gives what a panel holds, in mg/100 g, no concentration in air (EN ISO 12460-5): SHOULD.

    The figure may have been converted; no conversion is generally accepted.
    """
    for place, each in subject.entries("formaldehydeEmission"):
        if each.get("formaldehydeMethod") == _PERFORATOR:
            yield subject.finding("emission-method-unit", (*place, "formaldehydeMethod"), _PERFORATOR)
