"""Submissions: the one way in, for passports and events. Read, check, place, sign and append, all or nothing."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from passport.codecs.strictjson import Raw, read
from passport.errors import Forbidden, IdentityTaken, KeyReused, Malformed, NotAllowed, Unacceptable
from passport.model.access import ISSUERS, RIGHTS, Caller
from passport.model.events import EventType
from passport.model.naming import id_at
from passport.model.report import Finding, Report, Severity, collect
from passport.ports import Answer, Submission, Writing
from passport.published import Group
from passport.service.chronicle import Chronicler, Recorded, claim_secret
from passport.service.issuance import Issuing, new_id, seal
from passport.service.knowledge import StoreKnown
from passport.service.organisations import known
from passport.service.passports import Issued, Issuer
from passport.service.placing import TAKEN, Placing, place
from passport.service.recording import Recorder, is_event
from passport.service.system import System
from passport.validation.checking import check
from passport.validation.completeness import completeness
from passport.validation.grouping import groups_of
from passport.validation.locating import with_pages
from passport.validation.wording import report_body

_KEY_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to a submission: whether anything was issued, a JSON body, where it is kept, and what was issued.

    ``recorded`` are the events, one for each piece. ``replayed`` tells that this is a remembered answer; then
    ``report``, ``issued`` and ``recorded`` are empty.
    """

    created: bool
    body: bytes
    location: str | None
    replayed: bool
    report: Report
    issued: tuple[Issued, ...] = ()
    recorded: tuple[Recorded, ...] = ()


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
    """Check a submission and, unless ``dry_run``, issue its passports and record its events.

    Accepted whole or not at all, in one durable transaction. The same ``key`` with the same submission gives the same
    answer, byte for byte, also after a crash (T04); answers with findings are not remembered, so that a mended
    submission may use its key again. ``advise`` and a dry run add to the report how far the first documents fill each
    profile. Raises ``Unreadable``, ``TooLarge``, ``UnsupportedMedia``, ``Unacceptable`` (all findings of all
    documents), ``IdentityTaken``, ``NotAllowed`` and ``KeyReused``.
    """
    _require_right(caller)
    if key is not None and not (0 < len(key) <= _KEY_LENGTH and key.isascii() and key.isprintable()):
        raise Malformed("An Idempotency-Key has 1 to 255 printable ASCII characters.")
    fingerprint = hashlib.sha256(body + b"\0" + (media_type or "").encode()).digest()
    remembered = system.history.answer(caller.organisation, key) if key is not None and not dry_run else None
    if remembered is not None:
        return _replay(system, remembered, fingerprint)
    raws = read(body, media_type=media_type, limits=system.limits, published=system.published)
    _require_role(caller, raws)
    now = system.clock.now()
    known_here = StoreKnown(raws, system.history, system.parties, base=system.base, published=system.published)
    report = check(raws, published=system.published, known=known_here, today=now.date(), now=now)
    if advise or dry_run:
        report = replace(report, completeness=completeness(raws, system.published, language=language))
    submission = new_id()
    groups = groups_of(raws, system.published, known_here)
    sound = _sound(groups, report)
    with system.history.writing() as writing:
        remembered = writing.answer(caller.organisation, key) if key is not None and not dry_run else None
        if remembered is not None:
            return _replay(system, remembered, fingerprint)
        placing = place(
            raws,
            writing,
            base=system.base,
            organisation=caller.organisation,
            groups=groups,
            plans=system.plans,
        )
        recorder = Recorder(system, writing, caller, now=now)
        lives = recorder.plan(raws, sound, placing.places)
        report = _joined(report, (*placing.findings, *lives), raws, system, groups)
        if report.ok and not dry_run:
            return _issue(system, writing, placing, recorder, report, caller, submission, (key, fingerprint), language)
    if not report.ok:
        raise _refused(system, report, caller, submission, keep=not dry_run, language=language)
    return Outcome(False, _body(system, report, (), None, language), None, False, report)


def _require_right(caller: Caller) -> None:
    if not RIGHTS["submit"].allows(caller):
        raise Forbidden("This token may not submit anything.")


def _require_role(caller: Caller, raws: Sequence[Raw]) -> None:
    if caller.role not in ISSUERS and not all(is_event(raw.value) for raw in raws):
        raise Forbidden("This token records events; it may not submit passports.")


def _sound(groups: Sequence[Group | None], report: Report) -> list[Group | None]:
    """The groups of the documents without errors of their own; of what is wrong in itself no life is asked."""
    wrong = {finding.document for finding in report.findings if finding.severity is Severity.ERROR}
    return [None if place in wrong else group for place, group in enumerate(groups)]


def _issue(
    system: System,
    writing: Writing,
    placing: Placing,
    recorder: Recorder,
    report: Report,
    caller: Caller,
    submission: str,
    idempotency: tuple[str | None, bytes],
    language: str,
) -> Outcome:
    at = recorder.at
    organisation = known(system, caller.organisation)
    responsible = any(each.event.type is EventType.NEW_OPERATOR for each in recorder.happenings)
    if not organisation.public and (placing.places or responsible):
        raise Forbidden("A passport names who answers for it, and your organisation's name is not to be shown.")
    issuing = Issuing(system, writing, seal(system, organisation), at=at, submission=submission)
    issuer = Issuer(system, writing, issuing, organisation, at=at)
    issued = issuer.issue(placing.places)
    chronicler = Chronicler(system, writing, issuing, organisation, recorder)
    recorded = chronicler.record(issuer)
    if issuing.documents:
        issuing.append()
        chronicler.settle()
    location = f"{system.base}/submissions/{submission}"
    body = _body(system, report, issued, location, language, recorded)
    created = bool(issuing.documents)
    key, fingerprint = idempotency
    if key is not None:
        writing.remember(Answer(caller.organisation, key, fingerprint, created, body, at))
    writing.receive(Submission(submission, caller.organisation, at, report.documents, True, body))
    return Outcome(created, _with_claims(system, body), location, False, report, issued, recorded)


def _with_claims(system: System, body: bytes) -> bytes:
    """The answer with the secrets that go with pieces given to private persons, which are kept nowhere."""
    if b'"claim"' not in body:
        return body
    value = orjson.loads(body)
    for each in value["events"]:
        if each.pop("claim", False):
            each["claimSecret"] = claim_secret(system, id_at(each["event"]))
    return orjson.dumps(value)


def _replay(system: System, remembered: Answer, fingerprint: bytes) -> Outcome:
    if remembered.fingerprint != fingerprint:
        raise KeyReused("This Idempotency-Key was used with another submission.")
    location = orjson.loads(remembered.body).get("submission")
    return Outcome(remembered.created, _with_claims(system, remembered.body), location, True, Report(0))


def _refused(
    system: System, report: Report, caller: Caller, submission: str, *, keep: bool, language: str
) -> Unacceptable | IdentityTaken | NotAllowed:
    address = f"{system.base}/submissions/{submission}" if keep else None
    if keep:
        body = _body(system, report, (), address, language)
        with system.history.writing() as writing:
            writing.receive(Submission(submission, caller.organisation, system.now(), report.documents, False, body))
    taken = any(finding.code == TAKEN for finding in report.findings)
    forbidden = any(finding.code in _FORBIDDEN for finding in report.findings)
    refusal = IdentityTaken if taken else NotAllowed if forbidden else Unacceptable
    return refusal(report, submission=address)


_FORBIDDEN = frozenset({"role-not-allowed", "relation-not-allowed"})


def _joined(
    report: Report, findings: Iterable[Finding], raws: Sequence[Raw], system: System, groups: Sequence[Group | None]
) -> Report:
    more = tuple(findings)
    if not more:
        return report
    joined = with_pages(collect((*report.findings, *more), documents=report.documents), raws, system.published, groups)
    return replace(joined, suppressed={**joined.suppressed, **report.suppressed}, completeness=report.completeness)


def _body(
    system: System,
    report: Report,
    issued: Sequence[Issued],
    location: str | None,
    language: str,
    recorded: Sequence[Recorded] = (),
) -> bytes:
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
    if recorded:
        body["events"] = [_recorded(system, each) for each in recorded]
    body["report"] = report_body(report, language=language, base=system.base)
    return orjson.dumps(body)


def _recorded(system: System, each: Recorded) -> dict[str, Any]:
    return {
        "document": each.document,
        "event": each.event,
        "eventType": each.type,
        "code": each.code,
        "passport": system.passport_address(each.code),
        **({} if each.transfer is None else {"transfer": each.transfer}),
        **({"claim": True} if each.claim else {}),
    }
