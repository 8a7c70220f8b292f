"""Rules about who answers for a product within the Union."""

from collections.abc import Iterator
from typing import Final

from passport.model.passport import Level
from passport.model.report import Finding
from passport.validation.isocodes import countries
from passport.validation.rules.registry import rule
from passport.validation.subject import Subject, inner

_MODEL: Final = frozenset({Level.MODEL})
_EEA: Final = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO XI".split()  # noqa: SIM905
)
"""The Union, the European Economic Area, and Northern Ireland, where the same product law applies."""


@rule("responsible-person-missing", "manufacturer", levels=_MODEL)
def responsible_person_missing(subject: Subject) -> Iterator[Finding]:
    """A maker outside the Union has an importer or a responsible person in it (ESPR Annex III(1)(j), (k)): SHOULD.

    It is duty only for what is sold in the Union, which the passport does not say; older stock may have had none.
    """
    country = inner(inner(subject.value, "manufacturer"), "address").get("country")
    named = "importer" in subject.value or "euResponsiblePerson" in subject.value
    if isinstance(country, str) and country in countries() and country not in _EEA and not named:
        yield subject.finding("responsible-person-missing", ("manufacturer", "address", "country"), country)
