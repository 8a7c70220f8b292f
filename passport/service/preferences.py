"""What a request's list headers ask for: media types and languages, with their weights (RFC 9110 section 12.5)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

_WEIGHT: Final = re.compile(r"0?\.[0-9]{1,3}|0\.?|1(?:\.0{0,3})?")
LONGEST: Final = 4096
"""Characters of a header that are looked at."""


def weights(header: str | None) -> Mapping[str, float]:
    """Each range of an ``Accept`` or ``Accept-Language`` value, in small letters, with its weight from 0 to 1.

    Parameters other than ``q`` are dropped; a weight that cannot be read counts as 0.
    """
    found: dict[str, float] = {}
    for item in (header or "")[:LONGEST].lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        if name:
            found[name] = max(_weight(parameters), found.get(name, 0.0))
    return found


def of_type(media_type: str, accepted: Mapping[str, float]) -> float:
    """How welcome a media type is; nothing accepted means that everything is."""
    if not accepted:
        return 1.0
    ranges = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    return next((accepted[each] for each in ranges if each in accepted), 0.0)


def of_languages(tags: Sequence[str], accepted: Mapping[str, float]) -> float:
    """How welcome a text in these languages is: the best of them.

    A tag also answers for its shortened forms and the reverse (``de-AT`` and ``de``), at a little less than the
    wanted weight, so that an exact match comes first.
    """
    return max((_of_language(tag.lower(), accepted) for tag in tags), default=0.0)


def _of_language(tag: str, accepted: Mapping[str, float]) -> float:
    if tag in accepted:
        return accepted[tag]
    primary = tag.partition("-")[0]
    related = [weight for name, weight in accepted.items() if name.partition("-")[0] == primary]
    return 0.99 * max(related) if related else accepted.get("*", 0.0) * 0.98


def _weight(parameters: Sequence[str]) -> float:
    for text in _qualities(parameters):
        return float(text) if _WEIGHT.fullmatch(text) else 0.0
    return 1.0


def _qualities(parameters: Sequence[str]) -> Iterator[str]:
    for parameter in parameters:
        name, _, text = parameter.partition("=")
        if name.strip() == "q":
            yield text.strip()
