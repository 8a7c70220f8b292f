"""Numbers, dates and addresses as people of each language read them."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from urllib.parse import urlsplit

NBSP = "\u00a0"

_POINT = {"en": "."}
_DATES = {"en": "{d}\u00a0{month} {y}", "sv": "{y}-{m}-{d0}", "da": "{d0}.{m}.{y}", "pl": "{d0}.{m}.{y}"}
_MONTHS_YEAR = {"en": "{month} {y}", "sv": "{y}-{m}", "da": "{m}.{y}", "pl": "{m}.{y}"}
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_SHORT = 24
_DATE = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d)(?::\d\d)?(?:\.\d+)?(Z)?)?)?")


def number(value: object, language: str) -> str:
    """A decimal string, int or Decimal with the language's decimal mark and non-breaking thousands."""
    stated = str(value)
    return _kept_number(stated, language) if len(stated) <= _SHORT else _number(stated, language)


def _number(stated: str, language: str) -> str:
    try:
        exact = Decimal(stated)
    except InvalidOperation:
        return stated
    if not exact.is_finite() or exact.adjusted() > 15:
        return stated
    text = f"{exact:f}"
    sign = "\u2212" if text.startswith("-") else ""
    whole, _, fraction = text.lstrip("-").partition(".")
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", NBSP)
    return sign + whole + (_POINT.get(language, ",") + fraction if fraction else "")


_kept_number = lru_cache(maxsize=4096)(_number)


def date(value: object, language: str) -> str:
    """An ISO date, year-month or UTC time in the language's form; anything else as it stands."""
    match = _DATE.fullmatch(str(value))
    if not match or not 1 <= int(match[2]) <= 12:
        return str(value)
    year, month, day, clock, _ = match.groups()
    parts = {"y": year, "m": month, "month": _MONTHS[int(month) - 1]}
    if day is None:
        return _MONTHS_YEAR[language].format_map(parts)
    text = _DATES[language].format_map(parts | {"d": str(int(day)), "d0": day})
    return f"{text} {clock}{NBSP}UTC" if clock else text


def web_address(value: object) -> str | None:
    """The value if it is an http or https address that may become a link, else None."""
    text = str(value)
    if not text.isprintable() or any(sign in text for sign in ' \\"<>`'):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc else None


def picture_address(value: object, base: str) -> str | None:
    """The path of a picture that this service itself holds, else None: pages load nothing from elsewhere."""
    path = str(value).removeprefix(base)
    return path if re.fullmatch(r"/media/[0-9A-Za-z._-]+", path) else None
