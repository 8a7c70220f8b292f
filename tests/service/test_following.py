"""The graph follows the log: catching up, beginning anew, what inherits, erasure, and what organisations change."""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from pyoxigraph import RdfFormat, Store

from passport.adapters.oxigraph.generations import current, path_of
from passport.adapters.oxigraph.graph import OxigraphGraph
from passport.model.access import Caller, Role, Scope
from passport.model.naming import id_at
from passport.ports import Organisation
from passport.service import following, linked
from passport.service.erasure import erase
from passport.service.following import Follower, keep_up, lag, rebuild
from passport.service.organisations import add_organisation, hide_name, show_name
from passport.service.pacing import Stopped
from passport.service.system import System
from passport.service.withdrawal import withdraw

pytestmark = pytest.mark.usefixtures("few")

CORRECTION = {"revision": {"revisionType": "correction", "reason": [{"value": "Weighed again", "language": "en"}]}}
Graphs = dict[str, set[str]]
Sending = Callable[..., Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "followed"


@pytest.fixture
def system(system: System, folder: Path) -> Iterator[System]:
    graph = OxigraphGraph(folder)
    yield replace(system, graph=graph)
    graph.close()


def seen(folder: Path) -> Graphs:
    """The statements that queries see, by graph."""
    generation = current(folder)
    assert generation is not None
    quads = Store.read_only(str(path_of(folder, generation.number))).dump(format=RdfFormat.N_QUADS)
    found: Graphs = {}
    for line in (quads or b"").decode().removesuffix("\n").split("\n"):
        triple, _, name = line.removesuffix("> .").rpartition(" <")
        found.setdefault(name, set()).add(f"{triple} .")
    return found


def wanted(system: System) -> Graphs:
    """What they should see: everything made anew, without any store."""
    codes = [each.code for each in system.history.products(level=None, after=None, limit=1000)]
    graphs = {linked.graph_name(system, code): linked.graph_of(system, code) for code in codes}
    graphs |= linked.shared(system)
    return {name: set(triples.decode().removesuffix("\n").split("\n")) for name, triples in graphs.items() if triples}


def check(system: System, folder: Path, follower: Follower | None = None) -> Follower:
    """Follow to the end; queries then see exactly what is wanted."""
    follower = follower or Follower(system)
    assert follower.step()
    while follower.behind > 0:
        assert follower.step()
    follower.publish()
    assert seen(folder) == wanted(system)
    assert (lag(system), follower.due) == (0, False)
    return follower


@pytest.fixture
def looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the organisations with each step."""
    monkeypatch.setattr(following, "LOOK", 0.0)


def test_an_empty_log_is_a_graph_too(system: System, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert lag(system) == 0
    follower = check(system, folder)
    made = current(folder)
    assert made is not None
    assert made.position == 0
    assert follower.step()
    assert not follower.due
    other = Follower(system)
    assert other.step()


def test_what_comes_is_seen_with_its_life(
    system: System, folder: Path, send: Sending, chair: str, act: Sending
) -> None:
    follower = check(system, folder)
    act("city", {"eventType": "inspected", "products": [chair], "condition": {"grade": "B"}})
    assert lag(system) > 0
    check(system, folder, follower)
    withdraw(system, chair, reason="A mistake", caller=Caller("", "city", Role.OWNER, frozenset(Scope)))
    check(system, folder, follower)


def test_the_graph_that_is_caught_up_is_the_one_that_is_made_anew(
    system: System,
    folder: Path,
    send: Sending,
    act: Sending,
    chair: str,
    model: dict[str, Any],
    piece: dict[str, Any],
    legacy: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(following, "STEP", 2)
    follower = check(system, folder)
    send(model, piece)
    send(legacy, by="town")
    act("city", {"eventType": "repaired", "products": [chair], "repairTypes": ["re-glue"]})
    check(system, folder, follower)
    caught_up = seen(folder)
    assert rebuild(system, progress=lambda _done, _of: None)
    assert seen(folder) == caught_up


def test_pieces_follow_corrections_of_their_model(
    system: System, folder: Path, send: Sending, model: dict[str, Any], piece: dict[str, Any], chair: str
) -> None:
    code = send(model, piece).issued[1].code
    follower = check(system, folder)
    before = seen(folder)[linked.graph_name(system, code)]
    heavier = {**model["components"][1], "mass": 3}
    send({**model, "netWeight": 8.4, "components": [model["components"][0], heavier], **CORRECTION})
    check(system, folder, follower)
    assert seen(folder)[linked.graph_name(system, code)] != before
    check(system, folder, Follower(system))


def test_pieces_follow_their_batch(system: System, folder: Path, send: Sending, model: Any, piece: Any) -> None:
    batch = {
        "granularity": "batch",
        "gtin": model["gtin"],
        "batchNumber": "LOT-1",
        "modelPassport": model["gtin"],
        "materials": [{"materialClass": "metal-steel", "massShare": 100}],
    }
    sent = send(model, batch).issued
    made = {**piece, "batchPassport": sent[1].code}
    code = send(made).issued[0].code
    follower = check(system, folder)
    before = seen(folder)[linked.graph_name(system, code)]
    send({**batch, "materials": [{"materialClass": "metal-aluminium", "massShare": 100}], **CORRECTION})
    check(system, folder, follower)
    assert seen(folder)[linked.graph_name(system, code)] != before


def test_t07_what_is_erased_is_in_no_file_of_the_graph(system: System, folder: Path, act: Sending, chair: str) -> None:
    words = "spilled by Anna Andersson of room 12"
    event = {
        "eventType": "maintained",
        "products": [chair],
        "careAction": [{"value": words, "language": "en"}],
    }
    follower = check(system, folder)
    done = act("city", event).recorded[0].event
    check(system, folder, follower)

    def files() -> bytes:
        return b"".join(each.read_bytes() for each in folder.rglob("*") if each.is_file())

    assert words.encode() in files(), "or else nothing is shown here"
    erase(system, id_at(done), reason="A person was named")
    check(system, folder, follower)
    assert words.encode() not in files()


def test_another_log_or_another_form_begins_anew(
    system: System, folder: Path, act: Sending, chair: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(system, folder)
    assert system.graph.follow(lambda feeding: feeding.reach(feeding.position, bytes(64)))
    system.graph.publish()
    told: list[int] = []
    follower = Follower(system, progress=lambda done, of: told.append(of - done))
    check(system, folder, follower)
    assert told[-1] == 0
    told.clear()
    monkeypatch.setattr(linked, "FORM", "another")
    check(system, folder, Follower(system, progress=lambda done, of: told.append(of - done)))
    assert told
    told.clear()
    check(system, folder, Follower(system, progress=lambda done, of: told.append(of - done)))
    assert not told
    assert system.graph.follow(lambda feeding: feeding.reach(10_000, feeding.mark))
    check(system, folder, Follower(system, progress=lambda done, of: told.append(of - done)))
    assert told


def test_far_behind_it_begins_anew(
    system: System, folder: Path, act: Sending, chair: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(system, folder)
    size = system.history.size()
    while system.history.size() < 3 * size:
        act("city", {"eventType": "inspected", "products": [chair], "condition": {"grade": "B"}})
    monkeypatch.setattr(following, "FAR", size)
    told: list[int] = []
    check(system, folder, Follower(system, progress=lambda done, of: told.append(done)))
    assert told


def test_t07_when_a_name_is_not_shown_any_more_all_graphs_are_made_anew(
    system: System, folder: Path, chair: str, parties: None, looking: None
) -> None:
    told: list[int] = []
    follower = check(system, folder, Follower(system, progress=lambda done, _: told.append(done)))
    for change in (hide_name, show_name):
        told.clear()
        change(system, "depot")
        check(system, folder, follower)
        assert told
    hide_name(system, "depot")
    told.clear()
    check(system, folder, Follower(system, progress=lambda done, _: told.append(done)))
    assert told, "also when nobody followed meanwhile"
    assert len(list(folder.glob("gen-*"))) == 1, "where the name is still told"


def test_a_new_organisation_is_told_without_beginning_anew(
    system: System, folder: Path, chair: str, looking: None
) -> None:
    told: list[int] = []
    follower = check(system, folder, Follower(system, progress=lambda done, _: told.append(done)))
    told.clear()
    add_organisation(system, Organisation("newcomer", "Newcomer AB", Role.SUPPLIER, kind="maker"))
    check(system, folder, follower)
    assert not told
    assert "Newcomer AB" in str(seen(folder)[f"{system.base}/organisations"])


def test_a_deleted_folder_is_filled_again(system: System, folder: Path, chair: str, looking: None) -> None:
    follower = check(system, folder)
    shutil.rmtree(folder)
    check(system, folder, follower)
    for name in ("CURRENT", "store-*", "gen-*"):
        for each in folder.glob(name):
            if each.is_dir():
                shutil.rmtree(each)
            else:
                each.unlink()
        assert follower.step()
        assert follower.due
        follower.publish()
        assert seen(folder) == wanted(system)


def test_one_of_two_follows(system: System, folder: Path, chair: str) -> None:
    check(system, folder)
    other = replace(system, graph=OxigraphGraph(folder))
    assert not Follower(other).step()
    assert not rebuild(other, progress=lambda _done, _of: None)
    check(system, folder)
    number = current(folder)
    assert number is not None


def test_a_step_ends_when_it_is_told_to(system: System, folder: Path, chair: str) -> None:
    stop = Event()
    follower = Follower(system, stop=stop)
    stop.set()
    with pytest.raises(Stopped):
        follower.step()
    stop.clear()
    check(system, folder, follower)


@pytest.fixture
def kept_up(system: System) -> Iterator[list[Exception]]:
    stop, wrong = Event(), list[Exception]()
    thread = Thread(target=keep_up, args=(system,), kwargs={"stop": stop, "tell": wrong.append})
    thread.start()
    yield wrong
    stop.set()
    thread.join()


def test_what_comes_is_seen_soon_and_generations_are_few(
    system: System, folder: Path, act: Sending, chair: str, kept_up: list[Exception], until: Any
) -> None:
    until(lambda: current(folder) is not None and lag(system) == 0)
    first = current(folder)
    assert first is not None
    started = time.monotonic()
    for _ in range(12):
        act("city", {"eventType": "inspected", "products": [chair], "condition": {"grade": "B"}})
        time.sleep(0.05)
    until(lambda: lag(system) == 0)
    last = current(folder)
    assert last is not None
    assert last.number - first.number <= 2 + (time.monotonic() - started) / following.PACE
    until(lambda: seen(folder) == wanted(system))
    assert kept_up == []


def test_a_folder_deleted_under_it_is_made_again(
    system: System, folder: Path, chair: str, kept_up: list[Exception], until: Any, looking: None
) -> None:
    until(lambda: current(folder) is not None and lag(system) == 0)
    shutil.rmtree(folder, ignore_errors=True)
    until(lambda: current(folder) is not None and lag(system) == 0 and seen(folder) == wanted(system))
    assert kept_up == []


def test_what_goes_wrong_is_told_and_tried_again(
    system: System, folder: Path, chair: str, monkeypatch: pytest.MonkeyPatch, until: Any
) -> None:
    monkeypatch.setattr(following, "RETRY", 0.05)
    folder.write_text("no folder")
    stop, wrong = Event(), list[Exception]()
    thread = Thread(target=keep_up, args=(system,), kwargs={"stop": stop, "tell": wrong.append})
    thread.start()
    try:
        until(lambda: wrong)
        folder.unlink()
        until(lambda: current(folder) is not None and lag(system) == 0)
        assert seen(folder) == wanted(system)
    finally:
        stop.set()
        thread.join()
