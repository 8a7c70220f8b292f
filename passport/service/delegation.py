"""Delegations: what an owner lets another organisation record of its pieces, for a time."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from passport.errors import Forbidden, Malformed, NotFound
from passport.model.access import RIGHTS, Caller
from passport.model.events import EventType
from passport.model.moments import written
from passport.model.naming import reference_key
from passport.model.passport import Level
from passport.model.rights import ACTS, DELEGABLE
from passport.ports import Delegation
from passport.service.issuance import new_id
from passport.service.organisations import SERVICE, known
from passport.service.system import System

LONGEST: Final = timedelta(days=3 * 366)
MOST_PIECES: Final = 10_000
_TOLD: Final = 20
"""So many strange pieces are named."""


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
    allows. Times are RFC 3339; ``codes`` are references to pieces in any form. Raises ``Forbidden``, ``NotFound`` for
    an unknown organisation, and ``Malformed`` for events that cannot be delegated or that the other's role forbids, for
    times that make no sense, and for pieces that the caller does not own: its value ``at`` is what it is about
    (``delegate``, ``events``, ``starts``, ``until`` or ``passports``), ``strange`` what is wrong of that. Where the
    same is delegated already, that delegation is the answer.
    """
    if not RIGHTS["delegate"].allows(caller):
        raise Forbidden("This token may not delegate.")
    other = known(system, to)
    if to == SERVICE:
        raise Malformed("This service records nothing for others.", delegate=to)
    if to == caller.organisation:
        raise Malformed("An organisation needs no delegation of its own.", at="delegate")
    meant = _events(events)
    if strange := sorted(each for each in meant if other.role not in ACTS[each].roles):
        raise Malformed(f"The role {other.role} does not allow {', '.join(strange)}.", at="events", strange=strange)
    now = system.clock.now()
    first, last = _moment(starts or written(now), "starts"), _moment(until, "until")
    if not first < last or last <= now or last - first > LONGEST:
        raise Malformed("A delegation ends after it begins, in the future, and within three years.", at="until")
    kept = Delegation(
        id=new_id(),
        owner=caller.organisation,
        delegate=to,
        events=meant,
        starts=written(first),
        until=written(last),
        created=written(now),
        codes=_pieces(system, caller, codes),
    )
    same = next((each for each in given(system, caller) if _covers(each, kept)), None)
    if same is not None:
        return same
    system.parties.add_delegation(kept)
    return kept


def _covers(old: Delegation, new: Delegation) -> bool:
    """Whether one that is there already says the same: a form that is sent twice adds nothing."""
    here = (old.delegate, old.events, old.codes, old.until) == (new.delegate, new.events, new.codes, new.until)
    return here and old.revoked is None and old.starts <= new.starts


def _events(names: Collection[str]) -> frozenset[EventType]:
    possible = {each.value: each for each in DELEGABLE}
    strange = sorted(name for name in names if name not in possible)
    if strange or not names:
        raise Malformed(
            "A delegation names events that can be delegated.", at="events", strange=strange, expected=sorted(possible)
        )
    return frozenset(possible[name] for name in names)


def _moment(text: str, at: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise Malformed("A time needs its zone, like 2026-03-01T12:00:00Z.", at=at, found=text[:40])
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise Malformed("A time is written like 2026-03-01T12:00:00Z.", at=at, found=text[:40]) from wrong


def _pieces(system: System, caller: Caller, references: Collection[str]) -> frozenset[str]:
    """The short codes of pieces of the caller's."""
    if len(references) > MOST_PIECES:
        raise Malformed(f"A delegation names at most {MOST_PIECES} pieces.", at="passports", found=len(references))
    keys = {each: reference_key(each, base=system.base) for each in references}
    found = system.history.find({key for key in keys.values() if key is not None})
    own = {
        key: product.code
        for key, product in found.items()
        if product.level is Level.ITEM and caller.organisation == (product.owner or product.issuer)
    }
    if strange := [each[:80] for each, key in keys.items() if key not in own]:
        raise Malformed("A delegation names pieces that you own.", at="passports", strange=strange[:_TOLD])
    return frozenset(own.values())


def given(system: System, caller: Caller) -> Sequence[Delegation]:
    """What the caller's organisation delegates to others, newest first."""
    return system.parties.delegations(owner=caller.organisation)


def received(system: System, caller: Caller) -> Sequence[Delegation]:
    """What others delegate to the caller's organisation, newest first."""
    return system.parties.delegations(delegate=caller.organisation)


def one(system: System, caller: Caller, delegation_id: str) -> Delegation:
    """A delegation by or to the caller's organisation; ``NotFound`` for any other."""
    for each in (*given(system, caller), *received(system, caller)):
        if each.id == delegation_id:
            return each
    raise NotFound("There is no such delegation of yours.")


def revoke(system: System, caller: Caller, delegation_id: str) -> None:
    """Take a delegation back from now on. Raises ``NotFound`` for one that the caller's organisation did not give."""
    if one(system, caller, delegation_id).owner != caller.organisation:
        raise NotFound("There is no such delegation of yours.")
    system.parties.revoke_delegation(delegation_id, system.now())
