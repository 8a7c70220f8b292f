"""Checking a file without a store: what a supplier asks before sending anything."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from passport.codecs.strictjson import Limits, read
from passport.errors import TooLarge, Unreadable
from passport.model.naming import own_key
from passport.model.report import Report, collect
from passport.published import Published
from passport.service.knowledge import SubmissionKnown
from passport.service.placing import duplicates
from passport.validation.checking import check
from passport.validation.completeness import completeness
from passport.validation.grouping import groups_of
from passport.validation.locating import with_pages
from passport.validation.plaintext import report_text
from passport.validation.wording import report_body

_MEDIA_TYPES = {
    ".jsonld": "application/ld+json",
    ".ndjson": "application/x-ndjson",
    ".jsonl": "application/x-ndjson",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a check: the report as a JSON body and as plain text; ``unreadable`` when it was no submission."""

    body: Mapping[str, Any]
    text: str
    unreadable: bool = False


def check_bytes(data: bytes, *, name: str, language: str) -> Checked:
    """Check a submission's bytes. ``name`` is the file's name: its ending tells JSON-LD and NDJSON from JSON."""
    published = Published.load()
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    try:
        raws = read(data, media_type=_MEDIA_TYPES.get(ending), limits=Limits(), published=published)
    except Unreadable as wrong:
        report = Report(0, wrong.findings)
        return _checked(report, language, unreadable=True)
    except TooLarge as wrong:
        return Checked({"ok": False, "detail": wrong.detail}, wrong.detail, unreadable=True)
    known, now = SubmissionKnown(raws, published=published), datetime.now(UTC)
    report = check(raws, published=published, known=known, today=now.date(), now=now)
    twice = duplicates((raw, own_key(raw.value, base="")) for raw in raws)
    groups = groups_of(raws, published, known)
    report = with_pages(collect((*report.findings, *twice), documents=report.documents), raws, published, groups)
    told = completeness(raws, published, language=language)
    return _checked(replace(report, completeness=told), language)


def _checked(report: Report, language: str, *, unreadable: bool = False) -> Checked:
    body = {**report_body(report, language=language, base=""), "ok": report.ok and not unreadable}
    return Checked(body, report_text(body, language=language, readable=not unreadable), unreadable)
