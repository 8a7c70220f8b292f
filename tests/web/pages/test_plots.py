"""Plots: scales that hold for any numbers, and pictures that are well-formed, bounded and told in words, too."""

import xml.etree.ElementTree as ET
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from passport.web.pages import plots, scales
from passport.web.pages.plots import Bar, Caption, Dot, Line

SVG = "{http://www.w3.org/2000/svg}"
CAPTION = Caption("A <title>", 'What "it" shows & more', "Across", "Up")
ANY = st.decimals(allow_nan=False, allow_infinity=False)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
EXTREME = [Decimal(0), Decimal("1E-300"), Decimal("1E+300"), Decimal("-5"), Decimal("0.1"), Decimal("1E+4000")]


def written(value: Decimal) -> str:
    return f"{value:.3g}"


def parsed(picture: str) -> ET.Element:
    """The picture, whose numbers are all numbers and whose places all lie in it."""
    root = ET.fromstring(picture)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "plot-title plot-description"
    assert "style" not in {name for each in root.iter() for name in each.attrib}
    for each in root.iter():
        for name in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height"):
            value = each.get(name)
            if value is not None and each.tag != f"{SVG}pattern":
                assert -1 <= float(value.rstrip("%")) <= (100.01 if value.endswith("%") else 20_000), (each.tag, name)
    return root


@given(FLOATS, FLOATS)
@example(1.5e308, -1.5e308)
def test_ticks_enclose_what_they_are_for(one, other):
    low, high = min(one, other), max(one, other)
    found = scales.ticks(low, high)
    assert 2 <= len(found) <= 8
    assert list(found) == sorted(set(found))
    near = Decimal(max(abs(low), abs(high))) * Decimal("1e-9")
    assert found[0] <= Decimal(low) + near
    assert found[-1] >= Decimal(high) - near
    steps = {round(float((b - a) / (found[1] - found[0])), 6) for a, b in pairwise(found)}
    assert steps == {1.0}


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 10, "0 2 4 6 8 10"),
        (0, 93, "0 20 40 60 80 100"),
        (0, 4200, "0 1000 2000 3000 4000 5000"),
        (0, 0, "0 0.2 0.4 0.6 0.8 1"),
        (-3, 4, "-4 -2 0 2 4"),
        (0, 0.07, "0 0.02 0.04 0.06 0.08"),
    ],
)
def test_ticks_are_round(low, high, ticks):
    found = scales.ticks(low, high)
    if low == high:
        assert len(found) >= 2
    else:
        assert [f"{each.normalize():f}" for each in found] == ticks.split()


@given(st.floats(min_value=1e-300, max_value=1e300), st.floats(min_value=1e-300, max_value=1e300))
def test_powers_enclose_what_they_are_for(one, other):
    found = scales.powers(min(one, other), max(one, other))
    assert len(found) >= 2
    assert float(found[0]) <= min(one, other) * (1 + 1e-9)
    assert float(found[-1]) >= max(one, other) * (1 - 1e-9)


@given(st.lists(ANY, max_size=8), st.booleans())
def test_every_number_has_a_place_on_its_scale(values, logarithmic):
    axis = scales.scale(values, logarithmic=logarithmic)
    for each in [*values, *EXTREME]:
        assert 0 <= axis.place(each) <= 1
    ordered = [axis.place(each) for each in sorted(values)]
    assert ordered == sorted(ordered)


def test_a_scale_is_logarithmic_where_numbers_are_far_apart_and_above_nothing():
    assert scales.scale([Decimal(1), Decimal(1000)], logarithmic=True).logarithmic
    assert not scales.scale([Decimal(1), Decimal(1000)]).logarithmic
    assert not scales.scale([Decimal(0), Decimal(1000)], logarithmic=True).logarithmic
    assert not scales.scale([Decimal(10), Decimal(20)], logarithmic=True).logarithmic
    assert not scales.scale([Decimal("5e-324"), Decimal(1)], logarithmic=True).logarithmic
    assert scales.scale([Decimal("1e-300"), Decimal(1)], logarithmic=True).place(Decimal("1e-300")) >= 0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text("ab <&łå-", max_size=60), ANY, ANY), max_size=12))
def test_bars_can_be_drawn_of_anything(rows):
    parsed(plots.bars(CAPTION, [Bar(label, (one,), "shown") for label, one, _ in rows]))
    parsed(plots.bars(CAPTION, [Bar(label, (one, other), "shown") for label, one, other in rows], ["a", "b"]))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.none() | ANY, min_size=3, max_size=3), max_size=12))
def test_lines_can_be_drawn_of_anything(rows):
    found = [Line(f"line {number}", tuple(row)) for number, row in enumerate(rows)]
    parsed(plots.lines(CAPTION, ["2024", "2025", "2026"], found, written))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(ANY, ANY), max_size=40))
def test_dots_can_be_drawn_of_anything(rows):
    parsed(plots.dots(CAPTION, [Dot(f"dot {number}", x, y) for number, (x, y) in enumerate(rows)], written))


def test_one_label_and_no_line_are_no_trouble():
    parsed(plots.lines(CAPTION, ["2026"], [Line("a", (Decimal(3),))], written))
    parsed(plots.lines(CAPTION, [], [], written))
    parsed(plots.bars(CAPTION, []))
    parsed(plots.dots(CAPTION, [], written))


def test_texts_are_escaped_and_long_labels_are_broken():
    label = "Krzesło <b>konferencyjne</b> i gościnne z podłokietnikami " + "x" * 80
    root = parsed(plots.bars(Caption(CAPTION.title, CAPTION.description), [Bar(label, (Decimal(1),), "<i>1</i>")]))
    texts = [each.text or "" for each in root.iter(f"{SVG}text")]
    assert max(map(len, texts)) <= 34
    assert "".join("".join(texts).split()).startswith("Krzesło<b>konferencyjne</b>")
    assert (root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")) == (CAPTION.title, CAPTION.description)


def test_parts_are_told_apart_without_colour():
    rows = [Bar("x", tuple(Decimal(each) for each in range(1, 9)), "36")]
    root = parsed(plots.bars(CAPTION, rows, [str(each) for each in range(8)]))
    patterns = [ET.tostring(each) for each in root.iter(f"{SVG}pattern")]
    strokes = [each.find(f"{SVG}path") for each in root.iter(f"{SVG}pattern")]
    assert len(set(patterns)) == 8
    assert len({None if each is None else each.get("d") for each in strokes}) == 8
    names = [f"l{each}" for each in range(8)]
    root = parsed(plots.lines(CAPTION, ["1", "2"], [Line(each, (Decimal(1), Decimal(2))) for each in names], written))
    assert len({each.get("d") for each in root.iter(f"{SVG}path")}) == 8


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_colours_stand_out_from_white():
    rows = [Bar("x", tuple(Decimal(1) for _ in range(8)), "8")]
    root = parsed(plots.bars(CAPTION, rows, [str(each) for each in range(8)]))
    fills = {each.get("fill") or "" for each in root.iter(f"{SVG}rect")} - {"#fff"}
    colours = {each for each in fills if each.startswith("#")}
    assert len(colours) == 8
    assert all(1.05 / (luminance(each) + 0.05) >= 3 for each in colours)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.decimals(0, 1000, places=2), min_size=11, max_size=11), min_size=1, max_size=5))
def test_many_series_are_drawn_together_and_nothing_is_lost(rows):
    names, kept = plots.folded([str(each) for each in range(11)], rows, "others")
    assert len(names) == plots.SERIES
    assert names[-1] == "others"
    assert [sum(row) for row in kept] == [sum(row) for row in rows]


def test_few_series_stay_as_they_are():
    rows = [[Decimal(1), Decimal(2)]]
    assert plots.folded(["a", "b"], rows, "others") == (["a", "b"], rows)


def test_bars_beyond_the_most_are_told_of():
    rows = [Bar(str(each), (Decimal(1),), "1") for each in range(plots.BARS + 3)]
    root = parsed(plots.bars(Caption("a", "b", note="3 more"), rows))
    texts = [each.text for each in root.iter(f"{SVG}text")]
    assert texts[-1] == "3 more"
    assert texts.count("1") == plots.BARS + 1
