"""``passport audit`` names what is wrong: every kind of damage that can be done to a store behind its back."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passport.adapters.sql import tables
from passport.adapters.sql.store import DATABASE, open_store
from passport.model.passport import Kind, Standing, Tier
from passport.ports import Key
from passport.proofs import ledger, notes
from passport.proofs.checkpoints import head as checkpoint_head
from passport.proofs.checkpoints import read_proof
from passport.service import log, logproofs
from passport.service.audit import audit
from passport.service.erasure import erase as erase_document
from tests.adapters import sample_history as samples
from tests.service.auditing import codes, damaged, event, problems_of


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
