"""Rules about wood: its species, where it comes from, that it is legal, and what is said about certificates."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from passport.model.passport import Level
from passport.model.report import Finding
from passport.validation.rules.classes import first_with, in_group, portions, span, with_trait
from passport.validation.rules.registry import rule
from passport.validation.subject import Place, Subject, number, objects, said

_MODEL: Final = frozenset({Level.MODEL})
_MADE: Final = frozenset({Level.MODEL, Level.BATCH})
_HUNDRED: Final = Decimal(100)
_TOLERANCE: Final = Decimal(2)
_ROUGHLY: Final = 5
_SPECIES: Final = "timber-species"
_SCHEMES: Final = ("FSC", "PEFC")
_SHARES: Final = ("certifiedWoodShare", "recycledWoodShare")


@rule("wood-species-missing", "components", "materials", levels=_MODEL)
def wood_species_missing(subject: Subject) -> Iterator[Finding]:
    """A model with wood or wood-based panels says in ``timber`` which species (V30; EUDR 9(1)(a)): SHOULD.

    The regulation asks operators and not passports, and wood that is all recycled is outside it.
    """
    if "timber" in subject.value or number(subject.value.get("recycledWoodShare")) == _HUNDRED:
        return
    wood = first_with(subject, "timber")
    if wood is not None and subject.knows("timber"):
        yield subject.finding("wood-species-missing", *wood)


@rule("timber-incomplete", "timber", levels=_MADE)
def timber_incomplete(subject: Subject) -> Iterator[Finding]:
    """Timber has a scientific name, and in a batch the country where it grew (V30; EUDR 9(1)): SHOULD.

    A model's timber may come from several countries; the regulation applies only from 30 December 2026.
    """
    name = "countryOfProduction" if subject.level is Level.BATCH else "scientificName"
    for place, each in subject.entries("timber"):
        if name not in each:
            yield subject.finding("timber-incomplete", (*place, name), field=name)


@rule("timber-legality-missing", "timber", levels=_MADE)
def timber_legality_missing(subject: Subject) -> Iterator[Finding]:
    """Timber of a batch has a due diligence reference or proof of its legality (V30; EUDR; UHM 11472): SHOULD.

    So does timber listed by CITES already in the model. EUDR applies from 30 December 2026, to small firms later.
    """
    for place, each in subject.entries("timber"):
        listed = each.get("citesAppendix") not in (None, "none")
        if subject.level is Level.BATCH or listed:
            proofs = ("legalityEvidence",) if listed else ("ddsReference", "legalityEvidence")
            if not any(name in each for name in proofs):
                yield subject.finding("timber-legality-missing", (*place, proofs[0]), expected=" / ".join(proofs))


def _is_scientific(name: str, common: set[str]) -> bool:
    genus, _, rest = name.partition(" ")
    return genus.isalpha() and genus.istitle() and rest[:1] >= "a" and name.casefold() not in common


@rule("scientific-name-form", "timber")
def scientific_name_form(subject: Subject) -> Iterator[Finding]:
    """A scientific name is a genus, written large, and a species: ``Fagus sylvatica`` (ICN Article 23; V30): SHOULD.

    Trade names are what usually stands there instead; some hybrids are written otherwise.
    """
    for place, each in subject.entries("timber"):
        name = each.get("scientificName")
        common = {str(said_in.get("value")).casefold() for _, said_in in objects(each, "commonName")}
        if isinstance(name, str) and not _is_scientific(name.strip(), common):
            yield subject.finding("scientific-name-form", (*place, "scientificName"), name)


@rule("timber-species-name", "timber")
def timber_species_name(subject: Subject) -> Iterator[Finding]:
    """The scientific name is one of those that the list of timbers gives the species (row 53; V30): SHOULD.

    A genus alone (``Quercus spp.``) suits every species of it. The list does not have every synonym.
    """
    species = subject.facts.published.code_list(_SPECIES).codes
    for place, each in subject.entries("timber"):
        listed, name = species.get(str(each.get("timberSpecies"))), each.get("scientificName")
        if listed is None or not isinstance(name, str) or not _is_scientific(name.strip(), set()):
            continue
        if not any(_may_be(_epithets(name), _epithets(latin)) for latin in listed.latin):
            names = ", ".join(listed.latin)
            yield subject.finding(
                "timber-species-name", (*place, "scientificName"), name, species=listed.code, expected=names
            )


def _epithets(name: str) -> list[str]:
    """Genus and species of a scientific name in small letters, without the sign of a hybrid; the genus of ``… sp.``."""
    words = [word for word in name.casefold().split() if word not in {"×", "x"}]
    return words[:1] if words[1:] and words[1].rstrip(".") in {"sp", "spp"} else words[:2]


def _may_be(said_name: Sequence[str], listed: Sequence[str]) -> bool:
    return list(listed[: len(said_name)]) == list(said_name)


def _wholes(subject: Subject) -> Iterator[tuple[Place, Decimal]]:
    """The sums of shares of one whole: of the timbers in one component, of one scheme's certificates for a timber."""
    parts: dict[str, Decimal] = {}
    for place, each in subject.entries("timber"):
        _add(parts, str(each.get("component")), each)
        certified: dict[str, Decimal] = {}
        for _, certification in objects(each, "certifications"):
            _add(certified, str(certification.get("certificationScheme")), certification)
        for total in certified.values():
            yield (*place, "certifications"), total
    for total in parts.values():
        yield ("timber",), total


def _add(sums: dict[str, Decimal], name: str, value: Mapping[str, Any]) -> None:
    share = number(value.get("massShare"))
    if share is not None and share >= 0:
        sums[name] = sums.get(name, Decimal(0)) + share


@rule("timber-share-sum", "timber")
def timber_share_sum(subject: Subject) -> Iterator[Finding]:
    """Shares of timber in a part, and of one scheme's certificates in a timber, make at most 100 % (row 57, V22): MUST.

    Rounding is forgiven up to 102 %. Two schemes may both certify the same wood.
    """
    for place, total in _wholes(subject):
        if total > _HUNDRED + _TOLERANCE:
            yield subject.finding("timber-share-sum", place, said(total), total=said(total))


def _certifications(subject: Subject) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    for place, each in subject.entries("timber"):
        for at, certification in objects(each, "certifications"):
            yield (*place, *at), certification


@rule("timber-claim-share", "timber")
def timber_claim_share(subject: Subject) -> Iterator[Finding]:
    """A claim of 100 %, such as ``FSC 100 %``, covers all of its timber (FSC and PEFC claims; row 57): SHOULD.

    The share may have been meant of the whole product.
    """
    for place, each in _certifications(subject):
        claim, share = each.get("certificationClaim"), number(each.get("massShare"))
        whole = isinstance(claim, str) and "100%" in "".join(claim.split())
        if whole and share is not None and share < _HUNDRED:
            yield subject.finding("timber-claim-share", (*place, "massShare"), each["massShare"], claim=claim)


@rule("custody-number-missing", "timber")
def custody_number_missing(subject: Subject) -> Iterator[Finding]:
    """A FSC or PEFC claim has the number of the chain-of-custody certificate (row 57; V44): SHOULD.

    The schemes ask for it on invoices; in a passport it lets a buyer look the certificate up.
    """
    for place, each in _certifications(subject):
        scheme = each.get("certificationScheme")
        if scheme in _SCHEMES and "chainOfCustodyNumber" not in each:
            yield subject.finding("custody-number-missing", (*place, "chainOfCustodyNumber"), scheme)


@rule("wood-share-contradicted", "woodMassShare", levels=_MODEL)
def wood_share_contradicted(subject: Subject) -> Iterator[Finding]:
    """A product without wood has no timber and no shares of certified or recycled wood (row 58): MUST, one is wrong."""
    if number(subject.value["woodMassShare"]) != 0:
        return
    some = [name for name in _SHARES if (number(subject.value.get(name)) or 0) > 0]
    if subject.entries("timber"):
        some.append("timber")
    if some:
        found = subject.value["woodMassShare"]
        yield subject.finding("wood-share-contradicted", ("woodMassShare",), found, field=", ".join(some))


@rule("wood-share-differs", "woodMassShare", levels=_MODEL)
def wood_share_differs(subject: Subject) -> Iterator[Finding]:
    """The share of wood agrees with the materials within 5 points (rows 38 to 40 and 58): SHOULD, panels hold glue.

    Solid wood and veneer count at least, panels, cork, bamboo, rattan and what is not declared at most.
    """
    share = number(subject.value["woodMassShare"])
    parts = subject.once(portions)
    if share is None or not parts:
        return
    published = subject.facts.published
    boards = with_trait(published, "wood-panel")
    solid, wider = with_trait(published, "timber") - boards, in_group(published, "wood") | boards
    least = sum(100 * part for each, part in parts if str(each.get("materialClass")) in solid)
    other = sum(100 * part for each, part in parts if str(each.get("materialClass")) not in wider)
    most = max(0, 100 - other)
    if not least - _ROUGHLY <= share <= most + _ROUGHLY:
        found = subject.value["woodMassShare"]
        yield subject.finding("wood-share-differs", ("woodMassShare",), found, expected=span(least, most))


@rule("wood-claim-unsupported", "certifiedWoodShare", levels=_MODEL)
def wood_claim_unsupported(subject: Subject) -> Iterator[Finding]:
    """A share of certified wood names a certificate, a label or evidence for it (V44, row 58): SHOULD, buyers ask."""
    if not (number(subject.value["certifiedWoodShare"]) or 0) > 0:
        return
    labelled = any(str(each.get("scheme")).startswith(("fsc", "pefc")) for _, each in subject.entries("labels"))
    proved = any(each.get("claim") == "/certifiedWoodShare" for _, each in subject.entries("evidence"))
    if not (labelled or proved or any(_certifications(subject))):
        found = subject.value["certifiedWoodShare"]
        yield subject.finding("wood-claim-unsupported", ("certifiedWoodShare",), found)
