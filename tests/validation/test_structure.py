"""What the schemas find: stable codes with exact places; both engines agree; hostile documents cost little."""

import socket
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, NoReturn

import pytest

from passport.model.passport import Level
from passport.model.report import Finding, Report, Severity
from passport.published import GROUP, Published
from passport.validation.problems import PROBLEMS
from passport.validation.structure import EXPLAINED, EXPLAINED_VALUES, Patience, Structure, structure_of
from passport.validation.wording import word
from tests.costs import within

Found = list[tuple[str, str]]
Document = Mapping[str, Any]


@pytest.fixture(scope="module")
def structure(published: Published) -> Structure:
    return structure_of(published, GROUP, published.current(GROUP))


@pytest.mark.parametrize("level", list(Level))
def test_t06_every_server_owned_name_is_refused_at_every_level(
    level: Level,
    found: Callable[..., Found],
    published: Published,
    model: Document,
    batch: Document,
    item: Document,
) -> None:
    base = {Level.MODEL: model, Level.BATCH: batch, Level.ITEM: item}[level]
    names = [field.name for field in published.shape("furniture", "1.0", level).fields if field.server]
    assert {"proof", "issuer", "id", "type", "status", "hash", "shortCode", "version", "credentialStatus"} <= set(names)
    assert len(names) >= 20
    for name in names:
        for value in ("x", None, {}, [], 0, {"id": "https://passport.example/"}):
            assert ("server-owned-field", f"/{name}") in found(base, **{name: value})
    everything = found(base, **dict.fromkeys(names, "x"))
    assert everything == [("server-owned-field", f"/{name}") for name in sorted(names)]


@pytest.mark.parametrize("name", ["id", "type", "@id", "@type", "proof", "hash", "credentialStatus"])
def test_t06_server_owned_names_inside_objects_are_refused(
    name: str, found: Callable[..., Found], model: Document
) -> None:
    address = {"city": "Malmö", name: "https://passport.example/passports/7KX94M2QZ"}
    assert found(model, manufacturer={"name": "A", "address": address}) == [
        ("server-owned-field", f"/manufacturer/address/{name}")
    ]
    material = {"materialClass": "metal-steel", "massShare": 100}
    component = {"componentId": "a", "materials": [material, {**material, name: 1}]}
    assert ("server-owned-field", f"/components/0/materials/1/{name}") in found(model, components=[component])


def test_t06_names_inside_extensions_are_free(found: Callable[..., Found], item: Document) -> None:
    assert found(item, extensions={"id": "7", "type": "x", "proof": {"a": None}}) == []


def test_t06_unknown_members_are_refused_through_references(found: Callable[..., Found], model: Document) -> None:
    assert found(model, netWeigth=3) == [("unknown-field", "/netWeigth")]
    deep = {"componentId": "a", "materials": [{"materialClass": "metal-steel", "share": 100}]}
    assert found(model, components=[deep]) == [("unknown-field", "/components/0/materials/0/share")]
    words = [{"value": "Stol", "language": "sv", "script": "Latn"}]
    assert found(model, modelName=words) == [("unknown-field", "/modelName/0/script")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"modelName": None}, [("wrong-type", "/modelName")]),
        ({"modelName": "Stol"}, [("wrong-type", "/modelName")]),
        ({"modelName": [{"value": "Stol"}]}, [("missing-field", "/modelName/0/language")]),
        ({"netWeight": True}, [("wrong-type", "/netWeight")]),
        ({"netWeight": "7.4 kg"}, [("wrong-pattern", "/netWeight")]),
        ({"netWeight": "07"}, [("wrong-pattern", "/netWeight")]),
        ({"netWeight": Decimal("-0.5")}, [("out-of-range", "/netWeight")]),
        ({"expectedLifetime": Decimal("1.5")}, [("wrong-type", "/expectedLifetime")]),
        ({"renewableContent": 101}, [("out-of-range", "/renewableContent")]),
        ({"image": [{"url": "javascript:alert(1)"}]}, [("wrong-pattern", "/image/0/url")]),
        ({"image": [{"contentType": "image/png"}]}, [("missing-field", "/image/0/url")]),
        ({"image": []}, [("too-few", "/image")]),
        ({"epd": {"number": "1", "validUntil": "2026-13-01"}}, [("wrong-format", "/epd/validUntil")]),
        ({"manufacturer": {}}, [("missing-field", "/manufacturer/name")]),
        ({"manufacturer": []}, [("wrong-type", "/manufacturer")]),
        ({"profile": "gold"}, [("not-allowed-value", "/profile")]),
        ({"itemName": [{"value": "x", "language": "sv"}]}, [("field-of-other-level", "/itemName")]),
        ({"condition": {"grade": "A"}}, [("opening-field-misplaced", "/condition")]),
        ({"extensions": {"x" * 400: 1}}, [("too-long", "/extensions/" + "x" * 400)]),
        ({"extensions": dict.fromkeys(map(str, range(60)), 1)}, [("too-many", "/extensions")]),
        ({"extensions": []}, [("wrong-type", "/extensions")]),
    ],
)
def test_a_fault_has_its_code_and_place(
    changes: dict[str, Any], expected: Found, found: Callable[..., Found], model: Document
) -> None:
    assert found(model, **changes) == expected


@pytest.mark.parametrize(
    ("changes", "example"),
    [
        ({"netWeight": "7,4"}, "7.4"),
        ({"carbonFootprint": {"value": "45 kg", "stages": "A-C"}}, "38.2"),
        ({"epd": {"number": "1", "validUntil": "31/12/2027"}}, "2026-11-21"),
    ],
)
def test_a_miswritten_value_gets_an_example_to_follow(
    changes: dict[str, Any], example: str, checked: Callable[..., Report], model: Document
) -> None:
    miswritten = [each for each in checked({**model, **changes}).findings if each.code.startswith("wrong-")]
    assert [each.values["example"] for each in miswritten] == [example]


def test_missing_fields_are_named_where_they_should_stand(checked: Callable[..., Report]) -> None:
    report = checked({"granularity": "model"})
    assert [(each.pointer, each.values["field"]) for each in report.findings] == [
        ("/category", "category"),
        ("/components", "components / materials"),
        ("/manufacturer", "manufacturer"),
        ("/modelName", "modelName"),
    ]


def test_a_near_name_is_suggested(checked: Callable[..., Report], model: Document) -> None:
    (only,) = checked({**model, "Net_Weight": 3}).findings
    assert only.values["nearest"] == "netWeight"
    (only,) = checked({**model, "zzzz": 3}).findings
    assert "articleNumber" in only.values["nearest"]


@pytest.mark.parametrize(
    ("value", "level"),
    [
        ({"granularity": "Item", "category": "office-chair", "isSecondHandLegacy": True}, "item"),
        ({"granularity": 7, "serialNumber": "1", "category": "office-chair", "isSecondHandLegacy": True}, "item"),
        ({"batchNumber": "1", "modelPassport": "M0DEL"}, "batch"),
    ],
)
def test_a_document_without_level_is_checked_as_what_it_seems(
    value: dict[str, Any], level: str, checked: Callable[..., Report]
) -> None:
    (only,) = checked(value).findings
    assert (only.code, only.pointer, only.values["level"]) == ("level-unknown", "/granularity", level)


def test_profiles_bind_only_who_declares_them(found: Callable[..., Found], model: Document, item: Document) -> None:
    assert found(item) == []
    assert found(item, profile="basic") == [
        ("profile-field-missing", f"/{name}") for name in ("availability", "condition", "owner")
    ]
    lacking = found(model, profile="supplier")
    assert ("profile-field-missing", "/manufacturer/address") in lacking
    assert ("profile-field-missing", "/careAdvice") in lacking
    assert {code for code, _ in lacking} == {"profile-field-missing"}
    nothing = found({"granularity": "model", "profile": "supplier"})
    assert len({at for _, at in nothing}) == len(nothing)


def test_no_schema_is_fetched(monkeypatch: pytest.MonkeyPatch, model: Document) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError

    monkeypatch.setattr(socket, "socket", refuse)
    published = Published.load()
    fresh = Structure(published, GROUP, published.current(GROUP))
    assert fresh.judge(dict(model), 0, Patience()).findings == ()
    assert fresh.judge({**model, "netWeight": "x"}, 0, Patience()).findings


def test_t13_hostile_texts_are_judged_in_time(structure: Structure, published: Published, item: Document) -> None:
    hostile = [
        "0" * 100_000,
        "a" * 100_000 + "!",
        "1." * 50_000,
        "a:" * 50_000,
        "https://" + "%" * 100_000,
        "-" * 100_000,
    ]
    names = [field.name for field in published.shape("furniture", "1.0", "item").fields if not field.server]
    for text in hostile:
        for name in names:
            value = {**item, name: text, "granularity": "item"}
            within(5, partial(structure.is_valid, value), name)
        assert list(structure.errors({**item, "netWeight": text}))


def test_t14_a_document_at_all_maxima_is_checked_in_time(checked: Callable[..., Report], model: Document) -> None:
    words = [{"value": "x" * 300, "language": "sv"}]
    material = {"materialClass": "metal-steel", "massShare": "5.000000001", "materialDetail": "1" * 200}
    components = [{"componentId": f"c{n}", "name": words, "materials": [material] * 20} for n in range(200)]
    document = {**model, "components": components, "materials": [material] * 50, "features": words * 40}
    document["evidence"] = [{"claim": "/components/199/materials/19/massShare", "evidenceType": "photo"}] * 100
    report = within(300, lambda: checked(document))
    assert not any(each.code == "not-explained" for each in report.findings)
    spoilt = {**document, **{f"unknown{n}": n for n in range(2_000)}}
    wide = {**model, "unknown": [0] * (EXPLAINED_VALUES // 2)}
    codes = [each.code for each in checked(spoilt, wide, wide, spoilt).findings]
    assert codes.count("unknown-field") == 100
    assert "not-explained" in codes


def test_t17_a_submission_full_of_faults_is_reported_in_bounds(checked: Callable[..., Report], item: Document) -> None:
    documents = [{**item, f"name{n}": 1, "materials": []} for n in range(EXPLAINED + 500)]
    report = checked(*documents)
    assert not report.ok
    counts = {code: sum(each.code == code for each in report.findings) for code in PROBLEMS}
    assert counts["unknown-field"] == counts["too-few"] == counts["not-explained"] == 100
    assert report.suppressed == {"unknown-field": EXPLAINED - 100, "too-few": EXPLAINED - 100, "not-explained": 400}


def test_whatever_has_a_pattern_is_explained_by_an_example(published: Published) -> None:
    """A supplier reads what a value looks like first, and the pattern only after it."""
    definitions = published.schema(published.schema_iri(GROUP, published.current(GROUP), "fields"))["$defs"]
    patterned = {f"#/$defs/{name}" for name, each in definitions.items() if "pattern" in each}
    levels = [published.schema(published.schema_iri(GROUP, published.current(GROUP), level.value)) for level in Level]
    members = [each for schema in (*definitions.values(), *levels) for each in schema.get("properties", {}).items()]
    fields = {
        name for name, each in members if each.get("$ref", "").endswith(tuple(patterned)) and "server" not in each
    }
    assert len(fields) >= 20
    for name in fields:
        assert published.term(name).example, name
    found = Finding("wrong-pattern", Severity.ERROR, "/gln", 0, "x", {"example": "7300010000001", "expected": "^.$"})
    assert word(found, "en").expected.startswith("like 7300010000001 ")
