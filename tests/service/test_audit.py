"""``passport audit`` names what is wrong: every kind of damage that can be done to a store behind its back."""

import importlib.util
import random
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passport.adapters.sql import tables
from passport.adapters.sql.store import DATABASE, open_store
from passport.errors import StoreRefused
from passport.model.passport import ModelReference, Standing, Tier
from passport.ports import Key
from passport.service.audit import audit


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
    samples.issue(store, 9)
    with store.history.writing() as writing:
        writing.revoke([document.id for document in store.history.documents(products[7].code)], samples.AT)
    assert store.history.size() == 40
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


def test_state_that_is_sealed_anew_but_does_not_follow_from_the_events_is_named(running, send, legacy):
    code = send(legacy, by="town").issued[0].code
    product = running.system.history.product(code)
    for change in ({"state": '{"owner":"thief"}'}, {"standing": Standing.ARCHIVED}, {"verified": True}):
        forged = replace(product, **change)
        history = SimpleNamespace(
            **{name: getattr(running.system.history, name) for name in ("size", "scan", "nodes", "version", "product")},
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
    problems = damaged(
        folder,
        "INSERT INTO product SELECT 'ZZZZZZZZZ', 'p/ZZZZZZZZZ', level, product_group, issuer, operator, version, "
        "seq, head, current, submitted, standing, model_code, model_version, model_digest, verified, state_version, "
        "state, seal FROM product WHERE code = (SELECT code FROM document WHERE position = 12)",
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
    assert problems[-1].detail == "and 35 more of this kind"
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


def test_f15_negative_control_without_the_audit_a_flip_goes_unseen(folder):
    file = folder / DATABASE
    data = bytearray(file.read_bytes())
    data[data.index(b"x" * 100) + 50] ^= 1
    file.write_bytes(data)
    store = open_store(folder, base_url=samples.BASE)
    assert store.flaws() == []
    assert codes(problems_of(store)) == {"digest", "signature"}
    store.close()
