"""The guarantee of a piece as it stands: for how long, since when, and who gave it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from passport.model.composition import Source


@dataclass(frozen=True, slots=True)
class Guarantee:
    """So many years from ``starts`` on; None while nothing tells when it began."""

    years: int
    source: Source
    starts: date | None = None

    @property
    def ends(self) -> date | None:
        """The first day on which it does not hold any more; one that began on 29 February ends with February."""
        if self.starts is None or self.starts.year + self.years > date.max.year:
            return None
        year = self.starts.year + self.years
        try:
            return self.starts.replace(year=year)
        except ValueError:
            return date(year, 3, 1)


@dataclass(frozen=True, slots=True)
class Promise:
    """What one event says of the guarantee. ``begins``: it is the first use, from which a guarantee runs."""

    source: Source
    on: date
    years: int | None = None
    begins: bool = False


def guarantee_now(declared: tuple[int, Source] | None, promises: Iterable[Promise]) -> Guarantee | None:
    """The guarantee after ``promises``, which are in the order of their own time.

    The first use starts the one that the passport declares (V42); a new one, given with a refurbishment or an upgrade,
    takes its place and runs from that day (V41).
    """
    now = Guarantee(*declared) if declared is not None else None
    for each in promises:
        if each.years is not None:
            now = Guarantee(each.years, each.source, each.on)
        elif each.begins and now is not None and now.starts is None:
            now = Guarantee(now.years, now.source, each.on)
    return now
