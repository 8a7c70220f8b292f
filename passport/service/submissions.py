"""Submissions: the one way in. Read, check, place, sign and append, all or nothing."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from passport.codecs.strictjson import Raw, read
from passport.errors import Forbidden, IdentityTaken, KeyReused, Malformed, Unacceptable
from passport.model.access import RIGHTS, Caller
from passport.model.report import Finding, Report, collect
from passport.ports import Answer, Submission, Writing
from passport.service.issuance import Issuing, new_id, seal
from passport.service.knowledge import StoreKnown
from passport.service.organisations import known
from passport.service.passports import Issued, Issuer
from passport.service.placing import TAKEN, Placing, place
from passport.service.system import System
from passport.validation.checking import check
from passport.validation.completeness import completeness
from passport.validation.locating import with_pages
from passport.validation.wording import report_body

_KEY_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to a submission: whether anything was issued, a JSON body, where it is kept, and what was issued.

    ``replayed`` tells that this is a remembered answer; then ``report`` and ``issued`` are empty.
    """

    created: bool
    body: bytes
    location: str | None
    replayed: bool
    report: Report
    issued: tuple[Issued, ...] = ()


def submit(
    system: System,
    *,
    body: bytes,
    media_type: str | None,
    caller: Caller,
    key: str | None = None,
    dry_run: bool = False,
    advise: bool = False,
    language: str = "en",
) -> Outcome:
    """Check a submission and, unless ``dry_run``, issue a passport for each of its documents.

    Accepted whole or not at all, in one durable transaction. The same ``key`` with the same submission gives the same
    answer, byte for byte, also after a crash (T04); answers with findings are not remembered, so that a mended
    submission may use its key again. ``advise`` and a dry run add to the report how far the first documents fill each
    profile. Raises ``Unreadable``, ``TooLarge``, ``UnsupportedMedia``, ``Unacceptable`` (all findings of all
    documents), ``IdentityTaken`` and ``KeyReused``.
    """
    _require_right(caller)
    if key is not None and not (0 < len(key) <= _KEY_LENGTH and key.isascii() and key.isprintable()):
        raise Malformed("An Idempotency-Key has 1 to 255 printable ASCII characters.")
    fingerprint = hashlib.sha256(body + b"\0" + (media_type or "").encode()).digest()
    remembered = system.history.answer(caller.organisation, key) if key is not None and not dry_run else None
    if remembered is not None:
        return _replay(remembered, fingerprint)
    raws = read(body, media_type=media_type, limits=system.limits, published=system.published)
    report = check(
        raws,
        published=system.published,
        known=StoreKnown(raws, system.history, system.parties, base=system.base),
        today=system.clock.now().date(),
    )
    if advise or dry_run:
        report = replace(report, completeness=completeness(raws, system.published, language=language))
    submission = new_id()
    groups = [system.published.group_for(raw.value, raw.context) for raw in raws]
    with system.history.writing() as writing:
        remembered = writing.answer(caller.organisation, key) if key is not None and not dry_run else None
        if remembered is not None:
            return _replay(remembered, fingerprint)
        placing = place(
            raws,
            writing,
            base=system.base,
            organisation=caller.organisation,
            groups=groups,
            plans=system.plans,
        )
        report = _joined(report, placing.findings, raws, system)
        if report.ok and not dry_run:
            return _issue(system, writing, placing, report, caller, submission, (key, fingerprint), language)
    if not report.ok:
        raise _refused(system, report, caller, submission, keep=not dry_run, language=language)
    return Outcome(False, _body(system, report, (), None, language), None, False, report)


def _require_right(caller: Caller) -> None:
    if not RIGHTS["submit"].allows(caller):
        raise Forbidden("This token may not submit passports.")


def _issue(
    system: System,
    writing: Writing,
    placing: Placing,
    report: Report,
    caller: Caller,
    submission: str,
    idempotency: tuple[str | None, bytes],
    language: str,
) -> Outcome:
    at = system.now()
    organisation = known(system, caller.organisation)
    issuing = Issuing(system, writing, seal(system, organisation), at=at, submission=submission)
    issued = Issuer(system, writing, issuing, organisation, at=at).issue(placing.places)
    if issuing.documents:
        issuing.append()
    location = f"{system.base}/submissions/{submission}"
    body = _body(system, report, issued, location, language)
    created = bool(issuing.documents)
    key, fingerprint = idempotency
    if key is not None:
        writing.remember(Answer(caller.organisation, key, fingerprint, created, body, at))
    writing.receive(Submission(submission, caller.organisation, at, report.documents, True, body))
    return Outcome(created, body, location, False, report, issued)


def _replay(remembered: Answer, fingerprint: bytes) -> Outcome:
    if remembered.fingerprint != fingerprint:
        raise KeyReused("This Idempotency-Key was used with another submission.")
    location = orjson.loads(remembered.body).get("submission")
    return Outcome(remembered.created, remembered.body, location, True, Report(0))


def _refused(
    system: System, report: Report, caller: Caller, submission: str, *, keep: bool, language: str
) -> Unacceptable | IdentityTaken:
    address = f"{system.base}/submissions/{submission}" if keep else None
    if keep:
        body = _body(system, report, (), address, language)
        with system.history.writing() as writing:
            writing.receive(Submission(submission, caller.organisation, system.now(), report.documents, False, body))
    taken = any(finding.code == TAKEN for finding in report.findings)
    return (IdentityTaken if taken else Unacceptable)(report, submission=address)


def _joined(report: Report, findings: Iterable[Finding], raws: Sequence[Raw], system: System) -> Report:
    more = tuple(findings)
    if not more:
        return report
    joined = with_pages(collect((*report.findings, *more), documents=report.documents), raws, system.published)
    return replace(joined, suppressed={**joined.suppressed, **report.suppressed}, completeness=report.completeness)


def _body(system: System, report: Report, issued: Sequence[Issued], location: str | None, language: str) -> bytes:
    body: dict[str, Any] = {"submission": location} if location else {}
    body["passports"] = [
        {
            "document": each.document,
            "outcome": each.outcome,
            "passport": system.passport_address(each.code),
            "product": system.product_address(each.key),
            "code": each.code,
            "version": each.version,
            **({} if each.verified is None else {"gtinVerified": each.verified}),
        }
        for each in issued
    ]
    body["report"] = report_body(report, language=language, base=system.base)
    return orjson.dumps(body)
