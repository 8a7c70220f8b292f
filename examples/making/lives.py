"""What happens to a piece after what its document says: events in an order that is possible."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, Final

from making.drawing import Chance, Weighted
from making.pieces import DAYS, FIRST, NOW, TABLES, Document, Piece, judged, part_of, place, said

OWNERS: Final = {each["slug"]: each for each in TABLES["owners"]}
_MAKER: Final = ("manufacturer", "example-maker")
_REMANUFACTURER: Final = ("remanufacturer", "example-remanufacturer")
_WORKSHOP: Final = ("professional-repairer", "example-workshop")
_REFURBISHER: Final = ("refurbisher", "example-workshop")
_RECYCLER: Final = ("recycler", "example-recycler")
"""Roles and names of who does things, beside the owners. None of them exists."""
AFTER: Final[Mapping[str, str]] = {
    "inUse": "kept",
    "inStorage": "kept",
    "availableInternally": "kept",
    "underRepair": "kept",
    "onLoan": "away",
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
    "promised": {"ownershipTransferred": 1},
    "given up": {"collected": 1},
    "collected": {"dismantled": 6, "preparedForReuse": 4},
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
    "ownershipTransferred": "kept",
    "collected": "collected",
    "dismantled": "apart",
    "preparedForReuse": "kept",
    "partsHarvested": "rest",
    "recycled": "ended",
    "energyRecovered": "ended",
    "disposed": "ended",
    "lost": "ended",
}
_DRAWN: Final = {phase: Weighted(weights) for phase, weights in PHASES.items() if weights}
_REASONS: Final = {
    "en": "Found not worth repairing",
    "sv": "Bedömdes inte vara värd att laga",
    "da": "Vurderet til ikke at kunne betale sig at reparere",
    "pl": "Uznano, że naprawa się nie opłaca",
}
_AVAILABILITY: Final[Mapping[str, str]] = {
    "lent": "onLoan",
    "returned": "inUse",
    "offered": "offered",
    "reserved": "reserved",
    "ownershipTransferred": "inUse",
    "preparedForReuse": "inStorage",
    "collected": "discarded",
    "lost": "lost",
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
    """The life of one piece from the day its document speaks of: ``events`` tells it once."""

    def __init__(self, piece: Piece, number: int, seed: int, chance: Chance) -> None:
        self._piece, self._chance = piece, chance
        self._name = f"{seed}/{number}"
        self._told = 0
        self._day, self._minute = piece.since, 6 * 60
        self._owner = piece.document.get("owner", "")
        self._phase = AFTER[piece.document.get("availability", "inUse")]
        kind = piece.model.kind if piece.model else TABLES["kinds"][piece.document["category"]]
        self._kind: Mapping[str, Any] = kind
        self._defects: list[Document] = piece.document.get("defects", [])

    def events(self) -> Iterator[Document]:
        """The events in the order of time."""
        if "owner" not in self._piece.document:
            yield from self._beginning()
        while self._told < 12 and self._phase != "ended":
            self._later(20, 260)
            if self._day > self._piece.until - 30:
                break
            kind = _DRAWN[self._phase].draw(self._chance)
            if not (self._piece.worn and kind in _NEXT):
                yield from self._happening(kind)
        if self._piece.worn:
            self._day = self._piece.until - 10
            yield self._event("collected", _REMANUFACTURER, availability="discarded")

    def _beginning(self) -> Iterator[Document]:
        """From the maker's works to the first owner, as far as that has come by the last day."""
        piece, owner = self._piece, self._chance.one(TABLES["owners"])["slug"]
        made: tuple[str, tuple[str, str], Document] = ("manufactured", _MAKER, {})
        if piece.inputs:
            made = ("remanufactured", _REMANUFACTURER, {"inputs": list(piece.inputs), "outputs": [piece.address]})
        sold = {"transferType": "sale", "fromParty": made[1][1], "toParty": owner}
        used = {"location": place(OWNERS[owner], self._chance), "availability": "inUse"}
        for kind, actor, told in (
            made,
            ("placedOnMarket", made[1], {}),
            ("ownershipTransferred", made[1], sold),
            ("puttingIntoService", ("owner", owner), used),
        ):
            if self._day <= NOW:
                yield self._event(kind, actor, **told)
            self._later(1, 5)
        self._owner = owner

    def _later(self, least: int, most: int) -> None:
        self._day += self._chance.between(least, most)
        self._minute = self._chance.between(7 * 60, 15 * 60)

    def _event(self, kind: str, actor: tuple[str, str], **told: Any) -> Document:
        self._told += 1
        digits = sha256(f"{self._name}/{self._told}".encode()).hexdigest()
        unique = f"{digits[:8]}-{digits[8:12]}-8{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"
        return {
            "id": f"urn:uuid:{unique}",
            "eventType": kind,
            "eventTime": f"{DAYS[self._day]}T{self._minute // 60:02d}:{self._minute % 60:02d}:00Z",
            "timeZoneOffset": _OFFSETS[self._day],
            "product": self._piece.address,
            "actorRole": actor[0],
            "actor": actor[1],
            **told,
        }

    def _happening(self, kind: str) -> Iterator[Document]:
        """One event, with the assessment that a repair follows."""
        if kind == "repaired" and not self._defects:
            yield self._assessed("CD")
            self._later(2, 10)
        told = _TELLING.get(kind, lambda _: {})(self)
        self._phase = _NEXT.get(kind, self._phase)
        available = {"availability": _AVAILABILITY[kind]} if kind in _AVAILABILITY else {}
        yield (
            self._assessed("ABCD")
            if kind == "conditionAssessed"
            else self._event(kind, _ACTORS.get(kind) or ("owner", self._owner), **told, **available)
        )
        if kind == "ownershipTransferred":
            self._owner = told["toParty"]

    def _assessed(self, grades: str) -> Document:
        condition, self._defects = judged(self._chance.one(grades), self._kind, self._piece.model, self._chance)
        condition["assessedOn"] = DAYS[self._day]
        told = {"defects": self._defects} if self._defects else {}
        return self._event("conditionAssessed", ("owner", self._owner), condition=condition, **told)

    def inspected(self) -> Document:
        condition, _ = judged("A" if not self._defects else "C", self._kind, self._piece.model, self._chance)
        return {"condition": {"grade": condition["grade"], "assessedOn": DAYS[self._day]}}

    def repaired(self) -> Document:
        defect, self._defects = self._defects[0]["defectCode"], self._defects[1:]
        repair = TABLES["repairs"][defect]["type"]
        told: Document = {"repairType": [repair], "cause": defect}
        part = part_of(defect, self._piece.model) if self._piece.model else None
        if part and repair.startswith(("replace-", "re-foam")):
            told["installedParts"] = [{"component": part, "date": DAYS[self._day]}]
        return told

    def refurbished(self) -> Document:
        self._defects = []
        return {"repairType": ["deep-clean", "touch-up"], "condition": {"grade": "A", "assessedOn": DAYS[self._day]}}

    def maintained(self) -> Document:
        return {"careAction": self._chance.one(["tighten", "lubricate", "adjust"])}

    def relocated(self) -> Document:
        return {"location": place(OWNERS[self._owner], self._chance)}

    def offered(self) -> Document:
        low, _ = self._kind["price"]
        owner = OWNERS[self._owner]
        amount = int(low * owner["rate"] * self._chance.between(1, 6) / 10) // 10 * 10
        return {"channel": "internal marketplace", "price": {"amount": amount, "currency": owner["currency"]}}

    def transferred(self) -> Document:
        other = next(slug for slug in OWNERS if slug != self._owner)
        return {"transferType": self._chance.one(["sale", "donation"]), "fromParty": self._owner, "toParty": other}

    def ended(self) -> Document:
        return {"reason": said(_REASONS)}


_TELLING: Final[Mapping[str, Callable[[Life], Document]]] = {
    "inspected": Life.inspected,
    "repaired": Life.repaired,
    "refurbished": Life.refurbished,
    "maintained": Life.maintained,
    "relocated": Life.relocated,
    "offered": Life.offered,
    "ownershipTransferred": Life.transferred,
    "dismantled": Life.ended,
    "recycled": lambda _: {"route": "material-recycling"},
    "energyRecovered": lambda _: {"route": "energy-recovery"},
    "disposed": lambda _: {"route": "landfill-D1"},
}
_ACTORS: Final[Mapping[str, tuple[str, str]]] = {
    "repaired": _WORKSHOP,
    "refurbished": _REFURBISHER,
    "dismantled": _RECYCLER,
    "partsHarvested": _RECYCLER,
    "preparedForReuse": _RECYCLER,
    "recycled": _RECYCLER,
    "energyRecovered": _RECYCLER,
    "disposed": _RECYCLER,
}
