"""The furniture examples: they pass the check, name their sources, and show pictures that exist."""

import json
import re
import runpy
import tomllib
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from passport.codecs import strictjson
from passport.model.access import Role
from passport.model.digitallink import parse_path
from passport.model.identifiers import normalise_gtin
from passport.model.report import Severity
from passport.ports import Organisation
from passport.published import Published
from passport.validation import checking
from passport.validation.checking import KnownProduct

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FURNITURE = EXAMPLES / "furniture"
FORMATS = EXAMPLES / "formats"
FILES = sorted(FURNITURE.glob("*/*json"))
LANGUAGES = {"en", "sv", "da", "pl"}
PLACEHOLDER = "http://localhost/media/"
TODAY = date(2026, 11, 21)


class Unconnected:
    """What is known away from a service: nothing for certain."""

    base = None
    complete = False

    def product(self, reference: str) -> KnownProduct | None:
        return None

    def organisation(self, slug: str) -> bool:
        return False


def documents(file: Path) -> list[dict[str, Any]]:
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".ndjson":
        return [json.loads(line) for line in text.splitlines()]
    value = json.loads(text)
    return value if isinstance(value, list) else [value]


def organisations() -> dict[str, Organisation]:
    rows = tomllib.loads((EXAMPLES / "organisations.toml").read_text(encoding="utf-8"))["organisation"]
    made = [
        Organisation(**{**row, "role": Role(row["role"]), **{n: tuple(row[n]) for n in ("identifiers", "prefixes")}})
        for row in rows
    ]
    return {organisation.slug: organisation for organisation in made}


ORGANISATIONS = organisations()
EVERY = [(file, index, document) for file in FILES for index, document in enumerate(documents(file))]
MODELS = [(file, document) for file, _, document in EVERY if document["granularity"] == "model"]
REAL = [(file, document) for file, document in MODELS if file.parent.name == "example-data-office"]
PICTURED = [(file, image) for file, _, document in EVERY for image in document.get("image", [])]


def name(value: object) -> str:
    return value.name if isinstance(value, Path) else ""


@pytest.fixture(scope="module")
def published() -> Published:
    return Published.load()


@pytest.mark.parametrize("file", [*FILES, *sorted(FORMATS.iterdir())], ids=name)
def test_every_example_passes_the_check(file: Path, published: Published) -> None:
    kinds = {".json": "application/json", ".ndjson": "application/x-ndjson", ".jsonld": "application/ld+json"}
    raws = strictjson.read(
        file.read_bytes(), media_type=kinds[file.suffix], limits=strictjson.Limits(), published=published
    )
    report = checking.check(raws, published=published, known=Unconnected(), today=TODAY)
    assert [finding for finding in report.findings if finding.severity is Severity.ERROR] == []


def test_there_are_enough_real_models_of_several_makers_and_kinds() -> None:
    kinds = {document["category"] for _, document in REAL}
    assert len(REAL) >= 25
    assert len({document["manufacturer"]["name"] for _, document in REAL}) >= 15
    assert kinds >= {"office-chair", "school-chair", "visitor-chair", "dining-chair", "armchair", "sofa", "bed-frame"}
    assert kinds >= {"desk", "screen", "cabinet", "bench", "outdoor-furniture"}
    assert kinds >= {"dining-table", "conference-table", "school-table"}


def test_there_are_pieces_of_two_municipalities_with_and_without_a_model() -> None:
    pieces = [document for _, _, document in EVERY if document["granularity"] == "item"]
    owners = {slug for slug, organisation in ORGANISATIONS.items() if organisation.kind == "municipality"}
    assert len(pieces) >= 25
    assert {piece["owner"] for piece in pieces} == owners
    assert len(owners) == 2
    assert sum("modelPassport" not in piece for piece in pieces) >= 5
    assert any(piece.get("giai") for piece in pieces)


@pytest.mark.parametrize(("file", "document"), REAL, ids=name)
def test_every_real_model_names_its_sources(file: Path, document: dict[str, Any]) -> None:
    sources = (EXAMPLES / "SOURCES.md").read_text(encoding="utf-8")
    section = sources.split(f"`furniture/{file.parent.name}/{file.name}`", 1)[1].split("\n## ")[0]
    assert document["evidence"]
    for evidence in document["evidence"]:
        assert f"<{evidence['document']['url']}>" in section
    published = {Decimal(number.replace(",", ".")) for number in re.findall(r"\d+(?:[.,]\d+)?", section)}
    assert set(_figures(document)) <= published


def _figures(value: object) -> list[Decimal]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [Decimal(str(value))]
    nested = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [figure for each in nested for figure in _figures(each)]


@pytest.mark.parametrize(("file", "document"), REAL, ids=name)
def test_no_real_model_carries_an_identifier_of_ours(file: Path, document: dict[str, Any]) -> None:
    assert not {"gtin", "economicOperatorId", "uniqueProductIdentifier", "profile"} & set(document), file


def test_the_complete_models_fill_the_profile_that_asks_most() -> None:
    complete = [document for _, document in MODELS if document.get("profile") == "espr-draft"]
    assert {document["category"] for document in complete} == {"office-chair", "desk", "sofa"}
    for document in complete:
        assert {"joints", "packaging", "spareParts", "tests", "epd", "en17902", "priorityParts"} <= set(document)
        assert document["disassembly"]["steps"]
    assert sum(document["electrical"]["hasElectrical"] for document in complete) == 1
    assert any(document["flameRetardants"]["present"] for document in complete)
    assert any("timber" in document for document in complete)


def test_gtins_are_right_and_of_the_prefix_kept_for_examples() -> None:
    gtins = {document["gtin"] for _, _, document in EVERY if "gtin" in document}
    assert gtins
    for gtin in gtins:
        assert normalise_gtin(gtin) == f"0{gtin}"
        assert gtin.startswith(ORGANISATIONS["demomobler"].prefixes[0])
        assert gtin.startswith("952")


def test_gs1_keys_of_the_pieces_are_well_formed() -> None:
    for _, _, document in EVERY:
        if "serialNumber" in document:
            path = f"/01/{normalise_gtin(document['gtin'])}/21/{document['serialNumber']}"
            assert parse_path(path).canonical == path[1:]
        if "giai" in document:
            assert document["giai"].startswith(ORGANISATIONS[document["owner"]].prefixes[0])
            assert parse_path(f"/8004/{document['giai']}").canonical == f"8004/{document['giai']}"


def test_the_organisations_are_those_the_files_speak_of() -> None:
    steps = tomllib.loads((EXAMPLES / "story" / "story.toml").read_text(encoding="utf-8"))["step"]
    acting = {step["by"] for step in steps} | {step["delegate"] for step in steps if "delegate" in step}
    reading = {slug for slug, each in ORGANISATIONS.items() if each.role in {Role.AUTHORITY, Role.RESEARCHER}}
    assert {file.parent.name for file in EXAMPLES.glob("*/*/*.*json")} | acting | reading == set(ORGANISATIONS)
    assert len(reading) == 2
    assert {document["owner"] for _, _, document in EVERY if "owner" in document} <= set(ORGANISATIONS)
    assert ORGANISATIONS["example-data-office"].kind == "data-office"


def test_the_sorted_order_is_an_order_of_submission() -> None:
    seen: set[str] = set()
    for file in sorted(FILES, key=lambda each: each.as_posix()):
        for index, document in enumerate(documents(file)):
            reference = document.get("modelPassport", "")
            if reference.startswith("#"):
                assert int(reference[1:]) < index
                assert documents(file)[int(reference[1:])]["granularity"] == "model"
            elif reference:
                assert reference in seen
            if document["granularity"] == "model":
                seen.add(document.get("gtin", ""))


def test_one_file_revises_a_model_of_an_earlier_one() -> None:
    first, second = (document for file, document in MODELS if "exempelstolen" in file.name)
    assert first["gtin"] == second["gtin"]
    assert {member for member in first if first[member] != second.get(member)} == {"careAdvice"}


@pytest.mark.parametrize(("file", "image"), PICTURED, ids=name)
def test_pictures_exist_and_their_digests_match(file: Path, image: dict[str, Any]) -> None:
    digests = {f"sha256:{sha256(path.read_bytes()).hexdigest()}" for path in _pictures()}
    assert image["digest"] in digests, file
    assert image["url"] == PLACEHOLDER + image["digest"].removeprefix("sha256:")
    assert {each["language"] for each in image["alternativeText"]} == LANGUAGES


def test_every_model_has_a_picture_and_every_picture_is_used_and_small() -> None:
    assert all(document.get("image") for _, document in MODELS)
    story = "".join(file.read_text(encoding="utf-8") for file in (EXAMPLES / "story").glob("*.json"))
    used = {image["digest"] for _, image in PICTURED} | set(re.findall(r"sha256:[0-9a-f]{64}", story))
    assert len(used) == len(_pictures())
    assert all(path.stat().st_size <= 25 * 1024 for path in _pictures())


def test_the_drawings_are_those_the_script_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(EXAMPLES / "media")
    script = runpy.run_path(str(EXAMPLES / "media" / "draw.py"))
    assert {f"{picture}.png" for picture in script["PICTURES"]} == {path.name for path in _pictures()}


def _pictures() -> list[Path]:
    return sorted((EXAMPLES / "media").glob("*.png"))


@pytest.mark.parametrize(("file", "document"), MODELS, ids=name)
def test_what_we_wrote_stands_in_every_language(file: Path, document: dict[str, Any]) -> None:
    for member in ("description", "careAdvice"):
        if member in document:
            assert {each["language"] for each in document[member]} == LANGUAGES, file
    assert "en" in {each["language"] for each in document["modelName"]}
