"""Snapshots whose files are not kept any longer: what lasts of them, and what becomes of them when the law wants it."""

import hashlib
import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from passport.errors import SnapshotReleased, SnapshotWithdrawn
from passport.service import erasure, snapshots
from passport.service.submissions import Outcome
from passport.service.system import System
from passport.settings import Settings
from tests.service.test_snapshots import filled as filled

Send = Callable[..., Outcome]


def _taken(system: System, send: Send, model: Mapping[str, Any], number: int) -> list[str]:
    """So many snapshots, the oldest first."""
    found = []
    for each in range(number):
        send({**model, "netWeight": f"{8 + each}"})
        found.append(snapshots.take(system)[0].name)
    return found


def test_only_the_newest_keep_their_files_and_the_others_say_what_they_were(
    system: System, settings: Settings, send: Send, filled: dict[str, str], model: Mapping[str, Any]
) -> None:
    first, second, third = _taken(system, send, model, 3)
    was = snapshots.find(system, first)
    assert snapshots.release(system, keep=5) == []
    assert snapshots.release(system, keep=2) == [first]
    folder = settings.data / "snapshots" / first
    assert {each.name for each in folder.iterdir()} == {"manifest.json", "checkpoint", "released"}
    assert snapshots.names(system) == [third, second]
    assert [each.name for each in snapshots.released(system)] == [first]
    assert list(snapshots.struck_out(system)) == []
    for file in ("all.nq.gz", "passports.csv.gz", "other"):
        with pytest.raises(SnapshotReleased) as caught:
            snapshots.open_file(system, first, file)
        assert caught.value.values["root"] == was.root
        assert caught.value.values["following"] == f"{system.base}/data/{third}"
    assert snapshots.record(system, first) == was
    _, known, opened = snapshots.open_file(system, first, "checkpoint")
    with opened:
        assert hashlib.sha256(opened.read()).hexdigest() == known.digest
    assert snapshots.release(system, keep=2) == []
    assert snapshots.release(system, keep=1) == [second]
    assert snapshots.take(system) == (snapshots.find(system, third), False)


def test_what_a_crash_left_of_a_released_one_goes_the_next_time(
    system: System, settings: Settings, send: Send, filled: dict[str, str], model: Mapping[str, Any]
) -> None:
    first, _ = _taken(system, send, model, 2)
    snapshots.release(system, keep=1)
    left = settings.data / "snapshots" / first / "events.csv.gz"
    left.write_bytes(b"x")
    with pytest.raises(SnapshotReleased):
        snapshots.open_file(system, first, "events.csv.gz")
    snapshots.release(system, keep=1)
    assert not left.exists()


def test_t32_one_from_the_future_takes_no_place_of_what_is_newer(
    system: System, settings: Settings, send: Send, filled: dict[str, str], model: Mapping[str, Any]
) -> None:
    first, second = _taken(system, send, model, 2)
    (settings.data / "snapshots" / first).rename(settings.data / "snapshots" / "2099-12-31")
    assert snapshots.release(system, keep=1) == ["2099-12-31"]
    assert snapshots.find(system, second).size == system.history.size()


def test_a_release_that_fails_is_tried_again(
    system: System,
    send: Send,
    filled: dict[str, str],
    model: Mapping[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, _ = _taken(system, send, model, 2)
    stop, wrong, release = threading.Event(), list[Exception](), snapshots.release

    def failing_once(*args: Any, **named: Any) -> list[str]:
        if not wrong:
            raise OSError("The disk is full.")
        stop.set()
        return release(*args, **named)

    monkeypatch.setattr(snapshots, "INTERVAL", 0.01)
    monkeypatch.setattr(snapshots, "release", failing_once)
    asked = {"days": 0, "keep": 1, "stop": stop, "tell": wrong.append}
    going = threading.Thread(target=snapshots.keep_up, args=(system,), kwargs=asked, daemon=True)
    going.start()
    going.join(60)
    stop.set()
    assert [str(each) for each in wrong] == ["The disk is full."]
    assert [each.name for each in snapshots.released(system)] == [first]


def test_a_released_one_that_knew_what_is_erased_is_withdrawn(
    system: System, settings: Settings, send: Send, filled: dict[str, str], model: Mapping[str, Any]
) -> None:
    first, _ = _taken(system, send, model, 2)
    snapshots.release(system, keep=1)
    wrong = system.history.version(filled["model"], 2)
    assert wrong is not None
    erasure.erase(system, wrong.id, reason="It named a person")
    with pytest.raises(SnapshotWithdrawn):
        snapshots.record(system, first)
    assert [each.name for each in (settings.data / "snapshots" / first).iterdir()] == ["withdrawn"]
    assert list(snapshots.released(system)) == []


def test_one_with_a_damaged_manifest_is_not_released(
    system: System, settings: Settings, send: Send, filled: dict[str, str], model: Mapping[str, Any]
) -> None:
    first, _ = _taken(system, send, model, 2)
    place = settings.data / "snapshots" / first
    (place / "manifest.json").write_bytes(b"{")
    assert snapshots.release(system, keep=1) == []
    assert (place / "all.nq.gz").exists()
