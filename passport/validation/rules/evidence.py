"""Rules about what stands behind a claim."""

from collections.abc import Iterator
from typing import Final

from passport.codecs.pointers import follow, parts_of
from passport.model.passport import Level
from passport.model.report import Finding
from passport.validation.rules.registry import rule
from passport.validation.subject import Subject, inner, objects

_MODEL: Final = frozenset({Level.MODEL})


@rule("evidence-claim-missing", "evidence")
def evidence_claim_missing(subject: Subject) -> Iterator[Finding]:
    """Evidence points to a value of the same document (RFC 6901; V44, row 92): MUST, else it proves nothing."""
    for place, each in objects(subject.value, "evidence"):
        claim = each.get("claim")
        if not isinstance(claim, str):
            continue
        try:
            follow(subject.value, parts_of(claim))
        except (LookupError, ValueError):
            yield subject.finding("evidence-claim-missing", (*place, "claim"), claim)


@rule("footprint-method-missing", "carbonFootprint", levels=_MODEL)
def footprint_method_missing(subject: Subject) -> Iterator[Finding]:
    """A climate figure names its method or its declaration (row 84, draft: "methodology required"): SHOULD."""
    footprint = inner(subject.value, "carbonFootprint")
    if "value" in footprint and not {"method", "document"} & footprint.keys() and "epd" not in subject.value:
        yield subject.finding("footprint-method-missing", ("carbonFootprint", "method"))


@rule("importer-incomplete", "importer", levels=frozenset({Level.MODEL, Level.BATCH}))
def importer_incomplete(subject: Subject) -> Iterator[Finding]:
    """An importer is given with name, address and EORI number (ESPR Annex III(1)(j); V12): SHOULD, customs will ask."""
    importer = inner(subject.value, "importer")
    for name in ("address", "eori"):
        if importer and name not in importer:
            yield subject.finding("importer-incomplete", ("importer", name), field=name)
