"""Rules about what is added or not: flame retardants, groups of substances, hazards of coatings."""

from collections.abc import Iterator
from typing import Final

from passport.model.report import Finding
from passport.validation.forms import EVERY
from passport.validation.rules.classes import first_with
from passport.validation.rules.registry import rule
from passport.validation.subject import Entries, Subject, inner, number, objects

_GROUPS: Final = ("phthalates", "halogenatedPolymers", "pfas", "bisphenolA")


@rule("flame-retardant-unnamed", "flameRetardants")
def flame_retardant_unnamed(subject: Subject) -> Iterator[Finding]:
    """Who says that flame retardants are present names them (V29, row 66): SHOULD, a draft and buyers ask for it."""
    retardants = inner(subject.value, "flameRetardants")
    if retardants.get("present") is True and not retardants.get("substances"):
        yield subject.finding("flame-retardant-unnamed", ("flameRetardants", "substances"))


@rule("flame-retardant-incomplete", "flameRetardants")
def flame_retardant_incomplete(subject: Subject) -> Iterator[Finding]:
    """A flame retardant has a CAS number, a concentration and a component (V29; UHM 10029:3): SHOULD.

    Buyers ask for them; no law does yet.
    """
    needed = ("casNumber", "concentration", "component") if subject.components else ("casNumber", "concentration")
    for place, each in objects(inner(subject.value, "flameRetardants"), "substances"):
        for name in needed:
            if name not in each:
                yield subject.finding("flame-retardant-incomplete", ("flameRetardants", *place, name), field=name)


@rule("flame-retardant-contradicted", "flameRetardants")
def flame_retardant_contradicted(subject: Subject) -> Iterator[Finding]:
    """Who says that there are no flame retardants names none (V29, row 66): MUST, one of both is wrong."""
    retardants = inner(subject.value, "flameRetardants")
    if retardants.get("present") is False and retardants.get("substances"):
        yield subject.finding("flame-retardant-contradicted", ("flameRetardants", "present"), False)


@rule("presence-contradicted", *_GROUPS)
def presence_contradicted(subject: Subject) -> Iterator[Finding]:
    """What is not contained has no concentration above 0 (row 68; UHM 11021, 11480): MUST, one of both is wrong."""
    for name in _GROUPS:
        answer = inner(subject.value, name)
        concentration = number(answer.get("concentration"))
        if answer.get("contained") == "no" and concentration is not None and concentration > 0:
            found = answer["concentration"]
            yield subject.finding("presence-contradicted", (name, "concentration"), found, field=name)


@rule("halogenated-polymer-named", "halogenatedPolymers")
def halogenated_polymer_named(subject: Subject) -> Iterator[Finding]:
    """Who says that there are no halogenated polymers lists none as a material (row 68; UHM 11480): MUST.

    PVC is one, by the chlorine in it; the list of material classes says which others are.
    """
    if inner(subject.value, "halogenatedPolymers").get("contained") != "no":
        return
    polymer = first_with(subject, "halogenated")
    if polymer is not None:
        yield subject.finding("halogenated-polymer-named", *polymer)


def _coatings(subject: Subject) -> Entries:
    """The coatings of all components."""
    within = [(place, each) for place, each in subject.components if "coatings" in each]
    return [((*place, *at), coating) for place, each in within for at, coating in objects(each, "coatings")]


@rule("coating-hazard-contradicted", "components", "replacedComponents", levels=EVERY)
def coating_hazard_contradicted(subject: Subject) -> Iterator[Finding]:
    """A coating that is not classified has no hazard statement (CLP Article 21; row 48): MUST.

    Supplementary statements (EUH…) are for mixtures that are not classified, too.
    """
    for place, coating in subject.once(_coatings):
        if coating.get("hazardClassified") is False:
            stated = coating.get("hazardStatements")
            listed = [each for each in stated if str(each).startswith("H")] if isinstance(stated, list) else []
            if listed:
                where = (*place, "hazardClassified")
                yield subject.finding("coating-hazard-contradicted", where, False, statements=", ".join(listed))


@rule("coating-hazard-unnamed", "components", "replacedComponents", levels=EVERY)
def coating_hazard_unnamed(subject: Subject) -> Iterator[Finding]:
    """A coating that is classified as hazardous says how (row 48; UHM 10028:1): SHOULD, buyers exclude some hazards."""
    for place, coating in subject.once(_coatings):
        if coating.get("hazardClassified") is True and not coating.get("hazardStatements"):
            yield subject.finding("coating-hazard-unnamed", (*place, "hazardStatements"))
