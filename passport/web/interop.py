"""Operations for other systems: credentials, issuers' keys, status lists, the resolver's description."""

from dataclasses import replace
from typing import Annotated

from anyio import to_thread
from fastapi import Path, Request, Response

from passport.codecs import documents, forms
from passport.codecs.forms import LINKED, RDF_XML, TRIPLES, TURTLE
from passport.errors import NotFound, Unauthenticated
from passport.model.access import Caller
from passport.published.namespaces import prefixes
from passport.service import credentials, links, organisations, status
from passport.service.credentials import Attested
from passport.web.answers import HTML, JSON, Answer, Content, Scope, json_body, reply, respond
from passport.web.ledger import proof_link
from passport.web.lives import shown
from passport.web.pages.attesting import CredentialPage
from passport.web.pages.kinds import SERVICE
from passport.web.representations import CREDENTIAL, ENVELOPED, SIGNED, credential
from passport.web.site import BY_READER, BY_TOKEN, PRIVATE, Operation, Site

_DESCRIBED = (HTML, TURTLE, TRIPLES, RDF_XML)
_PREFIXES = prefixes("fp", "cred", "schema", "rdfs", "xsd")
_DID = (JSON, "application/did+json", LINKED)
_LIST = (JSON, LINKED, ENVELOPED, SIGNED)
_SOON = "public, max-age=300"


class Interop:
    """What verifiers, resolvers and harvesters read."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._system = site.system

    def operations(self) -> tuple[Operation, ...]:
        """The rows of the route table."""
        tag = "Verify and resolve"
        return (
            Operation(
                "credential",
                "GET",
                "/credentials/{id}",
                self.credential,
                tag,
                (*CREDENTIAL, *_DESCRIBED),
                refuses=(401, 404, 406, 410, 429),
            ),
            Operation("status-list", "GET", "/status/{number}", self.status_list, tag, _LIST, refuses=(404, 406, 503)),
            Operation(
                "organisation-did", "GET", "/organisations/{slug}/did.json", self.did, tag, _DID, refuses=(404, 406)
            ),
            Operation("service-did", "GET", "/.well-known/did.json", self.service_did, tag, _DID, refuses=(406,)),
            Operation("resolver-description", "GET", "/.well-known/gs1resolver", self.description, tag),
        )

    async def credential(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the address
        """One signed document: the stored `vc+jwt`, or the enveloped form. Restricted ones need a token.

        HTML, Turtle, N-Triples and RDF/XML describe it, as far as that is public: what it is, and which public event or
        passport it holds or, of a restricted one, names it. JSON-LD does so for who may not read a restricted one.
        """
        scope = request.scope
        media_type = self._site.chosen(scope, (*CREDENTIAL, *_DESCRIBED))
        caller = await self._site.door.known(scope)
        return respond(await to_thread.run_sync(self._credential, scope, id, media_type, caller))

    def _credential(self, scope: Scope, document_id: str, media_type: str, caller: Caller | None) -> Answer:
        if media_type in _DESCRIBED:
            return self._described(scope, credentials.attested(self._system, document_id), media_type, caller)
        try:
            kept = credentials.credential(self._system, document_id, caller)
        except (NotFound, Unauthenticated):
            if media_type != LINKED:
                raise
            return self._described(scope, credentials.attested(self._system, document_id), media_type, caller)
        content = credential(kept, media_type)
        link = proof_link(f"{self._site.base}/credentials/{kept.id}")
        return reply(replace(content, more=(*content.more, link)), scope)

    def _described(self, scope: Scope, found: Attested, media_type: str, caller: Caller | None) -> Answer:
        link = proof_link(found.address)
        cache = "public, no-cache" if caller is None else PRIVATE
        if media_type == HTML:
            view = self._view(found, caller)
            return self._site.page(
                scope,
                lambda language: self._site.pages.references.credential(language, view),
                link,
                BY_TOKEN,
                cache=cache,
            )
        body = forms.written(forms.parsed(credentials.described(found)), media_type, _PREFIXES)
        return reply(Content(body, media_type, cache=cache, negotiated=BY_READER, more=(link,)), scope)

    def _view(self, found: Attested, caller: Caller | None) -> CredentialPage:
        """What the page shows; whoever signs for an organisation that is not to be named is not named either."""
        public = found.document
        issuer = shown(self._system.parties.organisation(public.issuer)) if public is not None else None
        return CredentialPage(found, issuer, credentials.readable(self._system, found, caller))

    async def status_list(self, request: Request, number: Annotated[int, Path(ge=0, le=1_000_000)]) -> Response:
        """Which credentials were revoked: a Bitstring Status List, as the enveloped form or the signed bytes."""
        media_type = self._site.chosen(request.scope, _LIST)
        signed = await to_thread.run_sync(status.status_list, self._system, number)
        body = signed if media_type == SIGNED else documents.enveloped(signed)
        return respond(reply(Content(body, media_type, cache=_SOON, negotiated=("Accept",)), request.scope))

    async def did(self, request: Request, slug: str) -> Response:
        """The DID document of an organisation, with every key it ever signed with."""
        return self._did(request, organisations.did_document(self._system, slug))

    async def service_did(self, request: Request) -> Response:
        """The DID document of the service itself, which signs the status lists."""
        return self._did(request, organisations.service_did_document(self._system))

    def _did(self, request: Request, document: dict[str, object]) -> Response:
        media_type = self._site.chosen(request.scope, _DID)
        content = Content(json_body(document), media_type, cache=_SOON, negotiated=("Accept",))
        return respond(reply(content, request.scope))

    async def description(self, request: Request) -> Response:
        """What this resolver does (GS1-Conformant Resolver, section 3)."""
        body = links.description(self._site.base, name=SERVICE)
        return respond(reply(Content(body, JSON, cache=_SOON), request.scope))
