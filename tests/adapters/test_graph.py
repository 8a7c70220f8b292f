"""One contract of the graph for each way to keep it (``passport.ports.Graph``), and what the folder promises."""

import multiprocessing
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, Store, parse

from passport.adapters.oxigraph.generations import current, numbers, path_of
from passport.adapters.oxigraph.graph import OxigraphGraph
from passport.adapters.sparql.graph import SparqlGraph
from passport.errors import StoreFailing
from passport.ports import Feeding, Graph

BASE = "https://passport.example"
A, B, C = (f"{BASE}/passports/{code}" for code in "ABC")
SECRET = "a text that is to be erased"

Open = Callable[[], Graph]
Seen = Callable[[], dict[str, set[str]]]
Start = Callable[[], multiprocessing.process.BaseProcess]


def told(subject: str, *texts: str) -> bytes:
    """Statements about one thing, as N-Triples."""
    return b"".join(f'<{subject}> <{BASE}/says> "{text}" .\n'.encode() for text in texts)


def seen_in(folder: Path) -> dict[str, set[str]]:
    """What queries see: the texts by named graph."""
    generation = current(folder)
    if generation is None:
        return {}
    found: dict[str, set[str]] = {}
    for quad in Store.read_only(str(path_of(folder, generation.number))):
        found.setdefault(quad.graph_name.value, set()).add(getattr(quad.object, "value", ""))
    assert generation.quads == sum(len(texts) for texts in found.values())
    return found


class Kept:
    """A way to keep the graph: how to open it, and what queries see of it."""

    def __init__(self, open_graph: Open, seen: Seen) -> None:
        self._open, self.seen, self._graphs = open_graph, seen, list[Graph]()

    def open(self) -> Graph:
        self._graphs.append(self._open())
        return self._graphs[-1]

    def close(self) -> None:
        for graph in self._graphs:
            graph.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "graph"


def on_server(server: Any, folder: Path) -> Kept:
    """On a SPARQL server."""
    state = f"{BASE}/sparql#state"

    def seen() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for quad in parse("\n".join(server.quads()).encode(), format=RdfFormat.N_QUADS):
            if not quad.graph_name.value.startswith(state):
                found.setdefault(quad.graph_name.value, set()).add(getattr(quad.object, "value", ""))
        return found

    return Kept(lambda: SparqlGraph(server.query, server.update, folder=folder, state=state), seen)


@pytest.fixture(params=["folder", "server"])
def kept(request: pytest.FixtureRequest, folder: Path) -> Iterator[Kept]:
    if request.param == "server":
        made = on_server(request.getfixturevalue("sparql_server"), folder)
    else:
        made = Kept(lambda: OxigraphGraph(folder), lambda: seen_in(folder))
    with closing(made):
        yield made


def step(position: int, mark: bytes = b"m", /, **graphs: bytes | None) -> Callable[[Feeding], None]:
    """A step that puts or removes graphs ``a``, ``b``, ``c``."""

    def act(feeding: Feeding) -> None:
        for name, triples in graphs.items():
            address = f"{BASE}/passports/{name.upper()}"
            if triples is None:
                feeding.remove(address)
            else:
                feeding.put(address, triples)
        feeding.reach(position, mark)

    return act


def where(graph: Graph) -> tuple[int, bytes]:
    """Where the writer is."""
    found: list[tuple[int, bytes]] = []
    assert graph.follow(lambda feeding: found.append((feeding.position, feeding.mark)))
    return found[0]


def test_what_was_published_is_seen_and_position_and_mark_are_kept(kept: Kept) -> None:
    graph = kept.open()
    assert graph.position() == 0
    assert where(graph) == (0, b"")
    assert graph.follow(step(3, b"three", a=told(A, "one", "two"), b=told(B, "three")))
    graph.publish()
    assert (graph.position(), kept.seen()) == (3, {A: {"one", "two"}, B: {"three"}})
    graph.close()
    again = kept.open()
    assert where(again) == (3, b"three")
    assert again.follow(step(5, b"five", a=told(A, "two", "four"), b=None, c=told(C, "new")))
    again.publish()
    assert (again.position(), kept.seen()) == (5, {A: {"two", "four"}, C: {"new"}})


def test_a_graph_that_is_put_twice_in_the_first_step_holds_what_was_said_last(kept: Kept) -> None:
    graph = kept.open()

    def first(feeding: Feeding) -> None:
        feeding.put(A, told(A, "old", "both"))
        feeding.put(B, told(B, "gone"))
        feeding.put(A, told(A, "both", "new"))
        feeding.remove(B)
        feeding.remove(C)
        feeding.put(C, b"")
        feeding.reach(1, b"x")

    assert graph.follow(first)
    graph.publish()
    assert kept.seen() == {A: {"both", "new"}}


def test_texts_with_anything_in_them_come_through(kept: Kept) -> None:
    triples = (
        b'# not a statement .\n<https://e.x/s> <https://e.x/p>   "a . \\n b ." .\n\n'
        b'<https://e.x/s> <https://e.x/p> "\\" <https://e.x/g> . " . # and a remark\n'
        b'<https://e.x/s> <https://e.x/p> "last"@sv .'
    )
    graph = kept.open()
    for name in (A, B):
        assert graph.follow(lambda feeding, name=name: feeding.put(name, triples))
        graph.publish()
    texts = {"a . \n b .", '" <https://e.x/g> . ', "last"}
    assert kept.seen() == {A: texts, B: texts}


def test_what_leads_to_something_is_named(kept: Kept) -> None:
    graph = kept.open()
    made_to = f"<{B}> <{BASE}/model> <{A}> .\n".encode()
    found: list[Any] = []

    def look(feeding: Feeding) -> None:
        found.append(sorted(feeding.naming(A)))

    assert graph.follow(step(1, a=told(A, "a model"), b=made_to))
    assert graph.follow(look)
    graph.publish()
    assert graph.follow(step(2, c=made_to))
    assert graph.follow(look)
    assert found == [[B], [B, C]]


def test_queries_see_the_old_graph_until_the_new_one_is_published(kept: Kept) -> None:
    graph = kept.open()
    graph.follow(step(3, a=told(A, "one"), b=told(B, "two")))
    graph.publish()
    graph.follow(lambda feeding: feeding.clear())
    assert where(graph) == (0, b"")
    graph.follow(step(2, a=told(A, "anew")))
    assert kept.seen()[B] == {"two"}
    graph.publish()
    assert (graph.position(), kept.seen()) == (2, {A: {"anew"}})


def test_a_step_that_fails_is_taken_again(kept: Kept) -> None:
    graph = kept.open()
    graph.follow(step(1, a=told(A, "one")))
    graph.publish()

    def failing(feeding: Feeding) -> None:
        feeding.put(B, told(B, "half"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        graph.follow(failing)
    assert where(graph) == (1, b"m")
    assert graph.follow(step(2, b=told(B, "whole")))
    graph.publish()
    assert kept.seen() == {A: {"one"}, B: {"whole"}}


def test_there_is_one_writer_until_it_is_closed(kept: Kept) -> None:
    first, second = kept.open(), kept.open()
    assert first.follow(step(1, a=told(A, "one")))
    assert not second.follow(step(2, a=told(A, "two")))
    assert not second.follow(step(2, a=told(A, "two")), wait=0.1)
    first.publish()
    first.close()
    assert second.follow(step(2, b=told(B, "two")), wait=5)
    second.publish()
    assert kept.seen() == {A: {"one"}, B: {"two"}}


def test_any_process_may_ask_for_the_graph_to_be_made_anew(kept: Kept) -> None:
    writer, other = kept.open(), kept.open()
    writer.follow(step(4, a=told(A, "one")))
    writer.publish()
    other.begin_anew()
    assert kept.seen() == {A: {"one"}}
    assert where(writer) == (0, b"")
    writer.follow(step(4, b=told(B, "anew")))
    writer.publish()
    assert (where(writer), kept.seen()) == ((4, b"m"), {B: {"anew"}})


# What follows is about the folder.


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
        time.sleep(60)


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
    assert graph.follow(step(4, c=told(C, "more")), wait=5)
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
