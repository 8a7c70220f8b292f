"""Records what the check says about the examples of faults: python examples/invalid/record.py [NAME …]

NAME.json (or .ndjson, .jsonld) is a submission with the fault that its name is the code of. NAME.report.json, which
this writes, is the expected report in every language. NAME.known.json, where there is one, is what the service knows:
{"products": {REFERENCE: {"level": …, "standing": …, "group": …}}, "organisations": [SLUG, …]}; without it the check is
off line.
Read the report before you commit it.
"""

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from passport.codecs.strictjson import Limits, read
from passport.errors import Unreadable
from passport.model.languages import LANGUAGES
from passport.model.passport import Level, Standing
from passport.model.report import Report
from passport.published import GROUP, Published
from passport.validation.checking import KnownProduct, check
from passport.validation.wording import report_body

HERE = Path(__file__).parent
TODAY = date(2026, 11, 21)
BASE = "https://passport.example"
MEDIA_TYPES = {".json": None, ".ndjson": "application/x-ndjson", ".jsonld": "application/ld+json"}


class World:
    """What the service knows in one example; off line not even its own address."""

    def __init__(self, facts: dict[str, Any] | None) -> None:
        self.complete = facts is not None
        self.base = BASE if self.complete else None
        self._facts = facts or {}

    def product(self, reference: str) -> KnownProduct | None:
        known = self._facts.get("products", {}).get(reference)
        if known is None:
            return None
        level, standing = Level(known["level"]), Standing(known.get("standing", "active"))
        group = known.get("group", GROUP)
        return KnownProduct(code=reference, key=f"p/{reference}", level=level, standing=standing, group=group)

    def organisation(self, slug: str) -> bool:
        return slug in self._facts.get("organisations", ())


def examples() -> Iterator[Path]:
    """The submissions, in order of their names."""
    for path in sorted(HERE.iterdir()):
        if path.suffix in MEDIA_TYPES and not path.name.endswith((".report.json", ".known.json")):
            yield path


def report(path: Path, published: Published) -> Report:
    """What the check says about one submission."""
    facts = path.with_suffix(".known.json")
    world = World(json.loads(facts.read_bytes()) if facts.exists() else None)
    try:
        raws = read(path.read_bytes(), media_type=MEDIA_TYPES[path.suffix], limits=Limits(), published=published)
    except Unreadable as refusal:
        return Report(0, refusal.findings)
    return check(raws, published=published, known=world, today=TODAY)


def bodies(found: Report) -> dict[str, dict[str, Any]]:
    """The report as it is served, by language."""
    return {language: report_body(found, language=language, base=BASE) for language in LANGUAGES}


def main(names: list[str]) -> None:
    published = Published.load()
    for path in examples():
        if not names or path.stem in names:
            text = json.dumps(bodies(report(path, published)), ensure_ascii=False, indent=1)
            path.with_suffix(".report.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
