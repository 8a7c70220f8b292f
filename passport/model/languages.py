"""The languages that the service speaks to people: the one list of them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

NAMES: Final[Mapping[str, str]] = MappingProxyType({"en": "English", "sv": "Svenska", "da": "Dansk", "pl": "Polski"})
"""Language tag to the language's own name, in the order of the language switch."""

LANGUAGES: Final = tuple(NAMES)
"""The tags, in the same order."""

FALLBACK: Final = LANGUAGES[0]
"""What those read who speak none of them; the texts in the program's own code are in it."""
