"""A store in which everything is sound, and ways to damage it behind its back."""

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import replace

import orjson

from passport.adapters.sql.store import DATABASE, open_store
from passport.model.events import EventType
from passport.model.passport import Kind, ModelReference, Tier
from passport.ports import Checkpoint, Contact, Delegation, Entry, Erasure, Key, Session
from passport.proofs import jose, ledger, notes
from passport.proofs.checkpoints import Head
from passport.service.audit import audit
from passport.service.erasure import effects_digest
from tests.adapters import sample_history as samples

LOG_KEY = notes.Verifier("passport.example/log", notes.ED25519, samples.PRIVATE.public_key().public_bytes_raw())


def make_sound(folder):
    """Fill a store with 40 documents and close it: models, their pieces, newer versions, restricted documents."""
    store = samples.new_store(folder)

    def fill(batch):
        model = batch.add(samples.new_product(key="01/09506000134352"))
        reference = ModelReference(model.code, 1, batch.entries[0].document.digest)
        for _ in range(20):
            batch.add(samples.new_product(model=reference), filler="x" * 1500)

    products = samples.write(store, fill)
    for product in products[:5]:

        def revise(batch, product=product):
            newer = batch.revise(product)
            restricted = batch.add(newer, tier=Tier.OWNER)
            batch.products[product.code] = replace(restricted, state_version=newer.state_version)

        samples.write(store, revise)
    samples.issue(store, 6)
    cancelled = event(store, store.history.product(products[7].code), {"eventType": "cleaned"})
    never = {"supersedes": f"{samples.BASE}/events/{cancelled.id}", "correctionReason": "did-not-occur"}
    event(store, store.history.product(products[7].code), {"eventType": "cleaned", **never})
    erase(store, store.history.version(products[9].code, 1))
    with store.history.writing() as writing:
        writing.revoke([cancelled.id], samples.AT)
    assert store.history.size() == 40
    keep_others(store, products)
    assert problems_of(store) == []
    assert store.flaws() == []
    store.close()
    with closing(sqlite3.connect(store.folder / DATABASE)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    return store.folder


def event(store, product, body, *, tier=Tier.PUBLIC):
    """Append an event of a product, signed by its maker."""
    with store.history.writing() as writing:
        batch = samples.Batch(writing)
        batch.add(product, tier=Tier.OWNER)
        document = batch.entries[0].document
        name = document.id
        about = {"id": f"{samples.BASE}/events/{name}", "eventTime": samples.AT, **body}
        start = document.payload.index(b',"passport":') + len(b',"event":')
        payload = document.payload[: start - len(b',"event":')] + b',"event":' + orjson.dumps(about) + b"}}"
        signed = jose.signing_input(document.header, payload)
        signature = samples.PRIVATE.sign(signed)
        digest = hashlib.sha256(jose.joined(signed, signature)).digest()
        kind = {"kind": Kind.EVENT, "tier": tier, "start": start}
        made = replace(document, payload=payload, signature=signature, digest=digest, **kind)
        leaf = ledger.leaf(kind="event", subject=made.code, seq=made.seq, prev=product.head, digest=digest, at=made.at)
        batch.entries, batch.hashes = [Entry(made, leaf)], [ledger.leaf_hash(leaf)]
        grown = replace(product, seq=made.seq, head=batch.hashes[0], state_version=product.state_version + 1)
        batch.products = {product.code: grown}
        batch.append()
    return made


def erase(store, document):
    """Erase a document by a logged act."""
    named = {"eventType": "payloadErased", "erased": [f"{samples.BASE}/credentials/{document.id}"]}
    named["effectsDigest"] = effects_digest("{}")
    act = event(store, store.history.product(document.code), named)
    with store.history.writing() as writing:
        writing.erase([Erasure(document.id, samples.AT, act.id, "{}")])


def checkpoint(store, size=None):
    """Keep a checkpoint of the first documents, signed by the log's key."""
    size = size or store.history.size()
    root = ledger.root_at(size, lambda level, index: store.history.nodes(level, index, index + 1)[0].hash)
    head = Head("passport.example/log", size, root)
    line = LOG_KEY.line(samples.PRIVATE.sign(head.text().encode()))
    kept = Checkpoint(size, root, notes.written(head.text(), [line]), samples.AT)
    store.history.keep_checkpoint(kept)
    return kept


def keep_others(store, products):
    """Something in every table."""
    store.parties.add_key(Key("2026-log", "log", samples.PRIVATE.public_key().public_bytes_raw(), samples.AT))
    for size in (7, 25, 40):
        checkpoint(store, size)
    store.parties.set_contact(Contact("maker", "Somebody Somewhere", "somebody@maker.example", "+46 8 123456"))
    later = "2026-12-24T00:00:00Z"
    store.parties.add_session(Session(b"s" * 32, "token-1", "maker", samples.AT, later))
    events = frozenset({EventType.REPAIRED})
    store.parties.add_delegation(
        Delegation("delegation-1", "maker", "workshop", events, samples.AT, later, samples.AT, frozenset({"ABCDEFGHJ"}))
    )
    with store.history.writing() as writing:
        writing.set_claims({products[3].code: b"c" * 32})


def problems_of(store, **options):
    return audit(store.history, store.parties, base=samples.BASE, **options)


def damaged(folder, *statements):
    """Run statements on the database as somebody could who has the file: without triggers and keys."""
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(*statement) if isinstance(statement, tuple) else connection.execute(statement)
        connection.commit()
    store = open_store(folder)
    problems = problems_of(store)
    assert store.flaws()
    store.close()
    return problems


def codes(problems, position=None):
    return {problem.code for problem in problems if position is None or problem.position == position}
