"""Recording: what happened to pieces, checked against their lives, inside the transaction that will make it true."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from passport.codecs import state as states
from passport.codecs.strictjson import Raw
from passport.model.access import Caller
from passport.model.events import OBSERVATIONS, TRANSFERS, Event, EventType
from passport.model.lifecycle import fold, refold
from passport.model.moments import written
from passport.model.naming import id_at, sibling
from passport.model.passport import Level, Product, Standing
from passport.model.possible import Impossible
from passport.model.report import Finding, Severity
from passport.model.rights import ACTS, Relation
from passport.model.state import PRIVATE_PARTY, State
from passport.ports import Delegation, Writing
from passport.published import Group
from passport.service.effort import Effort
from passport.service.issuance import new_id
from passport.service.lives import Happening, Life, Past
from passport.service.partnames import strangers
from passport.service.pieces import WITH_PARTS, Pieces
from passport.service.placing import Place
from passport.service.relations import before_hands_changed, delegates, fitting, known_at, owner_of, relations
from passport.service.system import System

SKEW: Final = timedelta(seconds=60)
"""A device's clock that is further off is corrected, and the correction noted."""
AHEAD: Final = timedelta(minutes=5)
"""How far in the future an event may lie."""
OPEN: Final = timedelta(days=30)
"""How long an offer stands that does not say it."""

_OF_BATCHES = frozenset({EventType.MANUFACTURED, EventType.PLACED, EventType.AVAILABLE})


def is_event(value: Mapping[str, Any]) -> bool:
    """Whether a submitted document is an event; everything else is a passport, or meant to be one."""
    return "eventType" in value and "granularity" not in value


class Recorder:
    """Checks the events of one submission in their order; what is found stands in the order of the findings."""

    def __init__(self, system: System, writing: Writing, caller: Caller, *, now: datetime) -> None:
        self._system = system
        self._writing = writing
        self._caller = caller
        self._now = now
        self.at = written(now)
        self._latest = written(now + AHEAD)
        self.pieces = Pieces(writing, base=system.base, organisation=caller.organisation, at=self.at)
        self._delegations: Sequence[Delegation] | None = None
        self._effort = Effort(pieces=system.limits.documents)
        self.happenings: list[Happening] = []

    def plan(self, raws: Sequence[Raw], groups: Sequence[Group | None], places: Sequence[Place]) -> Iterator[Finding]:
        """Everything that speaks against recording the events among ``raws``; what may happen is in ``happenings``.

        ``groups`` are those of all documents; ``places`` those of the passports of the same submission. An event whose
        own document has findings should not be among them: its group is then None. Raises ``TooLarge`` for events that
        ask for more work than one submission may.
        """
        events = [
            (raw, group) for raw, group in zip(raws, groups, strict=True) if group is not None and is_event(raw.value)
        ]
        self._effort.name(sum(len(raw.value.get("products", ())) for raw, _ in events))
        self.pieces.look_up((raw for raw, _ in events), places)
        for raw, group in events:
            yield from self._event(raw, group)
        yield from strangers(self._system, self.happenings, past=self.pieces.past, places=self.pieces.places)

    def _event(self, raw: Raw, group: Group) -> Iterator[Finding]:
        type_ = EventType(raw.value["eventType"])
        transfer = id_at(raw.value["transfer"]) if "transfer" in raw.value else None
        answers = type_ in TRANSFERS and type_ is not EventType.OFFERED_TRANSFER
        act = transfer if answers and transfer else new_id()
        lives: list[tuple[str, Life]] = []
        if "products" in raw.value:
            for number, reference in enumerate(raw.value["products"]):
                life = self.pieces.named(reference)
                if life is None:
                    yield _finding("product-unknown", raw, f"/products/{number}", found=reference)
                else:
                    lives.append((f"/products/{number}", life))
        elif transfer is not None:
            lives = [("/transfer", life) for life in self.pieces.transferring(transfer)]
            self._effort.name(len(lives))
            if not lives:
                yield _finding("transfer-none", raw, "/transfer")
        if len({id(life) for _, life in lives}) < len(lives):
            yield _finding("products-twice", raw, "/products")
            return
        for pointer, life in lives:
            yield from self._one(raw, self._group(raw, group, life), life, pointer, type_, act)

    def _group(self, raw: Raw, group: Group, life: Life) -> Group:
        """The group of an event: of an answer that names no pieces, that of the piece."""
        if life.product is None or "products" in raw.value or life.product.group == group.name:
            return group
        published = self._system.published
        return published.group(life.product.group, published.current(life.product.group))

    def _one(self, raw: Raw, group: Group, life: Life, pointer: str, type_: EventType, act: str) -> Iterator[Finding]:
        if life.level is Level.MODEL or (life.level is Level.BATCH and type_ not in _OF_BATCHES):
            yield _finding("event-level", raw, pointer, values={"level": life.level})
            return
        made = self._made(raw, group, life, type_, act)
        refused = self._refused(made, life)
        if refused is not None:
            yield _finding(refused[0], raw, pointer, values=refused[1])
            return
        found = list(self._obstacles(raw, life, made, pointer))
        yield from found
        if found:
            return
        try:
            life.state = self.after(life, made.event)
            made.after = life.state
        except Impossible as wrong:
            yield _finding(wrong.code, raw, pointer, values=wrong.values)
            return
        life.new.append(made.event)
        life.final = life.final and life.place is None and not made.outputs
        self.happenings.append(made)

    def _made(self, raw: Raw, group: Group, life: Life, type_: EventType, act: str) -> Happening:
        value, base = raw.value, self._system.base
        event_id = new_id()
        said: dict[str, Any] = {**self._moment(value), "recordedAt": self.at}
        kept: dict[str, Any] = {}
        owner = owner_of(life.state, life.issuer)
        claimed = False
        if type_ is EventType.OFFERED_TRANSFER:
            said["transfer"] = f"{base}/transfers/{act}"
            said["expires"] = value.get("expires") or written(self._now + OPEN)
        elif type_ in TRANSFERS and "transfer" in value:
            said["transfer"] = f"{base}/transfers/{act}"
        if type_ is EventType.NEW_OWNER:
            private = value.get("receiver") == PRIVATE_PARTY and "transfer" not in value
            kept = {"owner": PRIVATE_PARTY if private else self._caller.organisation, "previousOwner": owner}
            back = "transfer" not in value and kept["owner"] != PRIVATE_PARTY
            claimed = back and "claimSecret" in value
            if back and not claimed:
                said["declared"] = True
        if type_ is EventType.COLLECTED and "collector" not in value and self._caller.organisation != owner:
            kept["collector"] = self._caller.organisation
        if "supersedes" in value:
            said["supersedes"] = f"{base}/events/{id_at(value['supersedes'])}"
        about = {"id": f"{base}/events/{event_id}", "eventType": type_, "actor": self._caller.organisation}
        event = states.event_of({**value, **said, **kept, **about})
        outputs = tuple(self._output(each) for each in value.get("outputs", ()))
        return Happening(
            raw, group, life, event, act, said, kept, owner, life.state, outputs, claimed, life.state.confirmed
        )

    def _moment(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """When it happened: by the device's clock, set right where that is known to be wrong."""
        stated = value.get("eventTime", value.get("deviceTime", self.at))
        if "deviceTime" not in value:
            return {"eventTime": stated}
        off = self._now.replace(microsecond=0) - datetime.fromisoformat(value["deviceTime"])
        if abs(off) <= SKEW:
            return {"eventTime": stated}
        time = written(datetime.fromisoformat(stated) + off)
        return {"eventTime": time, "reportedTime": stated, "clockCorrection": round(off.total_seconds())}

    def _output(self, reference: str) -> str | int:
        place = sibling(reference)
        return reference if place is None else place

    def _refused(self, made: Happening, life: Life) -> tuple[str, dict[str, str]] | None:
        """Why the caller may not do this to this piece, if so: its role, or what it is to the piece."""
        act, event = ACTS[made.event.type], made.event
        if self._caller.role not in act.roles:
            return "role-not-allowed", {"role": self._caller.role}
        own = self._relations(life, life.state, event.type, self.at)
        now = fitting(event, life.state, own)
        allowed = act.allows(self._caller.role, now)
        if event.type in OBSERVATIONS and life.state.hands is not None and event.time < life.state.hands:
            past = [each.event for each in self.pieces.past(life)]
            self._effort.fold(len(past))
            then = known_at(past, event.time)
            if then is None:
                return None if allowed else ("relation-not-allowed", _listed(own))
            held = self._relations(life, then, event.type, event.time)
            if not act.allows(self._caller.role, fitting(event, then, held)):
                return "event-late-conflict", {"when": event.time}
            allowed = allowed or before_hands_changed(event, past, now=self._now)
        return None if allowed else ("relation-not-allowed", _listed(own))

    def _relations(self, life: Life, state: State, type_: EventType, at: str) -> frozenset[Relation]:
        organisation = self._caller.organisation
        owner = owner_of(state, life.issuer)
        delegated = organisation != owner and delegates(self._given(), owner=owner, code=life.code, type_=type_, at=at)
        return relations(organisation, state, issuer=life.issuer, operator=life.operator, delegated=delegated)

    def _given(self) -> Sequence[Delegation]:
        if self._delegations is None:
            self._delegations = self._system.parties.delegations(delegate=self._caller.organisation)
        return self._delegations

    def _obstacles(self, raw: Raw, life: Life, made: Happening, pointer: str) -> Iterator[Finding]:
        """What else stands in the way: a time to come, a wrong secret, a correction of nothing, strange outputs."""
        if made.event.time > self._latest:
            found, limit = made.event.time, {"limit": self._latest}
            yield _finding("event-in-future", raw, "/eventTime", found=found, values=limit)
        if made.event.type is EventType.OFFERED_TRANSFER and made.said["expires"] <= self.at:
            yield _finding("transfer-expired", raw, "/expires", values={"expires": made.said["expires"]})
        if "receiver" in raw.value and made.event.owner is not None and made.event.owner != PRIVATE_PARTY:
            yield _finding("receiver-itself", raw, "/receiver")
        if made.claimed and not self._proved(life, raw.value["claimSecret"]):
            yield _finding("claim-wrong", raw, "/claimSecret", hidden=True)
        if made.event.supersedes is not None:
            yield from self._correction(raw, life, made.event)
        for number, reference in enumerate(raw.value.get("outputs", ())):
            if not self.pieces.comes_from(made.outputs[number], life):
                yield _finding(
                    "outputs-unlinked", raw, f"/outputs/{number}", found=reference, values={"product": life.key}
                )
        yield from self._parts(raw)

    def _proved(self, life: Life, secret: str) -> bool:
        kept = self._writing.claim(life.code) if life.code else None
        return kept is not None and secrets.compare_digest(kept, claim_digest(secret))

    def _correction(self, raw: Raw, life: Life, event: Event) -> Iterator[Finding]:
        past = self.pieces.past(life)
        corrected = next((each for each in past if each.event.id == event.supersedes), None)
        if corrected is None:
            yield _finding("supersedes-unknown", raw, "/supersedes")
        elif corrected.event.type is not event.type:
            yield _finding("supersedes-other", raw, "/supersedes")
        elif any(each.event.supersedes == event.supersedes for each in past) or any(
            each.supersedes == event.supersedes for each in life.new
        ):
            yield _finding("superseded-already", raw, "/supersedes")
        elif event.type in TRANSFERS:
            yield _finding("supersedes-bound", raw, "/supersedes")
        elif not self._may_correct(life, corrected):
            yield _finding("relation-not-allowed", raw, "/supersedes", values={"relation": ""})

    def _may_correct(self, life: Life, corrected: Past) -> bool:
        """Its own entries an organisation may correct, and the owner of a piece what others observed of it."""
        own = self._caller.organisation
        recorded = corrected.said.get("actor") or corrected.documents[0].issuer
        return own == recorded or (corrected.event.type in OBSERVATIONS and own == owner_of(life.state, life.issuer))

    def _parts(self, raw: Raw) -> Iterator[Finding]:
        for name in WITH_PARTS:
            for number, each in enumerate(raw.value.get(name, ())):
                if "partPassport" in each and self.pieces.named(each["partPassport"]) is None:
                    pointer = f"/{name}/{number}/partPassport"
                    yield _finding("product-unknown", raw, pointer, found=each["partPassport"])

    def after(self, life: Life, event: Event) -> State:
        """The state of a piece after ``event``; a correction has it folded anew. Raises ``Impossible``."""
        if event.supersedes is None:
            return fold(life.state, event)
        if life.state.standing is Standing.ARCHIVED:
            raise Impossible("passport-archived", standing=life.state.standing)
        self._effort.fold(len(self.pieces.past(life)) + len(life.new))
        try:
            return refold([*(each.event for each in self.pieces.past(life)), *life.new, event])
        except Impossible as wrong:
            raise Impossible("supersedes-bound") from wrong

    def settled(self, happening: Happening, product: Product, event: Event) -> State:
        """The state of a piece after an event of this submission, with all that is known only now that it is issued."""
        life = happening.life
        if life.final:
            return happening.after
        before = tuple(life.recorded)
        life.recorded.append(event)
        if event.supersedes is not None:
            return refold([*(each.event for each in self.pieces.past(life)), *before, event])
        return fold(states.from_text(product.state), event)


def claim_digest(secret: str) -> bytes:
    """The SHA-256 of a claim secret, in whatever case and with whatever dashes and blanks it was typed."""
    return hashlib.sha256("".join(sign for sign in secret.lower() if sign.isalnum()).encode()).digest()


def _listed(held: frozenset[Relation]) -> dict[str, str]:
    return {"relation": ", ".join(sorted(held))}


def _finding(
    code: str,
    raw: Raw,
    pointer: str,
    *,
    found: str | None = None,
    hidden: bool = False,
    values: Mapping[str, str] | None = None,
) -> Finding:
    """A finding about what stands at ``pointer``, unless that is a secret."""
    shown = found
    if shown is None and not hidden:
        stated: Any = raw.value
        for part in pointer.split("/")[1:]:
            stated = stated[int(part)] if isinstance(stated, list) else stated.get(part)
        shown = None if stated is None else str(stated)
    return Finding(code, Severity.ERROR, pointer, raw.index, None if shown is None else shown[:200], values or {})
