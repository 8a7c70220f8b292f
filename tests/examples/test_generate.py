"""The generator of made-up pieces and events: the same for the same seed, accepted by the service, and possible."""

import importlib.util
import itertools
import json
import runpy
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from passport.codecs import state as states
from passport.codecs.strictjson import Limits, read
from passport.model.access import Caller, Role
from passport.model.naming import reference_key
from passport.model.passport import Level
from passport.model.report import Severity
from passport.ports import Organisation
from passport.published import Published
from passport.service.audit import audit
from passport.service.knowledge import SubmissionKnown
from passport.service.organisations import add_organisation
from passport.service.submissions import submit
from passport.service.system import System
from passport.validation.checking import KnownProduct, check

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PROGRAM = EXAMPLES / "generate.py"
OWNERS = ("exempelby-kommun", "eksempelkobing-kommune")
SEED = 7
DIGEST = "df22ac26dda3eaa3b44220ddfcad9df601087d6e61b4218881537c734bdfa12d"
MODEL = {
    "granularity": "model",
    "gtin": "9521234000013",
    "modelName": [{"value": "Stol", "language": "sv"}],
    "category": "office-chair",
    "upholsteryCode": "W-01",
    "variantOptions": [{"name": [{"value": "Klädsel", "language": "sv"}]}],
    "components": [{"componentId": "lift", "function": "gas-spring"}, {"componentId": "wheels", "function": "castor"}],
}

Document = dict[str, Any]


@pytest.fixture(scope="module")
def generate() -> Iterator[ModuleType]:
    sys.path.insert(0, str(EXAMPLES))
    try:
        specification = importlib.util.spec_from_file_location("generate_pieces", PROGRAM)
        assert specification is not None
        assert specification.loader is not None
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
        yield module
    finally:
        sys.path.remove(str(EXAMPLES))


@pytest.fixture(scope="module")
def pieces(generate: ModuleType) -> list[Document]:
    made: list[Document] = list(generate.documents(6_000, SEED, with_models=False, with_batches=True))
    return [each for each in made if each["granularity"] == "item"]


@pytest.fixture(scope="module")
def lines(generate: ModuleType) -> list[Document]:
    return list(generate.events(6_000, SEED))


def written(*options: str) -> bytes:
    return subprocess.run([sys.executable, str(PROGRAM), *options], capture_output=True, check=True).stdout


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(generate: ModuleType) -> None:
    options = ("--pieces", "300", "--models", "--batches")
    first = written("--seed", "7", *options)
    assert first == written("--seed", "7", *options)
    assert first != written("--seed", "8", *options)
    assert len(first.splitlines()) == 300 + len(generate.models()) * 25
    assert written("--seed", "7", "--pieces", "300", "--events") == written(
        "--seed", "7", "--pieces", "300", "--events"
    )


def test_what_is_drawn_is_the_same_on_every_python(generate: ModuleType) -> None:
    """The examples may change; what is made of one fixed model may not, unless the tables do."""
    kind = generate.models()[0].kind
    parts = {"gas-spring": "lift", "castor": "wheels"}
    model = type(generate.models()[0])(MODEL, MODEL["gtin"], kind, parts, [{"upholsteryCode": "W-02"}], False)
    maker, chance = generate.Pieces(SEED, [model]), generate.Chance(SEED)
    told: list[Document] = []
    for number in range(200):
        piece = maker.piece(number)
        told.append(piece.document)
        if piece.address:
            told.extend(generate.Life(piece, number, SEED, chance).events())
    text = "\n".join(json.dumps(each, ensure_ascii=False) for each in told)
    assert sha256(text.encode()).hexdigest() == DIGEST


def test_a_seed_that_would_not_fit_serial_numbers_is_refused() -> None:
    done = subprocess.run([sys.executable, str(PROGRAM), "--seed", "1000000000"], capture_output=True, check=False)
    assert done.returncode == 2
    assert b"nine digits" in done.stderr


class Unconnected:
    """What is known away from a service: nothing for certain."""

    base = None
    complete = False

    def product(self, reference: str) -> KnownProduct | None:
        return None

    def organisation(self, slug: str) -> bool:
        return False


class Submitted(SubmissionKnown):
    """What is known when all was submitted together and the owners are registered."""

    complete = True

    def organisation(self, slug: str) -> bool:
        return slug in OWNERS


@pytest.fixture(scope="module")
def report_codes(generate: ModuleType, published: Published) -> Counter[tuple[str, str, str]]:
    lines = generate.documents(3_000, SEED, with_models=True, with_batches=True)
    body = "\n".join(json.dumps(each) for each in lines).encode()
    raws = read(body, media_type="application/x-ndjson", limits=Limits(), published=published)
    report = check(raws, published=published, known=Submitted(raws), today=date(2026, 11, 21))
    return Counter((raws[each.document].value["granularity"], each.severity, each.code) for each in report.findings)


def test_every_document_passes_the_check(report_codes: Counter[tuple[str, str, str]]) -> None:
    assert [each for each in report_codes if each[1] == "error"] == []


def test_pieces_and_batches_give_no_warning_either(report_codes: Counter[tuple[str, str, str]]) -> None:
    """Except that nobody asked a registry of operators about the made-up maker, as with its models."""
    codes = {code for level, _, code in report_codes if level != Level.MODEL}
    assert codes <= {"operator-not-in-registry"}


def test_sorts_of_pieces_come_in_their_shares(pieces: list[Document], generate: ModuleType) -> None:
    assert len(pieces) == 6_000

    def share(fits: Callable[[Document], bool]) -> float:
        return sum(map(fits, pieces)) / len(pieces)

    assert 0.60 < share(lambda each: "serialNumber" in each) < 0.72
    assert 0.20 < share(lambda each: each["isSecondHandLegacy"]) < 0.28
    assert 0.08 < share(lambda each: "category" in each) < 0.12
    assert 0.05 < share(lambda each: "giai" in each) < 0.10
    assert 0.005 < share(lambda each: "previousPassports" in each) < 0.03
    assert 0.40 < share(lambda each: "dataCarriers" in each) < 0.70
    assert 0.01 < share(lambda each: "colour" in each) < 0.5
    assert 0.02 < share(lambda each: "installedParts" in each) / share(lambda each: "condition" in each) < 0.2
    models = Counter(each["modelPassport"] for each in pieces if "modelPassport" in each)
    assert len(models) == len(generate.models()) >= 30
    assert models.most_common(1)[0][1] < len(pieces) / 8
    grades = Counter(each["condition"]["grade"] for each in pieces if "condition" in each)
    assert set(grades) == set("ABCDEN")
    assert grades["B"] == max(grades.values())
    assert {each["availability"] for each in pieces if "availability" in each} >= {"inUse", "inStorage", "offered"}


def test_no_two_pieces_have_one_identity(pieces: list[Document]) -> None:
    for name in ("serialNumber", "giai", "inventoryNumber"):
        numbers = [each[name] for each in pieces if name in each]
        assert len(set(numbers)) == len(numbers)


def test_a_piece_is_made_in_the_month_of_its_batch(pieces: list[Document]) -> None:
    batched = [each for each in pieces if "batchNumber" in each]
    assert len(batched) > 4_000
    for each in batched:
        assert each["manufacturingDate"].startswith(each["batchNumber"].removesuffix("A"))
        assert each["batchPassport"].endswith(f"{each['modelPassport']}/10/{each['batchNumber']}")


def test_private_owners_leave_nothing_that_could_name_them(pieces: list[Document]) -> None:
    private = [each for each in pieces if each.get("owner") == "private-party"]
    assert private
    assert not any({"inventoryNumber", "location", "costCentre", "purchaseDate"} & each.keys() for each in private)


FIRST = {"manufactured"}
LAST = {"recycled", "energyRecovered", "disposed", "remanufactured"}
APART = {"dismantled", "partsHarvested"}
ONLY_AFTER: Mapping[str, set[str]] = {
    "placedOnMarket": FIRST,
    "ownershipTransferred": {"transferOffered"},
    "puttingIntoService": {"ownershipTransferred"},
    "reserved": {"offered", "relocated"},
    "dismantled": {"collected"},
    "preparedForReuse": {"collected"},
    "returned": {"lent", "preparedForReuse"},
    "found": {"lost"},
    "partsHarvested": {"dismantled"},
    "remanufactured": {"collected"},
    "recycled": APART,
    "energyRecovered": APART,
    "disposed": APART,
}
"""What must have come directly before, where nothing else may."""


def lives(lines: list[Document]) -> dict[str, list[Document]]:
    """The lines of each piece."""
    lives: dict[str, list[Document]] = {}
    for each in lines:
        (piece,) = each["event"]["products"]
        lives.setdefault(piece, []).append(each)
    return lives


def test_events_are_in_a_possible_order(lines: list[Document]) -> None:
    assert len(lines) > 10_000
    for life in lives(lines).values():
        kinds = [each["event"]["eventType"] for each in life]
        times = [each["event"]["eventTime"] for each in life]
        assert times == sorted(set(times))
        assert times[-1] < "2026-11-01"
        assert not FIRST & set(kinds[1:])
        assert not LAST & set(kinds[:-1])
        for before, kind in itertools.pairwise(kinds):
            assert kind not in ONLY_AFTER or before in ONLY_AFTER[kind], (before, kind)
            assert (before in APART) <= (kind in LAST | APART)
        _owners_agree(life)
        _repairs_mend_what_was_found([each["event"] for each in life])


def _owners_agree(life: list[Document]) -> None:
    """Offers are made by the owner, accepted by whom they were made to, and named by what opened them."""
    owner, offer = None, None
    for each in life:
        kind = each["event"]["eventType"]
        if kind == "transferOffered":
            assert owner in {None, each["by"]}
            offer = (each["opens"], each["event"]["receiver"])
        elif kind == "ownershipTransferred":
            assert offer == (each["event"]["transfer"], each["by"])
            owner = each["by"]
        elif each["by"] in OWNERS and kind != "returned":
            owner = owner or each["by"]
            assert each["by"] == owner
        assert ("opens" in each) == (kind == "transferOffered")


def _repairs_mend_what_was_found(life: list[Document]) -> None:
    found: set[str] | None = None
    for each in life:
        if each["eventType"] == "conditionAssessed":
            found = {defect["defectCode"] for defect in each.get("defects", ())}
        elif each["eventType"] == "repaired" and found is not None:
            assert each["cause"] in found


def test_lines_name_each_transfer_once(lines: list[Document]) -> None:
    opened = [each["opens"] for each in lines if "opens" in each]
    assert len(set(opened)) == len(opened) > 1_000
    assert {each["event"]["transfer"] for each in lines if "transfer" in each["event"]} <= set(opened)


def test_events_satisfy_the_schema_and_the_rules(lines: list[Document], published: Published) -> None:
    shown = [each["event"] for each in lines[:6_000]]
    body = "\n".join(json.dumps(each) for each in shown).encode()
    raws = read(body, media_type="application/x-ndjson", limits=Limits(), published=published)
    report = check(raws, published=published, known=Unconnected(), today=date(2026, 11, 21))
    assert {(each.code, each.severity) for each in report.findings if each.severity is Severity.ERROR} == set()
    kinds = {each["event"]["eventType"] for each in lines}
    assert len(kinds) >= 22
    assert kinds <= set(published.code_list("event-type").codes)


def test_events_follow_their_documents(lines: list[Document], pieces: list[Document]) -> None:
    made = {f"/21/{each['serialNumber']}": each for each in pieces if "serialNumber" in each}
    for product, life in lives(lines).items():
        document = made.get(product[product.index("/21/") :]) if "/21/" in product else None
        if document is not None:
            assert life[0]["event"]["eventTime"][:10] == document["manufacturingDate"]


def test_a_piece_made_of_another_names_it_and_ends_it(lines: list[Document], pieces: list[Document]) -> None:
    life = lives(lines)
    sources = {each["event"]["products"][0]: each for each in lines if "outputs" in each["event"]}
    assert len(sources) > 20
    assert sorted(sources) == sorted(source for each in pieces for source in each.get("previousPassports", ()))
    for source, line in sources.items():
        (made,) = line["event"]["outputs"]
        assert line["event"]["eventType"] == "remanufactured"
        assert life[source][-1] is line
        assert life[source][-2]["event"]["eventTime"] < life[made][0]["event"]["eventTime"]


def test_rounds_keep_the_order_of_each_piece_and_answer_only_what_was_sent(
    lines: list[Document], generate: ModuleType
) -> None:
    from making.rounds import rounds

    told: dict[str, list[Document]] = {}
    opened: set[str] = set()
    number = 0
    for by, part in rounds(lines, most=500):
        assert 0 < len(part) <= 500
        assert {each["by"] for each in part} == {by}
        assert {each["event"]["transfer"] for each in part if "transfer" in each["event"]} <= opened
        opened |= {each["opens"] for each in part if "opens" in each}
        for each in part:
            told.setdefault(each["event"]["products"][0], []).append(each)
        number += 1
    assert told == lives(lines)
    assert number < len(lines) / 100


@pytest.mark.parametrize("number", [80, pytest.param(250, marks=pytest.mark.slow)])
def test_lives_are_accepted_and_lead_to_the_owners_they_tell_of(
    generate: ModuleType, system: System, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    load = runpy.run_path(str(EXAMPLES.parent / "tests" / "bench" / "load.py"))["load"]
    done = load(system, pieces=number, seed=SEED, with_batches=False)
    told = list(generate.events(number, SEED))
    assert done.events == len(told) > 4 * number
    assert done.passports == number + len(generate.models())
    assert audit(system.history, system.parties, base=system.base) == []
    for piece, life in lives(told).items():
        accepted = [each["by"] for each in life if each["event"]["eventType"] == "ownershipTransferred"]
        product = system.history.product(code_of(system, piece))
        assert product is not None
        assert not accepted or product.owner == accepted[-1]
        assert (states.from_text(product.state).ending is None) == (
            not {each["event"]["eventType"] for each in life} & (LAST | {"dismantled"})
        )


def code_of(system: System, piece: str) -> str:
    found = system.history.locate(reference_key(piece, base=system.base) or "")
    assert found is not None
    return found.code


def test_a_few_hundred_are_really_issued(generate: ModuleType, system: System, caller: Callable[[str], Caller]) -> None:
    for slug in OWNERS:
        add_organisation(system, Organisation(slug, slug, Role.OWNER, "municipality"))
    lines = list(generate.documents(400, SEED, with_models=True, with_batches=True))
    body = "\n".join(json.dumps(each) for each in lines).encode()
    outcome = submit(system, body=body, media_type="application/x-ndjson", caller=caller("maker"))
    assert outcome.created
    assert len(outcome.issued) == len(lines) == 400 + len(generate.models()) * 25
    assert len({each.key for each in outcome.issued}) == len(lines)
    assert not submit(system, body=body[: body.index(b"\n")], media_type=None, caller=caller("maker")).created
