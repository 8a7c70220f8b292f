"""From settings to a running system, and from a system to the web application."""

import gc
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from passport.adapters.clock import SystemClock
from passport.adapters.files import make_private
from passport.adapters.keys import FileSigner
from passport.adapters.marks import FileMarks
from passport.adapters.media import FileMedia
from passport.adapters.oxigraph.graph import OxigraphGraph
from passport.adapters.oxigraph.pool import QueryPool
from passport.adapters.pictures import PillowPictures
from passport.adapters.search.index import SqliteSearch
from passport.adapters.snapshots import FolderSnapshots
from passport.adapters.sparql.graph import SparqlGraph
from passport.adapters.sparql.queries import SparqlQueries
from passport.adapters.sql.driver import Place
from passport.adapters.sql.store import Store, create_store, has_store, open_store
from passport.adapters.witness import HttpWitness
from passport.codecs import sparql
from passport.codecs.strictjson import Limits
from passport.errors import Malformed, StoreRefused
from passport.model.access import Role
from passport.ports import Graph, Organisation, Queries
from passport.proofs.notes import NoteError, verifier
from passport.published import VOCAB, Published
from passport.service import inbox, log, search, witnessing
from passport.service.organisations import SERVICE, add_organisation
from passport.service.system import System, plans
from passport.settings import Settings, read_settings, signing_secret, witnesses

if TYPE_CHECKING:
    from starlette.types import ASGIApp

KEYS = "keys"
MEDIA = "media"
SEARCH = "search"
SNAPSHOTS = "snapshots"
GRAPH = "graph"

_LATER = 30.0
"""Seconds that a generation of the graph stays after the longest query that may have begun on it."""


@dataclass(frozen=True, slots=True)
class Running:
    """An open system with what must be closed after it."""

    system: System
    store: Store
    settings: Settings

    def close(self) -> None:
        """Close what is open."""
        self.system.queries.close()
        self.system.graph.close()
        self.system.search.close()
        self.store.close()


def store_place(settings: Settings) -> Place:
    """Where the store is: the database that is set, or else the data folder."""
    return settings.database or settings.data


def store_name(settings: Settings) -> str:
    """The store's place in words, without a password."""
    return str(settings.data) if settings.database is None else "the database that PASSPORT_DATABASE names"


def create_system(settings: Settings) -> Running:
    """Create a store for the base URL that is set, with the service's own organisation, key and folders.

    Raises ``Malformed`` without a base URL or signing secret, ``StoreRefused`` when there is a store already.
    """
    if settings.base_url is None:
        raise Malformed("A new store needs a base URL: it stands in every passport and cannot change later.")
    if signing_secret(settings) is None:
        raise Malformed("A new store needs a signing secret of at least 32 characters.")
    make_private(settings.data)
    place = store_place(settings)
    if not has_store(place):
        create_store(place, base_url=settings.base_url).close()
    running = open_system(settings)
    if running.system.parties.organisation(SERVICE) is not None:
        running.store.close()
        raise StoreRefused(f"There is a store in {store_name(settings)} already.")
    add_organisation(
        running.system, Organisation(slug=SERVICE, name="This service", role=Role.ADMINISTRATOR, kind="service")
    )
    return running


def open_system(settings: Settings) -> Running:
    """Open the store and wire the system around it. Raises ``StoreRefused`` as ``open_store`` says."""
    store = open_store(store_place(settings), base_url=settings.base_url)
    published = Published.load()
    system = System(
        base=store.base_url,
        history=store.history,
        parties=store.parties,
        media=FileMedia(settings.data / MEDIA),
        pictures=PillowPictures(),
        search=SqliteSearch(settings.data / SEARCH, stamp=search.stamp(published)),
        queries=open_queries(settings, store.base_url),
        graph=open_graph(settings, store.base_url),
        signer=FileSigner(settings.data / KEYS, signing_secret(settings)),
        clock=SystemClock(),
        published=published,
        limits=Limits(size=settings.body_bytes, documents=settings.documents),
        plans=plans(published),
        marks=FileMarks(settings.data / KEYS),
        snapshots=FolderSnapshots(settings.data / SNAPSHOTS),
        licence=settings.data_licence,
        witnesses=tuple(_witness(*each) for each in witnesses(settings)),
    )
    return Running(system, store, settings)


def open_graph(settings: Settings, base: str) -> Graph:
    """Where the public data goes as linked data: a server that is set, or else the data folder."""
    folder = settings.data / GRAPH
    if settings.graph is None:
        return OxigraphGraph(folder, grace=settings.query_seconds + _LATER)
    query, _, update = settings.graph.partition(" ")
    ours = (f"{base}/", VOCAB)
    return SparqlGraph(query, update or query, folder=folder, state=_state(base), ours=ours)


def open_queries(settings: Settings, base: str) -> Queries:
    """Where strangers' questions go; no process is started before the first one."""
    ours = (f"{base}/", VOCAB)
    if settings.graph is None:
        return QueryPool(
            settings.data / GRAPH,
            guard=partial(sparql.check, limits=replace(sparql.EMBEDDED, sources=ours)),
            processes=settings.query_processes,
            seconds=settings.query_seconds,
            memory=settings.query_memory,
            size=settings.query_bytes,
            per_minute=settings.queries_per_minute,
        )
    strict = replace(sparql.STRICT, sources=ours)
    return SparqlQueries(
        settings.graph.partition(" ")[0],
        state=_state(base),
        guard=partial(sparql.check, limits=strict),
        together=settings.query_processes,
        seconds=settings.query_seconds,
        size=settings.query_bytes,
        per_minute=settings.queries_per_minute,
    )


def _state(base: str) -> str:
    """The named graph on a server in which the follower says how far it is."""
    return f"{base}/sparql#state"


def _witness(address: str, vkey: str) -> HttpWitness:
    try:
        verifier(vkey)
    except NoteError as wrong:
        raise Malformed(f"The vkey of the witness at {address} cannot be read: {wrong}.") from wrong
    return HttpWitness(address, vkey)


@contextmanager
def opened(settings: Settings) -> Iterator[Running]:
    """An open system for as long as the block lasts."""
    running = open_system(settings)
    try:
        yield running
    finally:
        running.close()


def new_secret() -> str:
    """A fresh signing secret of 256 random bits."""
    return secrets.token_urlsafe(32)


def build_app(running: Running) -> "ASGIApp":
    """The web application of an open system."""
    from passport.web.app import create_app
    from passport.web.pages import Pages

    system = running.system
    return create_app(system, Pages(system.published, base=system.base), settings=running.settings)


_ALLOCATED = 10_000
"""So many more objects make the garbage collector look at the young ones: about a hundred documents on their way."""


def application() -> "ASGIApp":
    """The web application as a server process makes it, from the environment alone."""
    running = open_system(read_settings(os.environ))
    keep_up(running)
    made = build_app(running)
    settle()
    return made


def settle() -> None:
    """Tell the garbage collector that what is loaded by now stays, and that documents come by the thousand.

    It would look through the published files and the compiled schemas again and again while a submission is taken in.
    For processes that serve, once; what is wired up in them by then is never freed.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATED)


def keep_up(running: Running) -> Event:
    """Let the search index and the checkpoints follow the log, and the inbox forget, beside this process's other work.

    Until the event that it gives is set.
    """
    from passport.web.guard import json_log

    system, logger = running.system, json_log(running.settings.log_level)
    stop = Event()
    followers: dict[str, Callable[..., None]] = {
        "search index": search.keep_up,
        "log": log.keep_up,
        "inbox": partial(inbox.keep_up, days=running.settings.inbox_days),
    }
    if system.witnesses:
        followers["witnesses"] = witnessing.keep_up
    for name, follow in followers.items():

        def tell(wrong: Exception, name: str = name) -> None:
            logger.error(name, exc_info=wrong)

        Thread(target=follow, args=(system,), kwargs={"stop": stop, "tell": tell}, daemon=True).start()
    return stop


def exported(settings: Settings) -> Mapping[str, str]:
    """The settings as environment variables, for server processes that are started anew."""
    values: dict[str, Any] = settings.model_dump(exclude_none=True)
    return {f"PASSPORT_{name.upper()}": str(value) for name, value in values.items()}
