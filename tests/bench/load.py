"""Fills a store with generated pieces and their lives, as their owners, makers and helpers would, and says how fast.

Run: ``python tests/bench/load.py --pieces 1000 [FOLDER]``. Without a folder the store is thrown away. Everything goes
through the service's one door in this process, without HTTP: passports in submissions of 2,000, then the events in
rounds (``examples/making/rounds.py``). Other benches use ``load`` for a store to measure.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from passport.demo import organisations
from passport.model.access import Caller, Role, Scope
from passport.service.delegation import delegate
from passport.service.submissions import Outcome, submit
from passport.service.system import System
from passport.settings import Settings
from passport.wiring import create_system

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))
from generate import documents, events
from making.lives import DELEGATED, MAKER, OWNERS
from making.rounds import rounds

PART = 2_000
SCOPES = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was taken in, how many submissions it took, and the seconds of CPU that passports and events cost."""

    passports: int
    events: int
    submissions: int
    passport_seconds: float
    event_seconds: float


def load(system: System, *, pieces: int, seed: int = 1, with_batches: bool = True) -> Loaded:
    """Submit the models, batches, pieces and lives of a generated set to a store that has none of them.

    Nothing may be refused: ``Unacceptable`` and ``NotAllowed`` come through.
    """
    roles = {slug: each.role for slug, each in organisations(system).items()}
    prepare(system, roles)
    start = time.process_time()
    taken, submissions = 0, 0
    for by, made in _submitters(documents(pieces, seed, with_models=True, with_batches=with_batches)):
        taken += len(_submit(system, by, roles, made).issued)
        submissions += 1
    middle = time.process_time()
    opened: dict[str, str] = {}
    recorded = 0
    for by, lines in rounds(events(pieces, seed), most=PART):
        outcome = _submit(system, by, roles, [resolved(line["event"], opened) for line in lines])
        for each in outcome.recorded:
            if "opens" in lines[each.document] and each.transfer is not None:
                opened[lines[each.document]["opens"]] = each.transfer
        recorded += len(outcome.recorded)
        submissions += 1
    return Loaded(taken, recorded, submissions, middle - start, time.process_time() - middle)


def prepare(system: System, roles: Mapping[str, Role]) -> None:
    """Let the helpers record what the generated lives say that they do."""
    until = f"{system.clock.now() + timedelta(days=90):%Y-%m-%dT%H:%M:%SZ}"
    for owner in OWNERS:
        for helper, kinds in DELEGATED.items():
            delegate(system, Caller("", owner, roles[owner], SCOPES), to=helper, events=kinds, until=until)


def resolved(event: Mapping[str, Any], opened: Mapping[str, str]) -> Mapping[str, Any]:
    """An event with the address of the transfer that it answers."""
    return {**event, "transfer": opened[event["transfer"]]} if "transfer" in event else event


def _submitters(made: Iterable[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Documents in parts, the makers' before those of each owner: an owner submits what it owns."""
    by_owner: dict[str, list[dict[str, Any]]] = {}
    for each in made:
        owner = each.get("owner", MAKER)
        by_owner.setdefault(owner if owner in OWNERS else MAKER, []).append(each)
    for by in (MAKER, *OWNERS):
        for _, part in groupby(enumerate(by_owner.get(by, ())), key=lambda each: each[0] // PART):
            yield by, [document for _, document in part]


def _submit(system: System, by: str, roles: Mapping[str, Role], made: Iterable[Mapping[str, Any]]) -> Outcome:
    body = "\n".join(json.dumps(each, ensure_ascii=False) for each in made).encode()
    caller = Caller("", by, roles[by], SCOPES)
    return submit(system, body=body, media_type="application/x-ndjson", caller=caller)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, help="where the store is made; thrown away without")
    parser.add_argument("--pieces", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as thrown_away:
        folder = asked.folder or Path(thrown_away) / "store"
        settings = Settings(
            data=folder, base_url="http://127.0.0.1:8000", signing_secret="bench " * 8, log_level="error"
        )
        running = create_system(settings)
        start = time.perf_counter()
        done = load(running.system, pieces=asked.pieces, seed=asked.seed)
        wall = time.perf_counter() - start
        running.close()
    print(f"{done.passports:,} passports: {done.passports / done.passport_seconds:,.0f} a CPU second")
    print(f"{done.events:,} events: {done.events / done.event_seconds:,.0f} a CPU second")
    print(f"{done.submissions} submissions in {wall:.1f} s")


if __name__ == "__main__":
    main()
