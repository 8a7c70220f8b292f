"""Countries and languages that exist, and what was probably meant by a code of none: from the lists of babel (CLDR)."""

from functools import lru_cache
from typing import Final

from babel import Locale
from babel.core import get_global
from babel.languages import get_official_languages

_NO_COUNTRIES: Final = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
"""Regions of CLDR with two letters that ISO 3166-1 does not assign."""
_IN_USE: Final = frozenset({"XI", "XK"})
"""Codes for Northern Ireland and Kosovo that ISO 3166-1 leaves to its users, as the customs of the EU have them."""
_COUNTRY_SLIPS: Final = {"EL": "GR", "EN": "GB", "SW": "SE", "DA": "DK", "SP": "ES"}
_LANGUAGE_SLIPS: Final = {"se": "sv", "ee": "et", "kr": "ko", "us": "en", "sp": "es"}
"""Countries written for their language: those that babel cannot tell, as some are codes of languages far away."""


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """The two-letter codes of ISO 3166-1, and those that customs use besides."""
    regions = map(str, Locale("en").territories)
    return frozenset(code for code in regions if len(code) == 2 and code.isalpha()) - _NO_COUNTRIES | _IN_USE


@lru_cache(maxsize=1)
def languages() -> frozenset[str]:
    """The languages that CLDR knows, by their codes of two or three letters as BCP 47 has them."""
    return frozenset(code for code in map(str, Locale("en").languages) if code.isalpha())


@lru_cache(maxsize=4096)
def country_meant(code: str) -> str | None:
    """The country that was probably meant by a code of none; None where nobody can tell."""
    successors = get_global("territory_aliases").get(code, ())
    return _COUNTRY_SLIPS.get(code) or (successors[0] if len(successors) == 1 and code != "QU" else None)


@lru_cache(maxsize=4096)
def language_meant(tag: str) -> str | None:
    """The language tag that was probably meant by one that is wrong; the tag itself where it seems right.

    None where it is wrong and nobody can tell what was meant. Codes of three letters that CLDR does not know are taken
    for rare languages.
    """
    language, *rest = tag.split("-")
    meant = _language(language)
    region = rest[-1] if rest and len(rest[-1]) == 2 else None
    if meant is None or region is None or region in countries():
        return "-".join((meant, *rest)) if meant else None
    country = country_meant(region)
    return "-".join((meant, *rest[:-1], country) if country else (meant, *rest[:-1]))


def _language(code: str) -> str | None:
    if code in _LANGUAGE_SLIPS:
        return _LANGUAGE_SLIPS[code]
    if code in languages():
        return code
    successor: str | None = get_global("language_aliases").get(code)
    official = get_official_languages(code.upper()) if len(code) == 2 else (code,)
    return successor.partition("_")[0] if successor else official[0] if official else None
