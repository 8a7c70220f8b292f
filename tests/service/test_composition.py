"""What a piece consists of once parts were replaced, removed and harvested, and which guarantee it has then."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passport.codecs.state import standing
from passport.published import Field, Published
from passport.service.composition import composed, composition_document

BASE = "https://passport.example"
PIECE: dict[str, Any] = {"digitalProductPassportId": f"{BASE}/passports/PPP", "version": 1}
MODEL: dict[str, Any] = {
    "digitalProductPassportId": f"{BASE}/passports/MMM",
    "version": 2,
    "netWeight": "10",
    "guarantee": {"years": 5},
    "recycledContent": {"total": "30"},
    "components": [
        {
            "componentId": "frame",
            "function": "frame",
            "mass": "6",
            "materials": [
                {
                    "materialClass": "metal-steel",
                    "massShare": "100",
                    "recycledContent": {"preConsumer": "10", "postConsumer": "20"},
                }
            ],
        },
        {
            "componentId": "seat",
            "name": [{"value": "Sits", "language": "sv"}],
            "mass": "3",
            "materials": [
                {"materialClass": "foam-PUR", "massShare": "40"},
                {"materialClass": "textile-polyester", "massShare": "60"},
            ],
        },
        {"componentId": "castor", "mass": "1", "quantity": 5, "materials": [{"materialClass": "plastic-PA"}]},
    ],
}
FROM_MODEL = {"kind": "model", "id": f"{BASE}/passports/MMM/versions/2"}


def event(number: int, kind: str = "repaired", /, **members: Any) -> dict[str, Any]:
    return {
        "id": f"{BASE}/events/{number}",
        "eventType": kind,
        "eventTime": f"2026-03-{number:02}T10:00:00Z",
        **members,
    }


def now(*events: dict[str, Any], model: dict[str, Any] | None = MODEL, piece: dict[str, Any] = PIECE) -> dict[str, Any]:
    return composition_document(composed(piece, events, model=model))


def row(found: dict[str, Any], component: str) -> dict[str, Any]:
    (only,) = [each for each in found["components"] if each["componentId"] == component]
    return dict(only)


def shares(found: dict[str, Any]) -> dict[str, str]:
    return {each["materialClass"]: each["massShare"] for each in found["materials"]}


def test_a_piece_nothing_happened_to_is_what_its_model_says() -> None:
    found = now()
    assert found["mass"] == "10"
    assert found["exact"] is True
    assert "changedBy" not in found
    assert shares(found) == {
        "metal-steel": "60",
        "textile-polyester": "18",
        "foam-PUR": "12",
        "plastic-PA": "10",
    }
    assert [each["from"] for each in found["components"]] == [FROM_MODEL] * 3
    assert found["recycledContent"] == {"total": "30", "knownShare": "100", "basis": "stated", "from": FROM_MODEL}


def test_its_own_word_goes_before_its_batch_and_that_before_its_model() -> None:
    batch = {"digitalProductPassportId": f"{BASE}/passports/BBB", "version": 1, "recycledContent": {"total": "44"}}
    own = {**PIECE, "netWeight": "9.5"}
    found = composition_document(composed(own, (), batch=batch, model=MODEL))
    assert found["mass"] == "9.5"
    assert found["recycledContent"]["total"] == "44"
    assert found["recycledContent"]["from"] == {"kind": "batch", "id": f"{BASE}/passports/BBB/versions/1"}
    assert row(found, "frame")["from"] == FROM_MODEL


def test_v43_new_textile_overrides_the_rows_of_the_model() -> None:
    new = {
        "componentId": "seat",
        "mass": "3.5",
        "materials": [
            {"materialClass": "textile-wool", "massShare": "100", "recycledContent": {"total": "50"}},
        ],
    }
    found = now(event(3, "refurbished", replacedComponents=[new]))
    seat = row(found, "seat")
    assert seat["from"] == {"kind": "event", "id": f"{BASE}/events/3"}
    assert seat["name"] == [{"value": "Sits", "language": "sv"}]
    assert "assumed" not in seat
    assert [each["componentId"] for each in found["components"]] == ["frame", "seat", "castor"]
    assert found["mass"] == "10.5"
    assert found["exact"] is True
    assert shares(found) == {"metal-steel": "57.1", "textile-wool": "33.3", "plastic-PA": "9.5"}
    assert [each["mass"] for each in found["materials"]] == ["6", "3.5", "1"]
    assert found["recycledContent"] == {"total": "33.8", "knownShare": "90.5", "basis": "calculated"}


def test_a_part_without_materials_keeps_those_of_its_predecessor_and_says_so() -> None:
    part = {"componentId": "seat", "partOrigin": "reused", "mass": "3.2", "partPassport": f"{BASE}/passports/QQQ"}
    found = now(event(4, "partsReplaced", partsUsed=[part]))
    seat = row(found, "seat")
    assert seat["mass"] == "3.2"
    assert seat["assumed"] == ["materials"]
    assert seat["materialsFrom"] == FROM_MODEL
    assert (seat["partOrigin"], seat["partPassport"]) == ("reused", f"{BASE}/passports/QQQ")
    assert [each["materialClass"] for each in seat["materials"]] == ["foam-PUR", "textile-polyester"]
    assert found["exact"] is False
    assert found["mass"] == "10.2"
    assert found["changedBy"] == [f"{BASE}/events/4"]


def test_some_of_a_component_may_be_replaced() -> None:
    part = {
        "componentId": "castor",
        "partOrigin": "new",
        "quantity": 2,
        "materials": [{"materialClass": "metal-aluminium"}],
    }
    found = now(event(4, partsUsed=[part]))
    old, new = (each for each in found["components"] if each["componentId"] == "castor")
    assert (old["quantity"], old["mass"], old["from"]) == (3, "0.6", FROM_MODEL)
    assert (new["quantity"], new["mass"], new["assumed"]) == (2, "0.4", ["mass"])
    assert found["mass"] == "10"
    assert shares(found)["metal-aluminium"] == "4"


def test_removed_and_harvested_parts_are_gone() -> None:
    found = now(event(4, removedComponents=["seat"]), event(5, "partsHarvested", parts=[_castors(2)]))
    assert [each["componentId"] for each in found["components"]] == ["frame", "castor"]
    assert row(found, "castor")["quantity"] == 3
    assert found["mass"] == "6.6"
    assert now(event(4, "dismantled", parts=[_castors(None)]))["mass"] == "9"
    assert now(event(4, removedComponents=["unheard-of"]))["mass"] == "10"


def _castors(quantity: int | None) -> dict[str, Any]:
    return {"componentId": "castor"} | ({} if quantity is None else {"quantity": quantity})


def test_a_part_of_which_nobody_told_where_is_listed_and_not_weighed() -> None:
    found = now(event(4, partsUsed=[{"partOrigin": "new", "partNumber": "S-1", "mass": "0.1"}]))
    assert found["furtherParts"][0]["mass"] == "0.1"
    assert found["mass"] == "10"
    assert found["exact"] is False


def test_a_component_that_was_not_there_is_added() -> None:
    tray = {"componentId": "tray", "mass": "1", "materials": [{"materialClass": "wood-solid"}]}
    found = now(event(4, "upgraded", replacedComponents=[tray]))
    assert found["mass"] == "11"
    assert row(found, "tray")["from"]["kind"] == "event"


def test_a_new_part_of_unknown_mass_for_a_new_place_leaves_the_whole_unknown() -> None:
    found = now(event(4, "upgraded", replacedComponents=[{"componentId": "tray"}]))
    assert "mass" not in found


def test_shares_of_the_mass_are_masses_where_the_whole_is_known() -> None:
    model = {**MODEL, "components": [{"componentId": "a", "massShare": "60"}, {"componentId": "b", "massShare": "40"}]}
    found = now(event(4, removedComponents=["b"]), model=model)
    assert row(found, "a")["mass"] == "6"
    assert found["mass"] == "6"


def test_materials_alone_are_the_product_as_a_whole() -> None:
    model = {**PIECE, "netWeight": "8", "materials": [{"materialClass": "wood-solid", "massShare": "95"}]}
    found = now(model=model)
    assert found["materials"] == [{"materialClass": "wood-solid", "massShare": "95", "mass": "7.6"}]
    assert found["undeclaredShare"] == "5"
    assert "componentId" not in found["components"][0]


def test_events_follow_their_own_time_whatever_their_order_in_the_log() -> None:
    first = event(4, replacedComponents=[{"componentId": "seat", "mass": "2"}])
    later = event(6, replacedComponents=[{"componentId": "seat", "mass": "4"}])
    assert now(first, later) == now(later, first)
    assert row(now(later, first), "seat")["mass"] == "4"


def test_corrected_events_count_for_nothing() -> None:
    wrong = event(4, replacedComponents=[{"componentId": "seat", "mass": "2"}])
    right = event(
        4 + 3,
        replacedComponents=[{"componentId": "seat", "mass": "5"}],
        supersedes=wrong["id"],
        correctionReason="incorrect-data",
    )
    never = event(9, supersedes=right["id"], correctionReason="did-not-occur")
    assert row(now(wrong, right), "seat")["mass"] == "5"
    assert standing([wrong, right, never], dict) == ()
    assert now(wrong, right, never) == now()


def test_restricted_documents_tell_more_to_whom_they_are_given() -> None:
    opening = event(1, "dppCreated")
    hidden = {**opening, "installedParts": [{"component": "seat", "partId": "S-9"}], "tier": "legitimate-interest"}
    assert now(opening) == now()
    assert row(now(opening, hidden), "seat")["assumed"] == ["mass", "materials"]


def test_v42_first_use_starts_the_guarantee() -> None:
    assert now()["guarantee"] == {"years": 5, "from": FROM_MODEL}
    found = now(event(4, "puttingIntoService"), event(20, "puttingIntoService"))
    assert found["guarantee"] == {"years": 5, "startsOn": "2026-03-04", "endsOn": "2031-03-04", "from": FROM_MODEL}
    given_then = now(event(4, "puttingIntoService", guarantee={"years": 7}))["guarantee"]
    assert (given_then["years"], given_then["endsOn"]) == (7, "2033-03-04")
    assert "guarantee" not in now(event(4, "puttingIntoService"), model=None)


def test_v41_a_new_guarantee_replaces_that_of_the_model() -> None:
    used, better = event(4, "puttingIntoService"), event(9, "refurbished", guarantee={"years": 2})
    found = now(used, better)["guarantee"]
    assert found == {
        "years": 2,
        "startsOn": "2026-03-09",
        "endsOn": "2028-03-09",
        "from": {"kind": "event", "id": f"{BASE}/events/9"},
    }
    assert now(better, used) == now(used, better)
    leap = {**event(9, "upgraded", guarantee={"years": 1}), "eventTime": "2028-02-29T10:00:00Z"}
    assert now(leap)["guarantee"]["endsOn"] == "2029-03-01"


def test_everything_that_a_composition_is_told_by_is_public() -> None:
    shape = Published.load().shape("furniture", "1.0", "event")
    members = {each.name: each for each in shape.fields}
    for name in ("removedComponents", "replacedComponents", "partsUsed", "parts", "guarantee", "supersedes"):
        assert members[name].tier == "public", name
    read = {
        "componentId",
        "mass",
        "massShare",
        "quantity",
        "materials",
        "materialClass",
        "recycledContent",
        "partOrigin",
    }

    def tiers(field: Field) -> set[str]:
        return {field.tier} | {tier for each in field.fields if each.name in read for tier in tiers(each)}

    assert tiers(members["partsUsed"]) | tiers(members["replacedComponents"]) == {"public"}


ids = st.sampled_from(["frame", "seat", "castor", "new"])
masses = st.one_of(st.none(), st.decimals(0, 50, places=2).map(str))
part = st.fixed_dictionaries(
    {},
    optional={
        "componentId": ids,
        "mass": masses,
        "quantity": st.integers(-1, 9),
        "materials": st.lists(st.fixed_dictionaries({"materialClass": st.sampled_from("ab")}), max_size=2),
    },
)
change = st.fixed_dictionaries(
    {},
    optional={
        "partsUsed": st.lists(part, max_size=3),
        "replacedComponents": st.lists(part.filter(lambda each: "componentId" in each), max_size=3),
        "removedComponents": st.lists(ids, max_size=2),
        "parts": st.lists(part.filter(lambda each: "componentId" in each), max_size=2),
    },
)


@settings(max_examples=60)
@given(st.lists(change, max_size=5))
def test_shares_never_pass_the_whole_and_masses_are_never_negative(changes: list[dict[str, Any]]) -> None:
    found = now(*(event(place, **members) for place, members in enumerate(changes, 1)))
    assert sum(float(each["massShare"]) for each in found.get("materials", ())) <= 100.3
    assert float(found.get("mass", 0)) >= 0
    assert all(float(each.get("mass", 0)) >= 0 for each in found.get("components", ()))


@pytest.mark.parametrize(
    "odd",
    [
        {"partsUsed": "x"},
        {"partsUsed": [1, None, {"componentId": 5, "mass": "1e9999", "materials": "z"}]},
        {"parts": [{"componentId": "castor", "quantity": "many"}]},
        {"replacedComponents": [{"componentId": "seat", "mass": "NaN", "materials": [{"recycledContent": 3}]}]},
        {"guarantee": {"years": "five"}},
    ],
)
def test_odd_documents_change_what_they_can_and_never_fail(odd: dict[str, Any]) -> None:
    now(event(4, **odd))
