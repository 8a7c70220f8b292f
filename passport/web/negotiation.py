"""Which representation and which language a request gets, from its raw header values."""

from functools import lru_cache

from passport.errors import Malformed
from passport.model.languages import FALLBACK, LANGUAGES
from passport.service.preferences import of_type, weights

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
    """The interface language: ``lang`` in the query, else in the cookie, else by ``Accept-Language``, else English.

    Of a longer ``Accept-Language`` than anybody needs only the first 400 bytes are read.
    """
    for wish in (_named(query, b"&"), _named(cookie or b"", b";")):
        if wish in LANGUAGES:
            return wish
    if not accept:
        return FALLBACK
    if len(accept) > _CACHED:
        accept = accept[:_CACHED].rpartition(b",")[0]
    return _remembered_language(accept)


def takes_gzip(accept: bytes | None) -> bool:
    """Whether an ``Accept-Encoding`` value names gzip and does not refuse it."""
    return accept is not None and weights(accept.decode("latin-1")).get("gzip", 0.0) > 0


def asked(query: bytes) -> str | None:
    """The language that the query names, if there is such a language: the language switch of every page."""
    wish = _named(query, b"&")
    return wish if wish in LANGUAGES else None


def unfolded(query: bytes) -> bool:
    """Whether the query asks for a page with every fold of it open, for paper and for who searches in it."""
    return b"open=all" in query.split(b"&")


def _named(text: bytes, separator: bytes) -> str | None:
    if b"lang=" not in text:
        return None
    for part in text.split(separator):
        name, _, value = part.strip().partition(b"=")
        if name == b"lang" and len(value) == 2:
            return value.decode("latin-1").lower()
    return None


def _choose(accept: bytes, offers: Offers) -> str | None:
    accepted = weights(accept.decode("latin-1"))
    best, chosen = 0.0, None
    for offer in offers:
        weight = of_type(offer, accepted)
        if weight > best:
            best, chosen = weight, offer
    return chosen


def _choose_language(accept: bytes) -> str:
    accepted = weights(accept.decode("latin-1"))
    for tag in sorted(accepted, key=lambda each: -accepted[each]):
        primary = tag.partition("-")[0]
        if primary in LANGUAGES and accepted[tag] > 0:
            return primary
    return FALLBACK


_remembered = lru_cache(maxsize=1024)(_choose)
_remembered_language = lru_cache(maxsize=1024)(_choose_language)
