"""The GS1 resolver's answers: where a key leads, by default, by link type, or as a linkset.

GS1-Conformant Resolver 1.2.1: default link and walking up (sections 2.5.9, 2.6.1), link types and negotiation (2.6.2,
2.6.3), linksets (2.9, 2.10), query strings (2.12), description file (3). A key that parses and leads nowhere raises
``NotFound`` (2.4.1).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

import orjson

from passport.codecs.linkset import CONTEXT_ADDRESS, DEFAULT_LINK, GS1, MEDIA_TYPE, Anchor, Link, relation
from passport.errors import NotFound
from passport.model.digitallink import SUPPORTED_PRIMARY_KEYS, Key
from passport.ports import History, Location
from passport.service.preferences import of_languages, of_type, weights
from passport.service.productlinks import anchor

LINKSET_TYPES: Final = (MEDIA_TYPE, "application/ld+json", "text/html", "application/json")
"""Media types in which a linkset is given; the first one when the request has no wish among them."""

_WHOLE: Final = frozenset({"linkset", "all"})
_PRINTABLE: Final = re.compile(rb"[!-~]*\Z")
_UNPRINTABLE: Final = re.compile(rb"[^!-~]|#")
_PARAMETER: Final = re.compile(rb"(?:^|[&;])linkType=([^&;]*)")


@dataclass(frozen=True, slots=True)
class Found:
    """One level at which something is known: the key it is known by, and the product."""

    key: Key
    location: Location


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a key leads to: ``levels``, at least one, the most specific first."""

    key: Key
    levels: tuple[Found, ...]

    @property
    def location(self) -> Location:
        """The product that answers for the key."""
        return self.levels[0].location


@dataclass(frozen=True, slots=True)
class Redirect:
    """307 to ``location``, an absolute address in printable ASCII with the request's query. ``key`` is the level's."""

    location: str
    key: Key


@dataclass(frozen=True, slots=True)
class Linkset:
    """200 with these levels as a linkset, in ``media_type``, one of ``LINKSET_TYPES``."""

    levels: tuple[Anchor, ...]
    media_type: str


@dataclass(frozen=True, slots=True)
class Choices:
    """300: links that the request does not tell apart, as a linkset in ``media_type``."""

    levels: tuple[Anchor, ...]
    media_type: str


def answer(
    history: History,
    key: Key,
    *,
    base: str,
    query: bytes = b"",
    accept: str | None = None,
    languages: str | None = None,
) -> Redirect | Linkset | Choices:
    """The whole answer to ``GET {key}?{query}``; ``accept`` and ``languages`` are raw header values.

    Without a link type, and without a wish for a linkset, this costs one lookup for a registered key.
    """
    link_type = wanted(query)
    if link_type is None and (accept is None or not wants_linkset(accept)):
        found = resolve(history, key).levels[0]
        return Redirect(with_query(f"{base}/passports/{found.location.code}", query), found.key)
    levels = anchors(history, resolve(history, key, every_level=True), base=base, languages=languages)
    return choose(levels, key, link_type=link_type, accept=accept, languages=languages, query=query)


def resolve(history: History, key: Key, *, every_level: bool = False) -> Resolved:
    """Walk up from ``key`` to what is known: the nearest level, or every one. Raises ``NotFound``.

    A withdrawn product is found like any other: its passport's own address tells what became of it.
    """
    found: list[Found] = []
    for level in key.walk_up():
        location = history.locate(level.canonical)
        if location is not None:
            found.append(Found(level, location))
            if not every_level:
                break
    if not found:
        raise NotFound("Nothing is known under this key.", key=key.canonical)
    return Resolved(key, tuple(found))


def anchors(history: History, resolved: Resolved, *, base: str, languages: str | None = None) -> tuple[Anchor, ...]:
    """The levels of a resolved key with their links, the most specific first; a nameless piece borrows a name."""
    levels: list[Anchor] = []
    name: str | None = None
    for found in reversed(resolved.levels):
        reading = history.read(found.location.code)
        if reading is not None:
            level = anchor(f"{base}/{found.key.canonical}", reading, base=base, languages=languages, name=name)
            name = level.description
            levels.append(level)
    return tuple(reversed(levels))


def choose(
    levels: Sequence[Anchor],
    key: Key,
    *,
    link_type: str | None,
    accept: str | None,
    languages: str | None,
    query: bytes = b"",
) -> Redirect | Linkset | Choices:
    """The answer out of levels already read: a linkset, the best link of a type, or several equal ones.

    Links of the asked type are taken from the most specific level that has any. Language decides first, then media
    type. No link of that type raises ``NotFound``, whose value ``link_types`` names those there are.
    """
    if link_type is None or link_type in _WHOLE or (accept is not None and wants_linkset(accept)):
        return Linkset(tuple(levels), linkset_type(accept))
    asked = relation(link_type)
    for level in levels:
        candidates = [link for link in level.links if link.relation == asked]
        if candidates:
            best = _best(candidates, accept, languages)
            if len({link.href for link in best}) == 1:
                return Redirect(with_query(best[0].href, query), key)
            return Choices((Anchor(level.uri, level.description, tuple(best)),), linkset_type(accept))
    known = sorted({link.relation for level in levels for link in level.links} - {DEFAULT_LINK})
    raise NotFound("There is no link of this type.", key=key.canonical, link_types=known)


def wanted(query: bytes) -> str | None:
    """The link type that a query asks for (the first ``linkType``), decoded; None without one."""
    if b"linkType=" not in query:
        return None
    found = _PARAMETER.search(query)
    return unquote_to_bytes(found[1]).decode("utf-8", "replace") if found else None


def with_query(target: str, query: bytes) -> str:
    """``target`` with a request's query behind it, byte for byte (section 2.12).

    Bytes that no query may hold (controls, spaces, non-ASCII, ``#``) are percent-encoded, so that the address stays one
    line and its host the target's own.
    """
    if not query:
        return target
    if b"#" in query or not _PRINTABLE.match(query):
        query = _UNPRINTABLE.sub(lambda found: b"%%%02X" % ord(found[0]), query)
    address, mark, fragment = target.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{query.decode('ascii')}{mark}{fragment}"


def description(base: str, *, name: str) -> bytes:
    """The document of ``/.well-known/gs1resolver`` (JSON)."""
    return orjson.dumps(
        {
            "name": name,
            "resolverRoot": base,
            "supportedPrimaryKeys": list(SUPPORTED_PRIMARY_KEYS),
            "supportedLinkType": [{"namespace": GS1, "prefix": "gs1:"}],
            "linkTypeDefaultCanBeLinkset": False,
            "jsonLdContextLocation": base + CONTEXT_ADDRESS,
        }
    )


def context_header(base: str) -> str:
    """The ``Link`` value of linkset answers that leads to their JSON-LD context (section 2.10)."""
    return f'<{base}{CONTEXT_ADDRESS}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'


def same_as_header(base: str, key: Key) -> str:
    """The ``Link`` value that tells the plain address of a key that came as an EPC binary string (section 2.3)."""
    return f'<{base}/{key.canonical}>; rel="owl:sameAs"'


def wants_linkset(accept: str) -> bool:
    """Whether an ``Accept`` value asks for a linkset by name."""
    return "linkset" in accept and weights(accept).get(MEDIA_TYPE, 0.0) > 0


def linkset_type(accept: str | None) -> str:
    """The one of ``LINKSET_TYPES`` that suits an ``Accept`` value best."""
    accepted = weights(accept)
    if accepted.get(MEDIA_TYPE, 0.0) > 0:
        return MEDIA_TYPE
    return max(LINKSET_TYPES, key=lambda each: of_type(each, accepted))


def _best(links: Sequence[Link], accept: str | None, languages: str | None) -> list[Link]:
    """The links that suit the request best: more than one when it does not tell them apart."""
    types, tongues = weights(accept), weights(languages)

    def fit(link: Link) -> tuple[float, float]:
        spoken = of_languages(link.hreflang, tongues) if link.hreflang else 0.0
        return spoken, of_type(link.type, types) if link.type else of_type("*/*", types)

    top = max(map(fit, links))
    return [link for link in links if fit(link) == top]
