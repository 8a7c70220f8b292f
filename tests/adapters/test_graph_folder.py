"""What the graph in a folder promises: generations, damage, one writer, and files in which nothing erased is left."""

import multiprocessing
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pyoxigraph import Store

from passport.adapters.oxigraph.generations import current, numbers, path_of
from passport.adapters.oxigraph.graph import OxigraphGraph
from passport.errors import StoreFailing
from tests.adapters.feeding import A, B, C, seen_in, step, told, where

SECRET = "a text that is to be erased"
Start = Callable[[], multiprocessing.process.BaseProcess]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "graph"


@pytest.fixture
def graph(folder: Path) -> Iterator[OxigraphGraph]:
    with closing(OxigraphGraph(folder)) as made:
        yield made


def _fill(graph: OxigraphGraph) -> None:
    assert graph.follow(step(3, b"three", a=told(A, "one", "a longer text of A"), b=told(B, "two")))
    graph.publish()


def test_asking_makes_no_folder(graph: OxigraphGraph, folder: Path) -> None:
    assert graph.position() == 0
    assert not folder.exists()


def test_a_deleted_folder_is_made_anew(graph: OxigraphGraph, folder: Path) -> None:
    _fill(graph)
    old = current(folder)
    shutil.rmtree(folder)
    assert graph.position() == 0
    assert where(graph) == (0, b"")
    _fill(graph)
    new = current(folder)
    assert old is not None
    assert new is not None
    assert new.number > old.number, "a reader that still has the old one must not take the new one for it"
    assert seen_in(folder)[B] == {"two"}


def test_a_folder_that_is_deleted_before_it_is_published_is_made_anew(graph: OxigraphGraph, folder: Path) -> None:
    _fill(graph)
    graph.follow(step(4, b=told(B, "changed")))
    shutil.rmtree(folder)
    graph.publish()
    assert where(graph) == (0, b"")
    _fill(graph)
    assert seen_in(folder)[B] == {"two"}


def _garbled(path: Path) -> None:
    for each in path.glob("*.sst"):
        data = bytearray(each.read_bytes())
        data[10:-200:7] = bytes(value ^ 0x55 for value in data[10:-200:7])
        each.unlink()
        each.write_bytes(data)


def _cut(pattern: str) -> Callable[[Path], None]:
    def act(path: Path) -> None:
        for each in path.glob(pattern):
            data = each.read_bytes()
            each.unlink()
            each.write_bytes(data[: len(data) // 2])

    return act


def _without(pattern: str) -> Callable[[Path], None]:
    def act(path: Path) -> None:
        for each in path.glob(pattern):
            each.unlink()

    return act


HARM = {
    "garbled": _garbled,
    "cut": _cut("*.sst"),
    "cut manifest": _cut("MANIFEST*"),
    "cut progress": _cut("PROGRESS"),
    "no files": _without("*.sst"),
    "no manifest": _without("MANIFEST*"),
    "no CURRENT": _without("CURRENT"),
    "no progress": _without("PROGRESS"),
    "progress alone": _without("[!P]*"),
    "nothing": shutil.rmtree,
}


@pytest.mark.parametrize("harm", HARM)
def test_a_damaged_store_begins_anew(folder: Path, harm: str) -> None:
    with closing(OxigraphGraph(folder)) as graph:
        _fill(graph)
    for store in folder.glob("store-*"):
        HARM[harm](store)
    with closing(OxigraphGraph(folder)) as graph:
        assert seen_in(folder)[B] == {"two"}, "queries still see what was there"
        assert where(graph) == (0, b"")
        _fill(graph)
        assert seen_in(folder)[B] == {"two"}
        assert len(list(folder.glob("store-*"))) == 1


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"number": 1}', b'{"number": "x"}', b"\xff\x00"])
def test_what_names_no_generation_is_as_none(graph: OxigraphGraph, folder: Path, content: bytes) -> None:
    _fill(graph)
    (folder / "CURRENT").write_bytes(content)
    assert current(folder) is None
    assert graph.position() == 0
    graph.publish()
    assert graph.position() == 3


def test_a_generation_that_is_gone_is_none(graph: OxigraphGraph, folder: Path) -> None:
    _fill(graph)
    for number in list(numbers(folder)):
        shutil.rmtree(path_of(folder, number))
    assert graph.position() == 0
    graph.publish()
    assert seen_in(folder)[B] == {"two"}


def test_old_generations_stay_for_their_readers_and_no_longer(folder: Path) -> None:
    with closing(OxigraphGraph(folder, grace=3600)) as graph:
        for position in range(1, 4):
            graph.follow(step(position, a=told(A, str(position))))
            graph.publish()
        first, *_, last = sorted(numbers(folder))
        assert last - first == 2
        reader = Store.read_only(str(path_of(folder, first)))
    for number in range(first, last + 1):
        os.utime(path_of(folder, number), (1e9, 1e9))
    with closing(OxigraphGraph(folder, grace=60)) as graph:
        graph.follow(step(4, a=told(A, "4")))
        assert list(numbers(folder)) == [last]
        graph.publish()
        assert len(list(numbers(folder))) == 2, "the one that was just replaced has its grace still"
    assert [quad.object.value for quad in reader] == ["1"]


def _bytes_of(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file())


def test_what_was_removed_stays_in_the_files_unless_they_are_scrubbed(graph: OxigraphGraph, folder: Path) -> None:
    _fill(graph)
    graph.follow(step(4, c=told(C, SECRET)))
    graph.publish()
    graph.follow(step(5, c=told(C, "erased")))
    graph.publish()
    assert SECRET.encode() in _bytes_of(folder), "which is why there is scrubbing"
    graph.follow(step(6))
    graph.publish(scrub=True)
    assert SECRET.encode() not in _bytes_of(folder)
    assert seen_in(folder) == {A: {"one", "a longer text of A"}, B: {"two"}, C: {"erased"}}
    assert (where(graph), len(list(numbers(folder)))) == ((6, b"m"), 1)


def test_scrubbing_after_it_was_opened_again_and_after_a_new_beginning(folder: Path) -> None:
    with closing(OxigraphGraph(folder)) as graph:
        graph.follow(step(4, a=told(A, "stays"), c=told(C, SECRET)))
        graph.publish()
        graph.follow(step(5, c=None))
        graph.publish()
    with closing(OxigraphGraph(folder)) as graph:
        graph.follow(step(6))
        graph.publish(scrub=True)
        assert SECRET.encode() not in _bytes_of(folder)
        graph.follow(step(7, c=told(C, SECRET)))
        graph.publish()
        graph.follow(lambda feeding: feeding.clear())
        graph.follow(step(8, b=told(B, "anew")))
        graph.publish(scrub=True)
        assert SECRET.encode() not in _bytes_of(folder)
        assert seen_in(folder) == {B: {"anew"}}


def _follow_in_a_process(folder: Path) -> None:
    with closing(OxigraphGraph(folder)) as graph:
        _fill(graph)
        time.sleep(3600)


@pytest.fixture
def other_writer(folder: Path) -> Iterator[Start]:
    """Start a process that fills the graph and then stays its writer."""
    processes: list[multiprocessing.process.BaseProcess] = []

    def start() -> multiprocessing.process.BaseProcess:
        process = multiprocessing.get_context("spawn").Process(target=_follow_in_a_process, args=(folder,))
        processes.append(process)
        process.start()
        while current(folder) is None:
            assert process.is_alive()
            time.sleep(0.05)
        return process

    yield start
    for process in processes:
        process.kill()
        process.join()
        process.close()


def test_who_wrote_to_a_deleted_folder_is_not_the_writer_of_the_new_one(
    folder: Path, graph: OxigraphGraph, other_writer: Start
) -> None:
    _fill(graph)
    shutil.rmtree(folder)
    other_writer()
    assert not graph.follow(step(9))
    graph.publish()
    assert graph.position() == 3


def test_whoever_is_killed_is_the_writer_no_longer(folder: Path, graph: OxigraphGraph, other_writer: Start) -> None:
    process = other_writer()
    assert not graph.follow(step(4))
    process.kill()
    assert graph.follow(step(4, c=told(C, "more")), wait=120)
    graph.publish()
    assert seen_in(folder) == {A: {"one", "a longer text of A"}, B: {"two"}, C: {"more"}}


def test_a_folder_that_cannot_be_written_is_told_and_tried_again(graph: OxigraphGraph, folder: Path) -> None:
    _fill(graph)
    graph.follow(step(4, b=told(B, "more")))
    (folder / "CURRENT").unlink()
    (folder / "CURRENT").mkdir()
    with pytest.raises(StoreFailing):
        graph.publish()
    (folder / "CURRENT").rmdir()
    assert where(graph) == (4, b"m")
    graph.publish()
    assert seen_in(folder)[B] == {"more"}
