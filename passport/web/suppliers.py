"""Operations for those who submit: passports, pictures, withdrawals, by API or with the form in a browser."""

from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from typing import Annotated, Literal

import orjson
from anyio import to_thread
from fastapi import Query, Request, Response
from starlette.datastructures import FormData, UploadFile

from passport.codecs.documents import inner
from passport.errors import (
    Malformed,
    NotFound,
    Refusal,
    UnsupportedMedia,
)
from passport.model.access import Caller, Role
from passport.service import media, resolution, submissions, withdrawal
from passport.validation.wording import report_body
from passport.web import problems
from passport.web.answers import HTML, JSON, Answer, address, respond
from passport.web.auth import FORMS, caller_of, require_same_origin, text_of
from passport.web.gathering import names_of
from passport.web.pages.views import Issued, Outcome
from passport.web.site import Operation, Site

DOCUMENTS = (JSON, "application/x-ndjson", "application/ld+json")
"""What a submission may be sent as."""

LISTED = 200
"""Passports of one submission that the form's answer names."""

_PICTURES = ("image/png", "image/jpeg", "image/webp", "application/pdf")
_WITHDRAWAL_BYTES = 16 * 1024
_BY_SUFFIX = {".jsonld": "application/ld+json", ".ndjson": "application/x-ndjson", ".jsonl": "application/x-ndjson"}
_NO_STORE = (b"cache-control", b"no-store")

DryRun = Annotated[bool, Query(description="Only check: nothing is kept or issued.")]


Kept = Annotated[
    Literal["public", "legitimate-interest"],
    Query(description="Who may see it. Pictures that only events name are `legitimate-interest`, as events keep them."),
]


class Suppliers:
    """Submitting and what belongs to it."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._system = site.system

    def operations(self) -> tuple[Operation, ...]:
        """The rows of the route table."""
        tag = "Submit"
        key: dict[str, object] = {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The same key with the same body gives the same answer; nothing is issued twice.",
            "schema": {"type": "string", "maxLength": 255},
        }
        return (
            Operation("submit-page", "GET", "/submissions", self.page, tag, (JSON, HTML), refuses=(406,)),
            Operation(
                "submit",
                "POST",
                "/submissions",
                self.submit,
                tag,
                reads=DOCUMENTS,
                status=201,
                refuses=(200, 400, 401, 403, 409, 413, 415, 422, 429, 503),
                parameters=(key,),
            ),
            Operation(
                "submit-form", "POST", "/submit", self.form, tag, (HTML,), reads=FORMS, refuses=(400, 403, 413, 429)
            ),
            Operation("submission", "GET", "/submissions/{id}", self.submission, tag, refuses=(401, 403, 404, 429)),
            Operation(
                "media-put",
                "POST",
                "/media",
                self.put,
                tag,
                reads=_PICTURES,
                status=201,
                refuses=(400, 401, 403, 413, 415, 429),
            ),
            Operation(
                "withdraw",
                "POST",
                "/passports/{code}/withdrawal",
                self.withdraw,
                tag,
                reads=(JSON,),
                status=201,
                refuses=(400, 401, 403, 404, 409, 413, 415, 429, 503),
            ),
        )

    async def page(self, request: Request) -> Response:
        """The form to submit passports in a browser; for machines, how to submit."""
        base = self._site.base
        value = {
            "submit": f"{base}/submissions",
            "mediaTypes": DOCUMENTS,
            "documents": self._system.limits.documents,
            "schemas": f"{base}/schemas",
            "openapi": f"{base}/openapi.json",
        }
        word = self._word(request)
        return respond(
            self._site.either(request.scope, value, lambda language: self._site.pages.submit(language, word=word))
        )

    def _word(self, request: Request) -> str:
        """The word of the session, if there is one."""
        signed = self._site.door.signed(request.scope)
        return signed.word if signed is not None else ""

    def _answered(self, request: Request, page: str, status: int) -> Response:
        return respond(self._site.sent(request.scope, page, status=status))

    async def submit(self, request: Request, dry_run: DryRun = False) -> Response:
        """Submit one document or many: all are accepted and issued, or none.

        Findings come back in the language of `Accept-Language`. With findings of severity error the answer is 422 and
        its `report` has all of them.
        """
        outcome = await self._submit(
            await request.body(),
            media_type=request.headers.get("content-type"),
            caller=caller_of(request),
            key=request.headers.get("idempotency-key"),
            dry_run=dry_run,
            language=self._site.language(request.scope),
        )
        lines = [(b"content-type", JSON.encode()), _NO_STORE]
        if outcome.location is not None:
            lines.append((b"location", address(outcome.location)))
        if outcome.replayed:
            lines.append((b"idempotency-replayed", b"true"))
        return respond(Answer(201 if outcome.created else 200, tuple(lines), outcome.body))

    async def _submit(
        self,
        body: bytes,
        *,
        media_type: str | None,
        caller: Caller,
        key: str | None,
        dry_run: bool,
        language: str,
        advise: bool = False,
    ) -> submissions.Outcome:
        work = partial(
            submissions.submit,
            self._system,
            body=body,
            media_type=media_type,
            caller=caller,
            key=key,
            dry_run=dry_run,
            advise=advise,
            language=language,
        )
        return await to_thread.run_sync(work)

    async def form(self, request: Request) -> Response:
        """The same from the form of `GET /submissions`: token, file or text, and whether to check only."""
        require_same_origin(request.scope, self._site.base)
        language = self._site.language(request.scope)
        if not request.headers.get("content-type", "").startswith(FORMS):
            raise UnsupportedMedia("The form is sent as multipart/form-data.")
        async with request.form(max_files=1, max_fields=20, max_part_size=2 * 1024 * 1024) as sent:
            try:
                status, outcome = await self._from_form(request, sent, language)
            except Refusal as refusal:
                status = problems.status_of(refusal)
                report = problems.report_of(refusal)
                if report is None:
                    page = self._site.pages.submit(language, refusal=refusal, word=self._word(request))
                    return self._answered(request, page, status)
                kept = refusal.values.get("submission")
                outcome = Outcome(
                    report=report_body(report, language=language, base=self._site.base),
                    submission=str(kept) if kept else None,
                )
        page = self._site.pages.submit(language, outcome=outcome, word=self._word(request))
        return self._answered(request, page, status)

    async def _from_form(self, request: Request, sent: FormData, language: str) -> tuple[int, Outcome]:
        caller = await self._site.door.admit_form("submit", sent, request.scope)
        body, media_type = await _document(sent)
        dry_run = text_of(sent, "dry_run") not in ("", "false")
        outcome = await self._submit(
            body,
            media_type=media_type,
            caller=caller,
            key=_form_key(text_of(sent, "key"), body),
            dry_run=dry_run,
            advise=True,
            language=language,
        )
        answered = orjson.loads(outcome.body)
        passports = answered["passports"]
        return 201 if outcome.created else 200, Outcome(
            report=answered["report"],
            issued=await to_thread.run_sync(self._all_issued, passports[:LISTED]),
            total=len(passports),
            dry_run=dry_run,
            submission=outcome.location,
        )

    def _all_issued(self, passports: Sequence[dict[str, str | int]]) -> list[Issued]:
        return [self._issued(each) for each in passports]

    def _issued(self, passport: dict[str, str | int]) -> Issued:
        code, version = str(passport["code"]), int(passport["version"])
        kept = resolution.version(self._system, code, version)
        names = names_of(inner(kept.payload, kept.start))
        return Issued(code=code, version=version, names=names, change=str(passport["outcome"]))

    async def submission(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the address
        """The answer that a submission got, for the organisation that sent it."""
        caller = caller_of(request)
        kept = self._system.history.submission(id)
        if kept is None or (kept.organisation != caller.organisation and caller.role is not Role.ADMINISTRATOR):
            raise NotFound("There is no such submission of yours.")
        return respond(Answer(200, ((b"content-type", JSON.encode()), _NO_STORE), kept.answer))

    async def put(self, request: Request, tier: Kept = "public") -> Response:
        """Keep a picture or document, sent as the body: the answer says the `url` and `digest` to name in a submission.

        A picture is made anew from its pixels, upright and at most 2560 pixels long: metadata, places and whatever else
        was in the file are gone, and its digest is another one. PDFs stay as they are.
        """
        data = await request.body()
        work = partial(
            media.keep,
            self._system,
            data,
            request.headers.get("content-type"),
            caller_of(request),
            restricted=tier != "public",
        )
        kept = await to_thread.run_sync(work)
        lines = ((b"content-type", JSON.encode()), _NO_STORE, (b"location", address(kept.url)))
        return respond(Answer(201, lines, orjson.dumps(_described(kept))))

    async def withdraw(self, request: Request, code: str) -> Response:
        """Withdraw a passport: `{"reason": "…"}`. It cannot be undone; the address answers 410 from then on."""
        if _media_type(request.headers.get("content-type")) not in ("", JSON):
            raise UnsupportedMedia("The reason is sent as application/json.")
        reason = _reason(await request.body())
        work = partial(withdrawal.withdraw, self._system, code, reason=reason, caller=caller_of(request))
        place = await to_thread.run_sync(work)
        lines = ((b"content-type", JSON.encode()), _NO_STORE, (b"location", address(place)))
        return respond(Answer(201, lines, orjson.dumps({"event": place})))


def _described(kept: media.Picture) -> dict[str, object]:
    """What the sender is told of a picture or document: the members of an ``image`` object, and its measures."""
    told: dict[str, object] = {"url": kept.url, "digest": kept.digest, "contentType": kept.media_type}
    if kept.thumbnails:
        small = {str(edge): place for edge, place in kept.thumbnails.items()}
        told |= {"width": kept.width, "height": kept.height, "thumbnails": small}
    return told


def _reason(body: bytes) -> str:
    if len(body) > _WITHDRAWAL_BYTES:
        raise Malformed("The reason is too long.")
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Malformed('The body is no JSON: send {"reason": "…"}.') from None
    if not isinstance(value, dict) or set(value) != {"reason"} or not isinstance(value["reason"], str):
        raise Malformed('Send one member: {"reason": "…"}.')
    return value["reason"]


async def _document(sent: FormData) -> tuple[bytes, str | None]:
    file = sent.get("file")
    if isinstance(file, UploadFile) and file.size:
        name = (file.filename or "").lower()
        media_type = next((kind for suffix, kind in _BY_SUFFIX.items() if name.endswith(suffix)), None)
        return await file.read(), media_type
    text = text_of(sent, "text")
    if text.strip():
        return text.encode("utf-8", "surrogatepass"), None
    raise Malformed("The form has no file.")


def _form_key(key: str, body: bytes) -> str | None:
    """The idempotency key of a form sent with this body: going back and choosing another file is no repetition."""
    return f"{key}-{sha256(body).hexdigest()}" if key else None


def _media_type(value: str | None) -> str:
    return (value or "").partition(";")[0].strip().lower()
