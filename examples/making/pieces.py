"""Pieces of the example models, one after the other, each with what its life starts from."""

import copy
import json
import tomllib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from making.drawing import Chance, Weighted

Document = dict[str, Any]
HERE: Final = Path(__file__).parent
TABLES: Final = tomllib.loads((HERE / "tables.toml").read_text(encoding="utf-8"))
LANGUAGES: Final = ("en", "sv", "da", "pl")
FIRST, LAST = date(2005, 1, 1), date(2026, 10, 31)
DAYS: Final = [(FIRST + timedelta(days)).isoformat() for days in range((LAST - FIRST).days + 1)]
"""Every day that anything may happen on; days are places in it."""
NOW: Final = len(DAYS) - 1
MONTHS: Final = [f"{number // 12}-{number % 12 + 1:02d}" for number in range(2024 * 12 + 10, 2026 * 12 + 10)]
"""The months of the batches, two years up to the last day."""
SPAN: Final = (date(2024, 11, 1) - FIRST).days
"""The first day of the first batch."""
DEMONSTRATION: Final = "9521234"
RESOLVER: Final = "https://id.gs1.org"
KEPT: Final = 200
"""How many worn pieces wait at most to be made into something else."""


@dataclass(frozen=True, slots=True)
class Model:
    """What the pieces of one model need of it."""

    document: Document
    gtin: str
    kind: Mapping[str, Any]
    parts: Mapping[str, str]
    variants: Sequence[Document]
    demonstration: bool


@dataclass(slots=True)
class Piece:
    """One generated piece: its document and what its life starts from. Days are places in ``DAYS``.

    ``address`` is None for a piece that gets its identity from the service. A ``worn`` piece is collected before
    ``until``; ``owner`` is then who had it last. ``source`` is the worn piece that this one was made of.
    """

    document: Document
    model: Model | None
    address: str | None
    since: int
    until: int = NOW
    worn: bool = False
    owner: str = ""
    source: "Piece | None" = None


def said(words: Mapping[str, str]) -> list[dict[str, str]]:
    """Words as documents write them."""
    return [{"value": words[language], "language": language} for language in LANGUAGES]


def example_models() -> Iterator[Document]:
    """The models of the examples, each once, in the order of their files."""
    for file in sorted((HERE.parent / "furniture").glob("*/*json"), key=lambda file: (file.parent.name, file.name)):
        text = file.read_text(encoding="utf-8")
        value = [json.loads(line) for line in text.splitlines()] if file.suffix == ".ndjson" else json.loads(text)
        for document in value if isinstance(value, list) else [value]:
            if document["granularity"] == "model" and "revision" not in document:
                yield document


def models() -> list[Model]:
    """The models that pieces are made of, with a GTIN each."""
    made: dict[str, Model] = {}
    for number, example in enumerate(example_models(), 101):
        document = copy.deepcopy(example)
        document.pop("image", None)
        stem = f"{DEMONSTRATION}{number:05d}"
        gtin = document.setdefault("gtin", stem + _check_digit(stem))
        if gtin in made:
            continue
        parts = {each["function"]: each["componentId"] for each in document.get("components", ()) if "function" in each}
        own = "economicOperatorId" in document
        kind = TABLES["kinds"][document["category"]]
        made[gtin] = Model(document, gtin, kind, parts, list(_variants(document)), own)
    return list(made.values())


def _check_digit(digits: str) -> str:
    """The digit behind the twelve others of a GTIN-13."""
    return str(-sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits)) % 10)


def _variants(document: Document) -> Iterator[Document]:
    """What may differ between the pieces of a model: colour and upholstery, where the model offers a choice."""
    if "variantOptions" not in document:
        return
    cover = document.get("upholsteryCode")
    for number, colour in enumerate(TABLES["colours"], 1):
        yield {"colour": said(colour), **({"upholsteryCode": f"{cover[:-2]}{number:02d}"} if cover else {})}


def batches(made: Sequence[Model]) -> Iterator[Document]:
    """A batch of each model and month."""
    for model in made:
        for month in MONTHS:
            about = {"granularity": "batch", "modelPassport": model.gtin, "gtin": model.gtin}
            names = ("economicOperatorId", "productionCountry")
            kept = {name: model.document[name] for name in names if name in model.document}
            yield {**about, "batchNumber": f"{month}A", "manufacturingDate": month, **kept}


class Pieces:
    """Makes pieces one after the other; ``named`` lets them name their batch by its address."""

    def __init__(self, seed: int, made: Sequence[Model], *, named: bool = False) -> None:
        self._seed, self._named = seed, named
        self._chance = Chance(seed)
        kinds = [model.document["category"] for model in made]
        self._models = Weighted({n: m.kind["weight"] / kinds.count(kinds[n]) for n, m in enumerate(made)})
        self._made = made
        self._sort = Weighted({name: share for name, share in TABLES["shares"].items() if share})
        self._grade = Weighted({name: each["weight"] for name, each in TABLES["grades"].items()})
        self._availability = Weighted(TABLES["availability"])
        self._worn: deque[Piece] = deque(maxlen=KEPT)
        self._carriers = [
            [{"carrierType": "QR"}],
            [{"carrierType": "QR"}, {"carrierType": "RAIN"}],
        ]

    def piece(self, number: int) -> Piece:
        """The piece of this number; numbers must come in order."""
        sort = self._sort.draw(self._chance)
        if sort == "unknown":
            return self._unknown(number)
        model = self._made[self._models.draw(self._chance)]
        if sort == "stock":
            return self._stock(number, model)
        if sort == "known":
            return self._known(number, model)
        return self._from_maker(number, model, again=sort == "remanufactured")

    def _from_maker(self, number: int, model: Model, *, again: bool) -> Piece:
        chance = self._chance
        source = self._worn.popleft() if again and self._worn else None
        day = chance.between(source.until + 1, NOW - 20) if source else self._day_made()
        serial = f"{self._seed}-{number:07d}"
        document: Document = {"granularity": "item"}
        if model.demonstration:
            document |= {"profile": "supplier", "responsibleSince": DAYS[day]}
            document |= {name: model.document[name] for name in ("economicOperatorId", "backupProvider")}
        document |= {"modelPassport": model.gtin, "gtin": model.gtin, "serialNumber": serial}
        if source:
            document["previousPassports"] = [source.address]
        else:
            document |= self._batch(model, day)
        document |= {"isSecondHandLegacy": False, "manufacturingDate": DAYS[day]}
        if model.variants:
            document |= chance.one(model.variants)
        if chance.happens(0.7):
            carriers = self._carriers[chance.happens(0.15)]
            document["dataCarriers"] = [{**each, "appliedOn": DAYS[day]} for each in carriers]
        piece = Piece(document, model, f"{RESOLVER}/01/{model.gtin.zfill(14)}/21/{serial}", day)
        if source:
            piece.source = source
        elif day < NOW - 300 and chance.happens(0.05):
            piece.worn, piece.until = True, day + 250
            self._worn.append(piece)
        return piece

    def _day_made(self) -> int:
        return self._chance.between(SPAN, NOW)

    def _batch(self, model: Model, day: int) -> Document:
        batch = f"{DAYS[day][:7]}A"
        named = {"batchPassport": f"{RESOLVER}/01/{model.gtin.zfill(14)}/10/{batch}"} if self._named else {}
        return {"batchNumber": batch, **named}

    def _stock(self, number: int, model: Model) -> Piece:
        day = self._day_made()
        document = {"granularity": "item", "profile": "basic", "modelPassport": model.gtin}
        document |= {**self._batch(model, day), "isSecondHandLegacy": False, "manufacturingDate": DAYS[day]}
        return self._municipal(number, document, model, day, giai=0.6, bought=1.0)

    def _known(self, number: int, model: Model) -> Piece:
        day = self._chance.between(0, NOW - 1_200)
        document = {"granularity": "item", "profile": "basic", "modelPassport": model.gtin, "isSecondHandLegacy": True}
        if self._chance.happens(0.5):
            document["manufacturingDate"] = DAYS[day][:7]
        return self._municipal(number, document, model, day, giai=0.4, bought=0.5)

    def _unknown(self, number: int) -> Piece:
        day = self._chance.between(0, NOW - 1_200)
        legacy = self._chance.one(TABLES["legacy"])
        document = {"granularity": "item", "profile": "basic", "isSecondHandLegacy": True}
        document |= {"category": legacy["category"], "itemName": said(legacy["name"])}
        if self._chance.happens(0.6):
            document["dimensions"] = dict(zip(("width", "depth", "height"), legacy["size"], strict=True))
        return self._municipal(number, document, None, day, giai=0.3, bought=0.2)

    def _municipal(
        self, number: int, document: Document, model: Model | None, day: int, *, giai: float, bought: float
    ) -> Piece:
        """The piece with what its owner knows: a number, its state, its place, what was paid for it."""
        chance = self._chance
        owner = chance.one(TABLES["owners"])
        kind = model.kind if model else TABLES["kinds"][document["category"]]
        address = None
        if "giai" in owner and chance.happens(giai):
            document["giai"] = f"{owner['giai']}{owner['letters']}{self._seed}-{number:07d}"
            address = f"{RESOLVER}/8004/{document['giai']}"
        purchase = chance.between(day, min(day + 120, NOW))
        assessed = chance.between(max(purchase, NOW - 500), NOW)
        if chance.happens(0.3):
            document["dataCarriers"] = [{"carrierType": "QR", "appliedOn": DAYS[assessed]}]
        private = not address and chance.happens(0.03)
        document["owner"] = "private-party" if private else owner["slug"]
        document |= self._state(kind, model, assessed)
        if not private:
            document["inventoryNumber"] = f"{owner['letters']}-{self._seed}-{number:07d}"
            document["location"] = place(owner, chance)
            if chance.happens(0.3):
                document["costCentre"] = str(chance.between(1000, 9999))
            if chance.happens(bought):
                low, high = kind["price"]
                amount = int(chance.between(low, high) * owner["rate"]) // 10 * 10
                document["purchaseDate"] = DAYS[purchase]
                document["purchasePrice"] = {"amount": amount, "currency": owner["currency"]}
        return Piece(document, model, address, assessed)

    def _state(self, kind: Mapping[str, Any], model: Model | None, assessed: int) -> Document:
        chance = self._chance
        condition, defects = judged(self._grade.draw(chance), kind, model, chance)
        condition["assessedOn"] = DAYS[assessed]
        availability = self._availability.draw(chance)
        if condition.get("structureScore") == 3 and availability == "offered":
            availability = "inStorage"
        state: Document = {"condition": condition, "availability": availability}
        if defects:
            state["defects"] = defects
        if condition["grade"] in "ABC" and chance.happens(0.5):
            years = chance.between(2, 15)
            state["remainingLifeEstimate"] = {"years": years, "method": "estimate of the owner's furniture store"}
        if defects and model and chance.happens(0.15):
            part = part_of(defects[0]["defectCode"], model)
            if part:
                state["installedParts"] = [{"component": part, "date": DAYS[assessed]}]
        return state


def part_of(defect: str, model: Model) -> str | None:
    """The component of a model that a defect is in."""
    return model.parts.get(TABLES["repairs"][defect]["function"])


def place(owner: Mapping[str, Any], chance: Chance) -> Document:
    """A place of an organisation."""
    where = {"site": chance.one(owner["sites"]), "building": chance.one(TABLES["places"]["buildings"])}
    return {**where, "floor": chance.one(TABLES["places"]["floors"]), "room": str(chance.between(100, 499))}


def judged(grade: str, kind: Mapping[str, Any], model: Model | None, chance: Chance) -> tuple[Document, list[Document]]:
    """A condition of this grade with scores that lead to it, and the defects behind it."""
    condition: Document = {"grade": grade}
    scores = TABLES["grades"][grade]["scores"]
    if not scores:
        return condition, []
    score = chance.one(scores)
    condition |= zip(("functionScore", "structureScore", "surfaceScore", "hygieneScore"), score, strict=True)
    condition["assessorRole"] = "owner"
    if grade == "A":
        return condition, []
    codes = list(dict.fromkeys(chance.one(kind["defects"]) for _ in range(1 if grade == "B" else 2)))
    condition["remarks"] = codes
    if codes[0] in TABLES["notes"] and chance.happens(0.4):
        condition["notes"] = said(TABLES["notes"][codes[0]])
    defects = []
    for code in codes:
        defect: Document = {"defectCode": code, "severity": max(1, *score)}
        part = part_of(code, model) if model else None
        if part:
            defect["component"] = part
        defects.append(defect)
    return condition, defects
