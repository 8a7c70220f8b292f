import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.proofs import tiles
from passport.proofs.tiles import Tile


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1_234_067), "0/x001/x234/067"),
        (Tile(0, 48), "0/048"),
        (Tile(None, 0, 3), "entries/000.p/3"),
        (Tile(2, 0, 1), "2/000.p/1"),
        (Tile(63, 1000, 255), "63/x001/000.p/255"),
    ],
)
def test_addresses_of_the_specification(tile, path):
    assert tile.path == path
    assert tiles.parse(path) == tile


@given(st.integers(0, 63) | st.none(), st.integers(0, 10**12), st.integers(1, 256))
def test_every_address_leads_back(level, index, width):
    tile = Tile(level, index, width)
    assert tiles.parse(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "0",
        "0/",
        "00/000",
        "64/000",
        "-1/000",
        "0/0",
        "0/0000",
        "0/x001",
        "0/001/000",
        "0/x000/001",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p",
        "0/000.p/1/",
        "entry/000",
        "0/000\n",
        "0/\u0660\u0660\u0660",
        "0/" + "x001/" * 9 + "000",
    ],
)
def test_other_spellings_are_no_addresses(path):
    with pytest.raises(ValueError, match="no tile"):
        tiles.parse(path)


def test_the_tiles_of_the_specification():
    found = tiles.tiles(70_000)
    by_level = {level: [each for each in found if each.level == level] for level in (0, 1, 2, None)}
    assert (len(by_level[0]), by_level[0][-1].width) == (274, 112)
    assert [each.width for each in by_level[1]] == [256, 17]
    assert [each.width for each in by_level[2]] == [1]
    assert [each.index for each in by_level[None]] == [each.index for each in by_level[0]]
    assert [each.path for each in tiles.tiles(256) if each.level is not None] == ["0/000", "1/000.p/1"]
    assert tiles.tiles(0) == []


@given(st.integers(0, 70_000))
def test_all_tiles_of_a_tree_are_within_it_and_none_is_empty(size):
    found = tiles.tiles(size)
    assert all(tiles.within(each, size) and each.width for each in found)
    assert not any(tiles.within(each, size - 1) for each in found[-1:] if each.level == 0)
    assert not tiles.within(Tile(0, size // 256, size % 256 + 1), size)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_lead_back_to_their_entries(entries):
    assert tiles.unbundled(tiles.bundle(entries)) == entries


def test_the_bundle_of_the_reference():
    assert tiles.bundle([b"one", b"two", b"three"]).hex() == "00036f6e65000374776f00057468726565"
    with pytest.raises(ValueError, match="within an entry"):
        tiles.unbundled(b"\x00\x05abc")
