"""Material shares from components and materials as they were declared."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from passport.web.pages.composition import shares
from tests.web.pages.sample_documents import BASE


def shown(document):
    return [(each.code, str(each.shown)) for each in shares(document)]


def test_components_weigh_by_mass():
    seat = {
        "mass": "2",
        "materials": [{"materialClass": "a", "massShare": "50"}, {"materialClass": "b", "massShare": "50"}],
    }
    leg = {"mass": "6", "materials": [{"materialClass": "b"}]}
    assert shown({"components": [seat, leg]}) == [("b", "87.5"), ("a", "12.5")]


def test_components_weigh_by_share_where_a_mass_is_missing():
    parts = [
        {"massShare": "30", "mass": "1", "materials": [{"materialClass": "a"}]},
        {"massShare": "70", "materials": []},
    ]
    assert shown({"components": parts}) == [("a", "30.0"), (None, "70.0")]


def test_what_is_not_declared_is_named_last():
    materials = [{"materialClass": "a", "massShare": "12.25"}, {"materialClass": "b", "massShare": "20"}]
    assert shown({"materials": materials}) == [("b", "20.0"), ("a", "12.3"), (None, "67.8")]


def test_materials_may_be_given_by_mass():
    materials = [{"materialClass": "a", "mass": "1.5"}, {"materialClass": "b", "mass": "0.5"}]
    assert shown({"materials": materials}) == [("a", "75.0"), ("b", "25.0")]


def test_a_sum_within_the_tolerance_is_drawn_to_the_whole():
    materials = [{"materialClass": "a", "massShare": "61"}, {"materialClass": "b", "massShare": "41"}]
    assert sum(each.percent for each in shares({"materials": materials})) == 100


def test_nothing_is_drawn_from_too_little():
    assert shares({}) == ()
    assert shares({"materials": [{"materialClass": "a"}, {"materialClass": "b"}]}) == ()
    assert shares({"components": [{"componentId": "x"}]}) == ()
    assert shares({"materials": [{"materialClass": "a", "massShare": "NaN"}]}) == ()


numbers = st.one_of(st.none(), st.decimals(0, 10**6, places=3).map(str), st.integers(0, 100), st.text(max_size=3))
material = st.fixed_dictionaries(
    {"materialClass": st.sampled_from("abc")}, optional={"massShare": numbers, "mass": numbers}
)
component = st.fixed_dictionaries(
    {}, optional={"mass": numbers, "massShare": numbers, "materials": st.lists(material, max_size=3)}
)


@given(
    st.fixed_dictionaries(
        {}, optional={"components": st.lists(component, max_size=4), "materials": st.lists(material, max_size=5)}
    )
)
def test_shares_never_pass_the_whole(document):
    found = shares(document)
    assert all(each.percent >= 0 for each in found)
    assert sum(each.percent for each in found) <= Decimal("100.001")


def test_a_changed_piece_shows_what_it_consists_of_now(pages, make):
    part = {
        "id": f"{BASE}/events/9#replacedComponents-shelf",
        "componentId": "shelf",
        "name": [{"value": "New shelf", "language": "en"}],
        "mass": "2",
        "materials": [{"materialClass": "plastic-ABS", "massShare": "100"}],
    }
    event = {
        "id": f"{BASE}/events/9",
        "eventType": "refurbished",
        "eventTime": "2026-03-04T10:00:00Z",
        "recordedAt": "2026-03-04T10:00:00Z",
        "actorRole": "owner",
        "replacedComponents": [part],
    }
    before = pages.passport("en", make("item"))
    after = pages.passport("en", make("item", events=(event,)))
    assert "The shares are those of today" in after
    assert "The shares are those of today" not in before
    told = after[after.index(">New shelf<") - 60 :][:100]
    assert 'href="/events/9"' in told
    assert "2026" in told
    assert "ABS" in after
    assert pages.passport("en", make("item")) == before
    loose = {**event, "replacedComponents": [{"id": part["id"], "componentId": "shelf"}]}
    for language in ("en", "sv", "da", "pl"):
        assert pages.passport(language, make("item", events=(loose,)))
