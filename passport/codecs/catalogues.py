"""Catalogues of translated texts: the ``.po`` files in ``passport/locale``, each read once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from babel.messages.pofile import read_po

from passport.model.languages import FALLBACK

LOCALE: Final = Path(__file__).parent.parent / "locale"

_PLURALS: Final[Mapping[str, Callable[[int], int]]] = MappingProxyType(
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
def catalogue(language: str, domain: str) -> Catalogue:
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
