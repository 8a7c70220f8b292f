"""A model that fills every field about substances, emissions, wood, textiles and recycling; and the same, garbled."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passport.model.report import Report
from passport.validation.checking import Known

Found = list[tuple[str, str]]
Document = Mapping[str, Any]
TEXT = [{"value": "Keep dry.", "language": "en"}]
PERMIT = {"url": "https://a.example/permit.pdf", "contentType": "application/pdf", "language": "en"}
FRAME = {
    "componentId": "frame",
    "mass": 6,
    "materials": [
        {"materialClass": "wood-solid", "massShare": 80, "renewableContent": 100, "bioBasedContent": 100},
        {"materialClass": "panel-MDF", "massShare": "19.5", "recycledContent": {"preConsumer": 40, "total": 40}},
        {"materialClass": "lacquer", "massShare": "0.5"},
    ],
    "coatings": [{"coatingType": "waterborne", "hazardClassified": False, "hazardStatements": ["EUH208"]}],
    "adhesives": [{"adhesiveType": "pvac", "vocShare": "0.1", "freeFormaldehyde": 0}],
}
COVER = {
    "componentId": "cover",
    "mass": "2",
    "materials": [
        {
            "materialClass": "textile-wool",
            "massShare": 100,
            "fibreComposition": [{"fibreCode": "wool", "massShare": 85}, {"fibreCode": "polyamide", "massShare": 15}],
        }
    ],
}
SCREWS = {
    "componentId": "screws",
    "mass": "2",
    "materials": [
        {"materialClass": "metal-steel", "recycledContent": {"preConsumer": 10, "postConsumer": 40, "total": 50}}
    ],
}
MEMBERS: Document = {
    "components": [FRAME, COVER, SCREWS],
    "recycledContent": {"preConsumer": "6.68", "postConsumer": 8, "total": "14.68"},
    "renewableContent": 60,
    "timber": [
        {
            "component": "frame",
            "commonName": [{"value": "mahogany", "language": "en"}],
            "scientificName": "Swietenia macrophylla",
            "massShare": 100,
            "countryOfProduction": "FJ",
            "citesAppendix": "II",
            "legalityEvidence": [PERMIT],
            "geolocation": {"type": "Point", "coordinates": [178, -18]},
            "certifications": [
                {
                    "certificationScheme": "FSC",
                    "certificationClaim": "FSC 100 %",
                    "chainOfCustodyNumber": "XXX-COC-000000",
                    "validUntil": "2029-12-31",
                    "massShare": 100,
                    "document": PERMIT,
                }
            ],
        }
    ],
    "woodMassShare": 55,
    "certifiedWoodShare": 100,
    "recycledWoodShare": 10,
    "secondaryMaterialUse": "1.4",
    "substancesOfConcern": [
        {
            "substanceName": "Lead",
            "casNumber": "7439-92-1",
            "ecNumber": "231-100-4",
            "component": "screws",
            "concentrationMin": "0.1",
            "concentrationMax": "0.35",
            "thresholdBasis": "reach-svhc-0.1",
            "threshold": "0.1",
            "safeUse": TEXT,
            "endOfLifeHandling": TEXT,
            "scipNumber": "11111111-2222-4333-8444-555555555555",
        }
    ],
    "noSubstancesOfConcern": False,
    "svhcDeclaration": {"noneAboveThreshold": False, "candidateListDate": "2026-06-25"},
    "formaldehydeEmission": [
        {"component": "frame", "value": "0.03", "formaldehydeMethod": "EN-717-1", "document": PERMIT}
    ],
    "formaldehydeClass": "E05",
    "textileFormaldehyde": 12,
    "vocEmission": {"tvoc28Days": 60, "method": "EN 16516"},
    "flameRetardants": {
        "present": True,
        "substances": [
            {
                "substanceName": "Expandable graphite",
                "casNumber": "7782-42-5",
                "component": "cover",
                "concentration": 4,
                "purpose": TEXT,
            }
        ],
    },
    "biocides": [{"substanceName": "Permethrin", "casNumber": "52645-53-1", "component": "cover", "purpose": TEXT}],
    "phthalates": {"contained": "no"},
    "halogenatedPolymers": {"contained": "no", "concentration": 0},
    "pfas": {"contained": "unknown"},
    "bisphenolA": {"contained": "yes", "concentration": "0.001"},
    "metalPlating": [],
}


def test_a_model_that_fills_every_field_is_clean(found: Callable[..., Found], model: Document) -> None:
    members = {name: value for name, value in MEMBERS.items() if value != []}
    base = {name: value for name, value in model.items() if name != "materials"}
    assert found(base, **members) == []


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 200),
    st.decimals(-1, 200, places=3),
    st.sampled_from(["", "100%", "1e9", "FSC", "E1", "textile-wool", "wood-solid", "no", "frame", "7439-92-1", "é"]),
    st.lists(st.integers(0, 1) | st.text(max_size=2), max_size=2),
    st.dictionaries(st.sampled_from(["value", "massShare", "component"]), st.integers(0, 9), max_size=2),
)


def places(value: object, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a value."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(*at, name) for name, _ in members] + [
        each for name, member in members for each in places(member, (*at, name))
    ]


PLACES = places(dict(MEMBERS))


def holds(holder: object, name: object) -> bool:
    """Whether a value has a member or entry of that name."""
    if isinstance(holder, dict):
        return name in holder
    return isinstance(holder, list) and isinstance(name, int) and name < len(holder)


@settings(deadline=None, suppress_health_check=[*HealthCheck])
@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK), min_size=1, max_size=4), st.sampled_from(["model", "batch"]))
def test_no_value_in_any_place_makes_a_rule_fail(
    checked: Callable[..., Report], model: Document, nowhere: Known, changes: list[Any], level: str
) -> None:
    value = copy.deepcopy({**model, **MEMBERS, "granularity": level})
    for (*path, last), junk in changes:
        holder: Any = value
        for name in path:
            holder = holder[name] if holds(holder, name) else None
        if holds(holder, last):
            holder[last] = junk
    checked(value, known=nowhere)
