"""What checking costs, by schema and rules: real models, complete ones, a piece, and reports on faulty documents.

Run: ``python tests/bench/check.py``. Beside each figure stands what the schema engine alone takes in the same run for
its verdict on the same documents: the limit, and the unit for comparing machines and hours. Times are of the processor,
the least disturbed of many rounds.
"""

import copy
import itertools
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from passport.codecs.strictjson import Limits, Raw, digest_of, read
from passport.published import GROUP, Published
from passport.service.knowledge import SubmissionKnown
from passport.validation.checking import check
from passport.validation.forms import EVERY
from passport.validation.structure import structure_of

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parents[2]))
from submit import MODEL, piece

from tests.published.maxima import largest

EXAMPLES = Path(__file__).parents[2] / "examples" / "furniture"
REAL, COMPLETE = "example-data-office", "demomobler"
"""The folders of the models from published facts, and of made-up ones with every field in four languages."""
GOAL, GOAL_FAULTY = 150, 1_000
GOAL_LARGEST = 100
ROUNDS, CALLS = 40, 5
TODAY = date(2026, 11, 21)
WRONG: tuple[Any, ...] = (-5, [True], "", {"a": 1})


class Bench:
    """Both measurements of documents, interleaved, so that the machine's other work meets them alike."""

    def __init__(self, published: Published) -> None:
        self._published = published
        self._structure = structure_of(published, GROUP, published.current(GROUP))

    def told(self, name: str, raws: Sequence[Raw], goal: int | None, wrong: int = 0) -> None:
        """Print the median and the worst of some documents in microseconds, and the median of the ratios.

        With so many values made ``wrong``, reports are measured beside verdicts on the documents as they were.
        """
        rows = [self._measured(raw, faulty(raw, wrong) if wrong else raw, not wrong) for raw in raws]
        whole, limit = [row[0] for row in rows], [row[1] for row in rows]
        sizes = sorted(len(json.dumps(raw.value, default=str, ensure_ascii=False)) / 1000 for raw in raws)
        ratio = statistics.median(ours / alone for ours, alone in rows)
        worst = f", worst {max(whole):,.0f}" if len(raws) > 1 else ""
        aim = f" (goal {goal:,})" if goal else ""
        print(f"{name}, {sizes[0]:.1f}–{sizes[-1]:.1f} kB: {statistics.median(whole):,.0f} µs{worst}{aim};", end=" ")
        print(f"schema engine alone {statistics.median(limit):,.0f}, ratio {ratio:.1f}")

    def verdict(self, document: dict[str, Any]) -> float:
        """What the schema engine takes for its verdict on a document that passes, at best."""
        assert self._structure.is_valid(document)
        return min(seconds(lambda: self._structure.is_valid(document)) for _ in range(5))

    def _measured(self, raw: Raw, checked: Raw, valid: bool) -> tuple[float, float]:
        known = SubmissionKnown([raw])

        def whole() -> bool:
            return check((checked,), published=self._published, known=known, today=TODAY).ok

        def alone() -> bool:
            return self._structure.is_valid(raw.value)

        assert whole() == valid
        ours, limit = zip(*((seconds(whole), seconds(alone)) for _ in range(ROUNDS)), strict=True)
        return min(ours) * 1e6, min(limit) * 1e6


def seconds(work: Callable[[], object]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    for _ in range(CALLS):
        work()
    return (time.process_time() - start) / CALLS


def models(folder: str, published: Published) -> list[Raw]:
    """The models in the files of a folder of the examples."""
    files = sorted(each for each in (EXAMPLES / folder).iterdir() if each.suffix in (".json", ".ndjson"))
    return [raw for file in files for raw in read_file(file, published) if raw.value["granularity"] == "model"]


def read_file(file: Path, published: Published) -> tuple[Raw, ...]:
    return read(file.read_bytes(), media_type=None, limits=Limits(), published=published)


def faulty(raw: Raw, number: int) -> Raw:
    """A model with so many values of a wrong type, at places that chance chooses, the same in every run."""
    value = copy.deepcopy(raw.value)
    waiting: list[Any] = [value]
    places: list[tuple[Any, Any]] = []
    for each in waiting:
        for name, member in list(each.items() if isinstance(each, dict) else enumerate(each)):
            if isinstance(member, dict | list):
                waiting.append(member)
            elif name != "granularity":
                places.append((each, name))
    chosen = random.Random(number).sample(places, number)
    for (holder, name), wrong in zip(chosen, itertools.cycle(WRONG), strict=False):
        holder[name] = wrong
    return Raw(0, value, None, digest_of(value))


def main() -> None:
    published = Published.load()
    bench = Bench(published)
    together = json.dumps([MODEL, piece(1)]).encode()
    _, item = read(together, media_type="application/json", limits=Limits(), published=published)
    real, complete = models(REAL, published), models(COMPLETE, published)
    bench.told("one piece", [item], None)
    bench.told(f"{len(real)} real models", real, GOAL)
    bench.told(f"{len(complete)} complete models in four languages", complete, None)
    for number in (1, 20):
        bench.told(f"reports on the real ones with {number} wrong values each", real, GOAL_FAULTY, number)
    bench.told("reports on the complete ones with 20 wrong values each", complete, None, 20)
    for form in EVERY:
        document = largest(published, published.schema_iri(GROUP, published.current(GROUP), form.value))
        taken = bench.verdict(document)
        print(
            f"the schema engine's verdict on the largest {form.value}: {taken * 1e3:.0f} ms (goal below {GOAL_LARGEST})"
        )


if __name__ == "__main__":
    main()
