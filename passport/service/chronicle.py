"""The chronicle: events that may happen become signed documents of their pieces, in the order in which they came."""

import hashlib
from base64 import b32encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from passport.codecs.canonical import canonical
from passport.model.events import Event, EventType
from passport.model.passport import Document, Kind, Product, Tier
from passport.model.state import PRIVATE_PARTY
from passport.ports import Organisation, Writing
from passport.service.issuance import Draft, Issuing, Seal, new_id, salted, seal
from passport.service.lives import Happening, Life
from passport.service.organisations import SERVICE, known
from passport.service.passports import Issuer
from passport.service.recording import Recorder, claim_digest
from passport.service.system import System


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event of one piece as it was recorded. ``claim``: a secret goes with it, by which it can be taken back."""

    document: int
    event: str
    type: EventType
    code: str
    transfer: str | None = None
    claim: bool = False


class Chronicler:
    """Signs the events of one submission, after its passports were issued."""

    def __init__(
        self, system: System, writing: Writing, issuing: Issuing, organisation: Organisation, recorder: Recorder
    ) -> None:
        self._system = system
        self._writing = writing
        self._issuing = issuing
        self._organisation = organisation
        self._recorder = recorder
        self._kinds: dict[str, str | None] = {}
        self._by_service: Seal | None = None
        self._claims: dict[str, bytes | None] = {}

    def record(self, issuer: Issuer) -> tuple[Recorded, ...]:
        """Sign every event that was planned; ``issuer`` knows the products that got their passports just now."""
        self._issuing.reserve(len(self._recorder.happenings))
        return tuple(self._one(each, issuer) for each in self._recorder.happenings)

    def settle(self) -> None:
        """Keep digests of the secrets that go with pieces, once these are appended; forget those that were shown."""
        if self._claims:
            self._writing.set_claims(self._claims)

    def _one(self, happening: Happening, issuer: Issuer) -> Recorded:
        life = happening.life
        product = self._issuing.current(life.product or issuer.made(life.place or 0))
        event_id = happening.event.id
        successors = [self._passport(each, issuer) for each in happening.outputs]
        drafts = list(self._drafts(happening, product, successors, issuer))
        event = replace(happening.event, successors=tuple(successors)) if successors else happening.event
        state = self._recorder.settled(happening, product, event)
        product, _ = self._issuing.issue(
            product,
            drafts,
            version=product.version,
            context=happening.group.credential_context,
            state=state,
        )
        if happening.event.type is EventType.NEW_OPERATOR:
            self._issuing.settle(replace(product, operator=self._organisation.slug))
        self._claim(happening, product)
        if happening.event.cancels:
            self._revoke(life, happening.event)
        return Recorded(
            happening.raw.index,
            f"{self._system.base}/events/{event_id}",
            happening.event.type,
            product.code,
            happening.said.get("transfer"),
            _hands_out(happening),
        )

    def _passport(self, reference: str | int, issuer: Issuer) -> str:
        if isinstance(reference, int):
            return self._system.passport_address(issuer.made(reference).code)
        life = self._recorder.pieces.named(reference)
        if life is None:
            raise LookupError(f"{reference} names no product")
        return self._system.passport_address(life.code or issuer.made(life.place or 0).code)

    def _drafts(self, happening: Happening, product: Product, successors: list[str], issuer: Issuer) -> Iterator[Draft]:
        address = f"{self._system.base}/events/{happening.event.id}"
        group = happening.group
        value = self._with_parts(happening.raw.value, issuer)
        content = canonical(
            value,
            plan=self._system.plans[group.name, group.version, "event"],
            iri=address,
            event=address,
            replaced=_SETTLED | ({"receiver": None} if "owner" in happening.kept else {}),
        )
        about: dict[str, Any] = {
            "id": address,
            "eventType": happening.event.type,
            "eventTime": happening.event.time,
            "recordedAt": happening.event.recorded,
            "product": self._system.product_address(product.key),
            "passport": self._system.passport_address(product.code),
            "act": f"urn:uuid:{happening.act}",
            "actorRole": self._organisation.role,
        }
        kept = dict(happening.kept)
        if not self._organisation.public:
            kept["actor"] = self._organisation.slug
        parts = {tier: part for tier, part in content.passport.items() if tier is not Tier.PUBLIC}
        if kept:
            parts[Tier.LEGITIMATE_INTEREST] = {**parts.get(Tier.LEGITIMATE_INTEREST, {}), **kept}
        if Tier.OWNER in parts:
            parts[Tier.OWNER] = {"audience": happening.owner, **parts[Tier.OWNER]}
        restricted = [
            Draft(new_id(), Kind.EVENT, tier, salted({**about, "tier": tier, **part}))
            for tier, part in sorted(parts.items())
        ]
        public = {**about, **self._said(happening, successors), **content.passport.get(Tier.PUBLIC, {})}
        if restricted:
            listed = [{"id": f"{self._system.base}/credentials/{each.id}", "tier": each.tier} for each in restricted]
            public["restrictedDocuments"] = listed
        yield Draft(happening.event.id, Kind.EVENT, Tier.PUBLIC, public, self._public_seal())
        yield from restricted

    def _public_seal(self) -> Seal | None:
        """What public documents are signed with where the organisation is not to be named: the service's own key."""
        if self._organisation.public:
            return None
        if self._by_service is None:
            self._by_service = seal(self._system, known(self._system, SERVICE))
        return self._by_service

    def _said(self, happening: Happening, successors: list[str]) -> dict[str, Any]:
        """What the service says itself in the public document: kinds instead of names, and what an answer answers."""
        event, value = happening.event, happening.raw.value
        said = {name: each for name, each in happening.said.items() if name not in ("eventTime", "recordedAt")}
        if event.type is EventType.NEW_OWNER:
            said |= self._kind_of("ownerType", event.owner) | self._kind_of("previousOwnerType", happening.owner)
        elif event.type is EventType.OFFERED_TRANSFER:
            said |= self._kind_of("receiverType", value.get("receiver"))
        elif event.holder is not None:
            said |= self._kind_of("holderType", event.holder)
        if event.type is EventType.NEW_OPERATOR:
            said["economicOperatorId"] = self._system.did(self._organisation.slug)
        if successors:
            said["successors"] = successors
        if event.answers is not None:
            said |= self._offer(happening.life, event)
        return said

    def _kind_of(self, name: str, party: str | None) -> dict[str, str]:
        if party is None:
            return {}
        if party not in self._kinds:
            organisation = None if party == PRIVATE_PARTY else self._system.parties.organisation(party)
            self._kinds[party] = organisation.kind if organisation else party if party == PRIVATE_PARTY else None
        kind = self._kinds[party]
        return {} if kind is None else {name: kind}

    def _offer(self, life: Life, event: Event) -> dict[str, str]:
        """The offer that is answered, by address and digest."""
        for each in reversed(self._recorder.pieces.past(life)):
            if each.event.transfer is not None and each.event.transfer.id == event.answers:
                digest = each.documents[0].digest.hex()
                return {"offer": f"{self._system.base}/events/{each.event.id}", "offerDigest": f"sha256:{digest}"}
        return {}

    def _with_parts(self, value: Mapping[str, Any], issuer: Issuer) -> Mapping[str, Any]:
        """The event with the addresses of parts' passports in the place of what they were called."""
        changed: dict[str, Any] = {}
        for name in ("partsUsed", "parts"):
            if any("partPassport" in each for each in value.get(name, ())):
                changed[name] = [
                    {**each, "partPassport": self._passport(each["partPassport"], issuer)}
                    if "partPassport" in each
                    else each
                    for each in value[name]
                ]
        return {**value, **changed} if changed else value

    def _claim(self, happening: Happening, product: Product) -> None:
        if _hands_out(happening):
            self._claims[product.code] = claim_digest(claim_secret(self._system, happening.event.id))
        elif happening.claimed:
            self._claims[product.code] = None

    def _revoke(self, life: Life, event: Event) -> None:
        """What never happened was issued in error: its credentials are revoked."""
        documents: list[Document] = []
        for each in self._recorder.pieces.past(life):
            if each.event.id == event.supersedes:
                documents += each.documents
        self._writing.revoke([each.id for each in documents], event.recorded)


_SETTLED: Final[dict[str, Any]] = dict.fromkeys(
    (
        *("eventType", "eventTime", "deviceTime", "products", "productGroup", "outputs"),
        *("transfer", "expires", "supersedes", "claimSecret"),
    )
)
"""Members that the service says in its own words, or that are not kept."""


def _hands_out(happening: Happening) -> bool:
    """Whether a secret goes with the piece to a private person.

    Who has only declared to own it hands out none: the secret of the person that it came from stays good.
    """
    private = happening.event.type is EventType.NEW_OWNER and happening.event.owner == PRIVATE_PARTY
    return private and happening.confirmed


def claim_secret(system: System, event_id: str) -> str:
    """The secret that goes with a piece to a private person: 100 bits, made from the event by the service's key alone.

    So it need not be stored, and a repeated request gets the same one. Raises ``KeysLocked``.
    """
    sealing = seal(system, known(system, SERVICE))
    drawn = hashlib.sha256(system.signer.sign(sealing.key.kid, f"claim:{event_id}".encode())).digest()
    text = b32encode(drawn).decode().lower()[:20]
    return "-".join(text[place : place + 5] for place in range(0, 20, 5))
