"""The rules at their edges: what just passes and what just does not."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from passport.model.report import Report
from passport.validation.checking import Known

Found = list[tuple[str, str]]
Document = Mapping[str, Any]
Find = Callable[..., Found]
STEEL = {"materialClass": "metal-steel"}


def part(name: str, **members: Any) -> dict[str, Any]:
    return {"componentId": name, "materials": [{**STEEL, "massShare": 100}], **members}


@pytest.mark.parametrize("gtin", ["09506000134352", "9506000134352", "614141000036", "96385074"])
def test_every_length_of_gtin_is_read(gtin: str, found: Find, model: Document) -> None:
    assert found(model, gtin=gtin) == []


@pytest.mark.parametrize(
    ("gtin", "code"),
    [("9506000134353", "gtin-check-digit"), ("96385075", "gtin-check-digit"), ("95060001343", "gtin-length")],
)
def test_a_wrong_gtin_is_found(gtin: str, code: str, found: Find, model: Document) -> None:
    assert found(model, gtin=gtin) == [(code, "/gtin")]


@pytest.mark.parametrize(
    "operator", ["gln:7300010000001", "lei:529900T8BM49AURSDO55", "vat:SE556000000001", "did:web:a.example"]
)
def test_operators_of_known_schemes_pass(operator: str, found: Find, model: Document) -> None:
    taken = not operator.startswith(("gln:", "did:"))
    expected = [] if taken else [("operator-not-in-registry", "/economicOperatorId")]
    assert found(model, economicOperatorId=operator) == expected


@pytest.mark.parametrize("operator", ["gln:7300010000002", "lei:529900T8BM49AURSDO56", "lei:short", "duns:123456789"])
def test_wrong_operators_are_found(operator: str, found: Find, model: Document) -> None:
    assert found(model, economicOperatorId=operator) == [("operator-identifier", "/economicOperatorId")]


def test_a_right_check_digit_is_offered(checked: Callable[..., Report], model: Document) -> None:
    (only,) = checked({**model, "economicOperatorId": "gln:7300010000002"}).findings
    assert only.values["expected"] == "gln:7300010000001"


@pytest.mark.parametrize(
    ("address", "codes"),
    [
        ("https://id.a.example/01/09506000134352/21/A1", []),
        ("https://id.a.example/01/09506000134352/10/B/21/A1", []),
        ("https://id.a.example/01/09506000134352", ["granularity-identifier"]),
        ("https://id.a.example/01/09506000134352/10/B", ["granularity-identifier"]),
        ("https://passport.example/p/XH8WVS0H2", []),
        ("HTTPS://passport.example/passports/XH8W-VS0H-2/versions/2", []),
        ("xh8w-vs0h-2", []),
        ("https://other.example/p/XH8WVS0H2", ["identifier-unreadable"]),
        ("https://passport.example/here/passports/XH8W-VS0H-2/versions/2", ["identifier-unreadable"]),
        ("09506000134352", ["identifier-unreadable"]),
        ("https://passport.example/p/XH8WVS0H3", ["identifier-unreadable"]),
        ("https://id.a.example/01/09506000134353/21/A1", ["identifier-unreadable"]),
        ("https://id.a.example/chairs/1", ["identifier-unreadable"]),
        ("https://[::1/01/09506000134352", ["identifier-unreadable"]),
        ("urn:uuid:0", ["identifier-unreadable"]),
        ("abc", ["identifier-unreadable"]),
    ],
)
def test_identifiers_and_levels_agree(address: str, codes: list[str], found: Find, item: Document) -> None:
    assert [code for code, _ in found(item, uniqueProductIdentifier=address)] == codes


def test_identifiers_and_fields_agree(found: Find, item: Document) -> None:
    address = "https://id.a.example/01/09506000134352/21/A1"
    assert found(item, uniqueProductIdentifier=address, gtin="9506000134352", serialNumber="A1") == []
    assert found(item, uniqueProductIdentifier=address, gtin="614141000036") == [("identifier-mismatch", "/gtin")]


@pytest.mark.parametrize("base", ["https://passport.example", "https://town.example/here"])
def test_off_line_an_address_of_the_right_form_may_be_ours(
    base: str, found: Find, item: Document, nowhere: Known
) -> None:
    for path in ("p/XH8WVS0H2", "passports/XH8W-VS0H-2/versions/2"):
        assert found(item, known=nowhere, uniqueProductIdentifier=f"{base}/{path}") == []
    wrong = found(item, known=nowhere, uniqueProductIdentifier=f"{base}/p/XH8WVS0H3")
    assert wrong == [("identifier-unreadable", "/uniqueProductIdentifier")]


@pytest.mark.parametrize(
    ("uri", "fields", "names"),
    [
        ("01/09506000134352/21/7", {"gtin": "9506000134352", "serialNumber": "007"}, ["serialNumber"]),
        (
            "01/09506000134352/10/0B/21/7",
            {"gtin": "9506000134352", "serialNumber": "7", "batchNumber": "B"},
            ["batchNumber"],
        ),
        ("01/09506000134352/21/7", {"giai": "73500105AB"}, ["giai"]),
        ("8004/73500105AB", {"gtin": "9506000134352", "serialNumber": "7", "giai": "73500105AB"}, ["serialNumber"]),
        ("8004/73500105AB", {"gtin": "9506000134352", "giai": "73500105AB"}, []),
        ("8004/73500105AB", {"giai": "å"}, []),
    ],
)
def test_the_identifier_and_all_fields_name_one_product(
    uri: str, fields: dict[str, str], names: list[str], found: Find, item: Document
) -> None:
    told = found(item, uniqueProductIdentifier=f"https://id.a.example/{uri}", **fields)
    assert [at for code, at in told if code == "identifier-mismatch"] == [f"/{name}" for name in names]


def test_identifiers_keep_to_their_characters(found: Find, item: Document) -> None:
    assert found(item, serialNumber="A/1-2_3") == []
    for name, value in (("serialNumber", "x" * 21), ("serialNumber", "å"), ("giai", "12"), ("grai", "1")):
        assert found(item, **{name: value}) == [("identifier-characters", f"/{name}")]


def test_references_to_models(
    found: Find, checked: Callable[..., Report], item: Document, model: Document, nowhere: Known
) -> None:
    made = {"granularity": "item", "modelPassport": "M0DEL"}
    assert found(made) == []
    assert found(made, known=nowhere) == [("model-not-checked", "/modelPassport")]
    assert found(made, modelPassport="N0NE") == [("model-unknown", "/modelPassport")]
    assert found(made, modelPassport="1TEM") == [("model-is-not-a-model", "/modelPassport")]
    assert found(made, modelPassport="W1THDRAWN") == [("model-withdrawn", "/modelPassport")]
    within = checked(model, {**made, "modelPassport": "#0"}, {**made, "modelPassport": "#1"}, known=nowhere)
    assert [(each.code, each.document) for each in within.findings] == [("model-is-not-a-model", 2)]
    for text in ("#", "#x", "#-1", "#1", "#00000000000", "#9"):
        assert found(made, modelPassport=text)[0][0] == "model-unknown"


def test_owners(found: Find, item: Document, nowhere: Known) -> None:
    for owner in ("exempelby-kommun", "private-party"):
        assert found(item, owner=owner) == []
    assert found(item, owner="elsewhere") == [("owner-unknown", "/owner")]
    assert found(item, known=nowhere, owner="elsewhere") == []


@pytest.mark.parametrize(
    ("shares", "right"),
    [
        ([100], True),
        ([98], True),
        ([52, 50], True),
        ([Decimal("97.99")], False),
        ([Decimal("52.01"), 50], False),
        (["33.3", "33.3", "33.3"], True),
        ([None, None], True),
        ([60, None], True),
        ([99, 4, None], False),
        ([0, 100], True),
    ],
)
def test_shares_make_a_hundred_with_a_tolerance_of_two(
    shares: list[Any], right: bool, found: Find, model: Document
) -> None:
    materials = [STEEL if share is None else {**STEEL, "massShare": share} for share in shares]
    expected = [] if right else [("share-sum", "/materials")]
    assert found(model, materials=materials) == expected
    inside = [part("a"), part("b", materials=materials)]
    assert found(model, components=inside) == ([] if right else [("share-sum", "/components/1/materials")])


def test_shares_of_components_make_a_hundred(found: Find, model: Document) -> None:
    assert found(model, components=[part("a", massShare=50), part("b", massShare=50)]) == []
    assert found(model, components=[part("a", massShare=50), part("b", massShare=40)]) == [("share-sum", "/components")]


def test_shares_written_as_text_have_a_range(found: Find, model: Document) -> None:
    assert found(model, renewableContent="100.0") == []
    assert found(model, renewableContent="100.1") == [("share-range", "/renewableContent")]
    content = {**STEEL, "massShare": 100, "recycledContent": {"total": "999"}}
    assert ("share-range", "/materials/0/recycledContent/total") in found(model, materials=[content])


@pytest.mark.parametrize(
    ("net", "codes"),
    [
        (10, []),
        ("9.524", []),
        ("9.52", ["component-mass-sum"]),
        (20, []),
        ("20.01", ["component-mass-low"]),
        (0, ["measure-implausible"]),
    ],
)
def test_component_masses_fit_the_net_weight(net: Any, codes: list[str], found: Find, model: Document) -> None:
    components = [part("a", mass=4), part("b", mass="6.0")]
    assert [code for code, _ in found(model, components=components, netWeight=net)] == codes


def test_a_missing_mass_excuses_a_low_sum(found: Find, model: Document) -> None:
    assert found(model, components=[part("a", mass=4), part("b")], netWeight=50) == []


@pytest.mark.parametrize(
    ("content", "right"),
    [
        ({"preConsumer": 60, "postConsumer": 40}, True),
        ({"preConsumer": 60, "postConsumer": 41}, False),
        ({"preConsumer": 30, "postConsumer": 20, "total": 51}, True),
        ({"preConsumer": 30, "postConsumer": 20, "total": 52}, False),
        ({"preConsumer": 30, "total": 80}, True),
        ({"preConsumer": 30, "total": 20}, False),
        ({"total": 80}, True),
    ],
)
def test_recycled_content_adds_up(content: dict[str, Any], right: bool, found: Find, model: Document) -> None:
    told = [each for each in found(model, recycledContent=content) if each[0] == "recycled-content-sum"]
    assert told == ([] if right else [("recycled-content-sum", "/recycledContent")])


def test_days(found: Find, checked: Callable[..., Report], item: Document) -> None:
    assert found(item, manufacturingDate="2026-11-21", purchaseDate="2026-11-21") == []
    assert found(item, manufacturingDate="2026-11") == []
    assert found(item, manufacturingDate="2026-12") == [("date-in-future", "/manufacturingDate")]
    assert found(item, manufacturingDate="2023-02-29") == [("date-impossible", "/manufacturingDate")]
    assert found(item, manufacturingDate="2024-05", purchaseDate="2024-05-01") == []
    assert found(item, manufacturingDate="2024-05-02", purchaseDate="2024-05-01") == [("dates-order", "/purchaseDate")]
    assert checked({**item, "purchaseDate": "2026-11-22"}, today=date(2026, 11, 22)).findings == ()


def test_evidence(found: Find, model: Document) -> None:
    evidence = {"claim": "/materials/0/massShare", "evidenceType": "photo"}
    assert found(model, evidence=[{**evidence, "date": "2020-01-01", "validUntil": "2026-11-21"}]) == []
    assert found(model, evidence=[{**evidence, "validUntil": "2026-11-20"}]) == [
        ("evidence-expired", "/evidence/0/validUntil")
    ]
    for claim in ("/materials/2", "/materials/-", "/materials/00", "/netWeight/x"):
        assert found(model, evidence=[{**evidence, "claim": claim}]) == [
            ("evidence-claim-missing", "/evidence/0/claim")
        ]


def test_codes_of_all_lists_are_checked_wherever_they_stand(checked: Callable[..., Report], model: Document) -> None:
    component = part("a", function="seats", materials=[{"materialClass": "Metal-Steel", "massShare": 100}])
    environment = ["office", "offices"]
    value = {**model, "category": "chair", "components": [component], "intendedEnvironment": environment}
    report = checked({**value, "takeBack": {"url": "https://a.example/"}, "disassembly": {"toolClass": "hammer"}})
    said = {each.pointer: (each.code, each.values["nearest"]) for each in report.findings}
    assert said.keys() == {
        "/category",
        "/components/0/function",
        "/components/0/materials/0/materialClass",
        "/intendedEnvironment/1",
        "/disassembly/toolClass",
    }
    assert said["/components/0/materials/0/materialClass"] == ("code-unknown", "metal-steel")
    assert said["/components/0/function"] == ("code-unknown", "seat")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("PUR foam", "foam-PUR"),
        ("foam_pur", "foam-PUR"),
        ("solid wood", "wood-solid"),
        ("Stål", "metal-steel"),
        ("STAL", "metal-steel"),
        ("metal-stele", "metal-steel"),
    ],
)
def test_a_code_is_suggested_by_its_words_and_by_its_labels_in_every_language(
    written: str, meant: str, checked: Callable[..., Report], model: Document
) -> None:
    report = checked({**model, "components": [part("a", materials=[{"materialClass": written, "massShare": 100}])]})
    assert [each.values["nearest"] for each in report.findings if each.code == "code-unknown"] == [meant]


def test_languages(found: Find, model: Document) -> None:
    words = [{"value": "a", "language": "sv"}, {"value": "b", "language": "sv"}, {"value": "c", "language": "en"}]
    assert found(model, description=words) == [("language-duplicate", "/description/1/language")]
    assert found(model, features=words, colour=words) == []
    assert found(model, spareParts=[{"partId": "1", "name": words}]) == [
        ("language-duplicate", "/spareParts/0/name/1/language")
    ]


def test_precision(found: Find, model: Document) -> None:
    assert found(model, netWeight=Decimal("7.123456789")) == []
    assert found(model, netWeight=Decimal("7.1234567891")) == [("number-precision", "/netWeight")]
    assert found(model, woodMassShare=Decimal("1E-10")) == [("number-precision", "/woodMassShare")]
    assert found(model, extensions={"a": [Decimal("1E-10")]}) == []


def test_references_to_components(found: Find, model: Document) -> None:
    value = {**model, "components": [part("seat")], "spareParts": [{"partId": "1", "component": "seat"}]}
    assert found(value, endOfLife=[{"component": "seat", "route": "donation"}]) == []
    assert found(value, endOfLife=[{"component": "base", "route": "donation"}]) == [
        ("component-unknown", "/endOfLife/0/component")
    ]
    assert found(value, components=[]) == [("too-few", "/components"), ("component-unknown", "/spareParts/0/component")]
    assert found(value, components=[part("seat")] * 3) == [
        ("component-duplicate", f"/components/{n}/componentId") for n in (1, 2)
    ]


def test_fractions_are_told_what_they_mean(checked: Callable[..., Report], model: Document) -> None:
    def expected(*shares: object) -> str:
        materials = [{"materialClass": "metal-steel", "massShare": share} for share in shares]
        (only,) = checked({**model, "materials": materials}).findings
        assert only.code == "share-sum"
        return only.values["expected"]

    assert expected(Decimal("0.6"), Decimal("0.4")) == "100 % ± 2 (0.6 → 60 %)"
    assert expected(1) == "100 % ± 2 (1 → 100 %)"
    assert expected(Decimal("0.6"), Decimal("0.2")) == expected(60, 20) == "100 % ± 2"


def test_one_fault_is_reported_once(found: Find, model: Document) -> None:
    parts = [part("seat", mass=3), part("frame", mass=5)]
    assert found(model, materials=None, components=parts, netWeight=14_200)[-1:] == [("unit-suspicious", "/netWeight")]
    assert "component-mass-low" not in dict(found(model, components=parts, netWeight=14_200))
    assert found(model, components=parts, netWeight=18) == [("component-mass-low", "/components")]
    guarantee = {"years": 50}
    told = found(model, guarantee=guarantee, expectedLifetime=15, sparePartsAvailableYears=10)
    assert ("years-implausible", "/guarantee/years") in told
    assert not {"guarantee-longer-than-life", "spare-parts-shorter-than-guarantee"} & dict(told).keys()
