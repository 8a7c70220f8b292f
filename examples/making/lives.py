"""What happens to a piece after what its document says: submissions of events in an order that is possible."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, Final

from making.drawing import Chance, Weighted
from making.pieces import DAYS, FIRST, NOW, TABLES, Document, Piece, judged, part_of, place, said

OWNERS: Final = {each["slug"]: each for each in TABLES["owners"]}
MAKER: Final = "demomobler"
REPAIRER: Final = "lagahjalpen"
REFURBISHER: Final = "exempeltapetserarna"
RECYCLER: Final = "exempelatervinning"
"""Who does things, beside the owners, by their names in ``organisations.toml``."""
DELEGATED: Final[Mapping[str, tuple[str, ...]]] = {
    REPAIRER: ("repaired",),
    REFURBISHER: ("refurbished", "remanufactured"),
}
"""What every owner must let others record of its pieces before the events are submitted."""
PLACEHOLDER: Final = "http://localhost/transfers/"
"""What stands before the name of a transfer, whose address the service decides only when it is offered."""
UNSAFE: Final = 3
"""The worst score of a structure; what has it may not be offered."""
AFTER: Final[Mapping[str, str]] = {
    "inUse": "kept",
    "inStorage": "kept",
    "availableInternally": "kept",
    "underRepair": "kept",
    "onLoan": "kept",
    "offered": "offered",
    "reserved": "promised",
    "discarded": "given up",
    "lost": "ended",
}
"""In which phase a piece is that a document says this of."""
PHASES: Final[Mapping[str, Mapping[str, float]]] = {
    "kept": {
        "conditionAssessed": 20,
        "inspected": 12,
        "maintained": 10,
        "cleaned": 12,
        "repaired": 14,
        "refurbished": 3,
        "relocated": 14,
        "lent": 5,
        "offered": 6,
        "collected": 3,
        "lost": 1,
    },
    "away": {"returned": 1},
    "offered": {"reserved": 8, "relocated": 2},
    "promised": {"transferOffered": 1},
    "given up": {"collected": 1},
    "collected": {"dismantled": 6, "preparedForReuse": 4},
    "ready": {"returned": 1},
    "missing": {"found": 1},
    "apart": {"partsHarvested": 3, "recycled": 6, "energyRecovered": 2, "disposed": 1},
    "rest": {"recycled": 6, "energyRecovered": 2, "disposed": 1},
    "ended": {},
}
"""What may happen next in each phase, and how often it does."""
_NEXT: Final[Mapping[str, str]] = {
    "lent": "away",
    "returned": "kept",
    "offered": "offered",
    "reserved": "promised",
    "transferOffered": "kept",
    "collected": "collected",
    "dismantled": "apart",
    "preparedForReuse": "ready",
    "partsHarvested": "rest",
    "recycled": "ended",
    "energyRecovered": "ended",
    "disposed": "ended",
    "lost": "missing",
    "found": "kept",
}
_DRAWN: Final = {phase: Weighted(weights) for phase, weights in PHASES.items() if weights}
_REASONS: Final = {
    "en": "Found not worth repairing",
    "sv": "Bedömdes inte vara värd att laga",
    "da": "Vurderet til ikke at kunne betale sig at reparere",
    "pl": "Uznano, że naprawa się nie opłaca",
}


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta((last.weekday() + 1) % 7)


def _offsets() -> list[str]:
    """The time zone offset of central Europe for each day."""
    days = [FIRST + timedelta(number) for number in range(len(DAYS))]
    summers = {day.year: (_last_sunday(day.year, 3), _last_sunday(day.year, 10)) for day in days}
    return ["+02:00" if summers[day.year][0] <= day < summers[day.year][1] else "+01:00" for day in days]


_OFFSETS: Final = _offsets()


class Life:
    """The life of one piece from the day its document speaks of: ``events`` tells it once.

    Each line is an object with ``by``, the organisation that submits it, and ``event``, what it submits. The line of an
    offer has ``opens``, too: what later lines call the transfer.
    """

    def __init__(self, piece: Piece, number: int, seed: int, chance: Chance) -> None:
        self._piece, self._chance = piece, chance
        self._name = f"{seed}/{number}"
        self._told = 0
        self._day, self._minute = piece.since, 6 * 60
        self._owner = piece.document.get("owner", "")
        self._holder = ""
        self._phase = AFTER[piece.document.get("availability", "inUse")]
        kind = piece.model.kind if piece.model else TABLES["kinds"][piece.document["category"]]
        self._kind: Mapping[str, Any] = kind
        self._defects: list[Document] = piece.document.get("defects", [])
        self._unsafe = piece.document.get("condition", {}).get("structureScore") == UNSAFE

    def events(self) -> Iterator[Document]:
        """The lines in the order of time."""
        if "owner" not in self._piece.document:
            yield from self._beginning()
        while self._told < 12 and self._phase != "ended":
            self._later(20, 260)
            if self._day > self._piece.until - 30:
                break
            kind = _DRAWN[self._phase].draw(self._chance)
            if not (self._piece.worn and kind in _NEXT):
                yield from self._happening("inspected" if kind == "offered" and self._unsafe else kind)
        if self._piece.worn:
            self._day = self._piece.until - 10
            yield self._event("collected", self._owner)
            self._piece.owner = self._owner

    def _beginning(self) -> Iterator[Document]:
        """From the maker's works to the first owner, as far as that has come by the last day."""
        piece, owner = self._piece, self._chance.one(TABLES["owners"])["slug"]
        if piece.source:
            told = {"products": [piece.source.address], "outputs": [piece.address]}
            yield self._event("remanufactured", REFURBISHER, **told)
        offer = self._opened()
        sold = {"receiver": owner, "transferType": "sale"}
        for kind, by, told in (
            ("manufactured", MAKER, {}),
            ("placedOnMarket", MAKER, {}),
            ("transferOffered", MAKER, sold),
            ("ownershipTransferred", owner, {"transfer": offer}),
            ("puttingIntoService", owner, {}),
            ("relocated", owner, {"location": place(OWNERS[owner], self._chance)}),
        ):
            if self._day <= NOW:
                line = self._event(kind, by, **told)
                yield {"by": by, "opens": offer, "event": line["event"]} if kind == "transferOffered" else line
            self._later(1, 5)
        self._owner = owner

    def _later(self, least: int, most: int) -> None:
        self._day += self._chance.between(least, most)
        self._minute = self._chance.between(7 * 60, 15 * 60)

    def _opened(self) -> str:
        """What the next transfer is called."""
        digits = sha256(f"{self._name}/{self._told}".encode()).hexdigest()
        return f"{PLACEHOLDER}{digits[:32]}"

    def _event(self, kind: str, by: str, **told: Any) -> Document:
        self._told += 1
        when = {
            "eventTime": f"{DAYS[self._day]}T{self._minute // 60:02d}:{self._minute % 60:02d}:00Z",
            "timeZoneOffset": _OFFSETS[self._day],
        }
        if "condition" in told:
            self._unsafe = told["condition"].get("structureScore") == UNSAFE
        products = {"products": [self._piece.address]}
        return {"by": by, "event": {"eventType": kind, **when, **products, **told}}

    def _happening(self, kind: str) -> Iterator[Document]:
        """One event, with the assessment that a repair follows, or the acceptance that follows an offer."""
        if kind == "repaired" and not self._defects:
            yield self._assessed("CD")
            self._later(2, 10)
        if kind == "conditionAssessed":
            yield self._assessed("ABCD")
        elif kind == "transferOffered":
            yield from self._handed_over()
        else:
            by = _ACTORS.get(kind) or (self._holder if kind == "returned" else self._owner)
            yield self._event(kind, by, **_TELLING.get(kind, lambda _: {})(self))
        self._phase = _NEXT.get(kind, self._phase)

    def _handed_over(self) -> Iterator[Document]:
        receiver, offer = self._other(), self._opened()
        told = {"receiver": receiver, "transferType": self._chance.one(["sale", "donation"])}
        yield {"by": self._owner, "opens": offer, "event": self._event("transferOffered", self._owner, **told)["event"]}
        self._minute += 30
        yield self._event("ownershipTransferred", receiver, transfer=offer)
        self._owner = receiver

    def _other(self) -> str:
        return next(slug for slug in OWNERS if slug != self._owner)

    def _assessed(self, grades: str) -> Document:
        condition, self._defects = judged(self._chance.one(grades), self._kind, self._piece.model, self._chance)
        condition["assessedOn"] = DAYS[self._day]
        told = {"defects": self._defects} if self._defects else {}
        return self._event("conditionAssessed", self._owner, condition=condition, **told)

    def inspected(self) -> Document:
        condition, _ = judged("A" if not self._defects else "C", self._kind, self._piece.model, self._chance)
        return {"condition": {"grade": condition["grade"], "assessedOn": DAYS[self._day]}}

    def repaired(self) -> Document:
        defect, self._defects = self._defects[0]["defectCode"], self._defects[1:]
        repair = TABLES["repairs"][defect]["type"]
        told: Document = {"repairTypes": [repair], "cause": defect, "workMinutes": self._chance.between(1, 12) * 5}
        told["condition"] = {"grade": "C" if self._defects else "B", "assessedOn": DAYS[self._day]}
        part = part_of(defect, self._piece.model) if self._piece.model else None
        if part and repair.startswith(("replace-", "re-foam")):
            told["partsUsed"] = [{"componentId": part, "partOrigin": "new"}]
        return told

    def refurbished(self) -> Document:
        self._defects = []
        return {"repairTypes": ["deep-clean", "touch-up"], "condition": {"grade": "A", "assessedOn": DAYS[self._day]}}

    def cared(self) -> Document:
        return {"careAction": said(self._chance.one(TABLES["care"]))}

    def relocated(self) -> Document:
        return {"location": place(OWNERS[self._owner], self._chance)}

    def lent(self) -> Document:
        self._holder = self._other()
        return {"borrower": self._holder}

    def offered(self) -> Document:
        low, _ = self._kind["price"]
        owner = OWNERS[self._owner]
        amount = int(low * owner["rate"] * self._chance.between(1, 6) / 10) // 10 * 10
        return {"channel": said(TABLES["channel"]), "askingPrice": {"amount": amount, "currency": owner["currency"]}}

    def reserved(self) -> Document:
        return {"reservedFor": self._other()}

    def collected(self) -> Document:
        self._holder = RECYCLER
        return {"collector": RECYCLER}

    def dismantled(self) -> Document:
        return {"reason": said(_REASONS)}

    def harvested(self) -> Document:
        parts = list(self._piece.model.parts.values())[:1] if self._piece.model else []
        return {"parts": [{"componentId": part, "quantity": 1} for part in parts]} if parts else {}


_TELLING: Final[Mapping[str, Callable[[Life], Document]]] = {
    "inspected": Life.inspected,
    "maintained": Life.cared,
    "cleaned": Life.cared,
    "repaired": Life.repaired,
    "refurbished": Life.refurbished,
    "relocated": Life.relocated,
    "lent": Life.lent,
    "offered": Life.offered,
    "reserved": Life.reserved,
    "collected": Life.collected,
    "dismantled": Life.dismantled,
    "partsHarvested": Life.harvested,
    "recycled": lambda _: {"route": "material-recycling", "treatmentCode": "R12"},
    "energyRecovered": lambda _: {"route": "energy-recovery", "treatmentCode": "R1"},
    "disposed": lambda _: {"route": "landfill-D1", "treatmentCode": "D1"},
}
_ACTORS: Final[Mapping[str, str]] = {
    "repaired": REPAIRER,
    "refurbished": REFURBISHER,
    **dict.fromkeys(("dismantled", "partsHarvested", "preparedForReuse"), RECYCLER),
    **dict.fromkeys(("recycled", "energyRecovered", "disposed"), RECYCLER),
}
