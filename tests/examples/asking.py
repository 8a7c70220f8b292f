"""A store of generated pieces, their lives and some corrections, as a graph that the worked queries are asked of."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyoxigraph

from passport.codecs import workedqueries
from passport.codecs.documents import inner
from passport.codecs.workedqueries import WorkedQuery
from passport.errors import NotAllowed, Unacceptable
from passport.model.access import Caller, Role, Scope
from passport.model.passport import Level, Product, Tier
from passport.service import linked
from passport.service.submissions import submit
from passport.service.system import System
from passport.service.tables import Row, rows_of
from passport.settings import Settings
from passport.wiring import Running, create_system
from tests.conftest import HandClock

ROOT = Path(__file__).resolve().parents[2]
QUERIES = ROOT / "examples" / "queries"
EXPECTED = Path(__file__).parent / "queries"
PIECES = 400
SEED = 5
MISTAKES = 9
"""Repairs that are told wrongly and corrected; a third as many maintenances are taken back."""

sys.path.insert(0, str(ROOT / "tests" / "bench"))


@dataclass(frozen=True)
class Piece:
    """What is public of one product, as its documents say it: the newest passport, and all events in their order."""

    product: Product
    passport: Mapping[str, Any]
    events: tuple[Mapping[str, Any], ...]


def queries() -> dict[str, WorkedQuery]:
    return {file.stem: workedqueries.read(file.stem, file.read_text("utf-8")) for file in sorted(QUERIES.glob("*.rq"))}


def filled(folder: Path) -> Running:
    """A store with the generated pieces, made at one moment."""
    from load import load

    settings = Settings(data=folder, base_url="https://passport.example", signing_secret="x" * 40, log_level="error")
    made = create_system(settings)
    running = Running(replace(made.system, clock=HandClock()), made.store, made.settings)
    load(running.system, pieces=PIECES, seed=SEED)
    _correct(running.system)
    return running


def _correct(system: System) -> None:
    """Tell some repairs again, with a minute and a part more; take some maintenances back where that is allowed."""
    from making.lives import REPAIRER

    roles = {each.slug: each.role for each in system.parties.organisations()}
    done = {"repaired": 0, "maintained": 0}
    every = pieces(system)
    known = {each.passport["digitalProductPassportId"]: each.passport for each in every}
    for piece in sorted(every, key=lambda each: each.product.key):
        for event in piece.events:
            kind = event["eventType"]
            if kind not in done or done[kind] >= (MISTAKES if kind == "repaired" else MISTAKES // 3):
                continue
            told = {name: event[name] for name in ("eventType", "eventTime", "repairTypes", "cause") if name in event}
            told |= {"products": [piece.product.code], "supersedes": event["id"]}
            told["reason"] = [{"value": "A wrong line", "language": "en"}]
            if kind == "repaired":
                told |= {"workMinutes": event.get("workMinutes", 0) + 1, "correctionReason": "incorrect-data"}
                told["partsUsed"] = _parts(known[piece.passport["modelPassport"]["passport"]], done[kind])
            else:
                told |= {"correctionReason": "did-not-occur"}
            by = REPAIRER if kind == "repaired" else str(piece.product.owner)
            body = json.dumps(told).encode()
            caller = Caller("", by, roles.get(by, Role.OWNER), frozenset(Scope))
            try:
                submit(system, body=body, media_type="application/json", caller=caller)
            except (NotAllowed, Unacceptable):
                continue
            done[kind] += 1
    assert done == {"repaired": MISTAKES, "maintained": MISTAKES // 3}


def _parts(model: Mapping[str, Any], number: int) -> list[dict[str, Any]]:
    """One part of a model: reused ones and new ones take turns, and sometimes there are two of it."""
    components = model.get("components") or [{"componentId": "unknown"}]
    part = {
        "componentId": components[number % len(components)]["componentId"],
        "partOrigin": ("new", "reused")[number % 2],
    }
    return [{**part, "quantity": 2} if number % 3 == 0 else part]


def products(system: System) -> list[Product]:
    return [each for level in Level for each in system.history.products(level=level, after=None, limit=10_000)]


def pieces(system: System) -> list[Piece]:
    """Every product, whatever its level, with its public documents."""
    found = []
    for product in products(system):
        said = [
            inner(each.payload, each.start)
            for each in system.history.documents(product.code)
            if each.tier is Tier.PUBLIC
        ]
        passport = [each for each in said if "eventType" not in each][-1]
        found.append(Piece(product, passport, tuple(each for each in said if "eventType" in each)))
    return found


def graphs(system: System) -> dict[str, bytes]:
    """Every named graph with its N-Triples."""
    made = linked.Linked(system)
    named = {linked.graph_name(system, each.code): made.graph(each.code) for each in products(system)}
    return {**named, **linked.shared(system)}


def store_of(named: Mapping[str, bytes]) -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    for name, triples in named.items():
        store.bulk_load(triples, format=pyoxigraph.RdfFormat.N_TRIPLES, to_graph=pyoxigraph.NamedNode(name))
    return store


def answer(store: pyoxigraph.Store, query: WorkedQuery, language: str = "en", *, union: bool = True) -> tuple[Row, ...]:
    found = store.query(query.in_language(language), use_default_graph_as_union=union)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    body = found.serialize(format=pyoxigraph.QueryResultsFormat.JSON)
    assert body is not None
    return rows_of(query, body)


def written(query: WorkedQuery, rows: tuple[Row, ...]) -> str:
    """An answer as it is kept beside the test: a line of JSON for each of its lines."""
    names = [each.name for each in query.columns]
    lines = [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in rows]
    return "[\n" + ",\n".join(lines) + "\n]\n"
