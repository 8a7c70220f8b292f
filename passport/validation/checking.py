"""The one way to check documents: the published schema of their level, then the rules; all findings, one report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from passport.codecs.pointers import excerpt
from passport.codecs.strictjson import Raw
from passport.model.passport import Level, Standing
from passport.model.report import Finding, Report, collect
from passport.published import GROUP, Group, Published
from passport.validation import rules
from passport.validation.grouping import groups_of
from passport.validation.locating import with_pages
from passport.validation.problems import finding
from passport.validation.structure import Patience, structure_of
from passport.validation.subject import Facts, Subject


@dataclass(frozen=True, slots=True)
class KnownProduct:
    """A product that a reference means. ``key`` is its own canonical key, whatever form the reference has.

    ``group`` is the name of its product group.
    """

    code: str
    key: str
    level: Level
    standing: Standing
    group: str = GROUP


class Known(Protocol):
    """What is known outside the submission. ``complete`` is False where nothing can be looked up (a check off line)."""

    @property
    def base(self) -> str | None:
        """The service's own address; None where the service is not known."""

    @property
    def complete(self) -> bool:
        """Whether what is not found here does not exist."""

    def product(self, reference: str) -> KnownProduct | None:
        """The product meant by a short code, an address of ours, a GTIN or a GS1 Digital Link URI."""

    def organisation(self, slug: str) -> bool:
        """Whether an organisation of this name is registered."""


def check(
    raws: Sequence[Raw], *, published: Published, known: Known, today: date, now: datetime | None = None
) -> Report:
    """All findings of all documents, passports and events, bounded for each code (``passport.model.report.collect``).

    Each document is checked against the version of the product group that it follows
    (``passport.validation.grouping``). ``known`` answers references to products and organisations, ``today`` decides
    what lies in the future or has expired, and ``now`` (with its time zone) which events do; without it they may happen
    until the end of the day. The rules see documents with faults of structure too; where both find something about one
    value, the structure's finding stands.
    """
    groups = groups_of(raws, published, known)
    facts = Facts(published, known, today, [raw.value for raw in raws], now)
    patience = Patience()
    found: list[Finding] = []
    for raw, group in zip(raws, groups, strict=True):
        found.extend(_checked(raw, group, patience, facts))
    return with_pages(collect(found, documents=len(raws)), raws, published, groups)


def _checked(raw: Raw, group: Group | None, patience: Patience, facts: Facts) -> Iterator[Finding]:
    if group is None:
        return iter([_stranger("group-unknown", raw, ", ".join(facts.published.groups()))])
    if raw.context is not None and raw.value.get("productGroup", group.name) != group.name:
        return iter([_stranger("group-contradicted", raw, group.name)])
    verdict = structure_of(facts.published, group.name, group.version).judge(raw.value, raw.index, patience)
    subject = Subject(raw.value, verdict.level, raw.index, facts, group.name, group.version, sound=not verdict.findings)
    ruled = rules.apply(subject)
    if not verdict.findings:
        return iter(ruled)
    places = {finding.pointer for finding in verdict.findings}
    return iter([*verdict.findings, *(finding for finding in ruled if finding.pointer not in places)])


def _stranger(code: str, raw: Raw, groups: str) -> Finding:
    return finding(code, "/productGroup", raw.index, excerpt(raw.value["productGroup"]), groups=groups)
