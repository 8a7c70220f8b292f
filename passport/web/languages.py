"""The interface's languages: which there are, which one a reader wants, and their catalogues of texts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from babel.messages.pofile import read_po

LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "English", "sv": "Svenska", "da": "Dansk", "pl": "Polski"})
"""Language tag to the language's own name, in the order of the language switch. The first is the fallback."""

FALLBACK = "en"
LOCALE = Path(__file__).parent.parent / "locale"

_PLURALS: Mapping[str, Callable[[int], int]] = MappingProxyType(
    {
        "pl": lambda n: 0 if n == 1 else 1 if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else 2,
    }
)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The texts of one domain in one language, keyed by their English text; a missing text falls back to English."""

    language: str
    texts: Mapping[str, str | tuple[str, ...]]

    def gettext(self, message: str) -> str:
        """The text in this catalogue's language."""
        found = self.texts.get(message, message)
        return found if isinstance(found, str) else found[0]

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """The text in the plural form that ``number`` asks for in this catalogue's language."""
        found = self.texts.get(singular)
        if isinstance(found, tuple):
            return found[plural_form(self.language, number)]
        return singular if number == 1 else plural


def plural_form(language: str, number: int) -> int:
    """The index of the gettext plural form that a whole number takes (CLDR plural rules for integers)."""
    rule = _PLURALS.get(language)
    return rule(number) if rule else int(number != 1)


@cache
def catalogue(language: str, domain: str = "pages") -> Catalogue:
    """The catalogue of a domain, read from its ``.po`` file once; empty for English, whose texts are the keys."""
    path = LOCALE / language / "LC_MESSAGES" / f"{domain}.po"
    if language == FALLBACK or not path.is_file():
        return Catalogue(language, MappingProxyType({}))
    with path.open("rb") as file:
        messages = read_po(file, locale=language)
    texts: dict[str, str | tuple[str, ...]] = {}
    for message in messages:
        if message.id and message.string and not message.fuzzy:
            key = message.id if isinstance(message.id, str) else message.id[0]
            texts[key] = message.string if isinstance(message.string, str) else tuple(message.string)
    return Catalogue(language, MappingProxyType(texts))


def choose(*wishes: str | None, accept: str | None = None) -> str:
    """The interface language: the first wish that exists here, else the best of an ``Accept-Language`` value."""
    for wish in wishes:
        if wish and wish.lower() in LANGUAGES:
            return wish.lower()
    for tag in _ranked(accept or ""):
        primary = tag.partition("-")[0]
        if primary in LANGUAGES:
            return primary
    return FALLBACK


def _ranked(accept: str) -> list[str]:
    ranges: list[tuple[float, str]] = []
    for part in accept[:500].split(","):
        tag, _, parameters = part.strip().lower().partition(";")
        quality = _quality(parameters)
        if tag and quality > 0:
            ranges.append((-quality, tag))
    return [tag for _, tag in sorted(ranges, key=lambda each: each[0])]


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
