"""Delegations of an organisation: who may record what of its pieces, until when; for machines and as forms."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Annotated, Any

from anyio import to_thread
from fastapi import Path, Request, Response

from passport.errors import Malformed, NotFound
from passport.model.access import RIGHTS
from passport.model.rights import ACTS, DELEGABLE
from passport.ports import Delegation
from passport.service import delegation
from passport.web.acting import Typed, typed_in
from passport.web.answers import HTML, JSON, Answer, Content, address, json_body, redirect, reply, respond
from passport.web.auth import FORMS, caller_of, form_of
from passport.web.bodies import json_object
from passport.web.holdings import SHOWN, name_of, nameable, pieces_by
from passport.web.pages.delegations import SOME, Grant, GrantForm, Mistake, Standing
from passport.web.site import PRIVATE, Operation, Site

Id = Annotated[str, Path(description="The delegation's id, the last part of its address.")]

USUAL = timedelta(days=365)
"""How long a delegation lasts if the form is not changed."""

_TEXTS = ("delegate", "until", "starts")
_LISTS = ("events", "passports")
_NEGOTIATED = ("Accept", "Authorization", "Cookie")


class Delegating:
    """What an owner lets others record of its pieces."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._system = site.system
        self._pages = site.pages.delegations

    def operations(self) -> tuple[Operation, ...]:
        """The rows of the route table."""
        tag, pages, page = "Delegations", (JSON, HTML), (HTML,)
        all_of, new, one = "/delegations", "/delegations/new", "/delegations/{id}"
        reads = (401, 403, 404, 406, 429)
        writes = (400, 401, 403, 404, 413, 415, 422, 429, 503)
        return (
            Operation("delegations", "GET", all_of, self.all, tag, pages, refuses=reads),
            Operation("delegate", "POST", all_of, self.add, tag, reads=(JSON,), status=201, refuses=writes),
            Operation("delegate-form", "GET", new, self.form, tag, page, refuses=reads),
            Operation("delegate-by-form", "POST", new, self.add_by_form, tag, page, FORMS, 303, writes, form=True),
            Operation("delegation", "GET", one, self.one, tag, pages, refuses=reads),
            Operation("delegation-revoke", "DELETE", one, self.revoke, tag, status=204, refuses=writes),
            Operation("delegation-take-back", "POST", one, self.take_back, tag, page, FORMS, 303, writes, form=True),
        )

    async def all(self, request: Request) -> Response:
        """What your organisation lets others record, and what others let it record, the newest first."""
        caller = caller_of(request)
        given = await to_thread.run_sync(delegation.given, self._system, caller)
        received = await to_thread.run_sync(delegation.received, self._system, caller)
        value = {"given": self._told(given), "received": self._told(received)}
        if self._site.chosen(request.scope, (JSON, HTML)) == JSON:
            return _json(request, value)
        grants = await to_thread.run_sync(lambda: [self._grants(request, each) for each in (given, received)])
        may = RIGHTS["delegate-form"].allows(caller)
        return self._page(request, lambda language: self._pages.all(language, *grants, may=may))

    async def one(self, request: Request, id: Id) -> Response:  # noqa: A002 - the name in the address
        """One delegation by your organisation or to it."""
        found = await to_thread.run_sync(delegation.one, self._system, caller_of(request), id)
        if self._site.chosen(request.scope, (JSON, HTML)) == JSON:
            return _json(request, self._told([found])[0])
        (grant,) = await to_thread.run_sync(self._grants, request, [found])
        pieces = await to_thread.run_sync(pieces_by, self._system, sorted(found.codes)[:SHOWN])
        may = RIGHTS["delegation-take-back"].allows(caller_of(request))
        return self._page(
            request, lambda language: self._pages.one(language, grant, pieces, self._word(request), may=may)
        )

    async def form(self, request: Request) -> Response:
        """The form to let another organisation record events of your pieces."""
        last = (self._system.clock.now() + USUAL).date().isoformat()
        view = await to_thread.run_sync(self._form, request, {"until": (last,), "which": ("all",)})
        return self._page(request, lambda language: self._pages.form(language, view))

    async def add_by_form(self, request: Request) -> Response:
        """Add a delegation by its form; what is wrong comes back beside the fields."""
        view = await to_thread.run_sync(self._form, request, typed_in(form_of(request)))
        mistakes = _lacking(view.typed)
        if not mistakes:
            try:
                kept = await to_thread.run_sync(self._delegated, request, view)
            except NotFound:
                mistakes = (Mistake("delegate"),)
            except Malformed as wrong:
                mistakes = (_mistake(wrong),)
            else:
                return self._to(f"/delegations/{kept.id}")
        page = self._pages.form(
            self._site.language(request.scope), GrantForm(view.organisations, view.typed, view.word, mistakes)
        )
        return respond(self._site.sent(request.scope, page, status=422))

    def _delegated(self, request: Request, view: GrantForm) -> Delegation:
        typed, named = view.typed, view.typed["delegate"][0].casefold()
        slugs = {name.casefold(): slug for slug, name in view.organisations}
        return delegation.delegate(
            self._system,
            caller_of(request),
            to=slugs.get(named, named),
            events=tuple(dict.fromkeys(typed["events"])),
            until=_end_of(typed["until"][0]),
            codes=typed["passports"][0].split() if _only_some(typed) else (),
        )

    async def take_back(self, request: Request, id: Id) -> Response:  # noqa: A002 - the name in the address
        """Take a delegation back by the form on its page."""
        await to_thread.run_sync(delegation.revoke, self._system, caller_of(request), id)
        return self._to(f"/delegations/{id}")

    def _to(self, path: str) -> Response:
        return respond(redirect(self._site.base + path, 303, (b"cache-control", PRIVATE.encode())))

    def _page(self, request: Request, render: Any) -> Response:
        return respond(self._site.page(request.scope, render, cache=PRIVATE))

    def _word(self, request: Request) -> str:
        signed = self._site.door.signed(request.scope)
        return signed.word if signed is not None else ""

    def _form(self, request: Request, typed: Typed) -> GrantForm:
        roles = frozenset().union(*(ACTS[each].roles for each in DELEGABLE))
        offered = nameable(self._system, roles, but=caller_of(request).organisation)
        return GrantForm(offered, typed, self._word(request))

    def _grants(self, request: Request, found: Sequence[Delegation]) -> list[Grant]:
        own, now = caller_of(request).organisation, self._system.now()
        return [
            Grant(
                id=each.id,
                given=each.owner == own,
                other=name_of(self._system, each.delegate if each.owner == own else each.owner),
                events=sorted(each.events),
                pieces=len(each.codes),
                standing=_standing(each, now),
                starts=each.starts[:10],
                until=_last_day(each.until),
                revoked=(each.revoked or "")[:10],
            )
            for each in found
        ]

    async def add(self, request: Request) -> Response:
        """Let another organisation record some events of your pieces for a time.

        `delegate` is its slug, `events` their types, `until` when it ends; `starts` and `passports` (codes or
        addresses; none means all that you own) are optional.
        """
        asked = _asked(await json_object(request))
        work = partial(
            delegation.delegate,
            self._system,
            caller_of(request),
            to=asked["delegate"],
            events=asked["events"],
            until=asked["until"],
            starts=asked.get("starts"),
            codes=asked.get("passports", ()),
        )
        kept = await to_thread.run_sync(work)
        place = f"{self._site.base}/delegations/{kept.id}"
        lines = ((b"content-type", JSON.encode()), (b"location", address(place)), (b"cache-control", b"no-store"))
        return respond(Answer(201, lines, json_body(self._told([kept])[0])))

    async def revoke(self, request: Request, id: Id) -> Response:  # noqa: A002 - the name in the address
        """Take a delegation back from now on."""
        await to_thread.run_sync(delegation.revoke, self._system, caller_of(request), id)
        return respond(Answer(204))

    def _told(self, delegations: Sequence[Delegation]) -> list[dict[str, Any]]:
        return [
            {
                "id": f"{self._site.base}/delegations/{each.id}",
                "owner": each.owner,
                "delegate": each.delegate,
                "events": sorted(each.events),
                "passports": [self._system.passport_address(code) for code in sorted(each.codes)],
                "starts": each.starts,
                "until": each.until,
                "revoked": each.revoked,
            }
            for each in delegations
        ]


def _asked(body: dict[str, Any]) -> dict[str, Any]:
    strange = sorted(set(body) - {*_TEXTS, *_LISTS})
    texts = all(isinstance(body[name], str) for name in _TEXTS if name in body)
    lists = all(
        isinstance(body[name], list) and all(isinstance(each, str) for each in body[name])
        for name in _LISTS
        if name in body
    )
    if strange or not texts or not lists or not {"delegate", "events", "until"} <= body.keys():
        raise Malformed(
            "A delegation has delegate, events (a list) and until, and may have starts and passports (a list).",
            strange=strange,
        )
    return body


def _json(request: Request, value: object) -> Response:
    return respond(reply(Content(json_body(value), JSON, cache=PRIVATE, negotiated=_NEGOTIATED), request.scope))


def _standing(found: Delegation, now: str) -> Standing:
    if found.revoked is not None:
        return Standing.REVOKED
    if now < found.starts:
        return Standing.AHEAD
    return Standing.OPEN if now < found.until else Standing.ENDED


def _end_of(day: str) -> str:
    """The end of a day as it is typed; what is no day stays what it is."""
    try:
        return f"{date.fromisoformat(day) + timedelta(days=1)}T00:00:00Z"
    except (ValueError, OverflowError):
        return day


def _last_day(until: str) -> str:
    """The last day on which something holds that ends at this time."""
    return (datetime.fromisoformat(until).astimezone(UTC) - timedelta(seconds=1)).date().isoformat()


def _lacking(typed: Mapping[str, Sequence[str]]) -> tuple[Mistake, ...]:
    wanted = ("delegate", "events", "until", *(("passports",) if _only_some(typed) else ()))
    return tuple(Mistake(each) for each in wanted if each not in typed)


def _only_some(typed: Mapping[str, Sequence[str]]) -> bool:
    return SOME in typed.get("which", ())


def _mistake(wrong: Malformed) -> Mistake:
    strange: Any = wrong.values.get("strange", ())
    return Mistake(str(wrong.values.get("at", "until")), tuple(map(str, strange)))
