"""The application on a real socket, and a graph with what a test wants in it."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

import uvicorn

from passport.adapters.oxigraph.graph import OxigraphGraph
from passport.ports import Feeding
from passport.serving import server_options
from passport.settings import Settings
from passport.wiring import Running, build_app


def filled(settings: Settings, graphs: Mapping[str, bytes], *, position: int = 1) -> None:
    """Let the newest generation of the graph have these graphs (N-Triples) beside those that it has."""

    def step(feeding: Feeding) -> None:
        for name, triples in graphs.items():
            feeding.put(name, triples)
        feeding.reach(position, b"test")

    with closing(OxigraphGraph(settings.data / "graph")) as graph:
        assert graph.follow(step)
        graph.publish()


@contextmanager
def served(running: Running, port: int, **options: object) -> Iterator[None]:
    """Serve the application on this port as the program does."""
    given = server_options(running.settings.model_copy(update={"port": port})) | {"log_level": "critical"} | options
    server = uvicorn.Server(uvicorn.Config(build_app(running), **given))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join()
