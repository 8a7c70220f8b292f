"""Manifests: what a snapshot is and what is in it, as JSON; and the notice of one that was struck out."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from passport.model.dataset import DataFile, Released, Snapshot, Statistics, Struck

MANIFEST: Final = "manifest.json"
"""The name of the manifest among the files of a snapshot, in which it is not listed itself."""


def manifest(snapshot: Snapshot, *, base: str) -> bytes:
    """A snapshot as indented JSON; ``base`` is the address of the service."""
    here = f"{base}/data/{snapshot.name}"
    told = snapshot.statistics
    value: dict[str, Any] = {
        "id": here,
        "name": snapshot.name,
        "issued": snapshot.issued,
        "licence": snapshot.licence,
        "log": {
            "origin": snapshot.origin,
            "size": snapshot.size,
            "root": snapshot.root,
            "checkpoint": f"{here}/checkpoint",
            "first": snapshot.first,
            "last": snapshot.last,
        },
        "statistics": {
            "triples": told.triples,
            "graphs": told.graphs,
            "entities": told.entities,
            "passports": told.passports,
            "events": told.events,
            "classes": dict(told.classes),
            "properties": dict(told.properties),
        },
        "files": [_file(each, here) for each in snapshot.files],
        "published": [{"path": path, "sha256": digest} for path, digest in sorted(snapshot.published.items())],
        "erased": sorted(snapshot.erased),
        "stamp": snapshot.stamp,
    }
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _file(each: DataFile, here: str) -> dict[str, Any]:
    value: dict[str, Any] = {
        "url": f"{here}/{each.name}",
        "name": each.name,
        "mediaType": each.media_type,
        "bytes": each.size,
        "sha256": each.digest,
        "rows": each.rows,
    }
    if each.packed:
        value |= {"compression": "gzip", "plainBytes": each.plain_size, "plainSha256": each.plain_digest}
    return value


def snapshot(data: bytes) -> Snapshot:
    """The snapshot that a manifest is of. Raises ``ValueError`` or ``LookupError`` for bytes that are no manifest."""
    value = orjson.loads(data)
    log, told = value["log"], value["statistics"]
    return Snapshot(
        name=value["name"],
        issued=value["issued"],
        licence=value["licence"],
        origin=log["origin"],
        size=log["size"],
        root=log["root"],
        first=log["first"],
        last=log["last"],
        stamp=value["stamp"],
        statistics=Statistics(**told),
        files=tuple(_read(each) for each in value["files"]),
        erased=frozenset(value["erased"]),
        published={each["path"]: each["sha256"] for each in value["published"]},
    )


def _read(value: Mapping[str, Any]) -> DataFile:
    return DataFile(
        value["name"],
        value["mediaType"],
        value["bytes"],
        value["sha256"],
        value["rows"],
        value.get("plainBytes", value["bytes"]),
        value.get("plainSha256", value["sha256"]),
    )


def farewell(released: Released) -> bytes:
    """The notice of a snapshot that was released, as JSON."""
    return orjson.dumps({"name": released.name, "at": released.at})


def released(data: bytes) -> Released:
    """What such a notice says. Raises as ``snapshot`` does."""
    value = orjson.loads(data)
    return Released(value["name"], value["at"])


def notice(struck: Struck) -> bytes:
    """The notice of a snapshot that was struck out, as JSON."""
    return orjson.dumps({"name": struck.name, "issued": struck.issued, "at": struck.at, "acts": struck.acts})


def struck(data: bytes) -> Struck:
    """What a notice says. Raises as ``snapshot`` does."""
    value = orjson.loads(data)
    return Struck(value["name"], value["issued"], value["at"], tuple(value["acts"]))
