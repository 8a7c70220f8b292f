"""Shares of materials as pages show them: rounded, with the colours of their plot."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from passport.codecs.composition import shares as declared
from passport.model.composition import ClassShare

TONES = 8
"""Colours that can be told apart; shares beyond them are striped alike."""

_HUNDRED = Decimal(100)
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Share:
    """One material class and its share of the product's mass in per cent; ``code`` None is the part not declared."""

    code: str | None
    percent: Decimal

    @property
    def shown(self) -> Decimal:
        """The share rounded to a tenth."""
        return self.percent.quantize(_TENTH, ROUND_HALF_UP)


def tone(place: int, code: str | None) -> int:
    """The number of the colour of a share by its place: 0 for what is not declared, ``TONES`` + 1 for the stripes."""
    return 0 if code is None else min(place, TONES) + 1


def shares(document: Mapping[str, Any]) -> tuple[Share, ...]:
    """The material shares of a passport document, largest first, what is not declared last.

    Components weigh by their mass, or all by their share of the mass; within one, materials by their share or mass, a
    single material taking all of it. Without components the product's own materials count. Empty when the document
    does not say enough to weigh anything.
    """
    return shown_shares(declared(document))


def shown_shares(found: Iterable[ClassShare]) -> tuple[Share, ...]:
    """Parts of a whole as shares in per cent; without those too small to be seen."""
    shares = (Share(each.code, each.part * _HUNDRED) for each in found)
    return tuple(each for each in shares if each.shown > 0)
