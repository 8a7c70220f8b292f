"""Material shares from components and materials as they were declared."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from passport.web.pages.composition import shares


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
