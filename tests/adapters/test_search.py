"""The contract of ``passport.ports.Search`` and ``Following``, run on every adapter, and how words are read."""

import threading
from dataclasses import replace
from decimal import Decimal

import pytest

from passport.adapters.search.index import SqliteSearch
from passport.adapters.search.words import exact, folded, match, squeezed, variants, words
from passport.errors import Damaged, Malformed
from passport.model.passport import Level
from passport.model.search import Description, Findable, Query
from tests.adapters.finding import CHAIR, PIECE, TABLE, chair, codes, learn


@pytest.fixture(params=["sqlite"])
def index(request, tmp_path):
    """An empty index of each kind; another adapter is another parameter."""
    made = {"sqlite": SqliteSearch}[request.param](tmp_path / "search", stamp="1")
    yield made
    made.close()


@pytest.fixture
def filled(index):
    learn(index, Findable("CHAIR", (), CHAIR), Findable("TABLE", (), TABLE), *map(chair, range(50)))
    return index


def only(**values):
    return {key: frozenset(value if isinstance(value, tuple) else (value,)) for key, value in values.items()}


def test_an_empty_index(index):
    assert index.position() == 0
    hits = index.query(Query("chair", counted=("kind",)))
    assert (hits.codes, hits.total, hits.bounded, hits.after) == ((), 0, False, None)
    assert index.example("kind", "desk") is None


def test_words_are_found_in_any_order_case_and_language(filled):
    for text in ("office chair", "CHAIR office", "krzesło", "Kontorsstol", "lund biurowe", "svart stol", "office cha"):
        assert codes(filled, text)[0] == "CHAIR", text
    assert codes(filled, "office zebra") == []
    assert codes(filled, "offic stol") == []


def test_folded_spellings_are_found_and_the_exact_one_comes_first(index):
    def named(code, name):
        return Findable(code, (), Description(Level.MODEL, names=(name,)))

    learn(index, named("A", "Are"), named("B", "Åre"), named("C", "Łódź"), named("D", "Rød grød"), named("E", "Besøgs"))
    assert codes(index, "are") == ["A", "B"]
    assert codes(index, "åre") == ["B", "A"]
    assert codes(index, "lodz") == codes(index, "łódź") == ["C"]
    assert codes(index, "rod grod") == ["D"]
    assert codes(index, "besogs") == ["E"]


def test_parts_of_compounds_are_found(filled):
    assert {"CHAIR", "PIECE1"} <= set(codes(filled, "stol", limit=100))
    assert codes(filled, "bord") == ["TABLE"]
    assert codes(filled, "ord") == []


def test_names_and_kinds_weigh_more_than_texts_and_models_come_before_pieces(filled):
    found = codes(filled, "chair", limit=100)
    assert found[:2] == ["CHAIR", "TABLE"]
    assert found[2:] == [f"PIECE{number}" for number in reversed(range(50))]


def test_numbers_lead_to_their_products(filled):
    assert codes(filled, "S-00007") == codes(filled, "s00007") == codes(filled, "office S-00007") == ["PIECE7"]
    assert codes(filled, "desk S-00007") == []
    assert codes(filled, "piece7") == ["PIECE7"]
    assert len(codes(filled, "S-0000", limit=100)) == 10
    assert codes(filled, "S-00007", codes=only(level="model")) == []
    assert filled.query(Query("S-00007")).total == 1
    learn(filled, Findable("ABCDEFGHJ", (), PIECE))
    assert codes(filled, "abcd-efgh-j") == codes(filled, "ABCDEFGHJ") == ["ABCDEFGHJ"]


def test_a_gtin_is_found_as_it_is_printed_on_a_package(index):
    model = replace(CHAIR, words=(*CHAIR.words, "09506000134352"))
    learn(index, Findable("CHAIR", (), model), Findable("PIECE0", ("09506000134352",), PIECE))
    for text in ("09506000134352", "9506000134352"):
        assert set(codes(index, text)) == {"CHAIR", "PIECE0"}
    assert codes(index, "9 506000-134352") == ["PIECE0"]
    assert codes(index, "134352") == []


def test_conditions_hold_together_and_values_of_one_key_beside_each_other(filled):
    assert codes(filled, codes=only(kind=("desk", "office-chair"), level="model")) == ["TABLE", "CHAIR"]
    assert codes(filled, codes=only(kind="desk", maker="Lund Möbler AB")) == []
    assert codes(filled, "lund", codes=only(kind="desk")) == []
    assert len(codes(filled, codes=only(model="CHAIR"), limit=100)) == 50


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (None, 8, []),
        (None, 20, ["CHAIR"]),
        (15, None, ["TABLE"]),
        (Decimal("14.6"), Decimal("14.6"), ["CHAIR"]),
        (None, None, ["TABLE", "CHAIR"]),
        (20, 10, []),
    ],
)
def test_ranges(filled, low, high, found):
    asked = {"netWeight": (low, high)}
    assert codes(filled, ranges=asked, codes=only(level="model")) == found
    assert codes(filled, "a* lund", ranges=asked) == []


def test_a_product_that_spans_values_fits_what_touches_it(filled):
    for low, high in ((450, 460), (None, 400), (520, None), (100, 900)):
        assert codes(filled, ranges={"seatHeight": (low, high)}, codes=only(level="model")) == ["CHAIR"]
    assert codes(filled, ranges={"seatHeight": (521, None)}) == []


def test_parts_follow_each_other_without_gaps_or_repeats(filled):
    for limit in (1, 2, 7, 26, 52, 60):
        asked, seen = Query("chair", limit=limit), []
        while True:
            hits = filled.query(asked)
            assert len(hits.codes) <= limit
            assert hits.total == 52
            seen += hits.codes
            if hits.after is None:
                break
            asked = replace(asked, after=hits.after)
        assert len(seen) == len(set(seen)) == 52


@pytest.mark.parametrize("after", ["", "x", "1", "1.2.3", "-1.2", "1." + "9" * 30, "١.٢"])
def test_a_place_that_is_no_place_is_refused(filled, after):
    with pytest.raises(Malformed):
        filled.query(Query("chair", after=after))


def test_counts_and_spans(filled):
    hits = filled.query(Query("chair", codes=only(level="item"), counted=("level", "kind")))
    assert dict(hits.counts["level"]) == {"item": 50, "model": 2}
    assert hits.counts["kind"] == (("office-chair", 50),)
    everything = filled.query(Query(counted=("kind",)))
    assert everything.counts["kind"] == (("office-chair", 51), ("desk", 1))
    assert everything.spans["netWeight"] == (Decimal("14.6"), Decimal("40.0"), 52)
    assert everything.made == {"CHAIR": 50}


def test_an_example_is_a_models_where_there_is_one(filled):
    assert filled.example("kind", "office-chair") == "CHAIR"
    assert filled.example("level", "item") in {f"PIECE{number}" for number in range(50)}
    assert filled.example("kind", "sofa") is None


def test_what_is_said_anew_replaces_what_was_said(filled):
    learn(filled, Findable("TABLE", (), replace(TABLE, names=("Ławka",))), replace(chair(3), identifiers=("T-9999",)))
    assert codes(filled, "åre") == []
    assert codes(filled, "lawka") == ["TABLE"]
    assert codes(filled, "S-00003") == []
    assert codes(filled, "T-9999") == ["PIECE3"]


def test_what_is_removed_leaves_nothing_behind(filled):
    def step(following):
        for code in ("TABLE", "PIECE3", "UNKNOWN"):
            following.remove(code)
        following.reach(2, b"")

    filled.follow(step)
    assert codes(filled, "desk") == codes(filled, "S-00003") == codes(filled, codes=only(kind="desk")) == []
    assert filled.query(Query(counted=("kind",))).counts["kind"] == (("office-chair", 50),)
    assert filled.example("kind", "desk") is None


def test_restating_moves_all_of_whom_the_same_was_said(filled):
    def step(following):
        assert following.shared("model", "NOBODY") == []
        (one,) = following.shared("model", "CHAIR")
        following.restate(one, replace(PIECE, names=("Fotel",)))
        following.reach(2, b"")

    filled.follow(step)
    assert filled.query(Query("fotel")).total == 50
    assert filled.query(Query("krzesło")).total == 1


def test_a_step_that_fails_changes_nothing(filled):
    def step(following):
        following.put(Findable("NEW", (), replace(TABLE, names=("Zebra",))))
        following.reach(9, b"")
        raise Damaged("the history, not the index")

    with pytest.raises(Damaged):
        filled.follow(step)
    assert filled.position() == 1
    assert codes(filled, "zebra") == []
    assert filled.query(Query("chair")).total == 52


def test_steps_tell_where_the_index_is_and_can_begin_anew(filled):
    def step(following):
        assert (following.position, following.mark) == (1, b"mark")
        following.clear()
        assert (following.position, following.mark) == (0, b"")

    filled.follow(step)
    assert filled.position() == 0
    assert codes(filled) == codes(filled, "chair") == codes(filled, "S-00003") == []
    learn(filled, Findable("CHAIR", (), CHAIR))
    assert codes(filled, "chair") == ["CHAIR"]


def test_only_one_step_at_a_time(filled, tmp_path):
    other = SqliteSearch(tmp_path / "search", stamp="1")
    begun, done = threading.Event(), threading.Event()

    def slow(following):
        begun.set()
        assert done.wait(120)
        following.reach(5, b"")

    thread = threading.Thread(target=filled.follow, args=(slow,))
    thread.start()
    assert begun.wait(120)
    assert other.follow(lambda following: pytest.fail("two steps at a time"), wait=0.05) is False
    assert codes(other, "desk") == ["TABLE"]
    done.set()
    thread.join()
    assert other.position() == 5
    other.close()


def test_hostile_text_is_only_text(filled):
    for text in (
        '"',
        "names:chair",
        "NEAR(a b)",
        "chair* OR 1",
        "a\0b",
        "(" * 999,
        "x" * 10_000,
        "* ^ -",
        "\ud800",
        "İ ß",
    ):
        filled.query(Query(text, counted=("kind",)))
    assert codes(filled, "q " * 5000) == []
    assert codes(filled, "%") == codes(filled, "_") == codes(filled, "***") == []


def test_words():
    assert words("Krzesło, (biurowe)_Lund-4!") == ["krzesło", "biurowe", "lund", "4"]
    assert words("\0 \ud800 *") == []
    assert [len(each) for each in words("x" * 99)] == [40]
    assert folded("krzesło") == "krzeslo"
    assert folded("rød") == "rod"
    assert squeezed("7kx9-4m2q z") == "7kx94m2qz"
    assert exact(["Ek ek", "EK bok"]) == "ek bok"
    assert variants("kontorsstol", "ek").split()[-1] == "torsstol"
    assert variants("", "ek") == ""
    assert match(["ek", "bå"]) == '("ek") AND ("ba" OR "bå")'
    assert match(["båt"]) == '("bat" OR "båt"*)'
    assert match(["3456"]) == '("3456")'
    assert match(["9506000134352"]) == '("9506000134352" OR "09506000134352")'


def test_what_is_looked_at_is_bounded_and_said_so(index):
    def old(number):
        said = Description(Level.ITEM, names=(f"skåp {number}",), codes=(("kind", "cabinet"), ("number", str(number))))
        return Findable(f"OLD{number:04}", (), said)

    learn(index, *map(old, range(1100)))
    hits = index.query(Query("skåp", counted=("kind", "number")))
    assert hits.bounded
    assert hits.total == 1000
    assert hits.codes[0] == "OLD1099"
    assert hits.counts["kind"] == (("cabinet", 1000),)
    assert len(hits.counts["number"]) == 50
    exact_one = index.query(Query("skåp 7"))
    assert (exact_one.codes, exact_one.bounded) == (("OLD0007",), False)
