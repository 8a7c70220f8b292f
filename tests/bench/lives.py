"""How fast events are recorded in batches, and how fast the state of a piece with a long life is told.

Run: ``python tests/bench/lives.py``. Processor time of this process. A batch is one submission of 1,000 events of 1,000
pieces, cleanings and repairs with restricted notes in turn; beside it stands what signing as many documents costs
alone. The state of a piece with 200 events is read from its row, and folded anew from its documents.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passport.codecs import state as states
from passport.model.access import Caller, Role, Scope
from passport.model.passport import Kind
from passport.ports import Organisation
from passport.service.organisations import add_organisation
from passport.service.submissions import submit
from passport.service.system import System
from passport.settings import Settings
from passport.wiring import create_system, settle

BATCH = 1_000
LONG = 200
GOAL_EVENTS = 3_000
GOAL_ROW_MS = 1
GOAL_REFOLD_MS = 20

PIECE = {
    "granularity": "item",
    "category": "visitor-chair",
    "isSecondHandLegacy": True,
    "owner": "town",
    "availability": "inUse",
    "condition": {"grade": "B"},
}


def timed(act: Callable[[], object]) -> float:
    """Seconds of processor time."""
    start = time.process_time()
    act()
    return time.process_time() - start


def body(documents: Iterable[dict[str, Any]]) -> bytes:
    return "\n".join(map(json.dumps, documents)).encode()


def send(system: System, sent: bytes) -> Any:
    caller = Caller("", "town", Role.OWNER, frozenset(Scope))
    return submit(system, body=sent, media_type="application/x-ndjson", caller=caller)


def plain(code: str) -> dict[str, Any]:
    return {"eventType": "cleaned", "products": [code]}


def full(code: str) -> dict[str, Any]:
    notes = [{"value": "Glued the back and tightened the screws", "language": "en"}]
    done = {"repairTypes": ["re-glue", "tighten"], "condition": {"grade": "B"}, "notes": notes}
    return {"eventType": "repaired", "products": [code], **done}


def batches(system: System, codes: list[str], rounds: int) -> None:
    for name, make, documents in (("one document an event", plain, 1), ("two documents an event", full, 2)):
        made = body(map(make, codes))
        send(system, made)
        took = [timed(lambda made=made: send(system, made)) for _ in range(rounds)]
        rate = len(codes) / statistics.median(took)
        print(f"batch of {len(codes)}, {name}: {rate:7.0f} events a CPU second (goal {GOAL_EVENTS})")
        key, data = Ed25519PrivateKey.generate(), b"x" * 900
        alone = timed(
            lambda key=key, data=data, documents=documents: [key.sign(data) for _ in range(BATCH * documents)]
        )
        print(f"  signing alone {BATCH / alone:7.0f}; ratio {rate * alone / BATCH:.2f}")
    one = body([{"eventType": "relocated", "products": codes, "location": {"room": "12"}}])
    took = [timed(lambda: send(system, one)) for _ in range(rounds)]
    print(f"one event of {len(codes)} pieces:          {len(codes) / statistics.median(took):7.0f} pieces a CPU second")


def long_life(system: System, code: str, rounds: int) -> None:
    events = [{**full(code), "eventTime": f"2025-{1 + n % 12:02}-{1 + n % 28:02}T08:00:00Z"} for n in range(LONG)]
    send(system, body(events))

    def row() -> object:
        product = system.history.product(code)
        return states.from_text(product.state if product is not None else "{}")

    def refold() -> object:
        return states.refolded(system.history.documents(code, kind=Kind.EVENT))

    assert row() == refold()
    for name, act, goal in (("from its row", row, GOAL_ROW_MS), ("folded anew", refold, GOAL_REFOLD_MS)):
        took = statistics.median(timed(act) for _ in range(rounds * 20))
        print(f"state of a piece with {LONG} events, {name}: {took * 1000:6.3f} ms (goal {goal})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            data=Path(folder) / "store",
            base_url="https://passport.example",
            signing_secret="a secret long enough for it to be taken",
        )
        running = create_system(settings)
        add_organisation(running.system, Organisation("town", "Town", Role.OWNER, "municipality"))
        settle()
        pieces = [{**PIECE, "inventoryNumber": str(number)} for number in range(BATCH)]
        codes = [each.code for each in send(running.system, body(pieces)).issued]
        batches(running.system, codes, rounds)
        long_life(running.system, codes[0], rounds)
        running.close()


if __name__ == "__main__":
    main()
