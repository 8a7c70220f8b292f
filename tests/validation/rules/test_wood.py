"""Wood: species, origin, legality and what is said about certificates."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from passport.model.passport import Tier
from passport.published import Published

Found = list[tuple[str, str]]
Document = Mapping[str, Any]
Find = Callable[..., Found]
BEECH: Mapping[str, Any] = {
    "commonName": [{"value": "beech", "language": "en"}, {"value": "bok", "language": "sv"}],
    "scientificName": "Fagus sylvatica",
}
GROWN = {**BEECH, "countryOfProduction": "SE", "ddsReference": "25SEEXAMPLE"}
WOOD = [{"materialClass": "wood-solid", "massShare": 100}]
FSC = {"certificationScheme": "FSC", "certificationClaim": "FSC Mix", "chainOfCustodyNumber": "XXX-COC-000000"}
DOCUMENT = [{"url": "https://a.example/permit.pdf", "contentType": "application/pdf", "language": "en"}]


def parts(**shares: int) -> list[dict[str, Any]]:
    return [{"materialClass": name.replace("_", "-"), "massShare": share} for name, share in shares.items()]


def certified(*certifications: Document) -> dict[str, Any]:
    return {"materials": WOOD, "timber": [{**BEECH, "certifications": list(certifications)}]}


def test_models_of_wood_say_which(found: Find, model: Document, item: Document) -> None:
    assert found(model, materials=WOOD) == [("wood-species-missing", "/materials/0/materialClass")]
    assert found(model, materials=WOOD, timber=[BEECH]) == []
    assert found(item, materials=WOOD) == []
    recycled = {"recycledWoodShare": 100, "recycledContent": {"postConsumer": 100}}
    assert found(model, materials=WOOD, **recycled) == []
    for code in ("cork", "bamboo", "metal-steel"):
        assert found(model, materials=[{"materialClass": code, "massShare": 100}]) == []


def test_timber_is_named_in_models_and_traced_in_batches(found: Find, model: Document, batch: Document) -> None:
    nameless = {"commonName": BEECH["commonName"]}
    assert found(model, materials=WOOD, timber=[nameless]) == [("timber-incomplete", "/timber/0/scientificName")]
    assert found(batch, timber=[GROWN]) == []
    assert found(batch, timber=[BEECH]) == [
        ("timber-incomplete", "/timber/0/countryOfProduction"),
        ("timber-legality-missing", "/timber/0/ddsReference"),
    ]
    assert found(batch, timber=[{**BEECH, "countryOfProduction": "SE", "legalityEvidence": DOCUMENT}]) == []


@pytest.mark.parametrize(("appendix", "right"), [("none", True), ("I", False), ("II", False), ("III", False)])
def test_protected_timber_has_papers(appendix: str, right: bool, found: Find, model: Document, batch: Document) -> None:
    expected = [] if right else [("timber-legality-missing", "/timber/0/legalityEvidence")]
    assert found(model, materials=WOOD, timber=[{**BEECH, "citesAppendix": appendix}]) == expected
    assert found(batch, timber=[{**GROWN, "citesAppendix": appendix}]) == expected
    assert found(batch, timber=[{**GROWN, "citesAppendix": appendix, "legalityEvidence": DOCUMENT}]) == []


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("Fagus sylvatica", True),
        ("Picea abies (L.) H. Karst.", True),
        ("Populus × canadensis", True),
        ("Shorea spp.", True),
        ("Fagus", False),
        ("fagus sylvatica", False),
        ("Fagus Sylvatica", False),
        ("BEECH WOOD", False),
        ("Bok", False),
        ("Q. robur", False),
    ],
)
def test_scientific_names(name: str, right: bool, found: Find, model: Document) -> None:
    expected = [] if right else [("scientific-name-form", "/timber/0/scientificName")]
    assert found(model, materials=WOOD, timber=[{**BEECH, "scientificName": name}]) == expected


@pytest.mark.parametrize(
    ("species", "name", "right"),
    [
        ("beech", "Fagus sylvatica", True),
        ("beech", "Fagus sylvatica L.", True),
        ("beech", "Fagus spp.", True),
        ("oak", "Quercus petraea", True),
        ("oak", "Quercus petraea subsp. iberica", True),
        ("poplar", "Populus x canadensis", True),
        ("poplar", "Populus × canadensis", True),
        ("beech", "Quercus robur", False),
        ("beech", "Quercus sp.", False),
        ("oak", "Quercus rubra", False),
    ],
)
def test_the_species_has_one_of_its_scientific_names(
    species: str, name: str, right: bool, found: Find, model: Document
) -> None:
    expected = [] if right else [("timber-species-name", "/timber/0/scientificName")]
    timber = {**BEECH, "timberSpecies": species, "scientificName": name}
    assert found(model, materials=WOOD, timber=[timber]) == expected


def test_every_listed_timber_has_its_own_names(found: Find, model: Document, published: Published) -> None:
    for code, concept in published.code_list("timber-species").codes.items():
        assert concept.latin, code
        for name in concept.latin:
            assert found(model, materials=WOOD, timber=[{**BEECH, "timberSpecies": code, "scientificName": name}]) == []


def test_a_species_without_a_scientific_name_contradicts_nothing(found: Find, model: Document) -> None:
    timber = {"commonName": BEECH["commonName"], "timberSpecies": "oak"}
    assert found(model, materials=WOOD, timber=[timber]) == [("timber-incomplete", "/timber/0/scientificName")]
    timber |= {"scientificName": "Beech"}
    assert found(model, materials=WOOD, timber=[timber]) == [("scientific-name-form", "/timber/0/scientificName")]


def test_a_species_is_one_of_the_list(found: Find, model: Document) -> None:
    told = found(model, materials=WOOD, timber=[{**BEECH, "timberSpecies": "baech"}])
    assert told == [("code-unknown", "/timber/0/timberSpecies")]


def test_a_common_name_is_not_a_scientific_one(found: Find, model: Document) -> None:
    timber = {"commonName": [{"value": "European beech", "language": "en"}], "scientificName": "European beech"}
    told = found(model, materials=WOOD, timber=[timber])
    assert told == [("scientific-name-form", "/timber/0/scientificName")]


@pytest.mark.parametrize(
    ("schemes", "right"),
    [
        ([("FSC", 60), ("FSC", 40)], True),
        ([("FSC", 60), ("FSC", 42)], True),
        ([("FSC", "60"), ("FSC", "42.1")], False),
        ([("FSC", 100), ("PEFC", 100)], True),
        ([("FSC", 100)], True),
    ],
)
def test_certificates_of_a_scheme_cover_wood_once(
    schemes: list[tuple[str, Any]], right: bool, found: Find, model: Document
) -> None:
    listed = [{**FSC, "certificationScheme": scheme, "massShare": share} for scheme, share in schemes]
    expected = [] if right else [("timber-share-sum", "/timber/0/certifications")]
    assert found(model, **certified(*listed)) == expected


def test_timbers_of_a_part_make_at_most_a_hundred(found: Find, model: Document) -> None:
    half = {**BEECH, "massShare": 60}
    assert found(model, materials=WOOD, timber=[half, half]) == [("timber-share-sum", "/timber")]
    frame, seat = ({"componentId": name, "materials": WOOD} for name in ("frame", "seat"))
    apart = [{**half, "component": "frame"}, {**half, "component": "seat"}]
    assert found(model, components=[frame, seat], timber=apart) == []


@pytest.mark.parametrize(
    ("claim", "share", "right"),
    [
        ("FSC 100 %", 100, True),
        ("FSC 100%", 99, False),
        ("fsc 100\xa0%", "99.5", False),
        ("FSC Mix 70 %", 70, True),
        ("FSC 100 %", None, True),
    ],
)
def test_a_claim_of_all_covers_all(claim: str, share: Any, right: bool, found: Find, model: Document) -> None:
    stated = {**FSC, "certificationClaim": claim, **({} if share is None else {"massShare": share})}
    expected = [] if right else [("timber-claim-share", "/timber/0/certifications/0/massShare")]
    assert found(model, **certified(stated)) == expected


def test_claims_can_be_looked_up(found: Find, model: Document) -> None:
    bare = {name: value for name, value in FSC.items() if name != "chainOfCustodyNumber"}
    place = "/timber/0/certifications/0/chainOfCustodyNumber"
    assert found(model, **certified(bare)) == [("custody-number-missing", place)]
    assert found(model, **certified({**bare, "certificationScheme": "other"})) == []


@pytest.mark.parametrize(("until", "right"), [("2026-11-21", True), ("2026-11-20", False)])
def test_certificates_expire(until: str, right: bool, found: Find, model: Document) -> None:
    expected = [] if right else [("evidence-expired", "/timber/0/certifications/0/validUntil")]
    assert found(model, **certified({**FSC, "validUntil": until})) == expected


@pytest.mark.parametrize(
    ("members", "codes"),
    [
        ({"woodMassShare": 0}, []),
        ({"woodMassShare": "0.0", "certifiedWoodShare": 0}, []),
        ({"woodMassShare": 0, "timber": [BEECH]}, ["wood-share-contradicted"]),
        (
            {"woodMassShare": 0, "certifiedWoodShare": 70, "labels": [{"scheme": "fsc-mix"}]},
            ["wood-share-contradicted"],
        ),
    ],
)
def test_no_wood_means_no_wood(members: dict[str, Any], codes: list[str], found: Find, model: Document) -> None:
    assert found(model, **members) == [(code, "/woodMassShare") for code in codes]


@pytest.mark.parametrize(
    ("share", "right"), [(55, True), (54, False), (60, True), (90, True), (95, True), ("95.5", False)]
)
def test_the_share_of_wood_follows_from_the_materials(share: Any, right: bool, found: Find, model: Document) -> None:
    materials = parts(wood_solid=60, panel_MDF=20, cork=10, metal_steel=10)
    expected = [] if right else [("wood-share-differs", "/woodMassShare")]
    stated = {"timber": [BEECH], "formaldehydeClass": "E1", "woodMassShare": share}
    assert found(model, materials=materials, **stated) == expected
    whole = [{"componentId": "all", "mass": 4, "materials": materials}]
    assert found(model, components=whole, **stated) == expected


def test_the_share_of_wood_is_not_judged_on_half_the_masses(found: Find, model: Document) -> None:
    wood = {"componentId": "a", "mass": 1, "materials": WOOD}
    steel = {"componentId": "b", "materials": parts(metal_steel=100)}
    assert found(model, components=[wood, steel], timber=[BEECH], woodMassShare=3) == []
    heavy = {**steel, "mass": "99"}
    assert found(model, components=[wood, heavy], timber=[BEECH], woodMassShare=3) == []
    assert found(model, components=[wood, heavy], timber=[BEECH], woodMassShare=30) == [
        ("wood-share-differs", "/woodMassShare")
    ]


@pytest.mark.parametrize(
    "support",
    [
        {"labels": [{"scheme": "pefc"}]},
        {"timber": [{**BEECH, "certifications": [FSC]}]},
        {"evidence": [{"claim": "/certifiedWoodShare", "evidenceType": "certificate"}]},
    ],
)
def test_certified_wood_names_what_certifies_it(support: dict[str, Any], found: Find, model: Document) -> None:
    stated = {"materials": WOOD, "timber": [BEECH], "certifiedWoodShare": 70}
    assert found(model, **stated) == [("wood-claim-unsupported", "/certifiedWoodShare")]
    assert found(model, **{**stated, **support}) == []
    assert found(model, **{**stated, "certifiedWoodShare": 0}) == []


def test_the_codes_that_rules_know_are_published(published: Published) -> None:
    assert {"FSC", "PEFC"} <= set(published.code_list("timber-scheme").codes)
    assert {"none", "I", "II", "III"} == set(published.code_list("cites-appendix").codes)
    assert {"fsc-100", "fsc-mix", "fsc-recycled", "pefc"} <= set(published.code_list("label-scheme").codes)
    assert "panel-MDF" in published.code_list("material-class").with_trait("wood-panel")


def test_t07_geolocation_of_timber_is_for_authorities_alone(published: Published) -> None:
    """Plots of land stand in no view but that of authorities (EUDR; V31), whatever the group, version and level."""
    tiers = [
        field.tier
        for group in published.groups()
        for version in published.versions(group)
        for level in ("model", "batch", "item")
        for timber in published.shape(group, version, level).fields
        if timber.name == "timber"
        for field in timber.fields
        if field.name == "geolocation"
    ]
    assert len(tiers) >= 2
    assert set(tiers) == {Tier.AUTHORITY}
