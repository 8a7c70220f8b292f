"""``passport audit`` names what is wrong: every kind of damage that can be done to a store behind its back."""

import hashlib
import importlib.util
import random
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passport.adapters.sql import tables
from passport.adapters.sql.store import DATABASE, open_store
from passport.errors import StoreRefused
from passport.model.events import EventType
from passport.model.passport import Kind, ModelReference, Standing, Tier
from passport.ports import Checkpoint, Contact, Delegation, Entry, Erasure, Key, Session
from passport.proofs import jose, ledger, notes
from passport.proofs.checkpoints import Head, read_proof
from passport.proofs.checkpoints import head as checkpoint_head
from passport.service import log, logproofs
from passport.service.audit import audit
from passport.service.erasure import effects_digest
from passport.service.erasure import erase as erase_document


def _samples():
    path = Path(__file__).parents[1] / "adapters" / "sample_history.py"
    name = f"passport_tests_{path.stem}"
    if name not in sys.modules:
        specification = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(sys.modules[name])
    return sys.modules[name]


samples = _samples()


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A closed store of 40 documents: models, pieces made to them, newer versions, restricted documents."""
    store = samples.new_store(tmp_path_factory.mktemp("sound") / "data")

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


@pytest.fixture
def folder(sound, tmp_path):
    """A copy of the sound store, to be damaged."""
    return Path(shutil.copytree(sound, tmp_path / "copy"))


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


LOG_KEY = notes.Verifier("passport.example/log", notes.ED25519, samples.PRIVATE.public_key().public_bytes_raw())


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


def test_a_removed_entry_is_named(folder):
    problems = damaged(folder, "DELETE FROM document WHERE position = 7")
    assert codes(problems, 7) == {"missing"}
    assert any(problem.code == "product" for problem in problems)


def test_removed_entries_at_the_end_are_named(folder):
    problems = damaged(folder, "DELETE FROM document WHERE position >= 38")
    assert [problem.position for problem in problems if problem.code == "missing"] == [38, 39]


def test_a_removed_end_is_named_even_without_its_nodes(folder):
    problems = damaged(
        folder,
        "DELETE FROM document WHERE position >= 39",
        "DELETE FROM log_node WHERE level = 0 AND idx >= 39",
    )
    assert "product" in codes(problems)


def test_swapped_entries_are_named(folder):
    problems = damaged(
        folder,
        "UPDATE document SET position = -1 WHERE position = 3",
        "UPDATE document SET position = 3 WHERE position = 4",
        "UPDATE document SET position = 4 WHERE position = -1",
    )
    assert codes(problems, 3) >= {"node"}
    assert codes(problems, 4) >= {"node"}


def test_swapped_payloads_are_named(folder):
    problems = damaged(
        folder,
        "CREATE TEMP TABLE kept AS SELECT position, payload FROM document WHERE position IN (3, 4)",
        "UPDATE document SET payload = (SELECT payload FROM kept WHERE position = 7 - document.position) "
        "WHERE position IN (3, 4)",
    )
    for position in (3, 4):
        assert codes(problems, position) >= {"digest", "signature", "claim"}
    assert {problem.position for problem in problems if problem.code == "signature"} == {3, 4}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("payload = CAST(replace(payload, 'Maker AB', 'Maker XX') AS BLOB)", {"digest", "signature"}),
        ("payload = x'7b'", {"digest", "signature", "payload", "product"}),
        ("signature = zeroblob(64)", {"digest", "signature"}),
        ("header = x'7b7d'", {"digest", "key-unknown"}),
        ("digest = zeroblob(32)", {"digest", "leaf"}),
        ("leaf = x'7b7d'", {"leaf", "node"}),
        ("at = '2020-01-01T00:00:00Z'", {"leaf", "claim"}),
        ("issuer = 'other'", {"key-unknown", "claim"}),
        ("version = 9", {"claim", "product"}),
        ("seq = 9", {"leaf", "chain", "product"}),
        ("status_index = status_index + 1", {"claim"}),
        ("start = start + 1", {"start"}),
        ("id = 'another'", {"claim"}),
        ("kind = 'event'", {"leaf", "start", "product"}),
        ("seq = 2, code = (SELECT code FROM document WHERE position = 31)", {"leaf", "claim", "product", "subject"}),
        ("kind = 'nothing'", {"unreadable", "missing", "product"}),
        ("payload = 'text'", {"unreadable", "product"}),
    ],
)
def test_a_changed_document_is_named(folder, change, code):
    problems = damaged(folder, f"UPDATE document SET {change} WHERE position = 35")
    assert codes(problems) >= code
    assert codes(problems, 35)
    assert {problem.position for problem in problems} <= {31, 35, None}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ("version = version + 1", "version"),
        ("seq = seq + 1", "seq"),
        ("head = zeroblob(32)", "head"),
        ("current = 0", "current"),
        ("key = '01/09506000134352/21/STOLEN'", "key"),
        ("model_digest = zeroblob(32)", "model"),
        ("model_version = 7", "model"),
    ],
)
def test_an_edited_product_row_is_named(folder, change, word):
    code = sqlite3.connect(folder / DATABASE).execute("SELECT code FROM document WHERE position = 12").fetchone()[0]
    problems = damaged(folder, (f"UPDATE product SET {change} WHERE code = ?", (code,)))
    assert [(problem.product, problem.code) for problem in problems] == [(code, "product")]
    assert word in problems[0].detail


_LOOKED_UP = [{name: "thief"} for name in ("owner", "holder", "operator", "offered_to", "transfer")]
_READ = (
    *("size", "scan", "nodes", "version", "product", "documents", "erasures", "checkpoints"),
    *("revoked", "is_revoked", "status_lists"),
)


def test_state_that_is_sealed_anew_but_does_not_follow_from_the_events_is_named(running, send, legacy):
    code = send(legacy, by="town").issued[0].code
    product = running.system.history.product(code)
    for change in ({"state": '{"owner":"thief"}'}, {"standing": Standing.ARCHIVED}, {"verified": True}, *_LOOKED_UP):
        forged = replace(product, **change)
        history = SimpleNamespace(
            **{name: getattr(running.system.history, name) for name in _READ},
            products=lambda *, level, after, limit, forged=forged: [] if after else [forged],
        )
        problems = audit(history, running.system.parties, base=running.system.base)
        assert [(problem.code, problem.product) for problem in problems] == [("product", code)]
        assert next(iter(change)) in problems[0].detail


@pytest.mark.parametrize("change", ['state = \'{"owner":"thief"}\'', "operator = 'thief'", "standing = 'archived'"])
def test_rows_that_the_log_does_not_repeat_have_seals(folder, change):
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute(f"UPDATE product SET {change} WHERE code = (SELECT min(code) FROM product)")
        connection.commit()
    store = open_store(folder)
    (flaw,) = store.flaws()
    assert "product" in flaw
    store.close()


def test_products_without_documents_and_documents_without_products(folder):
    others = ", ".join(each.name for each in tables.product.c if each.name not in {"code", "key"})
    problems = damaged(
        folder,
        f"INSERT INTO product (code, key, {others}) SELECT 'ZZZZZZZZZ', 'p/ZZZZZZZZZ', {others} FROM product "
        "WHERE code = (SELECT code FROM document WHERE position = 12)",
        "DELETE FROM product WHERE code = (SELECT code FROM document WHERE position = 13)",
    )
    assert sorted(problem.detail for problem in problems) == [
        "the log has documents of a product that is not there",
        "the log has no document of it",
    ]


def test_changed_removed_and_surplus_nodes_are_named(folder):
    problems = damaged(
        folder,
        "UPDATE log_node SET hash = zeroblob(32) WHERE level = 0 AND idx = 6",
        "DELETE FROM log_node WHERE level = 2 AND idx = 4",
        "INSERT INTO log_node VALUES (3, 5, zeroblob(32))",
    )
    assert codes(problems) == {"node", "product"}
    assert {problem.position for problem in problems} >= {6, 16, 40}


def test_a_status_entry_that_is_given_twice_is_named(folder):
    problems = damaged(
        folder,
        "UPDATE document SET status_index = (SELECT status_index FROM document WHERE position = 2) WHERE position = 5",
    )
    assert codes(problems, 5) == {"status", "claim"}


def test_the_number_of_problems_is_bounded(folder):
    damaged(folder, "UPDATE document SET signature = zeroblob(64)")
    store = open_store(folder)
    problems = problems_of(store, per_code=5)
    assert [problem.position for problem in problems if problem.code == "signature"] == [0, 1, 2, 3, 4, None]
    assert problems[-1].detail == "and 34 more of this kind"
    store.close()


def test_t31_documents_of_a_retired_key_stay_sound_and_later_ones_are_named(tmp_path):
    store = samples.new_store(tmp_path / "data")
    samples.issue(store, 2)
    other = Ed25519PrivateKey.from_private_bytes(b"\x08" * 32)
    store.parties.add_key(Key("2026-2", "maker", other.public_key().public_bytes_raw(), "2026-11-22T00:00:00Z"))
    store.parties.revoke_key(samples.KID, "2026-11-23T00:00:00Z")
    assert problems_of(store) == []
    with store.history.writing() as writing:
        batch = samples.Batch(writing, kid="2026-2", private=other)
        batch.add(samples.new_product())
        batch.append()
    assert problems_of(store) == []
    samples.issue(store, at="2026-11-22T12:00:00Z")
    samples.issue(store, at="2026-11-23T00:00:00Z")
    late = problems_of(store)
    assert codes(late, 3) == {"key-retired", "claim"}
    assert codes(late, 4) == {"key-retired", "key-revoked", "claim"}
    store.close()


def _dump(folder):
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        return {name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}"))) for name in tables.metadata.tables}


def _finds(folder):
    """Whether opening, the physical check or the audit tells that something is wrong."""
    try:
        store = open_store(folder, base_url=samples.BASE)
    except StoreRefused:
        return True
    try:
        return bool(problems_of(store) or store.flaws())
    finally:
        store.close()


def test_t39_f15_any_flipped_bit_is_found_or_harmless(sound, tmp_path):
    whole = (sound / DATABASE).read_bytes()
    before = _dump(sound)
    choice = random.Random(15)
    found = harmless = 0
    for number in range(40):
        folder = tmp_path / str(number)
        folder.mkdir()
        bit = choice.randrange(len(whole) * 8)
        flipped = bytearray(whole)
        flipped[bit >> 3] ^= 1 << (bit & 7)
        (folder / DATABASE).write_bytes(flipped)
        if _finds(folder):
            found += 1
        else:
            assert _dump(folder) == before, f"bit {bit} was not found"
            harmless += 1
    print(f"F15: {found} flips found, {harmless} harmless of 40")
    assert found >= 10


NEWER = ("erasure", "log_checkpoint", "claim", "delegation", "contact", "session", "product")


def test_f15_a_flipped_bit_in_each_value_of_a_newer_table_is_found(sound, tmp_path):
    whole = (sound / DATABASE).read_bytes()
    with closing(sqlite3.connect(sound / DATABASE)) as connection:
        connection.text_factory = bytes
        rows = {name: connection.execute(f"SELECT * FROM {name} LIMIT 1").fetchone() for name in NEWER}
    assert all(rows.values())
    flipped = 0
    for name, row in rows.items():
        for value in row:
            if not isinstance(value, bytes) or len(value) < 4 or value not in whole:
                continue
            folder = tmp_path / f"{name}-{flipped}"
            folder.mkdir()
            data = bytearray(whole)
            data[data.rindex(value) + len(value) // 2] ^= 1
            (folder / DATABASE).write_bytes(data)
            assert _finds(folder), f"{value[:40]!r} of {name}"
            flipped += 1
    assert flipped > 25


def test_f15_a_flipped_bit_in_the_mark_is_found(folder):
    store = open_store(folder)
    mark = store.history.checkpoint().note
    assert problems_of(store, mark=mark) == []
    choice = random.Random(16)
    for _ in range(30):
        data = bytearray(mark.encode())
        bit = choice.randrange(len(data) * 8)
        data[bit >> 3] ^= 1 << (bit & 7)
        problems = problems_of(store, mark=data.decode("utf-8", "replace"))
        assert codes(problems) == {"checkpoint"}, bit
    store.close()


def test_f15_negative_control_without_the_audit_a_flip_goes_unseen(folder):
    file = folder / DATABASE
    data = bytearray(file.read_bytes())
    data[data.index(b"x" * 100) + 50] ^= 1
    file.write_bytes(data)
    store = open_store(folder, base_url=samples.BASE)
    assert store.flaws() == []
    assert codes(problems_of(store)) == {"digest", "signature"}
    store.close()


def forge(folder, position, **change):
    """Rewrite the log from one entry on, as somebody could who has everything but the log's key.

    Leaves, chains, nodes and heads all agree with each other afterwards.
    """
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        rows = connection.execute("SELECT position, leaf, code FROM document ORDER BY position").fetchall()
        heads, hashes = {}, []
        for place, leaf, code in rows:
            told = orjson.loads(leaf)
            if place == position:
                told |= change
            told["prev"] = heads.get(code, b"").hex()
            data = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
            heads[code] = ledger.leaf_hash(data)
            hashes.append(heads[code])
            connection.execute("UPDATE document SET leaf = ? WHERE position = ?", (data, place))
        connection.execute("DELETE FROM log_node")
        connection.executemany("INSERT INTO log_node VALUES (?, ?, ?)", ledger.extend(0, [], hashes))
        for code, head in heads.items():
            connection.execute("UPDATE product SET head = ? WHERE code = ?", (head, code))
        connection.commit()


def test_t32_a_log_that_was_rewritten_as_a_whole_contradicts_its_checkpoints(folder):
    forge(folder, 12, at="2026-11-20T12:00:00Z")
    store = open_store(folder)
    problems = [each for each in problems_of(store) if each.code == "checkpoint"]
    assert [each.position for each in problems] == [7, 7]
    assert "the first 25 documents" in problems[0].detail
    store.close()


def test_t32_negative_control_without_checkpoints_only_the_entry_itself_is_suspect(folder):
    forge(folder, 12, at="2026-11-20T12:00:00Z")
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute("DELETE FROM log_checkpoint")
        connection.commit()
    store = open_store(folder)
    assert "checkpoint" not in codes(problems_of(store))
    store.close()


def test_a_log_that_is_shorter_than_its_checkpoint_is_named(folder):
    store = open_store(folder)
    head = Head("passport.example/log", 99, bytes(32))
    mark = notes.written(head.text(), [LOG_KEY.line(samples.PRIVATE.sign(head.text().encode()))])
    (problem,) = problems_of(store, mark=mark)
    assert (problem.code, problem.position) == ("checkpoint", 40)
    assert "99 documents was published, and there are 40" in problem.detail
    store.close()


def test_erased_documents_say_so_and_are_no_problem(folder):
    store, said = open_store(folder), []
    assert problems_of(store, erased=said.append) == []
    (erased,) = said
    assert (erased.code, erased.document) == ("erased", next(iter(store.history.erasures())))
    assert store.history.document(erased.document).payload == b""
    store.close()


def test_what_was_erased_without_a_logged_act_is_named(folder):
    problems = damaged(
        folder,
        "UPDATE erasure SET document = (SELECT id FROM document WHERE position = 3)",
        "UPDATE document SET payload = x'', header = x'', signature = x'' WHERE position = 3",
    )
    assert "erasure" in codes(problems)
    assert {"digest", "payload"} <= codes(problems)


def test_what_is_said_to_be_erased_and_is_still_there_is_named(folder):
    problems = damaged(folder, "UPDATE erasure SET document = (SELECT id FROM document WHERE position = 3)")
    assert codes(problems, 3) == {"erasure"}


@pytest.mark.parametrize(
    "change", ["act = 'another-event'", "at = '2025-01-01T00:00:00Z'", """effects = '{"owner":"thief"}'"""]
)
def test_an_erasure_that_is_not_the_one_that_was_logged_is_named(folder, change):
    assert "erasure" in codes(damaged(folder, f"UPDATE erasure SET {change}"))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ("DELETE FROM revocation", "is not revoked"),
        ("UPDATE revocation SET status_index = status_index + 1", "nothing in the log says why"),
        ("UPDATE revocation SET document = (SELECT id FROM document WHERE position = 3)", "is not revoked"),
    ],
)
def test_what_is_revoked_follows_from_the_log(folder, change, word):
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(change)
        connection.commit()
    store = open_store(folder)
    problems = problems_of(store)
    assert codes(problems) == {"revocation"}
    assert any(word in problem.detail for problem in problems)
    store.close()


def test_t07_a_restricted_document_that_is_called_public_is_named(folder):
    for before, after in ((Tier.OWNER, Tier.PUBLIC), (Tier.PUBLIC, Tier.AUTHORITY)):
        position = f"(SELECT min(position) FROM document WHERE tier = '{before}')"
        problems = damaged(folder, f"UPDATE document SET tier = '{after}' WHERE position = {position}")
        assert any("tier" in problem.detail for problem in problems if problem.code == "claim")


def test_the_first_bad_entry_comes_first_and_progress_is_told(folder):
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute("DROP TRIGGER log_node_no_update")
        connection.execute("UPDATE log_node SET hash = zeroblob(32) WHERE level = 1 AND idx = 2")
        connection.execute("DROP TRIGGER document_no_update")
        connection.execute("UPDATE document SET signature = zeroblob(64) WHERE position IN (30, 9)")
        connection.commit()
    store, told = open_store(folder), []
    problems = problems_of(store, progress=lambda done, total: told.append((done, total)))
    places = [each.position for each in problems if each.position is not None]
    assert places == sorted(places)
    assert places[0] == 4
    assert told == [(0, 40), (40, 40)]
    store.close()


def test_events_of_several_documents_and_corrections_fold_as_the_service_folds_them(tmp_path):
    store = samples.new_store(tmp_path / "data")
    (product,) = samples.issue(store)
    code = product.code
    first = event(store, product, {"eventType": "inspected", "condition": {"grade": "D"}})
    again = {"eventType": "inspected", "condition": {"grade": "B"}, "correctionReason": "incorrect-data"}
    event(store, store.history.product(code), {**again, "supersedes": f"{samples.BASE}/events/{first.id}"})
    (problem,) = (each for each in problems_of(store) if "state" in each.detail)
    assert "grade='B'" in problem.detail
    assert "grade='D'" not in problem.detail
    store.close()


def test_t30_lives_with_corrections_transfers_and_erasures_are_whole_and_have_proofs(system, send, legacy):
    codes_ = [each.code for each in send(legacy, {**legacy, "inventoryNumber": "K-78"}, by="town").issued]
    send({"eventType": "inspected", "products": codes_, "condition": {"grade": "D"}}, by="town")
    first = [each for each in system.history.documents(codes_[0], kind=Kind.EVENT) if each.tier is Tier.PUBLIC][-1]
    wrong = {"supersedes": f"{system.base}/events/{first.id}", "correctionReason": "incorrect-data"}
    send({"eventType": "inspected", "products": codes_[:1], "condition": {"grade": "B"}, **wrong}, by="town")
    send({"eventType": "transferOffered", "products": codes_, "receiver": "maker"}, by="town")
    assert system.history.product(codes_[0]).offered_to == "maker"
    log.publish(system)
    for document in system.history.documents(codes_[0]):
        if document.kind is Kind.EVENT:
            erase_document(system, document.id, reason="The law demands it.")
    said = []
    options = {"base": system.base, "mark": system.marks.read(), "erased": said.append}
    assert audit(system.history, system.parties, **options) == []
    assert {each.code for each in said} == {"erased"}
    assert len(said) > 3
    for each in said:
        proof = read_proof(logproofs.of_credential(system, each.document))
        head = checkpoint_head(notes.parse(proof.checkpoint).text)
        leaf = ledger.leaf_hash(proof.extra)
        assert ledger.verify_inclusion(leaf, proof.index, head.size, proof.hashes, head.root)
