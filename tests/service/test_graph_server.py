"""The graph on a SPARQL server, fed by the follower: killed in the middle, and equal to the one in a folder."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, Store

from passport.adapters.oxigraph.generations import current, path_of
from passport.adapters.oxigraph.graph import OxigraphGraph
from passport.adapters.sparql.graph import SparqlGraph
from passport.errors import NoGraph
from passport.service import following
from passport.service.following import Follower
from passport.service.system import System

STATE = "https://passport.example/sparql#state"


@pytest.fixture
def on_server(system: System, sparql_server: Any, tmp_path: Path) -> Iterator[System]:
    """The same system with its graph on a SPARQL server."""
    graph = SparqlGraph(sparql_server.query, sparql_server.update, folder=tmp_path / "server", state=STATE)
    yield replace(system, graph=graph)
    graph.close()


def follow(system: System) -> None:
    follower = Follower(system)
    while follower.step() and follower.behind:
        pass
    follower.publish()


def embedded(system: System, folder: Path) -> set[str]:
    """What the graph in a folder holds, as lines of N-Quads."""
    with closing(OxigraphGraph(folder)) as graph:
        follow(replace(system, graph=graph))
    generation = current(folder)
    assert generation is not None
    quads = Store.read_only(str(path_of(folder, generation.number))).dump(format=RdfFormat.N_QUADS)
    return set((quads or b"").decode().removesuffix("\n").split("\n"))


def served(server: Any) -> set[str]:
    """What a server holds but for how far it was fed, as lines of N-Quads."""
    return {each for each in server.quads() if not each.endswith(f" <{STATE}> .")}


def test_it_holds_what_the_graph_in_a_folder_holds(
    on_server: System, system: System, sparql_server: Any, chair: str, tmp_path: Path
) -> None:
    follow(on_server)
    whole = embedded(system, tmp_path / "folder")
    assert len(whole) > 1000
    assert any(each.endswith(f"/{chair}> .") for each in whole)
    assert served(sparql_server) == whole
    assert on_server.graph.position() == system.history.size()


@pytest.mark.usefixtures("few")
def test_f11_a_server_that_is_killed_in_the_middle_is_fed_on(
    on_server: System,
    system: System,
    sparql_server: Any,
    grow: Callable[[], Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    grow()
    follow(on_server)
    grow()
    grow()
    monkeypatch.setattr(following, "STEP", 1)
    follower = Follower(on_server)
    assert follower.step()
    reached = on_server.graph.position()
    assert 0 < reached < system.history.size()
    sparql_server.kill()
    with pytest.raises(NoGraph):
        follower.step()
    assert grow() is not None, "what is recorded does not wait for the graph"
    sparql_server.start()
    assert on_server.graph.position() == reached
    while follower.behind or on_server.graph.position() < system.history.size():
        assert follower.step()
    follower.publish()
    assert served(sparql_server) == embedded(system, tmp_path / "folder")


@pytest.mark.usefixtures("few")
def test_it_is_made_anew_with_the_same_statements(on_server: System, sparql_server: Any, chair: str) -> None:
    follow(on_server)
    before = served(sparql_server)
    sparql_server.send("INSERT DATA { GRAPH <https://passport.example/passports/NOBODY> { <a:a> <a:b> <a:c> } }")
    assert following.rebuild(on_server, progress=lambda done, of: None)
    assert served(sparql_server) == before
