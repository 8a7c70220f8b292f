"""Public events as an EPCIS 2.0 document (GS1 EPCIS and CBV 2.0), in its JSON-LD form.

Business steps and dispositions are bare words of the CBV; what the CBV lacks is a code of our own list of event types.
Offers and their answers, what only the law or the passport is about, and erasures have no meaning in EPCIS: they are
left out (``LEFT_OUT``). Corrections are EPCIS's own: what was corrected carries an ``errorDeclaration``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from passport.codecs.composition import decimal
from passport.codecs.state import NEVER_HAPPENED
from passport.model.events import EventType
from passport.model.passport import Level
from passport.model.state import PRIVATE_PARTY
from passport.published import VOCAB

CONTEXT: Final = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
VERSION: Final = "2.0.0"
"""Of EPCIS and of the CBV."""

PREFIX: Final = "fp"
_CODED: Final[Mapping[str, str]] = {
    "eventType": "event-type",
    "actorRole": "role",
    "repairTypes": "repair-type",
    "cause": "defect",
    "transferType": "transfer-type",
    "route": "end-of-life-route",
    "wasteCode": "waste-code",
}
"""Members of our events that go along as properties of our own, with the list of their codes."""

OWN_TERMS: Final[Mapping[str, Any]] = {
    PREFIX: VOCAB,
    **{f"{PREFIX}:{name}": {"@type": "@id"} for name in (*_CODED, "passport", "grade")},
}
"""Our part of a document's context."""


@dataclass(frozen=True, slots=True)
class Correction:
    """That an event is wrong: who says so in which event, when, and whether what it tells ever happened."""

    event: str
    at: str
    occurred: bool


@dataclass(frozen=True, slots=True)
class Recorded:
    """A public event document, with what stands beside it.

    ``signer`` is the address of the organisation that signed it, ``giver`` that of the one that signed the offer which
    it accepts; None where their names are not public.
    """

    event: Mapping[str, Any]
    level: Level
    signer: str | None = None
    giver: str | None = None
    correction: Correction | None = None


@dataclass(frozen=True, slots=True)
class _Step:
    """How a kind of event is told: business step, disposition, and what an object event does to its object."""

    biz: str
    disposition: str | None = None
    action: str = "OBSERVE"


def own_term(kind: EventType) -> str:
    """The address that stands for a business step or a disposition which the CBV lacks."""
    return _code("event-type", kind.value)


def _code(code_list: str, code: str) -> str:
    return f"{VOCAB}codes/{code_list}/{quote(code, safe='/')}"


_STEPS: Final[Mapping[EventType, _Step]] = {
    EventType.MANUFACTURED: _Step("commissioning", "active", "ADD"),
    EventType.PLACED: _Step(own_term(EventType.PLACED), "sellable_accessible"),
    EventType.AVAILABLE: _Step(own_term(EventType.AVAILABLE), "sellable_accessible"),
    EventType.SERVICE: _Step(own_term(EventType.SERVICE), "available"),
    EventType.INSPECTED: _Step("inspecting"),
    EventType.ASSESSED: _Step("inspecting"),
    EventType.MAINTAINED: _Step(own_term(EventType.MAINTAINED)),
    EventType.CLEANED: _Step(own_term(EventType.CLEANED)),
    EventType.REPAIRED: _Step("repairing", "conformant"),
    EventType.PARTS_REPLACED: _Step(own_term(EventType.PARTS_REPLACED), "conformant"),
    EventType.UPGRADED: _Step(own_term(EventType.UPGRADED), "available"),
    EventType.REFURBISHED: _Step(own_term(EventType.REFURBISHED), "available"),
    EventType.REMANUFACTURED: _Step(own_term(EventType.REMANUFACTURED), "active"),
    EventType.NEW_OWNER: _Step("accepting"),
    EventType.RELOCATED: _Step("receiving"),
    EventType.LENT: _Step("shipping", "unavailable"),
    EventType.RETURNED: _Step("receiving", "returned"),
    EventType.RESERVED: _Step("reserving", "reserved"),
    EventType.LOST: _Step("holding", own_term(EventType.LOST)),
    EventType.FOUND: _Step("holding", own_term(EventType.FOUND)),
    EventType.COLLECTED: _Step("collecting", "returned"),
    EventType.PREPARED: _Step("collecting", "returned"),
    EventType.DISMANTLED: _Step("disassembling", "inactive"),
    EventType.PARTS_HARVESTED: _Step("disassembling"),
    EventType.RECYCLED: _Step("destroying", "destroyed", "DELETE"),
    EventType.ENERGY_RECOVERED: _Step("destroying", "destroyed", "DELETE"),
    EventType.DISPOSED: _Step("destroying", "disposed", "DELETE"),
    EventType.DESTROYED: _Step("destroying", "destroyed", "DELETE"),
}

LEFT_OUT: Final = frozenset(
    {
        *(EventType.CREATED, EventType.ARCHIVED, EventType.ERASED, EventType.OFFERED, EventType.WITHDRAWN),
        *(EventType.OFFERED_TRANSFER, EventType.WITHDRAWN_TRANSFER, EventType.REFUSED_TRANSFER),
        EventType.NEW_OPERATOR,
    }
)
"""Kinds of events that are not told: passports, offers, and acts of the law have no meaning in EPCIS."""

_MENDING: Final = frozenset({EventType.REPAIRED, EventType.PARTS_REPLACED, EventType.UPGRADED, EventType.REFURBISHED})
_GRADED: Final[Mapping[str, str]] = dict.fromkeys("ABC", "conformant") | dict.fromkeys("DE", "damaged")
_DAMAGED: Final = "damaged"
_FIRST_OWNERS: Final = frozenset({None, "maker"})
_SALE: Final = frozenset({None, "sale"})
_OWNER: Final = "owner"
_HOLDER: Final = "holder"


def document(
    recorded: Iterable[Recorded], *, address: str, created: str, products: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The EPCIS document of some events, in their order. Some events are told as several: parts come out and go in.

    ``created`` is its ``creationDate``; ``products`` gives the address of the product for that of a passport.
    """
    events = [each for record in recorded for each in _Teller(record, products or {}).told()]
    return {
        "@context": [CONTEXT, dict(OWN_TERMS)],
        "id": address,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": created,
        "epcisBody": {"eventList": events},
    }


def passports_of(event: Mapping[str, Any]) -> tuple[str, ...]:
    """The addresses of the passports of other things that an event names: parts, and what was made of the piece."""
    parts = [each["partPassport"] for name in ("partsUsed", "parts") for each in event.get(name, ()) if _known(each)]
    return (*event.get("successors", ()), *parts)


def _known(part: Mapping[str, Any]) -> bool:
    return "partPassport" in part


@dataclass(slots=True)
class _Children:
    """Parts as EPCIS names them: those with an identity, and the others by their kind and number."""

    epcs: list[str] = field(default_factory=list)
    quantities: list[dict[str, Any]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.epcs or self.quantities)

    def named(self, epcs: str, quantities: str) -> dict[str, Any]:
        """As members of an event."""
        named = {epcs: list(dict.fromkeys(self.epcs)), quantities: self.quantities}
        return {name: value for name, value in named.items() if value}


class _Teller:
    """Tells one event in EPCIS terms."""

    def __init__(self, record: Recorded, products: Mapping[str, str]) -> None:
        self._record = record
        self._event = record.event
        self._products = products
        self._kind = EventType(record.event["eventType"])
        self._id = str(record.event["id"])
        self._product = str(record.event["product"])

    def told(self) -> Sequence[dict[str, Any]]:
        """The EPCIS events, in the order in which they happened; none for what has no meaning in EPCIS."""
        step = _STEPS.get(self._kind)
        if step is None or self._event.get("correctionReason") == NEVER_HAPPENED:
            return ()
        if self._kind is EventType.REMANUFACTURED and self._event.get("successors"):
            made = _Children([self._identity(each) for each in self._event["successors"]])
            return (self._transformation(step, made),)
        if self._kind is EventType.RECYCLED and (gained := self._materials()):
            return (self._transformation(step, gained),)
        if self._kind is EventType.DISMANTLED and (parts := self._taken_apart()):
            return (self._transformation(step, parts),)
        if self._kind is EventType.PARTS_HARVESTED and (parts := self._taken_apart()):
            return (self._association("DELETE", step.biz, parts, ""),)
        return (self._object(step), *self._exchanged())

    def _head(self, kind: str, suffix: str = "") -> dict[str, Any]:
        event = self._event
        head = {
            "type": kind,
            "eventID": f"{self._id}{suffix}",
            "eventTime": event["eventTime"],
            "recordTime": event["recordedAt"],
            "eventTimeZoneOffset": event.get("timeZoneOffset", "+00:00"),
        }
        correction = self._record.correction
        if correction is not None:
            reason = "incorrect_data" if correction.occurred else "did_not_occur"
            declared: dict[str, Any] = {"declarationTime": correction.at, "reason": reason}
            if correction.occurred:
                declared["correctiveEventIDs"] = [correction.event]
            head["errorDeclaration"] = declared
        return head

    def _own(self) -> dict[str, Any]:
        """Properties of our own: what the event says that EPCIS has no place for."""
        own: dict[str, Any] = {f"{PREFIX}:passport": self._event["passport"]}
        for name, code_list in _CODED.items():
            value = self._event.get(name)
            if value is not None:
                own[f"{PREFIX}:{name}"] = (
                    [_code(code_list, each) for each in value] if isinstance(value, list) else _code(code_list, value)
                )
        grade = self._grade()
        if grade is not None:
            own[f"{PREFIX}:grade"] = _code("condition-grade", grade)
        if "treatmentCode" in self._event:
            own[f"{PREFIX}:treatmentCode"] = self._event["treatmentCode"]
        return own

    def _object(self, step: _Step) -> dict[str, Any]:
        biz, disposition = step.biz, step.disposition
        persistent: dict[str, list[str]] = {}
        graded = _GRADED.get(self._grade() or "")
        if self._kind in (EventType.INSPECTED, EventType.ASSESSED):
            disposition = graded
            persistent = {"set": [_DAMAGED]} if graded == _DAMAGED else {}
        elif self._kind in _MENDING:
            disposition = _DAMAGED if graded == _DAMAGED else disposition
            persistent = {"set" if graded == _DAMAGED else "unset": [_DAMAGED]}
        elif self._kind is EventType.NEW_OWNER and self._first_sale():
            biz, disposition = "retail_selling", "retail_sold"
        elif self._kind is EventType.MANUFACTURED and self._record.level is not Level.ITEM:
            biz = "creating_class_instance"
        told = {**self._head("ObjectEvent"), "action": step.action, **self._what(), "bizStep": biz}
        told |= {"disposition": disposition} if disposition else {}
        told |= {"persistentDisposition": persistent} if persistent else {}
        return {**told, **self._parties(), **self._own()}

    def _what(self) -> dict[str, Any]:
        if self._record.level is Level.ITEM:
            return {"epcList": [self._product]}
        return {"quantityList": [{"epcClass": self._product}]}

    def _transformation(self, step: _Step, outputs: _Children) -> dict[str, Any]:
        told = {
            **self._head("TransformationEvent"),
            "inputEPCList": [self._product],
            **outputs.named("outputEPCList", "outputQuantityList"),
            "bizStep": step.biz,
        }
        return {**told, **({"disposition": step.disposition} if step.disposition else {}), **self._own()}

    def _association(self, action: str, biz: str, children: _Children, suffix: str) -> dict[str, Any]:
        return {
            **self._head("AssociationEvent", suffix),
            "action": action,
            "parentID": self._product,
            **children.named("childEPCs", "childQuantityList"),
            "bizStep": biz,
            **self._own(),
        }

    def _exchanged(self) -> Iterable[dict[str, Any]]:
        """Parts that came out, then parts that went in."""
        used = self._event.get("partsUsed", ())
        replaced = self._event.get("replacedComponents", ())
        gone = [*self._event.get("removedComponents", ())]
        gone += [each["componentId"] for each in (*used, *replaced) if "componentId" in each]
        out = _Children(quantities=[{"epcClass": self._component(each)} for each in dict.fromkeys(gone)])
        into = _Children()
        for each in (*used, *replaced):
            self._add(into, each)
        if out:
            yield self._association("DELETE", "removing", out, "#removed")
        if into:
            yield self._association("ADD", "installing", into, "#installed")

    def _taken_apart(self) -> _Children:
        parts = _Children()
        for each in self._event.get("parts", ()):
            self._add(parts, each)
        return parts

    def _add(self, children: _Children, part: Mapping[str, Any]) -> None:
        if _known(part):
            children.epcs.append(self._identity(part["partPassport"]))
            return
        mass = decimal(part.get("mass"))
        count = {"quantity": part["quantity"]} if "quantity" in part else {}
        heavy = {"quantity": _number(mass), "uom": "KGM"} if mass is not None else {}
        children.quantities.append({"epcClass": part["id"], **(count or heavy)})

    def _materials(self) -> _Children:
        gained = _Children()
        for each in self._event.get("masses", ()):
            mass = decimal(each.get("mass"))
            heavy = {"quantity": _number(mass), "uom": "KGM"} if mass is not None else {}
            gained.quantities.append({"epcClass": _code("material-class", each["materialClass"]), **heavy})
        return gained

    def _component(self, component: str) -> str:
        """The address of a component: the node that the piece's own passport would have for it."""
        return f"{self._event['passport']}#components-{quote(component, safe='').replace('.', '%2E')}"

    def _identity(self, passport: str) -> str:
        return self._products.get(passport, passport)

    def _grade(self) -> str | None:
        condition = self._event.get("condition")
        return condition.get("grade") if isinstance(condition, Mapping) else None

    def _first_sale(self) -> bool:
        before, kind = self._event.get("previousOwnerType"), self._event.get("transferType")
        return before in _FIRST_OWNERS and kind in _SALE

    def _parties(self) -> dict[str, Any]:
        """From whom to whom it went; the parties are those whose own signatures tell that they took part."""
        signer, role = self._record.signer, self._event.get("actorRole")
        if self._kind is EventType.NEW_OWNER:
            if self._event.get("ownerType") == PRIVATE_PARTY:
                return self._between("owning_party", signer, None)
            return self._between("owning_party", self._record.giver, signer)
        own, held = signer if role == _OWNER else None, signer if role == _HOLDER else None
        if self._kind in (EventType.LENT, EventType.COLLECTED):
            return self._between("possessing_party", own, held)
        if self._kind is EventType.RETURNED:
            return self._between("possessing_party", held, own)
        return {}

    def _between(self, kind: str, source: str | None, destination: str | None) -> dict[str, Any]:
        """A party that is not named gets an identifier of this event only, so that nobody can be followed by it."""
        return {
            "sourceList": [{"type": kind, "source": source or self._nobody("source")}],
            "destinationList": [{"type": kind, "destination": destination or self._nobody("destination")}],
        }

    def _nobody(self, side: str) -> str:
        return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{self._id}#{side}')}"


def _number(mass: Decimal) -> int | float:
    return int(mass) if mass == mass.to_integral_value() else float(mass)
