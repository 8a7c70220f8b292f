"""Which representation and which language a request gets, from its raw header values."""

from functools import lru_cache

from passport.errors import Malformed
from passport.web import languages

_LONGEST = 4096
_CACHED = 400

Offers = tuple[str, ...]


def choose(accept: bytes | None, offers: Offers) -> str | None:
    """The media type of ``offers`` that an ``Accept`` value prefers (RFC 9110 §12.5.1), or None when none will do.

    Without the header, and between equals, the earlier offer wins. Parameters other than ``q`` are not compared. A
    value longer than 4096 bytes raises ``Malformed``.
    """
    if accept is None or accept == b"*/*":
        return offers[0]
    if len(accept) <= _CACHED:
        return _remembered(accept, offers)
    if len(accept) > _LONGEST:
        raise Malformed("The Accept header is longer than 4096 bytes.")
    return _choose(accept, offers)


def language(*, accept: bytes | None, cookie: bytes | None = None, query: bytes = b"") -> str:
    """The interface language: ``lang`` in the query, else in the cookie, else by ``Accept-Language``, else English."""
    wishes = (_named(query, b"&"), _named(cookie or b"", b";"))
    if accept is None or len(accept) > _CACHED:
        return languages.choose(*wishes)
    return _remembered_language(wishes, accept)


def asked(query: bytes) -> str | None:
    """The language that the query names, if there is such a language: the language switch of every page."""
    wish = _named(query, b"&")
    return wish if wish in languages.LANGUAGES else None


def _named(text: bytes, separator: bytes) -> str | None:
    if b"lang=" not in text:
        return None
    for part in text.split(separator):
        name, _, value = part.strip().partition(b"=")
        if name == b"lang" and len(value) == 2:
            return value.decode("latin-1").lower()
    return None


def _weights(value: bytes) -> dict[str, float]:
    """Each range of a list header with its q; a range whose q cannot be read is left out."""
    found: dict[str, float] = {}
    for item in value.decode("latin-1").lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        weight = 1.0
        for parameter in parameters:
            key, _, text = parameter.partition("=")
            if key.strip() == "q":
                weight = _quality(text.strip())
        if name and weight >= 0:
            found[name] = max(weight, found.get(name, 0.0))
    return found


def _quality(text: str) -> float:
    """A weight between 0 and 1, or -1 when ``text`` is none (RFC 9110 §12.4.2)."""
    digits = text.replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit()) or len(text) > 5:
        return -1.0
    weight = float(text)
    return weight if weight <= 1 else -1.0


def _choose(accept: bytes, offers: Offers) -> str | None:
    weights = _weights(accept)
    if not weights:
        return offers[0]
    best, chosen = 0.0, None
    for offer in offers:
        main = offer.partition("/")[0]
        weight = weights.get(offer, weights.get(f"{main}/*", weights.get("*/*", 0.0)))
        if weight > best:
            best, chosen = weight, offer
    return chosen


def _choose_language(wishes: tuple[str | None, str | None], accept: bytes) -> str:
    return languages.choose(*wishes, accept=accept.decode("latin-1"))


_remembered = lru_cache(maxsize=1024)(_choose)
_remembered_language = lru_cache(maxsize=1024)(_choose_language)
