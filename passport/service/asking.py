"""What somebody types into a search: a code or an address means its product, and words that do not fit are left out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from passport.model.naming import reference_key
from passport.model.search import Hits, Query
from passport.model.shortcode import BadCode, normalise
from passport.service import search
from passport.service.system import System

MOST = 6
"""Words of a question that are tried one by one; a longer one is taken as it is."""


@dataclass(frozen=True, slots=True)
class Found:
    """What fits all that was asked; or where nothing does, what fits ``kept``, which lacks the words ``left_out``."""

    hits: Hits
    kept: str
    left_out: tuple[str, ...] = ()


def find(system: System, query: Query) -> Found:
    """What fits. A code in any spelling and an address of a passport, batch or piece find the one product they mean.

    Where nothing has all words of a question, as many of them as fit together are kept; the name of a kind goes before
    other words, and a rare word before a common one. Raises ``Malformed`` for a foreign place in ``query.after``.
    """
    hits = search.find(system, replace(query, text=_product(system, query.text) or query.text))
    words = tuple(dict.fromkeys(query.text.split()))
    if not hits.codes and query.after is None and 1 < len(words) <= MOST:
        kept = _fitting(system, query, words)
        if kept:
            text = " ".join(kept)
            left_out = tuple(word for word in words if word not in kept)
            return Found(search.find(system, replace(query, text=text)), text, left_out)
    return Found(hits, query.text)


def _product(system: System, text: str) -> str | None:
    """The short code of the product that a code or an address means; None for anything else, as for plain words."""
    text = text.strip()
    if not text or (" " in text and "://" in text):
        return None
    whole = text if "://" in text or "/" not in text else f"https://{text}"
    key = reference_key(whole, base=system.base)
    if key is None or key.startswith("p/"):
        return _known(system, key.removeprefix("p/") if key else whole.partition("?")[0].rstrip("/").rpartition("/")[2])
    located = system.history.locate(key) if "/" in text else None
    return located.code if located is not None else None


def _known(system: System, text: str) -> str | None:
    try:
        code = normalise(text)
    except BadCode:
        return None
    return code if system.history.product(code) is not None else None


def _fitting(system: System, query: Query, words: tuple[str, ...]) -> tuple[str, ...]:
    """The best of the words that fit together; empty when none of them fits at all."""

    def total(kept: tuple[str, ...]) -> int:
        asked = replace(query, text=" ".join(kept), limit=1, counted=())
        hits = search.find(system, asked)
        return hits.total if hits.codes else 0

    alive = tuple(word for word in words if total((word,)))
    if len(alive) < 2 or (alive != words and total(alive)):
        return alive
    kinds = _kind_words(system)
    for attempts in (_without_one(alive), ((word,) for word in alive)):
        found = [(kept, number) for kept in attempts if (number := total(kept))]
        if found:
            return min(found, key=lambda each: (not any(w.casefold() in kinds for w in each[0]), each[1]))[0]
    return ()


def _without_one(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    return (words[:place] + words[place + 1 :] for place in range(len(words)))


def _kind_words(system: System) -> frozenset[str]:
    labels = (label for kind in search.kinds(system.published) for label in kind.labels.values())
    return frozenset(word for label in labels for word in label.casefold().split())
