"""Refusals as HTTP answers, in one place: RFC 9457 problem details, or a page for browsers."""

from collections.abc import Mapping
from typing import Protocol

from passport.errors import (
    Conflict,
    Damaged,
    Forbidden,
    Gone,
    IdentityTaken,
    KeyReused,
    KeysLocked,
    LogStopped,
    Malformed,
    MethodNotAllowed,
    NoGraph,
    NotAcceptable,
    NotAllowed,
    NotFound,
    QueriesBusy,
    QueryRefused,
    QueryStopped,
    QueryWrong,
    Refusal,
    ResultTooLarge,
    SnapshotReleased,
    SnapshotWithdrawn,
    StoreBusy,
    StoreFailing,
    StoreFull,
    StoreRefused,
    TooLarge,
    TooMany,
    Unacceptable,
    Unauthenticated,
    Unreadable,
    UnsupportedMedia,
)
from passport.model.languages import FALLBACK
from passport.model.report import Finding, Report
from passport.validation.problems import PROBLEMS
from passport.validation.wording import report_body, translated
from passport.web import negotiation
from passport.web.answers import HTML, Answer, Header, Scope, fields, json_body, line, raw_path

PROBLEM = "application/problem+json"
_TOLD = ("line", "column", "reason", "found", "limit")
"""What a problem with a query tells of it, beside its detail."""
_FOLLOWED = ("at", "acts", "following")
"""What a problem with a withdrawn snapshot tells: when, by which events, and which snapshot is the next."""
_LASTING = ("at", "issued", "size", "root", "manifest", "checkpoint", "following")
"""What a problem with a released snapshot tells: when, what it was of, what is left of it, and the newest one."""
_OFFERS = (PROBLEM, "application/json", HTML)

STATUS: Mapping[type[Refusal], int] = {
    Malformed: 400,
    Unreadable: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    NotAcceptable: 406,
    Conflict: 409,
    Gone: 410,
    TooLarge: 413,
    UnsupportedMedia: 415,
    Unacceptable: 422,
    KeyReused: 422,
    TooMany: 429,
    KeysLocked: 503,
    LogStopped: 503,
    NoGraph: 503,
    QueriesBusy: 503,
    QueryStopped: 503,
    StoreRefused: 503,
    StoreBusy: 503,
    StoreFailing: 503,
    StoreFull: 507,
    Refusal: 400,
}
"""What each refusal is in HTTP; a subclass answers as its nearest ancestor does."""


class Page(Protocol):
    """The page of a refusal, as ``passport.web.pages`` makes it."""

    def refusal(self, lang: str, status: int, refusal: Refusal, /) -> str:
        """A whole HTML page."""


class Fault(Refusal):
    """What is told of a fault of ours: nothing but its existence and the request's id (HTTP 500)."""

    code = "fault"


class Unsound(Fault):
    """What is told of stored bytes that are damaged: which they are, and nothing of what they say (HTTP 500, T39)."""

    code = "damaged"


def fault(wrong: BaseException) -> Fault:
    """What is told of an exception that nobody expected."""
    if isinstance(wrong, Damaged):
        return Unsound(f"Stored data cannot be read: {wrong}.")
    return Fault("Something failed on our side; it was noted.")


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    if isinstance(refusal, Fault):
        return 500
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


def title(code: str, language: str) -> str:
    """What a problem type is called in a language."""
    return translated(PROBLEMS[code].title, language)


def answer(refusal: Refusal, scope: Scope, pages: Page, base: str) -> Answer:
    """The answer for a refused request: a page when the client prefers HTML, else problem details (RFC 9457)."""
    asked = fields(scope["headers"])
    wanted = negotiation.language(
        accept=asked.get(b"accept-language"), cookie=asked.get(b"cookie"), query=scope.get("query_string", b"")
    )
    status = status_of(refusal)
    lines: list[Header] = [
        (b"cache-control", b"no-store"),
        (b"vary", b"Accept, Accept-Language, Cookie"),
        *lines_of(refusal),
    ]
    if _prefers_page(asked.get(b"accept")):
        body = pages.refusal(wanted, status, refusal).encode()
        about = ((b"content-type", b"text/html; charset=utf-8"), (b"content-language", line(wanted)))
        return Answer(status, (*about, *lines), body)
    details = problem(refusal, instance=_instance(scope), language=wanted, base=base)
    about = ((b"content-type", PROBLEM.encode()), (b"content-language", line(_spoken(details, wanted))))
    return Answer(status, (*about, *lines), json_body(details))


def _spoken(details: Mapping[str, object], language: str) -> str:
    """The languages of a problem: its title and report in the reader's, its detail always in English."""
    return f"{language}, {FALLBACK}" if details["detail"] and language != FALLBACK else language


def problem(refusal: Refusal, *, instance: str, language: str, base: str) -> dict[str, object]:
    """The RFC 9457 object: ``type`` is an address that explains it, ``report`` has the findings when there are some.

    That of a query has ``line`` and ``column``, or the ``reason`` and the ``limit``, where they are known.
    """
    details: dict[str, object] = {
        "type": f"{base}/problems/{refusal.code}",
        "title": title(refusal.code, language),
        "status": status_of(refusal),
        "detail": refusal.detail,
        "instance": instance,
    }
    if isinstance(refusal, QueryWrong | QueryRefused | QueryStopped | ResultTooLarge):
        details |= {name: refusal.values[name] for name in _TOLD if name in refusal.values}
    if isinstance(refusal, SnapshotWithdrawn):
        details |= {name: refusal.values[name] for name in _FOLLOWED if refusal.values.get(name)}
    if isinstance(refusal, SnapshotReleased):
        details |= {name: refusal.values[name] for name in _LASTING if refusal.values.get(name) is not None}
    report = report_of(refusal)
    if report is not None:
        details["report"] = report_body(report, language=language, base=base)
    return details


def report_of(refusal: Refusal) -> Report | None:
    """The findings that a refusal carries."""
    if isinstance(refusal, Unacceptable | IdentityTaken | NotAllowed) and isinstance(refusal.report, Report):
        return refusal.report
    if isinstance(refusal, Unreadable):
        findings = tuple(each for each in refusal.findings if isinstance(each, Finding))
        return Report(0, findings) if findings else None
    return None


def lines_of(refusal: Refusal) -> list[Header]:
    """The header lines that a refusal calls for."""
    if isinstance(refusal, Unauthenticated):
        return [(b"www-authenticate", b'Bearer realm="passport"')]
    if isinstance(refusal, MethodNotAllowed):
        return [(b"allow", line(", ".join(refusal.allowed)))]
    if isinstance(refusal, TooMany | QueriesBusy):
        return [(b"retry-after", b"%d" % refusal.retry_after)]
    if isinstance(refusal, StoreBusy):
        return [(b"retry-after", b"5")]
    if isinstance(refusal, KeysLocked | LogStopped | NoGraph | StoreRefused | StoreFailing):
        return [(b"retry-after", b"60")]
    return []


def _prefers_page(accept: bytes | None) -> bool:
    try:
        return negotiation.choose(accept, _OFFERS) == HTML
    except Malformed:
        return False


def _instance(scope: Scope) -> str:
    return "".join(chr(each) if 0x21 <= each < 0x7F else f"%{each:02X}" for each in raw_path(scope)[:2000])
