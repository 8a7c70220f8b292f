"""Rules about substances of concern: what they are called, where they are, how much of them there is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from passport.model.report import Finding
from passport.validation.rules.registry import rule
from passport.validation.subject import Place, Subject, inner, number, said

SVHC: Final = "reach-svhc-0.1"
"""The threshold basis of substances on the candidate list of REACH."""
SVHC_LIMIT: Final = Decimal("0.1")
"""Per cent by mass of an article above which REACH Article 33 obliges to inform."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of ``substancesOfConcern`` with its place; ``low`` and ``high`` bound its concentration, if given."""

    place: Place
    value: Mapping[str, Any]
    low: Decimal | None
    high: Decimal | None

    @property
    def svhc(self) -> bool:
        """Whether it is declared as a substance of very high concern."""
        return self.value.get("thresholdBasis") == SVHC

    @property
    def above(self) -> bool:
        """Whether more than the limit of REACH Article 33 may be in its component."""
        bounds = [bound for bound in (self.low, self.high) if bound is not None]
        return bool(bounds) and max(bounds) > SVHC_LIMIT


def substances(subject: Subject) -> Sequence[Entry]:
    """The substances of concern that the document lists."""
    return [
        Entry(place, each, number(each.get("concentrationMin")), number(each.get("concentrationMax")))
        for place, each in subject.entries("substancesOfConcern")
    ]


def _name(entry: Entry) -> object:
    return entry.value.get("substanceName")


@rule("substance-identifier-missing", "substancesOfConcern")
def substance_identifier_missing(subject: Subject) -> Iterator[Finding]:
    """A substance has its CAS or EC number beside a name (V26).

    SHOULD: ESPR 7(5) is content with a name or a number, but names differ between languages and trades.
    """
    for entry in subject.once(substances):
        if "casNumber" not in entry.value and "ecNumber" not in entry.value:
            yield subject.finding("substance-identifier-missing", (*entry.place, "casNumber"), _name(entry))


@rule("substance-location-missing", "substancesOfConcern")
def substance_location_missing(subject: Subject) -> Iterator[Finding]:
    """A substance names the component that holds it (ESPR 7(5): location in the product; V26): MUST.

    Only where the document lists components; a product of one piece is its own location.
    """
    if subject.components:
        for entry in subject.once(substances):
            if "component" not in entry.value:
                yield subject.finding("substance-location-missing", (*entry.place, "component"), _name(entry))


@rule("substance-concentration-missing", "substancesOfConcern")
def substance_concentration_missing(subject: Subject) -> Iterator[Finding]:
    """A substance has a concentration, a greatest one or a range (ESPR 7(5), V26): MUST; one bound of it is enough."""
    for entry in subject.once(substances):
        if "concentrationMin" not in entry.value and "concentrationMax" not in entry.value:
            yield subject.finding("substance-concentration-missing", (*entry.place, "concentrationMax"), _name(entry))


@rule("concentration-order", "substancesOfConcern")
def concentration_order(subject: Subject) -> Iterator[Finding]:
    """The lower bound of a range is not above its upper one (V22): MUST, no concentration lies in such a range."""
    for entry in subject.once(substances):
        if entry.low is not None and entry.high is not None and entry.low > entry.high:
            found = entry.value["concentrationMin"]
            yield subject.finding(
                "concentration-order", (*entry.place, "concentrationMin"), found, limit=said(entry.high)
            )


@rule("substance-basis-missing", "substancesOfConcern")
def substance_basis_missing(subject: Subject) -> Iterator[Finding]:
    """A substance says which law or criterion makes it one of concern (row 60, threshold basis): SHOULD.

    ESPR 2(27) knows several kinds; readers cannot tell which from the name.
    """
    for entry in subject.once(substances):
        if "thresholdBasis" not in entry.value:
            yield subject.finding("substance-basis-missing", (*entry.place, "thresholdBasis"), _name(entry))


@rule("substance-threshold-wrong", "substancesOfConcern")
def substance_threshold_wrong(subject: Subject) -> Iterator[Finding]:
    """The threshold of the candidate list is 0.1 % by mass of an article (REACH Article 33): MUST, the law sets it."""
    for entry in subject.once(substances):
        stated = number(entry.value.get("threshold"))
        if entry.svhc and stated is not None and stated != SVHC_LIMIT:
            place = (*entry.place, "threshold")
            yield subject.finding("substance-threshold-wrong", place, entry.value["threshold"], limit=SVHC_LIMIT)


@rule("substance-below-threshold", "substancesOfConcern")
def substance_below_threshold(subject: Subject) -> Iterator[Finding]:
    """A substance listed because of a threshold reaches it (row 60, threshold basis): SHOULD.

    Saying more than the law asks is allowed; ``declared-voluntarily`` says so.
    """
    for entry in subject.once(substances):
        limit = SVHC_LIMIT if entry.svhc else number(entry.value.get("threshold"))
        voluntary = entry.value.get("thresholdBasis") == "declared-voluntarily"
        if limit is not None and entry.high is not None and entry.high < limit and not voluntary:
            found = entry.value["concentrationMax"]
            place = (*entry.place, "concentrationMax")
            yield subject.finding("substance-below-threshold", place, found, limit=said(limit))


def _identity(value: Mapping[str, Any]) -> tuple[object, object]:
    named = str(value.get("substanceName", "")).casefold()
    place = value.get("component") or value.get("fabricPart")
    return place, value.get("casNumber") or value.get("ecNumber") or named


@rule("substance-duplicate", "substancesOfConcern")
def substance_duplicate(subject: Subject) -> Iterator[Finding]:
    """A substance stands once for each component or part (V26, row 60): SHOULD, two ranges contradict."""
    seen = set()
    for entry in subject.once(substances):
        identity = str(_identity(entry.value))
        if identity in seen:
            yield subject.finding("substance-duplicate", entry.place, _name(entry))
        seen.add(identity)


@rule("substance-safe-use-missing", "substancesOfConcern")
def substance_safe_use_missing(subject: Subject) -> Iterator[Finding]:
    """A substance comes with how to use the product safely or handle it as waste (ESPR 7(5); REACH 33): SHOULD.

    Where nothing needs to be done, that cannot be seen from the document.
    """
    for entry in subject.once(substances):
        if "safeUse" not in entry.value and "endOfLifeHandling" not in entry.value:
            yield subject.finding("substance-safe-use-missing", (*entry.place, "safeUse"), _name(entry))


@rule("scip-number-missing", "substancesOfConcern")
def scip_number_missing(subject: Subject) -> Iterator[Finding]:
    """A candidate substance above 0.1 % is notified to the SCIP database (Waste Framework Directive 9(1)(i)): SHOULD.

    The duty is each supplier's own, and the passport may come before the notification.
    """
    for entry in subject.once(substances):
        if entry.svhc and entry.above and "scipNumber" not in entry.value:
            yield subject.finding("scip-number-missing", (*entry.place, "scipNumber"), _name(entry))


@rule("substances-contradicted", "noSubstancesOfConcern")
def substances_contradicted(subject: Subject) -> Iterator[Finding]:
    """Who declares that there are no substances of concern names none (ESPR 7(5), V26): MUST, one of both is wrong.

    Substances of very high concern are among them (ESPR 2(27)(a)), so the SVHC declaration has to agree.
    """
    none_above = inner(subject.value, "svhcDeclaration").get("noneAboveThreshold")
    contradicted = subject.entries("substancesOfConcern") or none_above is False
    if subject.value["noSubstancesOfConcern"] is True and contradicted:
        yield subject.finding("substances-contradicted", ("noSubstancesOfConcern",), True)


@rule("substances-not-named", "noSubstancesOfConcern", "svhcDeclaration")
def substances_not_named(subject: Subject) -> Iterator[Finding]:
    """Who declares that there are substances names them (REACH Article 33(1): at least the name; V26): SHOULD.

    "No" may also mean that nothing is known; then the declaration is better left out.
    """
    if subject.entries("substancesOfConcern"):
        return
    if subject.value.get("noSubstancesOfConcern") is False:
        yield subject.finding("substances-not-named", ("noSubstancesOfConcern",), False)
    if inner(subject.value, "svhcDeclaration").get("noneAboveThreshold") is False:
        yield subject.finding("substances-not-named", ("svhcDeclaration", "noneAboveThreshold"), False)
