"""The demo: a store on this machine, filled with real furniture over HTTP as a supplier would, and served."""

import http.client
import json
import socket
import sys
import threading
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn

from passport.adapters.sql.store import has_store
from passport.errors import Malformed, StoreRefused
from passport.model.access import Role, Scope
from passport.model.passport import Level, ModelReference, Product
from passport.ports import Organisation
from passport.service.organisations import add_organisation, create_token
from passport.service.system import System
from passport.serving import server_options
from passport.settings import read_settings
from passport.wiring import Running, build_app, create_system, keep_up, new_secret, open_system, store_place

LABEL = "demo"
DEFAULT_PORT = 8000
_PLACEHOLDER = "http://localhost/media/"
_SECRET = "demo-secret"  # noqa: S105 - the name of a file
_FILLED = "demo-filled"
_MEDIA_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".pdf": "application/pdf"}


@dataclass(frozen=True, slots=True)
class Addresses:
    """What is worth opening, and the tokens of this start."""

    base: str
    piece: str
    gs1_piece: str
    model: str
    supplier: str
    municipality: str

    def line(self) -> str:
        """One line of JSON for scripts."""
        tokens = {"supplier": self.supplier, "municipality": self.municipality}
        names = {"base": self.base, "piece": self.piece, "gs1_piece": self.gs1_piece, "model": self.model}
        return json.dumps({**names, "tokens": tokens})

    def text(self) -> str:
        """The same for people."""
        rows = (
            ("A piece of furniture", self.piece),
            ("The same kind, by its GS1 address", self.gs1_piece),
            ("A model", self.model),
            ("Submit passports", f"{self.base}/submissions"),
            ("QR codes to print", f"{self.base}/labels"),
            ("Start page", f"{self.base}/"),
            ("Token of a supplier", self.supplier),
            ("Token of a municipality", self.municipality),
        )
        return "\n".join(f"{name:<36}{value}" for name, value in rows) + "\nStop with Ctrl+C."


def run(data: Path, *, port: int | None, as_json: bool) -> None:
    """Serve the demo in ``data`` until stopped; a store that is there is reused, with the port it was made for."""
    running = _opened(data, port)
    settings = running.settings
    _require_free(settings.host, settings.port)
    _revoke_demo_tokens(running.system)
    server = uvicorn.Server(uvicorn.Config(build_app(running), **server_options(settings)))
    failures: list[BaseException] = []
    filler = threading.Thread(
        target=_announce, args=(running, server, failures), kwargs={"as_json": as_json}, daemon=True
    )
    filler.start()
    stop = keep_up(running)
    try:
        server.run()
    finally:
        stop.set()
        running.close()
    if failures:
        raise failures[0]


def _opened(data: Path, port: int | None) -> Running:
    secret = data / _SECRET
    given: dict[str, Any] = {"data": data, "signing_secret_file": secret, "host": "127.0.0.1"}
    if has_store(store_place(read_settings({}, given=given))):
        running = open_system(read_settings({}, given=given))
        kept = urlsplit(running.system.base).port or DEFAULT_PORT
        if port not in {None, kept}:
            running.store.close()
            raise StoreRefused(f"This store's addresses say port {kept}; use that, or another --data folder.")
        return Running(running.system, running.store, running.settings.model_copy(update={"port": kept}))
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text(new_secret() + "\n", encoding="utf-8")
    chosen = DEFAULT_PORT if port is None else port or _free_port()
    _require_free("127.0.0.1", chosen)
    return create_system(read_settings({}, given={**given, "port": chosen, "base_url": f"http://127.0.0.1:{chosen}"}))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as wrong:
            raise Malformed(f"Port {port} is in use; choose another with --port.") from wrong


def _announce(running: Running, server: uvicorn.Server, failures: list[BaseException], *, as_json: bool) -> None:
    try:
        while not server.started:
            if server.should_exit:
                return
            time.sleep(0.02)
        addresses = _prepare(running.system, running.settings.data / _FILLED)
        print(addresses.line() if as_json else addresses.text(), flush=True)
    except BaseException as failure:
        failures.append(failure)
        server.should_exit = True


def _prepare(system: System, filled: Path) -> Addresses:
    organisations = _organisations(system)
    if not filled.exists():
        for slug in sorted(organisations):
            _fill(system, slug)
        filled.touch()
    by_role = {organisation.role: slug for slug, organisation in reversed(organisations.items())}
    return Addresses(
        base=system.base,
        piece=system.passport_address(_first(system, Level.ITEM, gs1=False)),
        gs1_piece=system.product_address(_first(system, Level.ITEM, gs1=True)),
        model=system.passport_address(_first(system, Level.MODEL, gs1=False)),
        supplier=_token(system, by_role[Role.SUPPLIER]),
        municipality=_token(system, by_role[Role.OWNER]),
    )


def _organisations(system: System) -> dict[str, Organisation]:
    listed = tomllib.loads((system.published.examples() / "organisations.toml").read_text(encoding="utf-8"))
    organisations = {}
    for row in listed["organisation"]:
        organisation = Organisation(
            slug=row["slug"],
            name=row["name"],
            role=Role(row["role"]),
            kind=row["kind"],
            country=row.get("country"),
            web=row.get("web"),
            identifiers=tuple(row.get("identifiers", ())),
            prefixes=tuple(row.get("prefixes", ())),
        )
        if system.parties.organisation(organisation.slug) is None:
            add_organisation(system, organisation)
        organisations[organisation.slug] = organisation
    return organisations


def _revoke_demo_tokens(system: System) -> None:
    for token in system.parties.tokens():
        if token.label == LABEL and token.revoked is None:
            system.parties.revoke_token(token.id, system.now())


def _token(system: System, slug: str) -> str:
    scopes = (Scope.SUBMIT, Scope.READ)
    return create_token(system, slug, scopes=scopes, label=LABEL, valid_for=timedelta(days=30)).secret


def _first(system: System, level: Level, *, gs1: bool) -> str:
    """The address part of a product worth showing: the one with most to see among the first hundred."""
    products = system.history.products(level=level, after=None, limit=100)
    fitting = [each for each in products if each.key.startswith("01/") is gs1]
    best = max(fitting, key=lambda each: (each.model is not None, _weight(system, each.model or each), each.code))
    return best.key if gs1 else best.code


def _weight(system: System, product: Product | ModelReference) -> int:
    reading = system.history.read(product.code)
    return len(reading.payload) if reading is not None else 0


def _fill(system: System, slug: str) -> None:
    token = _token(system, slug)
    submissions = {file: file.read_bytes() for file in _submissions(system, slug)}
    kept: dict[bytes, bytes] = {}
    for data, media_type in media_named(system.published.examples(), b"".join(submissions.values())):
        answer = json.loads(_post(system, "/media", data, media_type, token))
        kept[sha256(data).hexdigest().encode()] = answer["digest"].removeprefix("sha256:").encode()
    for file, read in submissions.items():
        body = read.replace(_PLACEHOLDER.encode(), f"{system.base}/media/".encode())
        for sent, digest in kept.items():
            body = body.replace(sent, digest)
        kind = "application/x-ndjson" if file.suffix == ".ndjson" else "application/json"
        _post(system, "/submissions", body, kind, token, key="/".join(file.parts[-3:]))


def media_named(examples: Path, named: bytes) -> Iterator[tuple[bytes, str]]:
    """The pictures and documents whose digest some submissions name, with their media types."""
    for file in sorted((examples / "media").iterdir()):
        if file.suffix in _MEDIA_TYPES:
            data = file.read_bytes()
            if sha256(data).hexdigest().encode() in named:
                yield data, _MEDIA_TYPES[file.suffix]


def _submissions(system: System, slug: str) -> list[Path]:
    """The example submissions of one organisation, those of each product group in the order of their names."""
    folders = [system.published.examples() / group / slug for group in system.published.groups()]
    return [file for folder in folders for file in sorted(folder.glob("*.*json"))]


def _post(system: System, path: str, body: bytes, media_type: str, token: str, *, key: str | None = None) -> bytes:
    headers = {"Content-Type": media_type, "Authorization": f"Bearer {token}"}
    if key is not None:
        headers["Idempotency-Key"] = f"demo {key}"
    parts = urlsplit(system.base)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=60)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    if answer.status not in {200, 201}:
        print(text.decode(), file=sys.stderr)
        raise Malformed(f"The example {key or path} was refused with status {answer.status}.")
    return text
