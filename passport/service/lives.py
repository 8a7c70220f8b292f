"""Lives: a piece with what happened to it, as kept and as the events of one submission find it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from passport.codecs import state as states
from passport.codecs.strictjson import Raw
from passport.model.events import Event
from passport.model.passport import Document, Level, Product
from passport.model.state import State
from passport.ports import History, Writing
from passport.published import Group


@dataclass(frozen=True, slots=True)
class Past:
    """One event of a piece as kept: its documents, what they say together, and what the fold reads of it."""

    documents: tuple[Document, ...]
    said: Mapping[str, Any]
    event: Event


@dataclass(slots=True)
class Life:
    """A piece as the events of one submission find it, one after the other.

    ``product`` is None for one that gets its passport in this submission, at the place ``place``. ``new`` are its
    events that were found possible, ``recorded`` those that are signed; ``final``: what was found of it while they were
    checked stays true when they are signed.
    """

    product: Product | None
    place: int | None
    key: str
    level: Level
    issuer: str
    operator: str
    state: State
    past: list[Past] | None = None
    new: list[Event] = field(default_factory=list)
    recorded: list[Event] = field(default_factory=list)
    final: bool = True

    @property
    def code(self) -> str:
        """Its short code; empty until it has one."""
        return self.product.code if self.product is not None else ""


@dataclass(slots=True)
class Happening:
    """One event of one piece, found possible and allowed.

    ``act`` is the UUID that all pieces of one submitted event share. ``said`` are members that the service sets for
    everybody to see, ``kept`` those for readers with a legitimate interest. ``owner`` owned the piece until then.
    ``after`` is the state of the piece then, unless the piece or one of the ``outputs`` is still without its passport.
    These are references to products, or places in the submission; ``claimed``: a secret was shown;
    ``confirmed``: its owner until then was.
    """

    raw: Raw
    group: Group
    life: Life
    event: Event
    act: str
    said: Mapping[str, Any]
    kept: Mapping[str, Any]
    owner: str
    after: State
    outputs: tuple[str | int, ...] = ()
    claimed: bool = False
    confirmed: bool = True


def past_of(documents: Sequence[Document], store: History | Writing) -> list[Past]:
    """The events in event documents, in the order of the log; of erased ones ``store`` knows what still counts."""
    erased = [each.id for each in documents if not each.payload]
    effects = {name: each.effects for name, each in store.erasures(erased).items()} if erased else {}
    return [Past(group, said, states.event_of(said)) for group, said in states.gathered(documents, effects=effects)]
