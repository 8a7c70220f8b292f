"""GS1 Digital Link URIs: from the raw path of a web address to a key, and back to its one canonical spelling.

The key table is GS1 Digital Link: URI Syntax 1.7.0 section 4; what a resolver answers to malformed URIs is
GS1-Conformant Resolver 1.2.1 section 2.4.1. Everything works on the percent-encoded path, since ``%2F`` is data.
Addresses have no stem here: the key begins right after the host, or after a stem that the caller names.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from passport.model.identifiers import (
    BadIdentifier,
    batch,
    characters,
    check_digit,
    counter,
    cpid,
    gdti,
    giai,
    gln13,
    gmn,
    grai,
    gsrn,
    gtin14,
    importer,
    itip,
    numeric,
    serial,
    sscc,
)
from passport.model.passport import Level

LONGEST_PATH: Final = 512
"""Characters in a path that are looked at: three times the longest values are fewer."""

SUPPORTED_PRIMARY_KEYS: Final = ("01", "8003", "8004", "414", "417")
"""Keys under which something can be known here (``supportedPrimaryKeys`` of the resolver's description file)."""


class BadLink(ValueError):
    """A path or URI is no GS1 Digital Link that this service reads (HTTP 400).

    ``reason`` is one of ``structure``, ``escape``, ``characters``, ``unknown-key``, ``qualifiers``, ``too-long``,
    ``not-a-web-address`` and the codes of ``BadIdentifier``; ``about`` the application identifier or text at fault, and
    ``expected`` what would be right, where that can be said.
    """

    def __init__(self, reason: str, about: str = "", expected: str = "") -> None:
        super().__init__(" ".join(filter(None, (reason, about, expected and f"(expected {expected})"))))
        self.reason = reason
        self.about = about
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Key:
    """A GS1 key with its qualifiers, each an application identifier and a plain (decoded) value."""

    ai: str
    value: str
    qualifiers: tuple[tuple[str, str], ...] = ()

    @property
    def canonical(self) -> str:
        """The one spelling of this key: a path without leading slash, such as ``01/09506000134352/21/A1``.

        As in GS1's canonical URIs, everything in a value but letters, digits and ``- . _`` is percent-encoded, with
        capital hexadecimal digits.
        """
        path = f"{self.ai}/{_encoded(self.value)}"
        for ai, value in self.qualifiers:
            path += f"/{ai}/{_encoded(value)}"
        return path

    @property
    def level(self) -> Level | None:
        """What kind of product bears this key; None for a key of a place, a party, a document or a shipment."""
        if self.ai in _ITEM_KEYS or (self.ai == "8003" and len(self.value) > 14):
            return Level.ITEM
        if self.ai not in _PRODUCT_KEYS:
            return None
        qualifiers = {ai for ai, _ in self.qualifiers}
        if qualifiers & _ITEM_QUALIFIERS:
            return Level.ITEM
        return Level.BATCH if "10" in qualifiers else Level.MODEL

    @property
    def registered(self) -> "Key":
        """The key under which a product with this key is known: a serial number carries no variant and no batch.

        (GS1-Conformant Resolver 1.2.1 section 2.5.9, rules 1 and 2.)
        """
        return self if len(self.qualifiers) < 2 else next(self.walk_up())

    def walk_up(self) -> Iterator["Key"]:
        """This key and the less specific ones that answer for it, the most specific first (section 2.5.9, rule 4).

        A serial number outranks a batch, a batch of a variant outranks a batch, a batch outranks a variant.
        """
        given = dict(self.qualifiers)
        for names in _LEVELS.get(self.ai, _PLAIN):
            if all(name in given for name in names):
                yield Key(self.ai, self.value, tuple((name, given[name]) for name in names))


_LEVELS_OF_GTIN: Final = (("235",), ("21",), ("22", "10"), ("10",), ("22",), ())
_PLAIN: Final[tuple[tuple[str, ...], ...]] = ((),)
_LEVELS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = MappingProxyType(
    {
        "01": _LEVELS_OF_GTIN,
        "8006": _LEVELS_OF_GTIN,
        "414": (("254",), ("7040",), ()),
        "417": (("7040",), ()),
        "8004": (("7040",), ()),
        "8010": (("8011",), ()),
        "8017": (("8019",), ()),
        "8018": (("8019",), ()),
    }
)
_PRODUCT_KEYS: Final = frozenset({"01", "8003", "8006", "8010", "8013"})
_ITEM_KEYS: Final = frozenset({"8004"})
_ITEM_QUALIFIERS: Final = frozenset({"21", "235", "8011"})

_KEYS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {
        "01": gtin14,
        "8006": itip,
        "414": gln13,
        "417": gln13,
        "8004": giai,
        "8003": grai,
        "253": gdti,
        "00": sscc,
        "8010": cpid,
        "8013": gmn,
        "8017": gsrn,
        "8018": gsrn,
    }
)
_QUALIFIERS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {
        "22": lambda text: characters(text, 20),
        "10": batch,
        "21": serial,
        "235": lambda text: characters(text, 28),
        "254": lambda text: characters(text, 20),
        "7040": importer,
        "8011": lambda text: counter(text, 12),
        "8019": lambda text: numeric(text, 10),
    }
)
_SEQUENCES: Final[Mapping[str, frozenset[tuple[str, ...]]]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("01", "8006"),
            frozenset({(), ("22",), ("10",), ("21",), ("22", "10"), ("22", "21"), ("10", "21"), ("22", "10", "21")}),
        ),
        "414": frozenset({(), ("254",), ("7040",)}),
        **dict.fromkeys(("417", "8004"), frozenset({(), ("7040",)})),
        "8010": frozenset({(), ("8011",)}),
        **dict.fromkeys(("8017", "8018"), frozenset({(), ("8019",)})),
    }
)
_WITH_TPX: Final = frozenset({"01", "8006"})

_FAST: Final = re.compile(r"/?01/([0-9]{14})(?:/21/([A-Za-z0-9_-]{1,20}))?/?")
_LEGAL: Final = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*\Z")
_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_WEB: Final = re.compile(r"https?://[^/?#\\@\s]+(/[^?#]*)?(?:[?#].*)?\Z", re.IGNORECASE)


def parse_path(raw_path: bytes | str) -> Key:
    """The key that a raw (still percent-encoded) path names. Raises ``BadLink``.

    A leading slash and one trailing slash change nothing. Values are checked: digits, lengths, character sets, check
    digits; so are the order and choice of qualifiers.
    """
    path = raw_path if isinstance(raw_path, str) else raw_path.decode("latin-1")
    plain = _FAST.fullmatch(path)
    if plain is not None:
        gtin, number = plain.groups()
        if check_digit(gtin[:13]) == gtin[13]:
            return Key("01", gtin, () if number is None else (("21", number),))
    return _parse(path)


def parse_uri(uri: str, *, stem: str = "") -> Key:
    """The key of a Digital Link URI on any host; ``stem`` is the path in front of the key. Raises ``BadLink``.

    Query and fragment are not part of the key.
    """
    address = _WEB.match(uri)
    if address is None:
        raise BadLink("not-a-web-address", uri[:80])
    path = address[1] or "/"
    if not path.startswith(stem):
        raise BadLink("structure", uri[:80])
    return parse_path(path[len(stem) :])


def make(ai: str, value: str, *qualifiers: tuple[str, str]) -> Key:
    """A checked key from plain values, as a submission gives them; ``BadIdentifier`` or ``BadLink`` when it is none."""
    check = _KEYS.get(ai)
    if check is None:
        raise BadLink("unknown-key", ai)
    names = tuple(name for name, _ in qualifiers)
    if names not in _SEQUENCES.get(ai, _PLAIN) and not (ai in _WITH_TPX and names == ("235",)):
        raise BadLink("qualifiers", "/".join((ai, *names)))
    return Key(ai, check(value), tuple((name, _QUALIFIERS[name](text)) for name, text in qualifiers))


def _parse(path: str) -> Key:
    if len(path) > LONGEST_PATH:
        raise BadLink("too-long", path[:80])
    if not _LEGAL.match(path):
        raise BadLink("escape" if _ESCAPE.search(path) else "characters", path[:80])
    segments = path.removeprefix("/").removesuffix("/").split("/")
    if len(segments) % 2 or "" in segments:
        raise BadLink("structure", path[:80])
    pairs = [(segments[at], _decoded(segments[at + 1])) for at in range(0, len(segments), 2)]
    try:
        return make(*pairs[0], *pairs[1:])
    except BadIdentifier as bad:
        raise BadLink(bad.code, bad.text[:80], bad.expected) from None


def _decoded(segment: str) -> str:
    return unquote_to_bytes(segment).decode("latin-1") if "%" in segment else segment


_UNRESERVED: Final = re.compile("[0-9A-Za-z._-]+")
"""What is written as it is."""


def _encoded(value: str) -> str:
    return value if _UNRESERVED.fullmatch(value) else quote(value, safe="")
