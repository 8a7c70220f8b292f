"""The past: what was true of a product at a time, and what was known of it at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from passport.codecs.documents import inner
from passport.errors import NotFound
from passport.model.access import Caller
from passport.model.events import ENDINGS, OBSERVATIONS, Event, EventType
from passport.model.lifecycle import corrected, course, fold
from passport.model.passport import Document, Kind, Product, Standing, Tier
from passport.model.possible import Impossible
from passport.model.state import LOST, OFFERED, PRIVATE_PARTY, RESERVED, State
from passport.ports import Reading
from passport.service.disclosure import sees
from passport.service.erasure import require_content
from passport.service.lives import Past, past_of
from passport.service.organisations import SERVICE
from passport.service.relations import owner_of
from passport.service.resolution import corrects, product_of, reading_of
from passport.service.system import System


@dataclass(frozen=True, slots=True)
class Then:
    """A product as it was at ``at`` by what was known at ``known`` (RFC 3339 UTC; None: now).

    ``reading`` is the version of its passport, ``documents`` those of its events that the reader may see, in the order
    of the log, ``restricted`` those of the version that the reader may see besides the public one.
    """

    product: Product
    reading: Reading
    documents: tuple[Document, ...]
    restricted: tuple[Document, ...]
    state: State
    at: str | None
    known: str | None

    @property
    def until(self) -> str | None:
        """The earlier of both times: nothing that came later belongs to what was there then, as it was known."""
        return min((each for each in (self.at, self.known) if each is not None), default=None)


def then(
    system: System, code: str, *, at: str | None = None, known: str | None = None, caller: Caller | None = None
) -> Then:
    """What was true of a product at a time, by what was known of it at a time; both are now where they are not given.

    The passport is the version in force then, or the first one where events are older than it. Observations count from
    their own time on; changes of hands from when they were recorded. A correction that was known counts in the place of
    what it corrects, of the passport as of an event. Raises ``UnknownCode``, ``NotFound`` for a time before anything
    was, and ``Erased`` for one whose content was erased.
    """
    product = product_of(system, code)
    kept = [each for each in system.history.documents(product.code) if known is None or each.at <= known]
    versions = [each for each in kept if each.kind is Kind.PASSPORT]
    lived = _lived(system, [each for each in kept if each.kind is Kind.EVENT], at)
    told = [each for each in versions if each.tier is Tier.PUBLIC]
    public = _in_force(told, at)
    if public is None and lived and told:
        public = _in_force(told, told[0].at)
    if public is None:
        raise NotFound("There was no passport of this product then.", code=product.code, at=at or known)
    require_content(system, public)
    return Then(
        product=product,
        reading=reading_of(product, public),
        documents=tuple(each for past in lived for each in past.documents if sees(each, product, caller)),
        restricted=tuple(
            each
            for each in versions
            if each.version == public.version and each.tier is not Tier.PUBLIC and sees(each, product, caller)
        ),
        state=state_of([past.event for past in lived]),
        at=at,
        known=known,
    )


def _in_force(versions: Sequence[Document], at: str | None) -> Document | None:
    """The version in force at a time, or the last of the corrections that follow it without a change between."""
    issued = [each for each in versions if at is None or each.at <= at]
    if not issued:
        return None
    found = issued[-1]
    for each in versions[len(issued) :]:
        if not each.payload or not corrects(inner(each.payload, each.start)):
            break
        found = each
    return found


def _lived(system: System, documents: Sequence[Document], at: str | None) -> list[Past]:
    """The events among these documents that had happened by a time, with the corrections of them."""
    lived = past_of(documents, system.history)
    if at is None:
        return lived
    happened = [versions for versions in corrected([past.event for past in lived]) if _since(versions) <= at]
    known = {event.id for versions in happened for event in versions}
    return [past for past in lived if past.event.id in known]


def _since(versions: Sequence[Event]) -> str:
    """The moment from which on an event with its corrections counts: the last one that does not cancel it says when."""
    return _when(next((each for each in reversed(versions) if not each.cancels), versions[0]))


_BY_OWN_TIME = OBSERVATIONS | ENDINGS | {EventType.MANUFACTURED, EventType.PLACED, EventType.AVAILABLE}


def _when(event: Event) -> str:
    """The moment from which on an event counts: changes of hands when they were recorded, the rest when it happened."""
    return event.time if event.type in _BY_OWN_TIME else event.recorded


def state_of(events: Sequence[Event]) -> State:
    """The state that some of a product's events fold into; what cannot follow without those left out is passed over."""
    state = State()
    for event in course(events):
        try:
            state = fold(state, event)
        except Impossible:
            continue
    return state


def state_document(system: System, state: State, *, product: Product, legitimate: bool) -> Mapping[str, Any]:
    """The state as JSON: to readers with a legitimate interest with names, to others with kinds of parties.

    Availability is public only while a piece is offered, booked or lost (rule V52 of the field list).
    """
    said: dict[str, Any] = {"dppStatus": Standing.ARCHIVED if state.standing is Standing.INACTIVE else state.standing}
    owner = owner_of(state, product.issuer)
    said |= _party(system, "owner", owner, legitimate=legitimate)
    if not state.confirmed:
        said["ownerConfirmed"] = False
    if state.holder is not None:
        said |= _party(system, "holder", state.holder, legitimate=legitimate)
    if state.grade is not None:
        said["condition"] = {"grade": state.grade, "assessedOn": state.assessed_on}
    if state.availability is not None and (legitimate or state.availability in PUBLIC_AVAILABILITY):
        said["availability"] = state.availability
    if state.repairs:
        said |= {"repairs": state.repairs, "lastRepaired": state.repaired}
    if state.transfer is not None and legitimate:
        transfer = state.transfer
        said["openTransfer"] = {
            "transfer": f"{system.base}/transfers/{transfer.id}",
            "transferSubject": transfer.subject,
            "receiver": transfer.receiver,
            "expires": transfer.expires,
        }
    if state.ended is not None:
        said["ended"] = {"eventType": state.ending, "eventTime": state.ended}
    if state.successors:
        said["successors"] = list(state.successors)
    return said


PUBLIC_AVAILABILITY = frozenset({OFFERED, RESERVED, LOST})
"""What everybody may know of it."""


def _party(system: System, name: str, slug: str, *, legitimate: bool) -> dict[str, str]:
    if slug == PRIVATE_PARTY:
        return {f"{name}Type": PRIVATE_PARTY}
    organisation = system.parties.organisation(slug)
    said = {f"{name}Type": organisation.kind} if organisation is not None and slug != SERVICE else {}
    return {**said, name: slug} if legitimate else said
