"""Small but real passports, signed and appended through the ports; also the child program of the kill drills.

As a program: ``python sample_history.py PLACE after|before NUMBER``. It issues passports one transaction each
and prints ``position code`` of every one, after its commit or (negative control) a little before it.
"""

import atexit
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import replace
from functools import cache
from pathlib import Path

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import passport
from passport.adapters.sql.driver import place_of
from passport.adapters.sql.store import create_store, open_store
from passport.model.access import Role
from passport.model.passport import Document, Kind, Level, Product, Tier
from passport.ports import Entry, Key, Node, Organisation
from passport.proofs import jose, ledger

BASE = "https://passport.example"
AT = "2026-11-21T12:00:00Z"
DID = "did:web:passport.example:organisations:maker"
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
KID = "2026-1"


def new_store(place):
    """A new store with one organisation and its key; in a folder, a copy of one that is made once."""
    if isinstance(place, str):
        return furnished(create_store(place, base_url=BASE))
    shutil.copytree(_made_once(), place)
    return open_store(place, base_url=BASE)


@cache
def _made_once():
    folder = Path(tempfile.mkdtemp(prefix="sample-history-"))
    atexit.register(shutil.rmtree, folder)
    furnished(create_store(folder / "store", base_url=BASE)).close()
    return folder / "store"


def furnished(store):
    """The store, with one organisation and its key."""
    store.parties.add_organisation(Organisation("maker", "Maker AB", Role.SUPPLIER, "maker", created=AT))
    store.parties.add_key(Key(KID, "maker", PRIVATE.public_key().public_bytes_raw(), AT))
    return store


def new_product(code=None, key=None, **others):
    code = code or uuid.uuid4().hex[:9].upper()
    facts = {"version": 0, "seq": 0, "head": b"", "current": -1, "submitted": b"", **others}
    key = key or f"01/09506000134352/21/{code}"
    return Product(code, key, Level.ITEM, "furniture", "maker", "maker", **facts)


def payload_of(product, *, document_id, version, slot, tier=Tier.PUBLIC, filler=""):
    public = tier is Tier.PUBLIC
    body = {"shortCode": product.code, "version": version, "granularity": "item", "description": filler}
    body |= {} if public else {"tier": tier}
    listed = f"{BASE}/status/{slot[0]}"
    head = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://w3id.org/furniturepassport/contexts/credential/1.0",
        ],
        "id": f"{BASE}/credentials/{document_id}",
        "type": ["VerifiableCredential", "ProductPassportCredential" if public else "RestrictedPassportCredential"],
        "issuer": {"id": DID, "name": "Maker AB"},
        "validFrom": AT,
        "credentialStatus": {
            "id": f"{listed}#{slot[1]}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(slot[1]),
            "statusListCredential": listed,
        },
    }
    subject = orjson.dumps(f"{BASE}/{product.key}")
    start = orjson.dumps(head)[:-1] + b',"credentialSubject":{"id":' + subject + b',"passport":'
    return start + orjson.dumps(body) + b"}}", len(start)


class Batch:
    """Documents of one transaction, as the service would make them."""

    def __init__(self, writing, *, kid=KID, private=PRIVATE):
        self.writing = writing
        self.tree = writing.tree()
        self.entries, self.hashes, self.products = [], [], {}
        self.header, self.private = jose.header_for(f"{DID}#{kid}"), private

    def add(self, product, *, tier=Tier.PUBLIC, filler="", signature=None, at=AT):
        version = product.version + (tier is Tier.PUBLIC)
        document_id = str(uuid.uuid4())
        slot = self.writing.status_slots(1)[0]
        public = tier is Tier.PUBLIC
        payload, start = payload_of(
            product, document_id=document_id, version=version, slot=slot, tier=tier, filler=filler
        )
        signed = jose.signing_input(self.header, payload)
        signature = signature or self.private.sign(signed)
        digest = hashlib.sha256(jose.joined(signed, signature)).digest()
        document = Document(
            self.tree.size + len(self.entries),
            document_id,
            product.code,
            Kind.PASSPORT,
            tier,
            version,
            product.seq + 1,
            at,
            "maker",
            self.header,
            payload,
            signature,
            digest,
            start,
            *slot,
            "submission-1",
        )
        leaf = ledger.leaf(
            kind="passport", subject=product.code, seq=document.seq, prev=product.head, digest=digest, at=at
        )
        self.entries.append(Entry(document, leaf))
        self.hashes.append(ledger.leaf_hash(leaf))
        product = replace(product, version=version, seq=document.seq, head=self.hashes[-1])
        if public:
            product = replace(product, current=document.position)
        self.products[product.code] = product
        return product

    def revise(self, product, **options):
        """The next version of a product that is in the store."""
        changed = replace(self.add(product, **options), state_version=product.state_version + 1)
        self.products[product.code] = changed
        return changed

    @property
    def nodes(self):
        return [Node(*row) for row in ledger.extend(self.tree.size, self.tree.frontier, self.hashes)]

    def append(self):
        self.writing.append(self.entries, self.nodes, list(self.products.values()))
        return list(self.products.values())


def write(store, act):
    """One transaction: ``act`` fills a batch, which is then appended; gives its products as stored."""
    with store.history.writing() as writing:
        batch = Batch(writing)
        act(batch)
        return batch.append()


def issue(store, number=1, **options):
    """Issue that many new products in one transaction; gives them as stored."""
    return write(store, lambda batch: [batch.add(new_product(), **options) for _ in range(number)])


def child(place, acknowledge, number):
    """Start this module as a program in a process of its own."""
    root = str(Path(passport.__file__).parents[1])
    command = [sys.executable, __file__, str(place), acknowledge, str(number)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": root})


def program(place, acknowledge, number):
    store = open_store(place_of(place), base_url=BASE)
    for _ in range(int(number)):
        with store.history.writing() as writing:
            batch = Batch(writing)
            product = batch.add(new_product(), filler="x" * 2000)
            line = f"{product.current} {product.code}"
            if acknowledge == "before":
                print(line, flush=True)
                time.sleep(0.002)
            batch.append()
        if acknowledge == "after":
            print(line, flush=True)
    store.close()


if __name__ == "__main__":
    program(*sys.argv[1:])
