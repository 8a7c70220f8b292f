"""Generate the published schemas, contexts, vocabulary and manifest from the tables in ``vocab/source``.

``python vocab/generate.py`` writes them; ``--check`` writes nothing and exits 1 when a file differs.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from generation import source, turtle
from generation.contexts import Contexts
from generation.schemas import Schemas

ROOT = Path(__file__).resolve().parent.parent


def pretty(value: Any) -> bytes:
    """JSON as published: two spaces, UTF-8, a newline at the end."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def build() -> dict[str, bytes]:
    """Every generated file: path under the project's root to bytes."""
    group, terms, classes = source.group(), source.terms(), source.classes()
    folder = f"schemas/{group.name}/{group.version}"
    files = {f"{folder}/{name}.json": pretty(schema) for name, schema in Schemas(group, terms).all().items()}
    lists = source.code_lists()
    contexts = Contexts(group, terms, classes, {name: each["codes"] for name, each in lists.items()})
    files["vocab/contexts/passport-1.0.jsonld"] = pretty(contexts.passport())
    files["vocab/contexts/event-1.0.jsonld"] = pretty(contexts.event())
    files["vocab/contexts/credential-1.0.jsonld"] = pretty(contexts.credential())
    files["vocab/furniture-passport.ttl"] = turtle.vocabulary(group, terms, classes, source.annotations())
    files |= {f"vocab/codes/{name}.ttl": turtle.code_list(name, each) for name, each in lists.items()}
    digests = {path: hashlib.sha256(data).hexdigest() for path, data in sorted(files.items())}
    return files | {"schemas/manifest.json": pretty(digests)}


def _stands(path: str) -> bytes | None:
    file = ROOT / path
    return file.read_bytes() if file.is_file() else None


def main(arguments: list[str]) -> int:
    """Write the files, or with ``--check`` name those that differ."""
    files = build()
    differing = [path for path, data in files.items() if _stands(path) != data]
    if "--check" in arguments:
        sys.stdout.writelines(f"{path}\n" for path in differing)
        return 1 if differing else 0
    for path in differing:
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_bytes(files[path])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
