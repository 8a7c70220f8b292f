"""One store with something of everything in it, one application, and a client that speaks raw ASGI."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from anyio import to_thread

from passport.adapters.sql.store import DATABASE
from passport.adapters.sql.tables import metadata
from passport.model.access import Role, Scope
from passport.ports import Organisation
from passport.service.organisations import add_organisation, create_token
from passport.service.system import System
from passport.settings import Settings
from passport.web.app import create_app
from passport.web.guard import Application
from passport.web.pages import Pages
from passport.wiring import create_system, open_system

BASE = "https://passport.example"
SECRET = "a signing secret for tests, long enough"
GTIN = "09526543000013"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000002000000020800000000"
    "57dd52f80000000e49444154789c633cc1c0c4c0000003fa00cc800a94450000000049454e44ae426082"
)
"""A grey picture of four pixels."""

MODEL: Mapping[str, Any] = {
    "granularity": "model",
    "gtin": GTIN,
    "modelName": [{"value": "Oak chair", "language": "en"}, {"value": "Ekstol", "language": "sv"}],
    "manufacturer": {"name": "Exempel Möbler AB", "address": {"city": "Exempelby", "country": "SE"}},
    "category": "visitor-chair",
    "netWeight": 7.4,
    "components": [
        {
            "componentId": "frame",
            "function": "frame",
            "mass": "5.40",
            "materials": [{"materialClass": "wood-solid", "massShare": 100, "originCountry": "SE"}],
        },
        {
            "componentId": "seat",
            "function": "seat",
            "mass": 2,
            "materials": [{"materialClass": "panel-plywood", "massShare": 100}],
        },
    ],
}
PIECE: Mapping[str, Any] = {
    "granularity": "item",
    "gtin": GTIN,
    "serialNumber": "A-0001",
    "modelPassport": "#0",
    "manufacturingDate": "2026-05",
}
LEGACY: Mapping[str, Any] = {
    "granularity": "item",
    "category": "desk",
    "isSecondHandLegacy": True,
    "owner": "town",
    "availability": "inStorage",
    "inventoryNumber": "K-77",
    "condition": {"grade": "C", "assessedOn": "2026-10-01"},
}


_IN_PLACE = ContextVar("in_place", default=False)
_in_a_thread = to_thread.run_sync


async def _run_sync(work: Callable[..., Any], *given: Any, **options: Any) -> Any:
    """Do a handler's work where the call is, if a ``Client`` without threads made it: a server's goes to threads."""
    if _IN_PLACE.get():
        return copy_context().run(work, *given)
    return await _in_a_thread(work, *given, **options)


to_thread.run_sync = _run_sync


@dataclass
class Got:
    """One answer, as it came out of the application."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    def all(self, name: str) -> list[str]:
        return [value.decode("ascii") for key, value in self.headers if key == name.encode()]

    def __getitem__(self, name: str) -> str:
        (value,) = self.all(name)
        return value

    def __contains__(self, name: str) -> bool:
        return bool(self.all(name))

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


class Client:
    """Calls an ASGI application with exactly the bytes that are given; counts the body bytes that it takes.

    It stays until it is answered; only who sends no body at all, not even an empty one, is gone at once. It asks for
    one thing at a time, so that nothing is gained by threads, which cost more than most answers: ``threads`` is for
    what is about them.
    """

    def __init__(self, app: Application, *, threads: bool = False) -> None:
        self.app = app
        self.threads = threads
        self.taken = 0
        self._runner = asyncio.Runner()

    def close(self) -> None:
        self._runner.close()

    def run(self, call: Coroutine[Any, Any, Any]) -> Any:
        """Run a call to its end, on the loop itself: a runner asks for signals anew each time."""
        return self._runner.get_loop().run_until_complete(call)

    def scope(
        self, method: str, target: str | bytes, headers: Sequence[tuple[bytes, bytes]], host: str = "198.51.100.7"
    ) -> dict[str, Any]:
        from urllib.parse import unquote

        raw = target.encode("utf-8") if isinstance(target, str) else target
        raw = raw.removeprefix(BASE.encode())
        path, _, query = raw.partition(b"?")
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "scheme": "https",
            "server": ("passport.example", 443),
            "client": (host, 50000),
            "root_path": "",
            "method": method,
            "path": unquote(path.decode("latin-1"), encoding="utf-8", errors="replace"),
            "raw_path": path,
            "query_string": query,
            "headers": list(headers),
            "state": {},
        }

    def send(
        self,
        method: str,
        target: str | bytes,
        headers: Mapping[str, str] | Sequence[tuple[bytes, bytes]] = (),
        body: bytes | Sequence[bytes] = b"",
        *,
        host: str = "198.51.100.7",
        length: bool = True,
    ) -> Got:
        lines = (
            [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
            if isinstance(headers, Mapping)
            else list(headers)
        )
        chunks = [body] if isinstance(body, bytes) else list(body)
        if length and isinstance(body, bytes) and body and not any(name == b"content-length" for name, _ in lines):
            lines.append((b"content-length", str(len(body)).encode()))
        return self.run(self._call(self.scope(method, target, lines, host), chunks))

    async def _call(self, scope: dict[str, Any], chunks: list[bytes]) -> Got:
        _IN_PLACE.set(not self.threads)
        got = Got()
        waiting = list(chunks)
        self.taken = 0
        answered = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if not waiting:
                if chunks:
                    await answered.wait()
                return {"type": "http.disconnect"}
            chunk = waiting.pop(0)
            self.taken += len(chunk)
            return {"type": "http.request", "body": chunk, "more_body": bool(waiting)}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                assert got.status == 0
                got.status = message["status"]
                got.headers = [(bytes(name), bytes(value)) for name, value in message["headers"]]
            else:
                got.body += message.get("body", b"")
                if not message.get("more_body", False):
                    answered.set()

        await self.app(scope, receive, send)
        return got

    def get(self, target: str | bytes, accept: str | None = None, **headers: str) -> Got:
        lines = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("GET", target, lines | ({"accept": accept} if accept is not None else {}))

    def page(self, target: str, **headers: str) -> Got:
        return self.get(target, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", **headers)

    def post(self, target: str, body: object, token: str | None = None, **headers: str) -> Got:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = {"content-type": "application/json"} | {name.replace("_", "-"): text for name, text in headers.items()}
        if token is not None:
            lines["authorization"] = f"Bearer {token}"
        return self.send("POST", target, lines, data)


@dataclass(frozen=True)
class World:
    """What the store holds: addresses and tokens."""

    system: System
    tokens: Mapping[str, str]
    model: str
    piece: str
    legacy: str
    withdrawn: str
    picture: str
    submission: str

    @property
    def gs1(self) -> str:
        return f"/01/{GTIN}/21/A-0001"

    def code(self, of: str) -> str:
        return str(getattr(self, of))


def _token(system: System, slug: str, *scopes: Scope) -> str:
    granted = scopes or (Scope.SUBMIT, Scope.READ)
    return create_token(system, slug, scopes=granted, label="test", valid_for=timedelta(days=1)).secret


def _fill(system: System, client: Client) -> World:
    for slug, name, role, kind, prefixes in (
        ("maker", "Exempel Möbler AB", Role.SUPPLIER, "maker", ("9526543",)),
        ("rival", "Anden Møbelfabrik A/S", Role.SUPPLIER, "maker", ()),
        ("town", "Exempelby kommun", Role.OWNER, "municipality", ()),
        ("watch", "Marknadskontrollen", Role.AUTHORITY, "authority", ()),
        ("school", "Example university", Role.RESEARCHER, "university", ()),
        ("keeper", "Keeper", Role.ADMINISTRATOR, "company", ()),
    ):
        add_organisation(system, Organisation(slug, name, role, kind, prefixes=prefixes))
    tokens = {slug: _token(system, slug) for slug in ("maker", "rival", "town", "watch", "school", "keeper")}
    tokens["reader"] = _token(system, "maker", Scope.READ)
    made = client.post("/submissions", [MODEL, PIECE], tokens["maker"])
    assert made.status == 201, made.text
    model, piece = (each["code"] for each in made.json()["passports"])
    old = client.post("/submissions", [LEGACY, {**LEGACY, "inventoryNumber": "K-78"}], tokens["town"])
    assert old.status == 201, old.text
    legacy, withdrawn = (each["code"] for each in old.json()["passports"])
    revised = client.post("/submissions", {**MODEL, "netWeight": 7.5}, tokens["maker"])
    assert revised.status == 201, revised.text
    gone = client.post(f"/passports/{withdrawn}/withdrawal", {"reason": "Registered twice."}, tokens["town"])
    assert gone.status == 201, gone.text
    picture = client.post("/media", PNG, tokens["maker"], content_type="image/png")
    assert picture.status == 201, picture.text
    return World(
        system=system,
        tokens=tokens,
        model=model,
        piece=piece,
        legacy=legacy,
        withdrawn=withdrawn,
        picture=picture["location"].removeprefix(BASE),
        submission=made["location"].removeprefix(BASE),
    )


def _web_settings(folder: Path) -> Settings:
    return Settings(
        data=folder / "store",
        base_url=BASE,
        signing_secret=SECRET,
        body_bytes=1024 * 1024,
        failures_per_minute=10_000,
        misses_per_minute=100_000,
        writes_per_minute=100_000,
    )


@pytest.fixture(scope="module")
def web_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return _web_settings(tmp_path_factory.mktemp("web"))


@pytest.fixture(scope="session")
def _filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """The folder of a closed store that is filled once, and what is in it; each module of tests has a copy."""
    settings = _web_settings(tmp_path_factory.mktemp("filled"))
    running = create_system(settings)
    system = running.system
    client = Client(create_app(system, Pages(system.published, base=system.base), settings=settings))
    world = _fill(system, client)
    client.close()
    running.close()
    return settings.data, world


@contextmanager
def _copied(filled: tuple[Path, World], settings: Settings) -> Iterator[tuple[World, Client]]:
    shutil.copytree(filled[0], settings.data, dirs_exist_ok=True)
    running = open_system(settings)
    system = running.system
    client = Client(create_app(system, Pages(system.published, base=system.base), settings=settings))
    yield replace(filled[1], system=system), client
    client.close()
    running.close()


@pytest.fixture(scope="module")
def _world(_filled: tuple[Path, World], web_settings: Settings) -> Iterator[tuple[World, Client]]:
    with _copied(_filled, web_settings) as made:
        yield made


@pytest.fixture
def store_rows(web_settings: Settings) -> Callable[[], Mapping[str, list[str]]]:
    """Reads every row of every table, but for when a token was last used."""

    def rows() -> Mapping[str, list[str]]:
        found = {}
        with closing(sqlite3.connect(web_settings.data / DATABASE)) as connection:
            for name, table in metadata.tables.items():
                columns = ", ".join(column.name for column in table.c if column.name not in {"last_used", "seal"})
                found[name] = sorted(map(repr, connection.execute(f"SELECT {columns} FROM {name}")))
        return found

    return rows


@pytest.fixture
def world(_world: tuple[World, Client]) -> World:
    return _world[0]


@pytest.fixture
def client(_world: tuple[World, Client]) -> Client:
    return _world[1]


@pytest.fixture(scope="module")
def own_world(
    tmp_path_factory: pytest.TempPathFactory, _filled: tuple[Path, World], web_settings: Settings
) -> Iterator[tuple[World, Client, Settings]]:
    """A store that only one module of tests writes to."""
    settings = web_settings.model_copy(update={"data": tmp_path_factory.mktemp("own") / "store"})
    with _copied(_filled, settings) as made:
        yield *made, settings


@pytest.fixture
def fresh_client(_world: tuple[World, Client], web_settings: Settings) -> Iterator[Any]:
    """Makes an application of its own on the same store, with other settings."""
    world, _ = _world
    made: list[Client] = []

    def make(**changes: Any) -> Client:
        settings = web_settings.model_copy(update=changes)
        pages = Pages(world.system.published, base=world.system.base)
        made.append(Client(create_app(world.system, pages, settings=settings)))
        return made[-1]

    yield make
    for client in made:
        client.close()
