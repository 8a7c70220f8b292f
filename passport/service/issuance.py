"""Issuance: from checked documents to signed ones with their place in the log, inside one write transaction."""

import hashlib
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from passport.codecs import state as states
from passport.codecs.documents import Envelope
from passport.errors import KeysLocked
from passport.model.passport import Document, Kind, Product, Tier
from passport.model.state import State
from passport.ports import Entry, Key, Node, Organisation, Writing
from passport.proofs import jose, ledger
from passport.service.system import System


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that is ready to be signed. ``body`` is its canonical object; ``id`` the last part of its address.

    ``seal`` is another than that of the organisation that submits, if any.
    """

    id: str
    kind: Kind
    tier: Tier
    body: Mapping[str, Any]
    seal: "Seal | None" = None


@dataclass(frozen=True, slots=True)
class Seal:
    """Who signs: the organisation with the key that it signs with now, and the JOSE header that names that key."""

    organisation: Organisation
    did: str
    key: Key
    header: bytes


def seal(system: System, organisation: Organisation) -> Seal:
    """The seal of an organisation. Raises ``KeysLocked`` when the service cannot sign."""
    key = next((key for key in reversed(system.parties.keys(organisation.slug)) if key.retired is None), None)
    if key is None or not system.signer.unlocked:
        raise KeysLocked("The signing keys are locked: passports can be read but not issued.")
    did = system.did(organisation.slug)
    return Seal(organisation, did, key, jose.header_for(f"{did}#{key.kid}"))


def new_id() -> str:
    """A fresh, unguessable id for a document or event: a UUID of version 7 (RFC 9562), 74 bits of it random.

    Ids begin with the time in milliseconds, so that an index over them grows at its end.
    """
    drawn = secrets.token_hex(10)
    moment = f"{time.time_ns() // 1_000_000:012x}"
    variant = "89ab"[int(drawn[3], 16) & 3]
    return f"{moment[:8]}-{moment[8:]}-7{drawn[:3]}-{variant}{drawn[4:7]}-{drawn[7:19]}"


def salted(body: Mapping[str, Any]) -> dict[str, Any]:
    """A restricted document with 128 random bits in it, so that its public digest tells nothing of its content."""
    return {**body, "salt": secrets.token_hex(16)}


def living(product: Product, state: State) -> Product:
    """The product with another state, and with what of it products are looked up by."""
    return replace(
        product,
        state=states.to_text(state),
        standing=state.standing,
        owner=state.owner,
        holder=state.holder,
        offered_to=state.transfer.receiver if state.transfer else None,
        transfer=state.transfer.id if state.transfer else None,
    )


_AHEAD = 64
"""When status list entries run out, one more is taken at once for so many documents signed before: few are left."""


class Issuing:
    """The documents of one transaction, from the first draft to the append that is the commit point."""

    def __init__(self, system: System, writing: Writing, seal: Seal, *, at: str, submission: str) -> None:
        self._system = system
        self._writing = writing
        self._seal = seal
        self._at = at
        self._submission = submission
        self._envelopes: dict[str, Envelope] = {}
        self._tree = writing.tree()
        self._entries: list[Entry] = []
        self._hashes: list[bytes] = []
        self._products: dict[str, Product] = {}
        self._slots: list[tuple[int, int]] = []

    @property
    def documents(self) -> int:
        """How many documents have been signed so far."""
        return len(self._entries)

    def reserve(self, number: int) -> None:
        """Take status list entries for that many documents at once."""
        self._slots.extend(self._writing.status_slots(number))

    def issue(
        self, product: Product, drafts: Sequence[Draft], *, version: int, context: str, state: State | None = None
    ) -> tuple[Product, bytes]:
        """Sign ``drafts`` as the next documents of ``product``, in credentials with this context.

        Gives the product with its new head, and its new ``state`` if there is one, and the digest of its public
        passport document (empty without one).
        """
        digest, current, head = b"", product.current, product.head
        about = self._system.product_address(product.key)
        for seq, draft in enumerate(drafts, product.seq + 1):
            document, head = self._sign(
                product, draft, version=version, context=context, seq=seq, previous=head, about=about
            )
            if draft.kind is Kind.PASSPORT and draft.tier is Tier.PUBLIC:
                digest, current = document.digest, document.position
        product = product.grown(version=version, seq=product.seq + len(drafts), head=head, current=current)
        if state is not None:
            product = living(product, state)
        self._products[product.code] = product
        return product, digest

    def current(self, product: Product) -> Product:
        """A stored product as this transaction has it by now: its state counts as changed."""
        if product.code not in self._products:
            self._products[product.code] = replace(product, state_version=product.state_version + 1)
        return self._products[product.code]

    def settle(self, product: Product) -> None:
        """Replace a product that was issued in this transaction, for what is not part of its documents."""
        self._products[product.code] = product

    def append(self) -> None:
        """Append everything: after this only the transaction's end stands before it is true."""
        rows = ledger.extend(self._tree.size, self._tree.frontier, self._hashes)
        nodes = [Node(level, index, digest) for level, index, digest in rows]
        self._writing.append(self._entries, nodes, list(self._products.values()))

    def _envelope(self, seal: Seal) -> Envelope:
        slug = seal.organisation.slug
        if slug not in self._envelopes:
            self._envelopes[slug] = Envelope(
                base=self._system.base, issuer=seal.did, issuer_name=seal.organisation.name, valid_from=self._at
            )
        return self._envelopes[slug]

    def _sign(
        self,
        product: Product,
        draft: Draft,
        *,
        version: int,
        context: str,
        seq: int,
        previous: bytes,
        about: str,
    ) -> tuple[Document, bytes]:
        if not self._slots:
            self.reserve(1 + len(self._entries) // _AHEAD)
        status = self._slots.pop()
        seal = draft.seal or self._seal
        body, start = self._envelope(seal).payload(
            draft.body,
            context=context,
            own=draft.id,
            kind=draft.kind,
            tier=draft.tier,
            status=status,
            product=about,
        )
        signed = jose.signing_input(seal.header, body)
        signature = self._system.signer.sign(seal.key.kid, signed)
        digest = hashlib.sha256(jose.joined(signed, signature)).digest()
        document = Document(
            position=self._tree.size + len(self._entries),
            id=draft.id,
            code=product.code,
            kind=draft.kind,
            tier=draft.tier,
            version=version,
            seq=seq,
            at=self._at,
            issuer=seal.organisation.slug,
            header=seal.header,
            payload=body,
            signature=signature,
            digest=digest,
            start=start,
            status_list=status[0],
            status_index=status[1],
            submission=self._submission,
        )
        leaf = ledger.leaf(kind=draft.kind, subject=product.code, seq=seq, prev=previous, digest=digest, at=self._at)
        leaf_hash = ledger.leaf_hash(leaf)
        self._entries.append(Entry(document, leaf))
        self._hashes.append(leaf_hash)
        return document, leaf_hash
