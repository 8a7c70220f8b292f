"""The operation for a transfer's address: its page for who may answer it, and what is public of it for all others."""

import secrets
from dataclasses import replace
from typing import Annotated, Final

from anyio import to_thread
from fastapi import Path, Request, Response

from passport.codecs import forms
from passport.codecs.forms import LINKED, RDF_XML, TRIPLES, TURTLE
from passport.errors import NotFound
from passport.model.access import RIGHTS, Caller
from passport.published.namespaces import prefixes
from passport.service import transfers
from passport.service.transfers import Handed, Transfer
from passport.web.answers import HTML, JSON, Answer, Content, Scope, json_body, reply, respond
from passport.web.holdings import name_of, names_for, offer_of
from passport.web.ownvalues import offer_value
from passport.web.pages.attesting import TransferPage
from passport.web.pages.desk import Offer
from passport.web.site import BY_READER, BY_TOKEN, PRIVATE, Operation, Site

_GRAPHS: Final = (TURTLE, LINKED, TRIPLES, RDF_XML)
_OFFERS: Final = (JSON, *_GRAPHS, HTML)
_PREFIXES: Final = prefixes("fp", "prov", "xsd")

Id = Annotated[str, Path(description="The transfer's id, the last part of its address.")]


class HandingOver:
    """Transfers by address."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._system = site.system

    def operations(self) -> tuple[Operation, ...]:
        """The rows of the route table."""
        refuses = (401, 404, 406, 429)
        return (
            Operation("transfer", "GET", "/transfers/{id}", self.transfer, "Scan and read", _OFFERS, refuses=refuses),
        )

    async def transfer(self, request: Request, id: Id) -> Response:  # noqa: A002 - the name in the address
        """A transfer: the public events that name it, and what became of it; of at most 50 pieces.

        An open one is shown to its parties, by their token or session, with whom it is between and, as HTML, with the
        buttons to answer it. Of a closed one they are told as much as the documents say that they may see.
        """
        scope = request.scope
        media_type = self._site.chosen(scope, _OFFERS)
        caller = await self._site.door.known(scope)
        return respond(await to_thread.run_sync(self._answer, scope, id, media_type, caller))

    def _answer(self, scope: Scope, transfer_id: str, media_type: str, caller: Caller | None) -> Answer:
        reader = caller if caller is not None and RIGHTS["desk"].allows(caller) else None
        offer = None if reader is None or media_type in _GRAPHS else self._open(transfer_id, reader)
        if offer is not None:
            return self._offer(scope, offer, media_type)
        found = transfers.transfer(self._system, transfer_id, reader)
        cache = "public, no-cache" if caller is None else PRIVATE
        if media_type == HTML:
            view = self._view(found, signed=caller is not None)
            return self._site.page(
                scope, lambda language: self._site.pages.references.transfer(language, view), BY_TOKEN, cache=cache
            )
        if media_type == JSON:
            body = json_body(self._value(found))
        else:
            body = forms.written(forms.parsed(transfers.described(found)), media_type, _PREFIXES)
        return reply(Content(body, media_type, cache=cache, negotiated=BY_READER), scope)

    def _open(self, transfer_id: str, reader: Caller) -> Offer | None:
        """The transfer as one that the reader's organisation may answer or take back."""
        try:
            return offer_of(self._system, transfer_id, reader.organisation)
        except NotFound:
            return None

    def _offer(self, scope: Scope, offer: Offer, media_type: str) -> Answer:
        if media_type == JSON:
            value = offer_value(self._site.base, offer)
            return reply(Content(json_body(value), JSON, cache=PRIVATE, negotiated=BY_READER), scope)
        signed = self._site.door.signed(scope)
        word, key = signed.word if signed is not None else "", secrets.token_urlsafe(16)
        pages = self._site.pages.desk
        return self._site.page(
            scope, lambda language: pages.transfer(language, offer, word, key), BY_TOKEN, cache=PRIVATE
        )

    def _view(self, found: Transfer, *, signed: bool) -> TransferPage:
        names = {each.code: names_for(self._system, each.code) for each in found.pieces}
        view = TransferPage(found, names, signed=signed)
        if found.giver is None or found.receiver is None:
            return view
        giver, receiver = name_of(self._system, found.giver), name_of(self._system, found.receiver)
        return replace(view, giver=giver, receiver=receiver)

    def _value(self, found: Transfer) -> dict[str, object]:
        value: dict[str, object] = {
            "transfer": found.address,
            "transferSubject": found.subject,
            "offered": found.offered,
            **({"expires": found.expires} if found.expires else {}),
            "total": found.total,
            "pieces": [self._piece(each) for each in found.pieces],
        }
        if found.giver is not None and found.receiver is not None:
            value |= {"from": name_of(self._system, found.giver), "to": name_of(self._system, found.receiver)}
        return value

    def _piece(self, piece: Handed) -> dict[str, object]:
        told = ("id", "eventType", "eventTime")
        return {
            "code": piece.code,
            "passport": self._system.passport_address(piece.code),
            "outcome": piece.outcome,
            "events": [{name: each[name] for name in told if name in each} for each in piece.events],
        }
