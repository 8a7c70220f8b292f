"""Operations for those who issue passports: who they are, for people, programs and as linked data."""

from typing import Final

from fastapi import Request, Response

from passport.codecs import forms
from passport.codecs.forms import LINKED, RDF_XML, TRIPLES, TURTLE
from passport.ports import Key, Organisation
from passport.published.namespaces import prefixes
from passport.service import linked, organisations
from passport.web import cursors
from passport.web.answers import HTML, JSON, Content, Scope, reply, respond
from passport.web.cursors import PAGE_LENGTH, Cursor
from passport.web.site import NEGOTIATED, Operation, Site

_ORGANISATIONS: Final = "organisations"
_GRAPHS: Final = (TURTLE, LINKED, TRIPLES, RDF_XML)
_OFFERS: Final = (JSON, *_GRAPHS, HTML)
_PREFIXES: Final = prefixes("fp", "prov", "schema")


class Issuers:
    """Organisations whose names everybody may see."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._system = site.system

    def operations(self) -> tuple[Operation, ...]:
        """The rows of the route table."""
        tag = "Browse"
        return (
            Operation("organisations", "GET", "/organisations", self.all, tag, _OFFERS, refuses=(400, 406)),
            Operation("organisation", "GET", "/organisations/{slug}", self.one, tag, _OFFERS, refuses=(404, 406)),
        )

    async def all(self, request: Request, cursor: Cursor = None) -> Response:
        """The organisations that issue passports here, in parts; as RDF all of them, as their graph has them."""
        scope = request.scope
        media_type = self._site.chosen(scope, _OFFERS)
        if media_type in _GRAPHS:
            return self._graph(scope, linked.organisations(self._system), media_type)
        after = cursors.take(_ORGANISATIONS, cursor) or ""
        later = [each for each in self._system.parties.organisations() if each.public and each.slug > after]
        listed = later[:PAGE_LENGTH]
        following = cursors.give(_ORGANISATIONS, listed[-1].slug) if len(later) > PAGE_LENGTH else None
        more = {"next": f"{self._site.base}/{_ORGANISATIONS}?cursor={following}"} if following else {}
        value = {"organisations": [self._public(each) for each in listed], **more}
        return respond(
            self._site.either(
                scope, value, lambda language: self._site.pages.organisations(language, listed, following)
            )
        )

    async def one(self, request: Request, slug: str) -> Response:
        """An organisation that issues passports, and its public keys; as RDF what the public graph says of it."""
        found = organisations.shown(self._system, slug)
        media_type = self._site.chosen(request.scope, _OFFERS)
        if media_type in _GRAPHS:
            return self._graph(request.scope, linked.organisation(self._system, found), media_type)
        keys = self._system.parties.keys(slug)
        value = {**self._public(found), "keys": [self._key(found, key) for key in keys]}
        return respond(
            self._site.either(
                request.scope, value, lambda language: self._site.pages.organisation(language, found, keys)
            )
        )

    def _graph(self, scope: Scope, triples: bytes, media_type: str) -> Response:
        body = forms.written(forms.parsed(triples), media_type, _PREFIXES)
        return respond(reply(Content(body, media_type, cache="no-cache", negotiated=NEGOTIATED), scope))

    def _public(self, organisation: Organisation) -> dict[str, object]:
        return {
            "id": linked.organisation_address(self._system, organisation.slug),
            "did": self._system.did(organisation.slug),
            "name": organisation.name,
            "kind": organisation.kind,
            "country": organisation.country,
            "web": organisation.web,
            "identifiers": organisation.identifiers,
        }

    def _key(self, organisation: Organisation, key: Key) -> dict[str, object]:
        return {
            "id": f"{self._system.did(organisation.slug)}#{key.kid}",
            "created": key.created,
            "retired": key.retired,
            "revoked": key.revoked,
        }
