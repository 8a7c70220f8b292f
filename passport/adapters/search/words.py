"""Text as words to look up: spelling folded beside the exact one, endings of compounds, numbers squeezed.

The index gets words that are taken apart here and nothing else, so that no text of a stranger is ever read as query
syntax, and both sides always agree on what a word is. Folding is our own because SQLite's knows no ``ł``, ``ø`` and
``æ``: in Swedish ``å`` is another letter than ``a``, yet somebody with another keyboard must find it too, so that a
folded spelling is found but the exact one comes first.
"""

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 40
"""Characters of a word that count."""

MOST = 12
"""Words of a question that count."""

_WORD = re.compile(r"[^\W_]+")
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "ı": "i"})
_COMPOUND, _PART = 7, 4
_PREFIX, _FOLDED_PREFIX = 3, 4
_PRINTED, _FULL = (8, 12, 13), 14


def words(text: str) -> list[str]:
    """The words of ``text`` in lower case, in order."""
    return [each[:LONGEST] for each in _WORD.findall(unicodedata.normalize("NFKC", text).casefold())]


def folded(word: str) -> str:
    """A word without accents and strokes."""
    if word.isascii():
        return word
    plain = unicodedata.normalize("NFD", word.translate(_LETTERS))
    return "".join(each for each in plain if not unicodedata.combining(each))


def squeezed(text: str) -> str:
    """A number without spaces, dashes and capitals."""
    return "".join(words(text))[: 2 * LONGEST]


def in_full(number: str) -> str:
    """A GTIN with the zeros that passports write and packages leave out; another number as it is."""
    return number.zfill(_FULL) if len(number) in _PRINTED and number.isascii() and number.isdigit() else number


def exact(texts: Iterable[str]) -> str:
    """The words of texts as they are indexed, each once."""
    return " ".join(dict.fromkeys(word for text in texts for word in words(text)))


def variants(compounds: str, others: str) -> str:
    """Other spellings under which indexed words are found: folded, and for ``compounds`` from the middle on.

    Swedish and Danish write words together: who looks for ``stol`` means ``kontorsstol`` too.
    """
    own = {*compounds.split(), *others.split()}
    plain = {folded(word) for word in own}
    parts = {
        each[start:]
        for word in compounds.split()
        for each in {word, folded(word)}
        if len(each) >= _COMPOUND
        for start in range(_PART - 1, len(each) - _PART + 1)
    }
    return " ".join(sorted((plain | parts) - own))


def match(asked: list[str]) -> str:
    """The FTS5 expression that all of these words must be there, the last one at least as a beginning."""
    last = len(asked) - 1
    return " AND ".join(_either(word, prefix=place == last) for place, word in enumerate(asked))


def _either(word: str, *, prefix: bool) -> str:
    """A word or its folded spelling; what is folded says less, so that more of it must be there for a beginning."""
    plain = folded(word) or word
    spellings = {plain: _FOLDED_PREFIX, word: _PREFIX}
    ends = {
        each: "*" if prefix and len(each) >= least and not each.isdigit() else "" for each, least in spellings.items()
    }
    ends.setdefault(in_full(word), "")
    return "(" + " OR ".join(f'"{each}"{end}' for each, end in ends.items()) + ")"
