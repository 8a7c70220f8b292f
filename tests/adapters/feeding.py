"""Steps that feed a graph with small texts, and what queries then see in its folder."""

from collections.abc import Callable
from pathlib import Path

from pyoxigraph import Store

from passport.adapters.oxigraph.generations import current, path_of
from passport.ports import Feeding, Graph

BASE = "https://passport.example"
A, B, C = (f"{BASE}/passports/{code}" for code in "ABC")


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
