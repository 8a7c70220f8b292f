"""Linksets (RFC 9264) in GS1's profile: which links lead from a product, level by level.

The profile is GS1-Conformant Resolver 1.2.1 sections 2.5 and 2.10; the output is valid under the linkset schema of
March 2025 and under that of 1.2.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

GS1: Final = "https://ref.gs1.org/voc/"
"""Namespace of GS1's link types, ``gs1:`` in requests."""

DEFAULT_LINK: Final = GS1 + "defaultLink"
MEDIA_TYPE: Final = "application/linkset+json"
CONTEXT_ADDRESS: Final = "/contexts/linkset/1.0"
"""Path under which a service shows ``CONTEXT``; linkset answers name it in their ``Link`` header."""

CONTEXT: Final[dict[str, Any]] = {
    "@version": 1.1,
    "gs1": GS1,
    "dcterms": "http://purl.org/dc/terms/",
    "linkset": "@graph",
    "anchor": "@id",
    "href": "@id",
    "itemDescription": {"@id": "dcterms:description"},
    "title": {"@id": "dcterms:title"},
    "type": {"@id": "dcterms:format"},
    "hreflang": {"@id": "dcterms:language", "@container": "@set"},
}
"""The JSON-LD context that makes linked data of a linkset; relations are absolute addresses and need no terms."""

_ALIAS: Final = re.compile(r"(?:gs1:|https?://(?:www\.|ref\.)?gs1\.org/voc/)([A-Za-z]+)\Z")
_RELATION: Final = re.compile(r"https?://[a-zA-Z0-9./]+\Z")
_MEDIA_TYPE: Final = re.compile(r"[a-z]+/[a-z0-9.+-]+\Z")
_HREF: Final = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?(?:[/?#][!-~]*)?\Z")
_UNSAFE: Final = re.compile(r'[\\<>"^`{|}]')
_TAG: Final = re.compile(r"([A-Za-z]{2})(?:-([A-Za-z]{2}))?(?:-.*)?\Z")


@dataclass(frozen=True, slots=True)
class Link:
    """One link: its relation, target and title, and what tells it from others of its relation.

    ``relation`` is an absolute address of letters, digits, dots and slashes, ``href`` an absolute http(s) address in
    ASCII without user part; ValueError otherwise. ``type`` is a media type, ``hreflang`` are language tags.
    """

    relation: str
    href: str
    title: str
    type: str | None = None
    hreflang: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _RELATION.match(self.relation):
            raise ValueError(f"A linkset's schema refuses this relation: {self.relation!r}")
        if not is_web_address(self.href):
            raise ValueError(f"No link leads to {self.href!r}")
        if self.type is not None and not _MEDIA_TYPE.match(self.type):
            raise ValueError(f"No media type: {self.type!r}")


@dataclass(frozen=True, slots=True)
class Anchor:
    """What links start from: the address of one level of a product, and its description."""

    uri: str
    description: str
    links: tuple[Link, ...]


def relation(link_type: str) -> str:
    """The address of a link type as a request may write it: ``gs1:pip`` and GS1's addresses fold to one spelling."""
    alias = _ALIAS.match(link_type)
    return GS1 + alias[1] if alias else link_type


def is_web_address(text: str) -> bool:
    """Whether ``text`` can be a link's target: absolute, http or https, plain ASCII, a host and no user part."""
    return _HREF.match(text) is not None and _UNSAFE.search(text) is None and bool(urlsplit(text).hostname)


def document(levels: Sequence[Anchor]) -> dict[str, Any]:
    """The linkset as a document: one object for each level, in the given order."""
    return {"linkset": [_context_object(level) for level in levels]}


def linkset(levels: Sequence[Anchor]) -> bytes:
    """The linkset as ``application/linkset+json``."""
    return orjson.dumps(document(levels))


def linkset_ld(levels: Sequence[Anchor]) -> bytes:
    """The linkset as ``application/ld+json``: the same document with its context embedded."""
    return orjson.dumps({"@context": CONTEXT, **document(levels)})


def context() -> bytes:
    """The context document that stands at ``CONTEXT_ADDRESS``."""
    return orjson.dumps({"@context": CONTEXT})


def _context_object(level: Anchor) -> dict[str, Any]:
    found: dict[str, Any] = {"anchor": level.uri, "itemDescription": level.description}
    for link in level.links:
        found.setdefault(link.relation, []).append(_target(link))
    return found


def _target(link: Link) -> dict[str, Any]:
    target: dict[str, Any] = {"href": link.href, "title": link.title}
    if link.type is not None:
        target["type"] = link.type
    tags = _tags(link.hreflang)
    if tags:
        target["hreflang"] = tags
    return target


def _tags(languages: Sequence[str]) -> list[str]:
    """The tags as the schema takes them, ``ll`` or ``ll-CC``; longer ones lose their end, other languages fall away."""
    found: dict[str, None] = {}
    for language in languages:
        tag = _TAG.match(language)
        if tag:
            found[tag[1].lower() + (f"-{tag[2].upper()}" if tag[2] else "")] = None
    return list(found)
