"""The demo: a store on this machine, filled over HTTP with real furniture and the story of some pieces, and served."""

import json
import socket
import threading
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn

from passport.adapters.sql.store import has_store
from passport.errors import Malformed, StoreRefused
from passport.filling import Filling, story_of
from passport.model.access import Role, Scope
from passport.model.naming import reference_key
from passport.model.passport import Level, ModelReference, Product
from passport.ports import Organisation
from passport.service import snapshots
from passport.service.organisations import add_organisation, create_token
from passport.service.system import System
from passport.serving import follower_beside, server_options
from passport.settings import Settings, read_settings
from passport.wiring import Running, build_app, create_system, keep_up, new_secret, open_system, store_place

LABEL = "demo"
DEFAULT_PORT = 8000
_SECRET = "demo-secret"  # noqa: S105 - the name of a file
_FILLED = "demo-filled"
_NAMES = {
    "supplier": ("Token of a supplier", Role.SUPPLIER, 0),
    "municipality": ("Token of a municipality", Role.OWNER, 0),
    "other_supplier": ("Token of another supplier", Role.SUPPLIER, -1),
    "other_municipality": ("Token of the other municipality", Role.OWNER, -1),
    "repairer": ("Token of a repairer", Role.REPAIRER, 0),
    "refurbisher": ("Token of a refurbisher", Role.REFURBISHER, 0),
    "recycler": ("Token of a recycler", Role.RECYCLER, 0),
    "authority": ("Token of an authority", Role.AUTHORITY, 0),
    "researcher": ("Token of a researcher", Role.RESEARCHER, 0),
}
"""Whose tokens are printed: their names for scripts and for people, and which organisation of a role it is."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """What is worth opening, and the tokens of this start.

    ``longest`` is the piece with the longest life; ``offer`` an offer that waits for the other municipality's answer,
    None when that was given.
    """

    base: str
    piece: str
    gs1_piece: str
    model: str
    longest: str
    offer: str | None
    tokens: Mapping[str, str]

    def line(self) -> str:
        """One line of JSON for scripts."""
        names = {"base": self.base, "piece": self.piece, "gs1_piece": self.gs1_piece, "model": self.model}
        life = {"longest": self.longest, "offer": self.offer}
        pages = {name: f"{self.base}/{name}" for name in ("desk", "log", "feed", "sparql", "data")}
        return json.dumps({**names, **life, **pages, "tokens": dict(self.tokens)})

    def text(self) -> str:
        """The same for people."""
        rows = [
            ("A piece of furniture", self.piece),
            ("The same kind, by its GS1 address", self.gs1_piece),
            ("A model", self.model),
            ("The piece with the longest life", self.longest),
            ("Submit passports", f"{self.base}/submissions"),
            ("QR codes to print", f"{self.base}/labels"),
            ("An organisation's own pieces", f"{self.base}/desk"),
            ("An offer, for the other municipality", self.offer or "(answered)"),
            ("The log that nobody can rewrite", f"{self.base}/log"),
            ("What is new", f"{self.base}/feed"),
            ("Query all of it", f"{self.base}/sparql"),
            ("Answers to sixteen questions", f"{self.base}/data/tables"),
            ("Download all of it", f"{self.base}/data"),
            ("Start page", f"{self.base}/"),
            *((_NAMES[name][0], token) for name, token in self.tokens.items()),
        ]
        return "\n".join(f"{name:<38}{value}" for name, value in rows) + "\nStop with Ctrl+C."


def run(data: Path, *, port: int | None, as_json: bool) -> None:
    """Serve the demo in ``data`` until stopped; a store that is there is reused, with the port it was made for."""
    running, listening = _opened(data, port)
    settings = running.settings
    _revoke_demo_tokens(running.system)
    server = uvicorn.Server(uvicorn.Config(build_app(running), **server_options(settings)))
    failures: list[BaseException] = []
    filler = threading.Thread(
        target=_announce, args=(running, server, failures), kwargs={"as_json": as_json}, daemon=True
    )
    filler.start()
    stop = keep_up(running)
    try:
        with follower_beside(_following(settings)):
            server.run(sockets=[listening])
    finally:
        stop.set()
        running.close()
        listening.close()
    if failures:
        raise failures[0]


def _opened(data: Path, port: int | None) -> tuple[Running, socket.socket]:
    secret = data / _SECRET
    given: dict[str, Any] = {"data": data, "signing_secret_file": secret, "host": "127.0.0.1"}
    if has_store(store_place(read_settings({}, given=given))):
        running = open_system(read_settings({}, given=given))
        kept = urlsplit(running.system.base).port or DEFAULT_PORT
        try:
            if port not in {None, kept}:
                raise StoreRefused(f"This store's addresses say port {kept}; use that, or another --data folder.")
            listening = _listening(kept)
        except BaseException:
            running.close()
            raise
        settings = running.settings.model_copy(update={"port": kept})
        return Running(running.system, running.store, settings), listening
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text(new_secret() + "\n", encoding="utf-8")
    listening = _listening(DEFAULT_PORT if port is None else port)
    chosen = listening.getsockname()[1]
    try:
        given |= {"port": chosen, "base_url": f"http://127.0.0.1:{chosen}"}
        return create_system(read_settings({}, given=given)), listening
    except BaseException:
        listening.close()
        raise


def _following(settings: Settings) -> Settings:
    """While the story is told, no snapshot is taken by the day: it would hold the beginning of it for ever."""
    return settings if (settings.data / _FILLED).exists() else settings.model_copy(update={"snapshot_days": 0})


def _listening(port: int) -> socket.socket:
    """Listen at this port, or at any that is free for 0: nobody takes it before the server begins."""
    try:
        return socket.create_server(("127.0.0.1", port))
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
    parties = organisations(system)
    tokens = {slug: _token(system, slug) for slug in sorted(parties)}
    if not filled.exists():
        filling = Filling(system.published.examples(), system.base, tokens.__getitem__)
        try:
            for slug in tokens:
                filling.fill(slug, system.published.groups())
            filling.tell()
        finally:
            filling.close()
        snapshots.take(system)
        filled.touch()
    show = story_of(system.published.examples())["show"]
    offered = _product(system, show["offered"]).transfer
    return Addresses(
        base=system.base,
        piece=system.passport_address(_first(system, Level.ITEM, gs1=False)),
        gs1_piece=system.product_address(_first(system, Level.ITEM, gs1=True)),
        model=system.passport_address(_first(system, Level.MODEL, gs1=False)),
        longest=system.passport_address(_product(system, show["longest"]).code),
        offer=None if offered is None else f"{system.base}/transfers/{offered}",
        tokens={name: tokens[_of(parties, role, which)] for name, (_, role, which) in _NAMES.items()},
    )


def _of(parties: Mapping[str, Organisation], role: Role, which: int) -> str:
    return [slug for slug, organisation in parties.items() if organisation.role is role][which]


def _product(system: System, reference: str) -> Product:
    """A product that the story names."""
    found = system.history.locate(reference_key(reference, base=system.base) or "")
    product = system.history.product(found.code) if found is not None else None
    if product is None:
        raise StoreRefused(f"This store was filled without {reference}; choose another --data folder.")
    return product


def organisations(system: System) -> dict[str, Organisation]:
    """The parties of the examples by their slugs, registered in a store where they are not yet."""
    listed = tomllib.loads((system.published.examples() / "organisations.toml").read_text(encoding="utf-8"))
    found = {}
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
            public=row.get("public", True),
        )
        if system.parties.organisation(organisation.slug) is None:
            add_organisation(system, organisation)
        found[organisation.slug] = organisation
    return found


def _revoke_demo_tokens(system: System) -> None:
    for token in system.parties.tokens():
        if token.label == LABEL and token.revoked is None:
            system.parties.revoke_token(token.id, system.now())


def _token(system: System, slug: str) -> str:
    scopes = (Scope.SUBMIT, Scope.READ)
    return create_token(system, slug, scopes=scopes, label=LABEL, valid_for=timedelta(days=30)).secret


_OLDEST = 400
"""Documents at the beginning of the log: those that the demo itself has sent, whatever came after them."""


def _first(system: System, level: Level, *, gs1: bool) -> str:
    """The address part of a product worth showing: the one with most to see among the oldest ones of the store."""
    codes = dict.fromkeys(each.document.code for each in system.history.scan(0, _OLDEST))
    found = (system.history.product(code) for code in codes)
    products = [each for each in found if each is not None and each.level is level]
    fitting = [each for each in products if each.key.startswith("01/") is gs1]
    best = max(fitting, key=lambda each: (each.model is not None, _weight(system, each.model or each), each.code))
    return best.key if gs1 else best.code


def _weight(system: System, product: Product | ModelReference) -> int:
    reading = system.history.read(product.code)
    return len(reading.payload) if reading is not None else 0
