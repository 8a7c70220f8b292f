"""Operations about the versions of a passport: what each of them changed."""

from typing import Annotated

from fastapi import Query, Request, Response

from passport.service.revisions import Revision, revision
from passport.web.answers import HTML, JSON, respond
from passport.web.gathering import names_of
from passport.web.site import Operation, Site
from passport.web.visitors import Code, Number

Earlier = Annotated[int | None, Query(ge=1, le=1_000_000, description="An earlier version; else the one before.")]


class Revising:
    """Reading what changed, for people and their machines."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._system = site.system

    def operations(self) -> tuple[Operation, ...]:
        """The rows of the route table."""
        return (
            Operation(
                "passport-changes",
                "GET",
                "/passports/{code}/versions/{number}/changes",
                self.changes,
                "Scan and read",
                (JSON, HTML),
                refuses=(400, 404, 406),
            ),
        )

    async def changes(self, request: Request, code: Code, number: Number, since: Earlier = None) -> Response:
        """What a version of a passport changed: each public value that differs, before and after."""
        found = revision(self._system, code, number, since=since)
        names = names_of(found.after) or names_of(found.before)
        return respond(
            self._site.either(
                request.scope,
                self._plain(found),
                lambda language: self._site.pages.changes(language, found, names),
            )
        )

    def _plain(self, found: Revision) -> dict[str, object]:
        return {
            "passport": self._system.passport_address(found.code),
            "since": self._system.version_address(found.code, found.since),
            "version": self._system.version_address(found.code, found.number),
            "revision": found.after.get("revision"),
            "changes": [
                {"pointer": each.pointer, "change": each.change, "before": each.before, "after": each.after}
                for each in found.differences
            ],
        }
