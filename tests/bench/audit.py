"""How fast ``passport audit`` reads a store, beside its limit: entries a second of one core's time.

Run: ``python tests/bench/audit.py``. The store has models, pieces of them and second-hand pieces with events and
restricted documents, all sent in through the submission path.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from passport.model.access import Caller, Role, Scope
from passport.ports import Organisation
from passport.service import log
from passport.service.audit import audit
from passport.service.organisations import add_organisation
from passport.service.submissions import submit
from passport.settings import Settings
from passport.wiring import create_system

LIMIT = 4_000
GTIN = "09526543000013"
MODEL = {
    "granularity": "model",
    "gtin": GTIN,
    "modelName": [{"value": "Oak chair", "language": "en"}],
    "manufacturer": {"name": "Bench AB"},
    "category": "visitor-chair",
    "materials": [{"materialClass": "wood-solid", "massShare": 100}],
}


def piece(number: int) -> dict[str, object]:
    if number % 2:
        return {
            "granularity": "item",
            "category": "desk",
            "isSecondHandLegacy": True,
            "owner": "bench",
            "availability": "inStorage",
            "inventoryNumber": f"K-{number}",
            "condition": {"grade": "C", "assessedOn": "2026-05-01"},
        }
    return {"granularity": "item", "gtin": GTIN, "serialNumber": f"S-{number}", "modelPassport": GTIN}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pieces", type=int, default=10_000)
    pieces = parser.parse_args().pieces
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            data=Path(folder) / "store", base_url="https://bench.example", signing_secret="a secret for benches " * 2
        )
        running = create_system(settings)
        system = running.system
        bench = Organisation("bench", "Bench AB", Role.SUPPLIER, "maker", prefixes=("9526543",))
        add_organisation(system, bench)
        caller = Caller("bench", "bench", Role.SUPPLIER, frozenset(Scope))
        for start in range(0, pieces, 1_000):
            documents = [*([MODEL] if start == 0 else []), *map(piece, range(start, min(start + 1_000, pieces)))]
            submit(system, body=json.dumps(documents).encode(), media_type="application/json", caller=caller)
            log.publish(system)
        size = system.history.size()
        best = 0.0
        for _ in range(3):
            started = time.process_time()
            problems = audit(system.history, system.parties, base=system.base, mark=system.marks.read())
            best = max(best, size / (time.process_time() - started))
            assert problems == [], problems[:3]
        running.close()
    print(f"audit: {size} entries, {best:,.0f} a second of one core (limit {LIMIT:,})")
    return 0 if best >= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
