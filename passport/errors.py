"""Refusals: requests that cannot be done, mapped once to HTTP problem details and to exit codes.

A *finding* (``passport.model.report``) is about the data somebody sent; a refusal is about the request as a
whole; a fault is ours and is never caught on its way up.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class Refusal(Exception):
    """A request that cannot be done.

    ``code`` names the problem type: ``/problems/{code}`` explains it and never changes its meaning. ``detail`` is a
    plain English sentence; ``values`` holds what it is about, so that a page can say it in another language.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, detail: str = "", /, **values: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.values: Mapping[str, object] = values


class Malformed(Refusal):
    """The request itself cannot be understood (HTTP 400, exit code 2)."""

    code = "malformed"


class Unreadable(Refusal):
    """A submission's bytes are no JSON, or not a JSON that is safe to read (HTTP 400, exit code 2).

    ``findings`` tell where and why.
    """

    code = "unreadable"

    def __init__(self, detail: str, /, findings: tuple[Any, ...] = ()) -> None:
        super().__init__(detail)
        self.findings = findings


class Unacceptable(Refusal):
    """A submission with findings of severity error (HTTP 422, exit code 1). ``report`` holds all of them."""

    code = "findings"

    def __init__(self, report: object, /, **values: object) -> None:
        super().__init__("The submission has findings that must be mended before it can be accepted.", **values)
        self.report = report


class Unauthenticated(Refusal):
    """No token, or one that is unknown, expired or revoked: which of them is not said (HTTP 401)."""

    code = "unauthenticated"


class Forbidden(Refusal):
    """The token is good, but its role or its relation to the product does not allow this act (HTTP 403)."""

    code = "forbidden"


class IdentityTaken(Forbidden):
    """A submission bears the identity of another organisation's product (HTTP 403). ``report`` names each."""

    code = "identity-taken"

    def __init__(self, report: object, /, **values: object) -> None:
        super().__init__("The submission bears the identity of a product of another organisation.", **values)
        self.report = report


class NotAllowed(Forbidden):
    """Events that the role of the token, or its relation to the pieces, does not allow (HTTP 403).

    ``report`` names each, beside everything else that was found.
    """

    code = "not-allowed"

    def __init__(self, report: object, /, **values: object) -> None:
        super().__init__("The submission has events that this organisation may not record.", **values)
        self.report = report


class NotFound(Refusal):
    """Nothing is known under this address (HTTP 404)."""

    code = "not-found"


class UnknownCode(NotFound):
    """A well-formed short code that no product bears (HTTP 404)."""

    code = "unknown-code"


class Miswritten(NotFound):
    """A short code whose check symbol does not fit: it was misread or mistyped (HTTP 404)."""

    code = "miswritten-code"


class Gone(Refusal):
    """The passport was withdrawn; its address keeps answering with this tombstone (HTTP 410)."""

    code = "withdrawn"


class Erased(Gone):
    """The content of this document was erased by a logged act; its digest and its place in the log stay (HTTP 410)."""

    code = "erased"


class SnapshotWithdrawn(Gone):
    """A snapshot that knew what was erased later: its files were taken away (HTTP 410). When, and which is the next."""

    code = "snapshot-withdrawn"


class SnapshotReleased(Gone):
    """A snapshot whose files are not kept any longer (HTTP 410): what it was of, and where its checksums are."""

    code = "snapshot-released"


class Conflict(Refusal):
    """The request contradicts what is stored, or another request that is still running (HTTP 409)."""

    code = "conflict"


class KeyReused(Refusal):
    """An ``Idempotency-Key`` came back with another body (HTTP 422)."""

    code = "idempotency-key-reused"


class TooLarge(Refusal):
    """A body, or the number of documents in it, passes a limit (HTTP 413)."""

    code = "too-large"


class TooMany(Refusal):
    """Too many requests from one client (HTTP 429). ``retry_after`` is in seconds."""

    code = "too-many-requests"

    def __init__(self, detail: str, /, retry_after: int) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.retry_after = retry_after


class UnsupportedMedia(Refusal):
    """The body's media type is none that this address reads (HTTP 415)."""

    code = "unsupported-media-type"


class MethodNotAllowed(Refusal):
    """The address exists, but not for this method (HTTP 405). ``allowed`` are the methods that it has."""

    code = "method-not-allowed"

    def __init__(self, detail: str, /, allowed: tuple[str, ...]) -> None:
        super().__init__(detail, allowed=", ".join(allowed))
        self.allowed = allowed


class NotAcceptable(Refusal):
    """None of the media types that the client accepts can be served here (HTTP 406)."""

    code = "not-acceptable"


class NotDrawable(NotAcceptable):
    """A picture of a query's answer is asked for, and its columns make none; the detail says what it lacks (406)."""

    code = "answer-not-drawn"


class KeysLocked(Refusal):
    """The signing secret is missing or wrong: the service reads but does not sign (HTTP 503)."""

    code = "keys-locked"


class StoreRefused(Refusal):
    """The store cannot be opened: it is newer than this program, needs migrating, or has another base URL."""

    code = "store-refused"


class StoreBusy(Refusal):
    """Other writes kept the store from beginning this one in time; nothing was done (HTTP 503)."""

    code = "store-busy"


class StoreFull(Refusal):
    """The disk under the store is full; nothing was done (HTTP 507)."""

    code = "store-full"


class StoreFailing(Refusal):
    """The store's file or disk does not do what is asked of it; nothing was done (HTTP 503)."""

    code = "store-failing"


class StoreUnsure(StoreFailing):
    """The store broke off while it committed: what was asked was done whole or not at all, and which is unknown (503).

    The same request with the same ``Idempotency-Key`` tells, and does it if it was not done.
    """

    code = "store-unsure"


class LogStopped(Refusal):
    """No checkpoint of the log is published: what was published before is not of this history (HTTP 503)."""

    code = "log-stopped"


class QueryWrong(Malformed):
    """What was sent is no SPARQL 1.1 query (HTTP 400). ``values`` may name ``line`` and ``column``."""

    code = "query-wrong"


class QueryRefused(Malformed):
    """A query that is not answered here: it would write, reach other hosts, or is nested too deeply (HTTP 400).

    ``values`` name the ``reason``, and ``found`` and ``limit`` where it is a number that is too high.
    """

    code = "query-refused"


class QueryStopped(Refusal):
    """A query took more than one may have, or the engine broke down over it (HTTP 503).

    ``values`` name the ``limit``: ``time`` with its ``seconds``, ``memory`` with its ``mebibytes``, ``reading`` (the
    answer was left unread too long) or ``engine``.
    """

    code = "query-stopped"


class ResultTooLarge(TooLarge):
    """A query's answer is larger than one may be (HTTP 413). ``values`` name the ``limit`` in bytes."""

    code = "result-too-large"


class QueriesBusy(Refusal):
    """Other queries kept this one waiting too long; nothing was done (HTTP 503)."""

    code = "queries-busy"

    def __init__(self, detail: str = "Too many queries are waiting.", /, *, retry_after: int = 2) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.retry_after = retry_after


class NoGraph(Refusal):
    """There is no graph to ask: it is being made, or its server does not answer (HTTP 503)."""

    code = "no-graph"


class Damaged(Exception):
    """A fault of ours: stored bytes cannot be read, or are not those that were stored (T39)."""
