"""What checking costs: one valid piece, and one full model with its components, by schema and rules.

Run: ``python tests/bench/check.py``. The limit beside it is the verdict of the schema engine alone.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from passport.codecs.strictjson import Limits, Raw, read
from passport.published import GROUP, Published
from passport.service.knowledge import SubmissionKnown
from passport.validation.checking import check
from passport.validation.structure import structure_of

sys.path.insert(0, str(Path(__file__).parent))
from submit import MODEL, piece

EXAMPLES = Path(__file__).parents[2] / "examples" / "furniture"
ROUNDS, CALLS = 15, 100
TODAY = date(2026, 11, 21)


def microseconds(work: Callable[[], object]) -> float:
    """Processor time of one call: the least disturbed round."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(CALLS):
            work()
        times.append(time.process_time() - start)
    return min(times) / CALLS * 1e6


def size(raw: Raw) -> int:
    """About how many bytes a document has."""
    return len(json.dumps(raw.value, default=str))


def fullest(published: Published) -> Raw:
    """The longest model among the examples."""
    files = sorted(EXAMPLES.rglob("*.json"))
    documents = [raw for file in files for raw in read_file(file, published) if raw.value["granularity"] == "model"]
    return max(documents, key=size)


def read_file(file: Path, published: Published) -> tuple[Raw, ...]:
    return read(file.read_bytes(), media_type="application/json", limits=Limits(), published=published)


def main() -> None:
    published = Published.load()
    together = json.dumps([MODEL, piece(1)]).encode()
    model, item = read(together, media_type="application/json", limits=Limits(), published=published)
    structure = structure_of(published, GROUP, published.current(GROUP))
    known = SubmissionKnown([model, item])

    def told(name: str, raw: Raw) -> None:
        def whole() -> bool:
            return check((raw,), published=published, known=known, today=TODAY).ok

        assert whole()
        ours, limit = microseconds(whole), microseconds(lambda: structure.is_valid(raw.value))
        print(f"{name} ({size(raw):,} bytes): {ours:.0f} µs by schema and rules; schema alone {limit:.0f} µs")

    told("one piece", item)
    told("one full model", fullest(published))


if __name__ == "__main__":
    main()
