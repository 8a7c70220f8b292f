"""Operations of a signed-in organisation: its desk, the forms by which it acts, and the answers to its offers."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import Annotated, Any

import orjson
from anyio import to_thread
from fastapi import Path, Query, Request, Response
from starlette.datastructures import UploadFile

from passport.codecs.documents import inner
from passport.codecs.state import NEVER_HAPPENED
from passport.errors import Conflict, Malformed, NotFound, Refusal
from passport.model.access import Caller
from passport.model.events import TRANSFERS, EventType
from passport.model.naming import id_at
from passport.service import media, resolution, submissions
from passport.service.holding import Deed, possible
from passport.validation.wording import report_body
from passport.web import cursors, problems
from passport.web.acting import Typed, event_of, typed_in, undoing
from passport.web.answers import HTML, JSON, Content, json_body, redirect, reply, respond
from passport.web.auth import FORMS, caller_of, form_of, text_of
from passport.web.holdings import names_for, offer_of, offers, pieces, surroundings, undoable
from passport.web.ownvalues import offer_value, piece_value
from passport.web.pages.acts import DEEDS
from passport.web.pages.asking import unlisted_name
from passport.web.pages.desk import LISTS, DeskView, FormView, ListView, SavedView
from passport.web.site import PRIVATE, Operation, Site

FIRST = 12
"""Entries of each list that the desk itself shows."""

PART = 50
"""Entries of one part of a list."""

Code = Annotated[str, Path(description="The product's short code.")]
Act = Annotated[str, Path(description="What is done: `repair`, `inspect`, `move`, …")]
Event = Annotated[str, Path(description="The event's id, the last part of its address.")]
Transfer = Annotated[str, Path(description="The transfer's id, the last part of its address.")]
Listed = Annotated[str, Path(description="`owned`, `held`, `incoming` or `outgoing`.")]
Cursor = Annotated[str | None, Query(description="Where the list goes on, from the part before.")]
Others = Annotated[str, Query(max_length=4000, description="Codes of more pieces that the same is done with.")]
Ticked = Annotated[list[str] | None, Query(max_length=1000, description="Codes of pieces that were ticked.")]
Wanted = Annotated[str, Query(description="What to do with the ticked pieces; leads to its form.")]
Count = Annotated[int, Query(ge=1, le=1000, description="How many pieces the event is about.")]

_ANSWERS = {
    "accept": EventType.NEW_OWNER,
    "accept-responsibility": EventType.NEW_OPERATOR,
    "refuse": EventType.REFUSED_TRANSFER,
    "take-back": EventType.WITHDRAWN_TRANSFER,
}
_PARTIES = ("receiver", "borrower", "reservedFor", "collector")
_KINDS = ("image/png", "image/jpeg", "image/webp", "application/pdf")


class Holders:
    """The desk and its acts."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._system = site.system
        self._pages = site.pages.desk

    def operations(self) -> tuple[Operation, ...]:
        """The rows of the route table."""
        tag, pages, page = "Own pieces", (JSON, HTML), (HTML,)
        act, recorded = "/passports/{code}/acts/{act}", "/passports/{code}/recorded/{event}"
        reads, writes = (401, 403, 404), (400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
        return (
            Operation("desk", "GET", "/desk", self.desk, tag, pages, refuses=(401, 403, 406)),
            Operation("desk-list", "GET", "/desk/{listed}", self.listed, tag, pages, refuses=(400, *reads, 406, 303)),
            Operation("act-form", "GET", act, self.form, tag, page, refuses=(*reads, 409, 410)),
            Operation("act", "POST", act, self.act, tag, page, FORMS, 303, (200, *writes, 410), form=True),
            Operation("recorded", "GET", recorded, self.recorded, tag, page, refuses=reads),
            Operation("undo", "POST", recorded, self.undo, tag, page, FORMS, 303, writes, form=True),
            Operation(
                "transfer-answer", "POST", "/transfers/{id}", self.answer, tag, page, FORMS, 303, writes, form=True
            ),
        )

    async def desk(self, request: Request) -> Response:
        """What the caller's organisation owns and holds, and the open offers to it and from it."""
        view = await to_thread.run_sync(self._desk, caller_of(request).organisation)
        value = {
            listed: [offer_value(self._site.base, each) for each in found] for listed, found in view.offers.items()
        }
        value |= {
            listed: [piece_value(self._site.base, each) for each in found] for listed, found in view.pieces.items()
        }
        return respond(self._own(request, value, lambda language: self._pages.desk(language, view)))

    async def listed(
        self, request: Request, listed: Listed, cursor: Cursor = None, piece: Ticked = None, act: Wanted = ""
    ) -> Response:
        """One list of the desk, in parts. A cursor is good only for the organisation that it was given to.

        With pieces ticked and an act named it leads to the form of that act, for all of them.
        """
        if listed not in LISTS:
            raise NotFound("There is no such list.")
        if act and piece:
            return respond(redirect(self._together(piece, _deed(act)), 303, (b"cache-control", PRIVATE.encode())))
        view = await to_thread.run_sync(self._listed, caller_of(request).organisation, listed, cursor)
        found: list[Any] = [offer_value(self._site.base, each) for each in view.offers]
        found += [piece_value(self._site.base, each) for each in view.pieces]
        value = {listed: found, "next": view.following and self._site.base + view.following}
        view = replace(view, cursor=cursor or "", nothing=bool(act))
        return respond(self._own(request, value, lambda language: self._pages.listed(language, view)))

    def _together(self, ticked: Sequence[str], deed: Deed) -> str:
        first, *others = dict.fromkeys(resolution.code_of(each) for each in ticked[:PART])
        rest = f"?others={'+'.join(others)}" if others else ""
        return f"{self._site.base}/passports/{first}/acts/{deed}{rest}"

    def _own(self, request: Request, value: object, render: Any) -> Any:
        scope = request.scope
        if self._site.chosen(scope, (JSON, HTML)) == HTML:
            return self._site.page(scope, render, cache=PRIVATE)
        negotiated = ("Accept", "Authorization", "Cookie")
        return reply(Content(json_body(value), JSON, cache=PRIVATE, negotiated=negotiated), scope)

    def _desk(self, slug: str) -> DeskView:
        found = {each: self._listed(slug, each, None, part=FIRST) for each in LISTS}
        organisation = self._system.parties.organisation(slug)
        return DeskView(
            organisation.name if organisation else slug,
            {each: found[each].offers for each in ("incoming", "outgoing")},
            {each: found[each].pieces for each in ("owned", "held")},
            {each: view.following is not None for each, view in found.items()},
            self._system.history.counts(slug)._asdict(),
        )

    def _listed(self, slug: str, listed: str, cursor: str | None, *, part: int = PART) -> ListView:
        named = f"{slug}/{listed}"
        after = cursors.take(named, cursor)
        view, last = ListView(listed), None
        if listed in ("incoming", "outgoing"):
            found, last = offers(self._system, slug, incoming=listed == "incoming", after=after, limit=part)
            view = replace(view, offers=found)
        else:
            some = pieces(self._system, slug, held=listed == "held", after=after, limit=part + 1)
            view = replace(view, pieces=some[:part])
            last = some[part - 1].code if len(some) > part else None
        return replace(view, following=f"/desk/{listed}?cursor={cursors.give(named, last)}" if last else None)

    async def form(self, request: Request, code: Code, act: Act, others: Others = "") -> Response:
        """The form by which an act is recorded; only what role, relation and state allow has one."""
        deed = _deed(act)
        view = await to_thread.run_sync(self._form, request, code, deed)
        if others.strip():
            view = replace(view, typed={"others": ("\n".join(others.split()[:PART]),)})
        return respond(self._site.page(request.scope, lambda language: self._pages.form(language, view), cache=PRIVATE))

    def _form(self, request: Request, code: str, deed: Deed) -> FormView:
        caller = caller_of(request)
        product = resolution.product_of(self._system, code)
        if deed not in possible(self._system, product, caller):
            raise Conflict("This cannot be done with this piece now, or not by your organisation.")
        return self._empty(request, product.code, deed, secrets.token_urlsafe(16))

    def _empty(self, request: Request, code: str, deed: Deed, key: str) -> FormView:
        product = resolution.product_of(self._system, code)
        return FormView(
            deed=deed,
            code=product.code,
            names=names_for(self._system, product.code),
            word=self._word(request),
            key=key,
            around=surroundings(self._system, product, caller_of(request), deed),
            typed={},
        )

    def _word(self, request: Request) -> str:
        signed = self._site.door.signed(request.scope)
        return signed.word if signed is not None else ""

    async def act(self, request: Request, code: Code, act: Act) -> Response:
        """Record an act by its form: one event, however often it is sent. Findings come back beside the fields."""
        deed, sent, language = _deed(act), form_of(request), self._site.language(request.scope)
        typed = typed_in(sent)
        empty = partial(self._empty, request, code, deed, text_of(sent, "key")[:60])
        view = replace(await to_thread.run_sync(empty), typed=typed, sent=True)
        try:
            view = replace(view, kept=await self._photos(request))
            if self._pages.lacks(language, view):
                return self._again(request, view, 422)
            meant = self._pages.meant(language, _settled(view, typed))
            photos = [_photo(each) for each in view.kept]
            document = event_of(deed, view.code, meant, language=language, photos=photos, channel=self._pages.channel)
            done = await self._submit(request, document, view.key)
        except Refusal as refusal:
            report = problems.report_of(refusal)
            found = report_body(report, language=language, base=self._site.base)["findings"] if report else ()
            return self._again(request, replace(view, findings=found, refusal=refusal), problems.status_of(refusal))
        if "claimSecret" not in done[0]:
            return self._to_saved(view.code, done[0], len(done))
        return await self._with_secrets(request, view, done)

    def _again(self, request: Request, view: FormView, status: int) -> Response:
        page = self._pages.form(self._site.language(request.scope), view)
        return respond(self._site.sent(request.scope, page, status=status))

    async def _with_secrets(self, request: Request, view: FormView, done: Sequence[Mapping[str, str]]) -> Response:
        """The codes for the new owner, on the only page that ever shows them."""
        event = await to_thread.run_sync(resolution.event, self._system, id_at(done[0]["event"]))
        saved = SavedView(
            inner(event.payload, event.start),
            view.code,
            view.names,
            view.word,
            pieces=len(done),
            secrets=[(each["code"], each["claimSecret"]) for each in done],
        )
        page = self._pages.saved(self._site.language(request.scope), saved)
        return respond(self._site.sent(request.scope, page))

    async def _photos(self, request: Request) -> tuple[str, ...]:
        """Pictures that came with this form, kept now, and those that came with it before."""
        sent = form_of(request)
        kept = [each for each in sent.getlist("kept") if isinstance(each, str) and len(each) < 500]
        for file in sent.getlist("photo"):
            if isinstance(file, UploadFile) and file.size:
                data, kind = await file.read(), file.content_type if file.content_type in _KINDS else None
                work = partial(media.keep, self._system, data, kind, caller_of(request), restricted=True)
                picture = await to_thread.run_sync(work)
                kept.append(f"{picture.url} {picture.digest} {picture.media_type}")
        return tuple(dict.fromkeys(kept))

    async def _submit(self, request: Request, document: object, key: str) -> list[dict[str, str]]:
        """Send an event in through the one door; gives what the answer says of each piece."""
        body = orjson.dumps(document)
        work = partial(
            submissions.submit,
            self._system,
            body=body,
            media_type=JSON,
            caller=caller_of(request),
            key=f"form-{key}-{sha256(body).hexdigest()[:32]}" if key.isascii() and key.isprintable() and key else None,
            language=self._site.language(request.scope),
        )
        outcome = await to_thread.run_sync(work)
        events: list[dict[str, str]] = orjson.loads(outcome.body)["events"]
        return events

    def _to_saved(self, code: str, first: Mapping[str, str], pieces: int = 1) -> Response:
        place = f"{self._site.base}/passports/{code}/recorded/{id_at(first['event'])}"
        place += f"?pieces={pieces}" if pieces > 1 else ""
        return respond(redirect(place, 303, (b"cache-control", PRIVATE.encode())))

    async def recorded(self, request: Request, code: Code, event: Event, pieces: Count = 1) -> Response:
        """What was saved, with the way to undo it."""
        view = await to_thread.run_sync(self._saved, request, code, event, pieces)
        return respond(
            self._site.page(request.scope, lambda language: self._pages.saved(language, view), cache=PRIVATE)
        )

    def _saved(self, request: Request, code: str, event: str, pieces: int) -> SavedView:
        kept = resolution.event(self._system, event)
        if kept.code != resolution.code_of(code):
            raise NotFound("There is no such event.")
        document = inner(kept.payload, kept.start)
        caller = caller_of(request)
        return SavedView(
            event=document,
            code=kept.code,
            names=names_for(self._system, kept.code),
            word=self._word(request),
            pieces=pieces,
            undoable=pieces == 1 and undoable(self._system, kept, caller),
            undone=document.get("correctionReason") == NEVER_HAPPENED,
            transfer=self._open_transfer(kept.code, document, caller),
        )

    def _open_transfer(self, code: str, document: Mapping[str, Any], caller: Caller) -> str | None:
        product = resolution.product_of(self._system, code)
        if document["eventType"] not in TRANSFERS or product.transfer is None:
            return None
        return f"/transfers/{product.transfer}" if Deed.TAKE_BACK in possible(self._system, product, caller) else None

    async def undo(self, request: Request, code: Code, event: Event) -> Response:
        """Undo what was recorded: a new entry says that it never happened, and the old one stays readable."""
        kept = await to_thread.run_sync(resolution.event, self._system, event)
        if kept.code != resolution.code_of(code):
            raise NotFound("There is no such event.")
        document = undoing(inner(kept.payload, kept.start), kept.code)
        first, *_ = await self._submit(request, document, f"undo-{event}")
        return self._to_saved(kept.code, first)

    async def answer(self, request: Request, id: Transfer) -> Response:  # noqa: A002 - the name in the address
        """Accept, refuse or take back an offer, for all of its pieces at once."""
        sent = form_of(request)
        wanted, key = text_of(sent, "answer"), text_of(sent, "key")[:60]
        if wanted not in _ANSWERS:
            raise Malformed("The answer is accept, refuse or take-back.")
        document = {"eventType": _ANSWERS[wanted], "transfer": f"{self._site.base}/transfers/{id}"}
        try:
            done = await self._submit(request, document, key)
        except Refusal as refusal:
            return await self._not_answered(request, id, key, refusal)
        return self._to_saved(done[0]["code"], done[0], len(done))

    async def _not_answered(self, request: Request, id: str, key: str, refusal: Refusal) -> Response:  # noqa: A002
        """The offer again, with what stands in the way; the refusal itself where it is not open any more."""
        report, language = problems.report_of(refusal), self._site.language(request.scope)
        if report is None:
            raise refusal
        view = await to_thread.run_sync(offer_of, self._system, id, caller_of(request).organisation)
        found = report_body(report, language=language, base=self._site.base)["findings"]
        page = self._pages.transfer(language, view, self._word(request), key, [str(each["message"]) for each in found])
        return respond(self._site.sent(request.scope, page, status=problems.status_of(refusal)))


def _deed(act: str) -> Deed:
    if act not in DEEDS:
        raise NotFound("There is no such act.")
    return Deed(act)


def _settled(view: FormView, typed: Typed) -> Typed:
    """What was typed, with the organisation that a typed name means."""
    slugs = {name.casefold(): slug for slug, name in view.around.organisations}
    meant = {
        name: tuple(slugs.get(each.casefold(), each) for each in typed[name]) for name in _PARTIES if name in typed
    }
    short = {name: typed[other] for name in _PARTIES if (other := unlisted_name(name)) in typed}
    return {**typed, **meant, **{name: tuple(each.lower() for each in given) for name, given in short.items()}}


def _photo(kept: str) -> dict[str, str]:
    return dict(zip(("url", "digest", "contentType"), kept.split(" "), strict=False))
