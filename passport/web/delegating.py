"""Delegations of an organisation: who may record what of its pieces, until when."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from anyio import to_thread
from fastapi import Request, Response

from passport.errors import Malformed
from passport.ports import Delegation
from passport.service import delegation
from passport.web.answers import JSON, Answer, Content, address, json_body, reply, respond
from passport.web.auth import caller_of
from passport.web.bodies import json_object
from passport.web.site import PRIVATE, Operation, Site

_TEXTS = ("delegate", "until", "starts")
_LISTS = ("events", "passports")


class Delegating:
    """What an owner lets others record of its pieces."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._system = site.system

    def operations(self) -> tuple[Operation, ...]:
        """The rows of the route table."""
        tag = "Lives"
        writes = (400, 401, 403, 404, 413, 415, 429, 503)
        return (
            Operation("delegations", "GET", "/delegations", self.all, tag, refuses=(401, 403, 429)),
            Operation("delegate", "POST", "/delegations", self.add, tag, reads=(JSON,), status=201, refuses=writes),
            Operation("delegation-revoke", "DELETE", "/delegations/{id}", self.revoke, tag, status=204, refuses=writes),
        )

    async def all(self, request: Request) -> Response:
        """What your organisation lets others record, and what others let it record, the newest first."""
        caller = caller_of(request)
        value = {
            "given": self._told(await to_thread.run_sync(delegation.given, self._system, caller)),
            "received": self._told(await to_thread.run_sync(delegation.received, self._system, caller)),
        }
        content = Content(json_body(value), JSON, cache=PRIVATE, negotiated=("Authorization", "Cookie"))
        return respond(reply(content, request.scope))

    async def add(self, request: Request) -> Response:
        """Let another organisation record some events of your pieces for a time.

        `delegate` is its slug, `events` their types, `until` when it ends; `starts` and `passports` (short codes; none
        means all that you own) are optional.
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

    async def revoke(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the address
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
