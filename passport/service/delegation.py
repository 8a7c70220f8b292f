"""Delegations: what an owner lets another organisation record of its pieces, for a time."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from passport.errors import Forbidden, Malformed, NotFound
from passport.model.access import RIGHTS, Caller
from passport.model.events import EventType
from passport.model.rights import ACTS, DELEGABLE
from passport.ports import Delegation
from passport.service.issuance import new_id
from passport.service.organisations import known
from passport.service.resolution import code_of
from passport.service.system import System

LONGEST: Final = timedelta(days=3 * 366)
MOST_PIECES: Final = 10_000
_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"


def delegate(
    system: System,
    caller: Caller,
    *,
    to: str,
    events: Collection[str],
    until: str,
    starts: str | None = None,
    codes: Collection[str] = (),
) -> Delegation:
    """Let another organisation record events of these types, of these pieces or, without ``codes``, of all.

    It holds for what the caller owns at the time of each event, and only as far as the role of the other organisation
    allows. Times are RFC 3339. Raises ``Forbidden``, ``NotFound`` for an unknown organisation, and ``Malformed`` for
    events that cannot be delegated or that the other's role forbids, and for times that make no sense.
    """
    if not RIGHTS["delegate"].allows(caller):
        raise Forbidden("This token may not delegate.")
    other = known(system, to)
    if to == caller.organisation:
        raise Malformed("An organisation needs no delegation of its own.", delegate=to)
    meant = _events(events)
    if strange := sorted(each for each in meant if other.role not in ACTS[each].roles):
        raise Malformed(f"The role {other.role} does not allow {', '.join(strange)}.", events=strange)
    now = system.clock.now()
    first, last = _moment(starts or now.strftime(_FORMAT)), _moment(until)
    if not first < last or last <= now or last - first > LONGEST:
        raise Malformed("A delegation ends after it begins, in the future, and within three years.", until=until)
    if len(codes) > MOST_PIECES:
        raise Malformed(f"A delegation names at most {MOST_PIECES} pieces.", found=len(codes))
    kept = Delegation(
        id=new_id(),
        owner=caller.organisation,
        delegate=to,
        events=meant,
        starts=first.strftime(_FORMAT),
        until=last.strftime(_FORMAT),
        created=now.strftime(_FORMAT),
        codes=frozenset(map(code_of, codes)),
    )
    system.parties.add_delegation(kept)
    return kept


def _events(names: Collection[str]) -> frozenset[EventType]:
    possible = {each.value: each for each in DELEGABLE}
    strange = sorted(name for name in names if name not in possible)
    if strange or not names:
        raise Malformed("A delegation names events that can be delegated.", events=strange, expected=sorted(possible))
    return frozenset(possible[name] for name in names)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise Malformed("A time is written like 2026-03-01T12:00:00Z.", found=text[:40]) from wrong
    if moment.tzinfo is None:
        raise Malformed("A time needs its zone, like 2026-03-01T12:00:00Z.", found=text[:40])
    return moment


def given(system: System, caller: Caller) -> Sequence[Delegation]:
    """What the caller's organisation delegates to others, newest first."""
    return system.parties.delegations(owner=caller.organisation)


def received(system: System, caller: Caller) -> Sequence[Delegation]:
    """What others delegate to the caller's organisation, newest first."""
    return system.parties.delegations(delegate=caller.organisation)


def revoke(system: System, caller: Caller, delegation_id: str) -> None:
    """Take a delegation back from now on. Raises ``NotFound`` for one that the caller's organisation did not give."""
    own = next((each for each in given(system, caller) if each.id == delegation_id), None)
    if own is None:
        raise NotFound("There is no such delegation of yours.")
    system.parties.revoke_delegation(delegation_id, system.now())
