"""Generate the published schemas, contexts, vocabulary and manifest from the tables in ``vocab/source``.

``python vocab/generate.py`` writes them; ``--check`` writes nothing and exits 1 when a file differs.
"""

import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generation import events, layout, shapes, source, turtle
from generation.contexts import Contexts
from generation.schemas import Schemas

ROOT = Path(__file__).resolve().parent.parent


def pretty(value: Any) -> bytes:
    """JSON as published: two spaces, UTF-8, a newline at the end."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def build() -> dict[str, bytes]:
    """Every generated file: path under the project's root to bytes."""
    files: dict[str, bytes] = {}
    groups = source.groups()
    for group in groups:
        files |= _group(group) | _shapes(group, groups[0])
    digests = {path: hashlib.sha256(data).hexdigest() for path, data in sorted(files.items())}
    return files | {"schemas/manifest.json": pretty(digests)}


def _group(group: source.Group) -> dict[str, bytes]:
    """The files of one group: a group whose source has a folder of its own has all of them in its published folder."""
    folder = f"schemas/{group.name}/{group.version}"
    shared = group.home == source.SOURCE
    own_terms, own_lists = source.terms(group.home), source.code_lists(group.home)
    terms, lists = source.terms() | own_terms, source.code_lists() | own_lists
    kind = next(field["codes"] for field in group.top if field["name"] == group.layout["kind"])
    schemas = Schemas(group, terms)
    made = schemas.all() | events.described(schemas)
    files = {f"{folder}/{name}.json": pretty(schema) for name, schema in made.items()}
    files[f"{folder}/group.json"] = pretty(layout.described(group))
    files[f"{folder}/kinds.json"] = pretty(layout.kinds(group, lists[kind]["codes"]))
    files |= {_context_path(group, shared, name): pretty(each) for name, each in _contexts(group, terms, lists).items()}
    if shared:
        files["vocab/furniture-passport.ttl"] = turtle.vocabulary(
            group, own_terms, source.classes(), source.annotations()
        )
    else:
        files[f"{folder}/terms.ttl"] = turtle.own_terms(group, own_terms)
    codes = "vocab/codes" if shared else f"{folder}/codes"
    items = source.items()
    return files | {f"{codes}/{name}.ttl": turtle.code_list(name, each, items) for name, each in own_lists.items()}


def _shapes(group: source.Group, basis: source.Group) -> dict[str, bytes]:
    made = shapes.described(group, source.terms() | source.terms(group.home), basis)
    if group.home == source.SOURCE:
        return {f"vocab/shapes/{name}.ttl": data for name, data in made.items()}
    return {f"schemas/{group.name}/{group.version}/shapes.ttl": data for data in made.values()}


def _contexts(group: source.Group, terms: Mapping[str, Any], lists: Mapping[str, Any]) -> dict[str, Any]:
    made = Contexts(group, terms, source.classes(), {name: each["codes"] for name, each in lists.items()})
    return {"passport": made.passport(), "event": made.event(), "credential": made.credential()}


def _context_path(group: source.Group, shared: bool, name: str) -> str:
    if shared:
        return f"vocab/contexts/{name}-{group.version}.jsonld"
    return f"schemas/{group.name}/{group.version}/{'context' if name == 'passport' else name}.jsonld"


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
