"""Snapshots: whole, or struck out, or not there; and never changed."""

import os
from pathlib import Path

import pytest

from passport.adapters.snapshots import NOTICE, RELEASED, FolderSnapshots
from passport.errors import Conflict, Malformed, StoreBusy
from passport.ports import Snapshots


@pytest.fixture
def kept(tmp_path: Path) -> Snapshots:
    return FolderSnapshots(tmp_path / "snapshots")


def make(kept: Snapshots, name: str, **files: bytes) -> None:
    with kept.making(name) as draft:
        for file, data in files.items():
            with draft.create(file) as opened:
                opened.write(data)


def read(kept: Snapshots, name: str, file: str) -> bytes | None:
    opened = kept.open(name, file)
    if opened is None:
        return None
    with opened:
        return opened.read()


def test_nothing_is_there_at_the_beginning(kept: Snapshots) -> None:
    assert list(kept.names()) == []
    assert kept.open("2026-03-01", "a") is None
    assert kept.notice("2026-03-01") is None


def test_what_is_made_is_there_in_the_order_of_days_and_numbers(kept: Snapshots) -> None:
    for name in ("2026-03-02", "2026-03-01-10", "2026-03-01-2", "2026-03-01"):
        make(kept, name, a=name.encode())
    assert list(kept.names()) == ["2026-03-01", "2026-03-01-2", "2026-03-01-10", "2026-03-02"]
    assert read(kept, "2026-03-01-2", "a") == b"2026-03-01-2"
    assert read(kept, "2026-03-01-2", "b") is None


def test_nobody_sees_it_before_it_is_whole(kept: Snapshots) -> None:
    with kept.making("2026-03-01") as draft:
        with draft.create("a") as file:
            file.write(b"half")
        assert list(kept.names()) == []
        assert kept.open("2026-03-01", "a") is None
        with pytest.raises(StoreBusy), kept.making("2026-03-02"):
            pass
    assert list(kept.names()) == ["2026-03-01"]


def test_nothing_stays_of_one_that_fails(kept: Snapshots, tmp_path: Path) -> None:
    def fail() -> None:
        with kept.making("2026-03-01") as draft:
            draft.create("a").close()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(kept.names()) == []
    assert [each.name for each in (tmp_path / "snapshots").iterdir()] == [".lock"]


def test_what_a_crash_has_left_is_taken_away(kept: Snapshots, tmp_path: Path) -> None:
    left = tmp_path / "snapshots" / "2026-02-28.part"
    left.mkdir(parents=True)
    (left / "a").write_bytes(b"half")
    make(kept, "2026-03-01", a=b"whole")
    assert not left.exists()


def test_none_takes_the_place_of_another(kept: Snapshots) -> None:
    make(kept, "2026-03-01", a=b"first")
    with pytest.raises(Conflict):
        make(kept, "2026-03-01", a=b"second")
    kept.strike("2026-03-01", b"gone")
    with pytest.raises(Conflict):
        make(kept, "2026-03-01", a=b"third")


@pytest.mark.parametrize(
    "name", ["", "x", "2026-3-1", "../2026-03-01", "2026-03-01-", "2026-03-01.part", "2026-03-01\n"]
)
def test_names_are_dates(kept: Snapshots, name: str) -> None:
    with pytest.raises(Malformed):
        make(kept, name, a=b"")
    assert kept.open(name, "a") is None
    assert kept.notice(name) is None


@pytest.mark.parametrize("file", ["", "..", ".a", "a/b", "A", NOTICE, RELEASED, "a\n", "x" * 101])
def test_files_have_plain_names(kept: Snapshots, file: str) -> None:
    with pytest.raises(Malformed), kept.making("2026-03-01") as draft:
        draft.create(file)
    make(kept, "2026-03-01", a=b"")
    assert kept.open("2026-03-01", file) is None


def test_what_is_struck_out_has_a_name_and_a_notice_and_nothing_else(kept: Snapshots, tmp_path: Path) -> None:
    make(kept, "2026-03-01", a=b"word", b=b"word")
    kept.strike("2026-03-01", b"why")
    kept.strike("2026-03-01", b"another reason")
    kept.strike("2026-03-02", b"never was")
    assert list(kept.names()) == ["2026-03-01"]
    assert kept.notice("2026-03-01") == b"why"
    assert read(kept, "2026-03-01", "a") is None
    files = [each for each in (tmp_path / "snapshots").rglob("*") if each.is_file()]
    assert not any(b"word" in each.read_bytes() for each in files)


def test_a_strike_that_was_cut_short_is_ended_by_the_next(kept: Snapshots, tmp_path: Path) -> None:
    make(kept, "2026-03-01", a=b"word")
    (tmp_path / "snapshots" / "2026-03-01" / NOTICE).write_bytes(b"why")
    assert read(kept, "2026-03-01", "a") is None
    kept.strike("2026-03-01", b"again")
    assert os.listdir(tmp_path / "snapshots" / "2026-03-01") == [NOTICE]  # noqa: PTH208 - all of them, hidden ones too
    assert kept.notice("2026-03-01") == b"why"


def test_of_what_is_released_only_what_is_kept_is_there(kept: Snapshots) -> None:
    make(kept, "2026-03-01", a=b"word", b=b"kept")
    kept.release("2026-03-01", b"why", kept=("b", "c"))
    kept.release("2026-03-01", b"another reason", kept=("b",))
    kept.release("2026-03-02", b"never was", kept=())
    assert list(kept.names()) == ["2026-03-01"]
    assert (kept.released("2026-03-01"), kept.notice("2026-03-01")) == (b"why", None)
    assert (read(kept, "2026-03-01", "a"), read(kept, "2026-03-01", "b")) == (None, b"kept")
    assert kept.released("2026-03-02") is None


def test_what_is_released_can_be_struck_out_and_not_the_other_way_round(kept: Snapshots, tmp_path: Path) -> None:
    for name in ("2026-03-01", "2026-03-02"):
        make(kept, name, a=b"word")
    kept.release("2026-03-01", b"room", kept=("a",))
    for name in ("2026-03-01", "2026-03-02"):
        kept.strike(name, b"law")
        kept.release(name, b"room", kept=("a",))
        assert (kept.released(name), kept.notice(name)) == (None, b"law")
        assert [each.name for each in (tmp_path / "snapshots" / name).iterdir()] == [NOTICE]


def test_a_release_that_was_cut_short_is_ended_by_the_next(kept: Snapshots, tmp_path: Path) -> None:
    make(kept, "2026-03-01", a=b"word", b=b"kept")
    (tmp_path / "snapshots" / "2026-03-01" / RELEASED).write_bytes(b"why")
    kept.release("2026-03-01", b"again", kept=("b",))
    assert (read(kept, "2026-03-01", "a"), read(kept, "2026-03-01", "b")) == (None, b"kept")
    assert kept.released("2026-03-01") == b"why"
