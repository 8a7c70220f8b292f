"""The contract of ``passport.ports.History`` and ``Writing``, run on every adapter."""

import threading
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passport.errors import Conflict, StoreBusy
from passport.model.passport import Level, ModelReference, Standing, Tier
from passport.ports import Answer, Counts, Location, Submission
from passport.proofs import ledger

pytestmark = pytest.mark.both_stores


class Stop(Exception):
    pass


def everything(store):
    return list(store.history.scan(0, store.history.size()))


def assert_tree_is_whole(store):
    """Every stored node equals a recomputation from the leaves, and there is none beyond them."""
    leaves = [ledger.leaf_hash(entry.leaf) for entry in everything(store)]
    wanted = ledger.extend(0, (), leaves)
    size = store.history.size()
    stored = [
        (node.level, node.index, node.hash)
        for level in range(size.bit_length() + 2)
        for node in store.history.nodes(level, 0, size + 10)
    ]
    assert stored == sorted(wanted)
    with store.history.writing() as writing:
        tree = writing.tree()
    assert tree.size == size == len(leaves)
    at = {(level, index): digest for level, index, digest in wanted}
    assert list(tree.frontier) == [at[place] for place in ledger.frontier_places(size)]


def test_an_empty_history(store):
    assert store.history.size() == 0
    assert store.history.read("7KX94M2QZ") is None
    assert store.history.locate("p/7KX94M2QZ") is None
    assert store.history.product("7KX94M2QZ") is None
    assert store.history.version("7KX94M2QZ", 1) is None
    assert store.history.document("x") is None
    assert store.history.documents("7KX94M2QZ") == []
    assert store.history.products(level=None, after=None, limit=10) == []
    assert store.history.status_lists() == 0
    assert store.history.submission("x") is None
    assert everything(store) == []
    assert_tree_is_whole(store)


def test_what_was_appended_is_read_back_exactly(store, samples):
    with store.history.writing() as writing:
        batch = samples.Batch(writing)
        model = batch.add(samples.new_product(key="01/09506000134352"))
        made_to = ModelReference(model.code, 1, batch.entries[0].document.digest)
        batch.products[model.code] = model = replace(model, level=Level.MODEL)
        piece = replace(
            batch.add(samples.new_product()),
            model=made_to,
            verified=False,
            standing=Standing.ARCHIVED,
            state='{"owner":"köping"}',
            operator="someone",
            submitted=b"\x01" * 32,
        )
        batch.products[piece.code] = piece
        batch.append()
    assert everything(store) == batch.entries
    assert store.history.product(piece.code) == piece
    assert store.history.product(model.code) == model
    document = batch.entries[1].document
    assert store.history.document(document.id) == document
    assert store.history.documents(piece.code) == [document]
    assert store.history.version(piece.code, 1) == document
    reading = store.history.read(piece.code)
    assert (reading.code, reading.key, reading.level) == (piece.code, piece.key, Level.ITEM)
    assert (reading.standing, reading.version) == (Standing.ARCHIVED, 1)
    assert (reading.payload, reading.start, reading.digest) == (document.payload, document.start, document.digest)
    assert (reading.model_code, reading.model_version) == (model.code, 1)
    assert store.history.read(model.code).model_code is None
    assert store.history.locate(piece.key) == Location(piece.code, Level.ITEM, Standing.ARCHIVED)
    assert store.history.locate(f"p/{piece.code}") == store.history.locate(piece.key)


def test_products_are_listed_in_order_of_their_code(store, samples):
    codes = sorted(product.code for product in samples.issue(store, 7))
    page = store.history.products(level=None, after=None, limit=4)
    rest = store.history.products(level=Level.ITEM, after=page[-1].code, limit=10)
    assert [product.code for product in (*page, *rest)] == codes
    assert store.history.products(level=Level.MODEL, after=None, limit=10) == []


def test_pieces_and_open_offers_are_counted_and_each_transfer_once(store, samples):
    with store.history.writing() as writing:
        batch = samples.Batch(writing)
        facts = (
            *({"owner": "town", "offered_to": "village", "transfer": "first"} for _ in range(3)),
            {"owner": None, "offered_to": "village", "transfer": "second"},
            {"owner": "town", "holder": "village"},
        )
        for each in facts:
            made = batch.add(samples.new_product())
            batch.products[made.code] = replace(made, **each)
        batch.append()
    assert store.history.counts("town") == Counts(owned=4, held=0, incoming=0, outgoing=1)
    assert store.history.counts("village") == Counts(owned=0, held=1, incoming=2, outgoing=0)
    assert store.history.counts("maker") == Counts(owned=0, held=0, incoming=0, outgoing=1)


def test_versions_and_tiers_of_one_product(store, samples):
    (product,) = samples.issue(store)
    with store.history.writing() as writing:
        found = writing.products([product.key, f"p/{product.code}", "p/UNKNOWN11", "01/09506000134352/21/NO"])
        assert found == {product.key: product, f"p/{product.code}": product}
        assert writing.version(product.code, 1) == store.history.version(product.code, 1)
        batch = samples.Batch(writing)
        newer = batch.revise(product)
        restricted = batch.add(newer, tier=Tier.AUTHORITY)
        batch.products[product.code] = replace(restricted, state_version=1)
        (stored,) = batch.append()
        assert writing.products([product.key]) == {product.key: stored}
    assert [document.tier for document in store.history.documents(product.code)] == [
        Tier.PUBLIC,
        Tier.PUBLIC,
        Tier.AUTHORITY,
    ]
    assert store.history.version(product.code, 2).position == 1
    assert store.history.version(product.code, 3) is None
    assert store.history.read(product.code).version == 2
    assert store.history.product(product.code).seq == 3
    assert_tree_is_whole(store)


def test_positions_have_no_gaps_and_the_tree_equals_the_leaves(store, samples):
    for number in (1, 2, 3, 5, 1, 30, 1):
        samples.issue(store, number)
        assert_tree_is_whole(store)
    assert [entry.document.position for entry in everything(store)] == list(range(43))


def test_a_block_that_fails_leaves_nothing(store, samples):
    samples.issue(store, 3)
    before, products = everything(store), store.history.products(level=None, after=None, limit=99)

    def fail():
        with store.history.writing() as writing:
            batch = samples.Batch(writing)
            batch.add(samples.new_product())
            batch.revise(products[0])
            batch.append()
            writing.revoke([before[0].document.id], samples.AT)
            writing.remember(Answer("maker", "key", b"f", True, b"{}", samples.AT))
            writing.receive(Submission("s1", "maker", samples.AT, 1, True, b"{}"))
            raise Stop

    for _ in range(2):
        with pytest.raises(Stop):
            fail()
        assert everything(store) == before
        assert store.history.products(level=None, after=None, limit=99) == products
        assert store.history.revoked(0) == frozenset()
        assert not store.history.is_revoked(before[0].document.id)
        assert store.history.submission("s1") is None
        with store.history.writing() as writing:
            assert writing.answer("maker", "key") is None
        assert_tree_is_whole(store)
    samples.issue(store, 2)
    assert_tree_is_whole(store)


def test_t05_an_identity_is_taken_once(store, samples):
    (product,) = samples.issue(store)
    for code, key in ((product.code, "01/09506000134352/21/OTHER"), (None, product.key)):
        again = samples.new_product(code=code, key=key)
        with pytest.raises(Conflict):
            samples.write(store, lambda batch, again=again: batch.add(again))
    assert store.history.size() == 1
    assert store.history.product(product.code) == product


@pytest.mark.parametrize("offset", [-1, 1, 2])
def test_a_state_version_that_does_not_follow_is_a_conflict(store, samples, offset):
    (product,) = samples.issue(store)
    (product,) = samples.write(store, lambda batch: batch.revise(product))

    def skip(batch):
        changed = batch.revise(product)
        batch.products[product.code] = replace(changed, state_version=product.state_version + 1 + offset)

    with pytest.raises(Conflict):
        samples.write(store, skip)
    assert store.history.product(product.code) == product
    assert_tree_is_whole(store)


def test_an_unknown_product_cannot_be_changed(store, samples):
    with pytest.raises(Conflict):
        samples.write(store, lambda batch: batch.revise(samples.new_product()))


@pytest.mark.parametrize("shift", [-1, 1])
def test_a_position_that_is_not_the_next_is_a_conflict(store, samples, shift):
    samples.issue(store, 2)

    def move(batch):
        batch.add(samples.new_product())
        entry = batch.entries[0]
        batch.entries[0] = replace(entry, document=replace(entry.document, position=2 + shift))

    with pytest.raises(Conflict):
        samples.write(store, move)
    assert store.history.size() == 2


def test_a_document_id_is_taken_once(store, samples):
    samples.issue(store)
    taken = everything(store)[0].document.id

    def rename(batch):
        batch.add(samples.new_product())
        batch.entries[0] = replace(batch.entries[0], document=replace(batch.entries[0].document, id=taken))

    with pytest.raises(Conflict):
        samples.write(store, rename)
    assert store.history.size() == 1


def test_nodes_that_do_not_fit_the_leaves_are_a_fault(store, samples):
    def forget(batch):
        batch.add(samples.new_product())
        batch.hashes.clear()

    with pytest.raises(ValueError, match="nodes"):
        samples.write(store, forget)


def test_reads_see_only_what_is_committed(store, samples):
    with store.history.writing() as writing:
        batch = samples.Batch(writing)
        product = batch.add(samples.new_product())
        batch.append()
        assert writing.taken([product.code, "UNKNOWN11"]) == {product.code}
        assert store.history.size() == 0
        assert store.history.read(product.code) is None
        seen = []
        reader = threading.Thread(target=lambda: seen.append(store.history.locate(product.key)))
        reader.start()
        reader.join()
        assert seen == [None]
    assert store.history.read(product.code).version == 1


def test_many_keys_are_found_at_once(store, samples):
    products = samples.issue(store, 1111)
    with store.history.writing() as writing:
        keys = [product.key for product in products]
        assert writing.products(keys) == {product.key: product for product in products}
        assert writing.taken([product.code for product in products]) == {product.code for product in products}
        assert writing.products([]) == {}
        assert writing.taken([]) == frozenset()


def test_answers_are_remembered_once_for_each_organisation(store, samples):
    answer = Answer("maker", "key-1", b"\x01" * 32, True, b'{"a":1}', samples.AT)
    with store.history.writing() as writing:
        writing.remember(answer)
        writing.remember(replace(answer, organisation="other"))
        assert writing.answer("maker", "key-1") == answer
    with pytest.raises(Conflict), store.history.writing() as writing:
        writing.remember(replace(answer, body=b"{}"))
    with store.history.writing() as writing:
        assert writing.answer("maker", "key-1") == answer
        assert writing.answer("maker", "key-2") is None


def test_the_inbox_keeps_submissions(store, samples):
    sent = Submission("s-1", "maker", samples.AT, 12, False, b'{"findings":[]}')
    with store.history.writing() as writing:
        writing.receive(sent)
    assert store.history.submission("s-1") == sent


def test_the_inbox_forgets_what_is_older_bit_by_bit(store, samples):
    times = [f"2026-11-{day:02}T12:00:00Z" for day in (1, 2, 3, 20)]
    with store.history.writing() as writing:
        for number, at in enumerate(times):
            writing.receive(Submission(f"s-{number}", "maker", at, 1, False, b"{}"))
            writing.remember(Answer("maker", f"key-{number}", b"\x01" * 32, True, b"{}", at))
    before = times[2]
    for wanted in (2, 2, 0):
        with store.history.writing() as writing:
            assert writing.forget(before, limit=1) == wanted
    assert [store.history.submission(f"s-{number}") is None for number in range(4)] == [True, True, False, False]
    assert [store.history.answer("maker", f"key-{number}") is None for number in range(4)] == [True, True, False, False]
    with store.history.writing() as writing:
        assert writing.forget("2027", limit=10) == 4


def test_only_one_thread_writes_at_a_time(store, samples):
    start = threading.Barrier(6)
    inside, most = [], []

    def write():
        start.wait()
        for _ in range(8):
            with store.history.writing() as writing:
                inside.append(1)
                most.append(len(inside))
                batch = samples.Batch(writing)
                batch.add(samples.new_product())
                batch.append()
                inside.pop()

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert store.history.size() == 48
    assert_tree_is_whole(store)


def test_two_processes_append_without_gaps_or_losses(store, samples):
    children = [samples.child(store.place, "after", 40) for _ in range(2)]
    mine = [product.code for _ in range(40) for product in samples.issue(store)]
    told = [line.split() for child in children for line in child.communicate(timeout=600)[0].splitlines()]
    assert [child.returncode for child in children] == [0, 0]
    assert len(told) == 80
    entries = everything(store)
    assert [entry.document.position for entry in entries] == list(range(120))
    stored = {entry.document.code: entry.document.position for entry in entries}
    assert stored.keys() == {code for _, code in told} | set(mine)
    assert all(stored[code] == int(position) for position, code in told)
    assert_tree_is_whole(store)


def test_a_second_writer_gives_up_and_says_that_the_store_is_busy(store, samples):
    with store.history.writing(), pytest.raises(StoreBusy), store.database.transaction(wait=0.05):
        raise AssertionError
    other = samples.open_store(store.place)
    with store.history.writing(), pytest.raises(StoreBusy), other.database.transaction(wait=0.05):
        raise AssertionError
    other.close()


@settings(max_examples=15, deadline=None, suppress_health_check=[*HealthCheck])
@given(steps=st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=6))
def test_any_order_of_success_and_failure_keeps_the_tree_whole(store, samples, steps):
    size = store.history.size()
    for number, fail in steps:
        try:
            with store.history.writing() as writing:
                batch = samples.Batch(writing)
                for _ in range(number):
                    batch.add(samples.new_product())
                batch.append()
                if fail:
                    raise Stop
        except Stop:
            continue
        size += number
    assert store.history.size() == size
    assert_tree_is_whole(store)
