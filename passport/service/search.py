"""Search: the index follows the log, and what somebody asks is looked up in it."""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from threading import Event

from passport.codecs.documents import inner
from passport.errors import StoreBusy
from passport.model.passport import Standing
from passport.model.search import Findable, Hits, Query
from passport.ports import Following
from passport.published import Published
from passport.service.findable import FORM, HAS, MODEL, Describer
from passport.service.pacing import Progress, Tell, repeat
from passport.service.resolution import model_of
from passport.service.system import System

STEP = 500
"""Log positions of one step of the index."""

PATIENCE = 0.5
"""Seconds that a question may spend on bringing the index up to date before it is answered with what there is."""

WAIT = 30.0
"""Seconds that somebody who makes the index anew waits for others."""

INTERVAL = 1.0
"""Seconds between two looks at the log."""

RETRY = 30.0
"""Seconds to wait after something went wrong."""

_NEAR = 0.72
_SUGGESTED = 4


def stamp(published: Published) -> str:
    """What the index is made from: it begins anew when what is published changes, or how a passport is read."""
    text = ascii((FORM, sorted(published.manifest().items())))
    return hashlib.sha256(text.encode()).hexdigest()


def lag(system: System) -> int:
    """How many log positions the index is behind."""
    return max(0, system.history.size() - system.search.position())


class Follower:
    """Brings the index up to date, step by step: the same way every day and when it is made anew."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._describer = Describer(system.published)

    def step(self, *, wait: float = 0.0) -> bool:
        """Go on by at most ``STEP`` positions. False when another process was at it for ``wait`` seconds."""
        return self._system.search.follow(self._go, wait=wait)

    def _go(self, following: Following) -> None:
        history = self._system.history
        size = history.size()
        if not self._same_log(following, size):
            following.clear()
        stop = min(following.position + STEP, size)
        if stop == following.position:
            return
        codes: dict[str, None] = {}
        mark = b""
        for entry in history.scan(following.position, stop):
            codes[entry.document.code], mark = None, entry.document.digest
        for code in codes:
            self._learn(following, code)
        following.reach(stop, mark)

    def _same_log(self, following: Following, size: int) -> bool:
        """Whether this is the log that the index knows: a restored backup may be another, or shorter."""
        if following.position == 0:
            return True
        if following.position > size:
            return False
        last = next(self._system.history.scan(following.position - 1, following.position), None)
        return last is not None and last.document.digest == following.mark

    def _learn(self, following: Following, code: str) -> None:
        product = self._product(code)
        if product is None:
            following.remove(code)
            return
        following.put(product)
        for follower in following.shared(MODEL, code):
            changed = self._product(follower)
            if changed is not None:
                following.restate(follower, changed.description)

    def _product(self, code: str) -> Findable | None:
        """What the newest public passport says, and nothing of any other tier (T07); None of a withdrawn one."""
        reading = self._system.history.read(code)
        if reading is None or reading.standing is not Standing.ACTIVE:
            return None
        model = model_of(self._system, reading)
        its = (reading.model_code, model) if reading.model_code and model else None
        return self._describer.product(code, inner(reading.payload, reading.start), its)


def catch_up(system: System, *, seconds: float) -> None:
    """Bring the index up to date for at most about that long."""
    until = time.monotonic() + seconds
    follower: Follower | None = None
    while lag(system) and (left := until - time.monotonic()) > 0:
        follower = follower or Follower(system)
        follower.step(wait=left)


def keep_up(system: System, *, stop: Event, tell: Tell) -> None:
    """Bring the index up to date until ``stop`` is set; what a server process does beside answering.

    While it is far behind it works at most half of the time. ``tell`` gets what goes wrong; it is tried again later.
    """
    follower = Follower(system)

    def step() -> float:
        started = time.monotonic()
        worked = bool(lag(system)) and follower.step()
        return min(INTERVAL, time.monotonic() - started) if worked else INTERVAL

    repeat(step, stop=stop, tell=tell, retry=RETRY)


def find(system: System, query: Query) -> Hits:
    """What fits, with everything that was accepted before, as far as ``PATIENCE`` goes.

    Raises ``Malformed`` for a foreign place in ``query.after``.
    """
    catch_up(system, seconds=PATIENCE)
    known = system.search.position()
    hits = system.search.query(query)
    if system.search.position() < known:
        catch_up(system, seconds=PATIENCE)
        hits = system.search.query(query)
    return hits


def rebuild(system: System, *, progress: Progress) -> int:
    """Throw the index away and make it anew; gives the number of log positions. ``progress`` gets how far of what.

    Raises ``StoreBusy`` when other processes never let it begin.
    """
    if not system.search.follow(lambda following: following.clear(), wait=WAIT):
        raise StoreBusy("The search index is being written by others; try again.")
    follower = Follower(system)
    while lag(system):
        follower.step(wait=WAIT)
        progress(system.search.position(), system.history.size())
    return system.search.position()


def example_of(system: System, *, field: str | None = None, code: tuple[str, str] | None = None) -> str | None:
    """The short code of a public passport that uses a field, or a code as (code list, code); None without any."""
    key, value = code if code is not None else (HAS, field or "")
    return system.search.example(key, value)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that somebody may have meant: its code, and what it is called by language."""

    code: str
    labels: Mapping[str, str]


def kinds_like(published: Published, text: str) -> tuple[Kind, ...]:
    """Kinds that are spelled nearly like ``text``, in any language or as a code, the nearest first."""
    names: dict[str, Kind] = {}
    for kind in kinds(published):
        for name in (kind.code, *kind.labels.values()):
            names.setdefault(name.casefold(), kind)
            for word in name.casefold().split():
                names.setdefault(word, kind)
    wanted = text.casefold()[:60]
    near = [name for each in (wanted, *wanted.split()[:4]) for name in get_close_matches(each, names, 6, _NEAR)]
    return tuple({names[name].code: names[name] for name in near}.values())[:_SUGGESTED]


def kinds(published: Published) -> tuple[Kind, ...]:
    """All kinds of things of all product groups in their newest version."""
    found: dict[str, Kind] = {}
    for name in published.groups():
        version = published.current(name)
        kind = published.group(name, version).kind
        for level in ("model", "item"):
            for field in published.shape(name, version, level).fields:
                if field.name == kind and field.code_list:
                    codes = published.code_list(field.code_list).codes
                    found |= {code: Kind(code, concept.labels) for code, concept in codes.items()}
    return tuple(found.values())
