"""Operations for other systems: credentials, issuers' keys, status lists, the resolver's description."""

from dataclasses import replace
from typing import Annotated

from anyio import to_thread
from fastapi import Path, Request, Response

from passport.codecs import documents
from passport.codecs.forms import LINKED
from passport.service import links, organisations, resolution, status
from passport.service.erasure import require_content
from passport.web.answers import JSON, Content, json_body, reply, respond
from passport.web.ledger import proof_link
from passport.web.pages.kinds import SERVICE
from passport.web.representations import CREDENTIAL, ENVELOPED, SIGNED, credential
from passport.web.site import Operation, Site

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
                "credential", "GET", "/credentials/{id}", self.credential, tag, CREDENTIAL, refuses=(401, 404, 406, 429)
            ),
            Operation("status-list", "GET", "/status/{number}", self.status_list, tag, _LIST, refuses=(404, 406, 503)),
            Operation(
                "organisation-did", "GET", "/organisations/{slug}/did.json", self.did, tag, _DID, refuses=(404, 406)
            ),
            Operation("service-did", "GET", "/.well-known/did.json", self.service_did, tag, _DID, refuses=(406,)),
            Operation("resolver-description", "GET", "/.well-known/gs1resolver", self.description, tag),
        )

    async def credential(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the address
        """One signed document: the stored `vc+jwt`, or the enveloped form. Restricted ones need a token."""
        caller = await self._site.door.known(request.scope)
        kept = require_content(self._system, resolution.credential(self._system, id, caller))
        content = credential(kept, self._site.chosen(request.scope, CREDENTIAL))
        link = proof_link(f"{self._site.base}/credentials/{kept.id}")
        return respond(reply(replace(content, more=(*content.more, link)), request.scope))

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
