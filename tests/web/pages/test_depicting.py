"""Pictures of answers: which kind rows of a shape become, what is left out and said so, and any values at all."""

import xml.etree.ElementTree as ET
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passport.errors import NotDrawable
from passport.model.languages import LANGUAGES
from passport.published import VOCAB
from passport.published.namespaces import XSD
from passport.web.answers import json_body
from passport.web.pages import depicting, plots
from passport.web.pages.rows import Reader
from passport.web.pages.sayings import said
from passport.web.pages.words import Words
from tests.web.pages.sample_documents import BASE

SVG = "{http://www.w3.org/2000/svg}"
INERT = {"svg", "title", "desc", "defs", "pattern", "path", "rect", "line", "circle", "text"}


@pytest.fixture(scope="module")
def words(published):
    return {language: Words(published, language) for language in LANGUAGES}


@pytest.fixture(scope="module")
def draw(published, words):
    def drawing(names, rows, language="en", *, whole=True):
        bindings = [{name: each for name, each in zip(names, row, strict=True) if each} for row in rows]
        body = json_body({"head": {"vars": list(names)}, "results": {"bindings": bindings}})
        table = Reader(words[language], published, BASE).rows(body, whole=whole)
        return depicting.picture(words[language], table)

    return drawing


def text(value):
    return {"type": "literal", "value": value}


def number(value, kind="decimal"):
    return {"type": "literal", "value": str(value), "datatype": f"{XSD}{kind}"}


def uri(value):
    return {"type": "uri", "value": value}


def drawn(picture):
    """The picture, which is well-formed and has nothing in it but shapes and text."""
    root = ET.fromstring(picture.svg)
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= INERT
    assert {name for each in root.iter() for name in each.attrib if name.startswith("on") or "href" in name} == set()
    return root


def texts(picture):
    return [each.text for each in drawn(picture).iter(f"{SVG}text")]


def days(count):
    return [number(f"2026-03-{day:02}", "date") for day in range(1, count + 1)]


NAMED = [text("a"), text("b"), text("c")]
COUNTS = [number(each, "integer") for each in (3, 1, 2)]


@pytest.mark.parametrize(
    ("names", "columns", "told"),
    [
        (["kind", "n"], [NAMED, COUNTS], "Bars: n for each kind."),
        (["n", "kind"], [COUNTS, NAMED], "Bars: n for each kind."),
        (["kind", "n", "kg"], [NAMED, COUNTS, COUNTS], "Bars: n, kg for each kind."),
        (
            ["kind", "year", "n"],
            [[NAMED[0]] * 2 + [NAMED[1]] * 2, [text("x"), text("y")] * 2, COUNTS + COUNTS[:1]],
            "Bars: n for each kind, by year.",
        ),
        (["day", "n"], [days(3), COUNTS], "Lines: n over day."),
        (["day", "n", "kg"], [days(3), COUNTS, COUNTS], "Lines: n, kg over day."),
        (
            ["day", "kind", "n"],
            [days(2) * 2, [NAMED[0]] * 2 + [NAMED[1]] * 2, COUNTS + COUNTS[:1]],
            "Lines: n over day, by kind.",
        ),
        (
            ["at", "n"],
            [[number(f"2026-03-01T1{each}:30:00Z", "dateTime") for each in range(3)], COUNTS],
            "Lines: n over at.",
        ),
        (["y", "n"], [[number(f"{each}", "gYear") for each in (2021, 2022, 2024)], COUNTS], "Lines: n over y."),
        (["y", "n"], [[number(each, "integer") for each in (2021, 2022, 2024)], COUNTS], "Lines: n over y."),
        (["month", "n"], [[text(f"2026-0{each}") for each in (1, 2, 5)], COUNTS], "Lines: n over month."),
        (["day", "n"], [days(1) * 3, COUNTS], "A point for each row: day to the right, n upwards."),
        (["a", "b"], [COUNTS, COUNTS], "A point for each row: a to the right, b upwards."),
    ],
)
def test_the_shape_of_rows_decides_the_kind(draw, names, columns, told):
    picture = draw(names, list(zip(*columns, strict=True)))
    drawn(picture)
    assert picture.said == told


def test_two_numbers_of_many_names_become_points_with_the_rest_told(draw):
    rows = [(text(f"piece {each}"), number(each), number(each % 7)) for each in range(60)]
    picture = draw(["name", "a", "b"], rows)
    assert picture.said.startswith("A point for each row")
    assert len(list(drawn(picture).iter(f"{SVG}circle"))) == 60


@pytest.mark.parametrize(
    ("names", "rows", "why"),
    [
        (["kind", "n"], [], depicting.NOTHING),
        (["kind"], [(text("a"),)], depicting.NUMBERS),
        (["kind", "n"], [(text("a"), text("12"))], depicting.NUMBERS),
        (
            ["kind", "n"],
            [(text("a"), number("NaN", "double")), (text("b"), number("INF", "double"))],
            depicting.NUMBERS,
        ),
        (["n"], [(COUNTS[0],), (COUNTS[1],)], depicting.BESIDE),
        (["a", "b"], [(COUNTS[0], COUNTS[1])], depicting.BESIDE),
        (["a", "b"], [(COUNTS[0], None), (None, COUNTS[1])], depicting.NUMBERS),
    ],
)
def test_rows_that_make_no_picture_say_what_they_lack(draw, words, names, rows, why):
    with pytest.raises(NotDrawable) as refused:
        draw(names, rows)
    assert refused.value.detail == why
    assert all((said(words[each], why) == why) == (each == "en") for each in LANGUAGES)


def test_an_iri_gives_its_place_to_a_name_and_helps_names_that_repeat(draw):
    pieces = [uri(f"{BASE}/passports/7K2M9QPX{each}") for each in "456"]
    same = draw(["piece", "name", "kg"], zip(pieces, [text("Stol")] * 3, COUNTS, strict=True))
    assert "Stol · 7K2M-9QPX-4" in texts(same)
    own = draw(["piece", "name", "kg"], zip(pieces, NAMED, COUNTS, strict=True))
    assert "a" in texts(own)
    assert "7K2M-9QPX-4" not in texts(own)


def test_codes_are_called_as_the_reader_calls_them(draw):
    wood = uri(f"{VOCAB}codes/material-class/wood-solid")
    assert "Massivt trä" in texts(draw(["material", "kg"], [(wood, COUNTS[0])], "sv"))


def test_what_is_not_drawn_is_said(draw):
    rows = [(text(f"kind {each}"), number(each)) for each in range(1234)]
    picture = draw(["kind", "n"], rows, "sv")
    assert texts(picture)[-1] == "30 av 1234 rader är ritade."
    assert len(list(drawn(picture).iter(f"{SVG}rect"))) == plots.BARS
    assert "more than" in draw(["kind", "n"], rows, whole=False).svg
    wide = draw(["kind", "a", "b", "c", "d", "e"], [(text("x"), *[COUNTS[0]] * 5)])
    assert "Only in the table: e." in texts(wide)


def test_columns_of_other_sizes_have_other_scales(draw):
    rows = [(text("x"), number(5), number(4000)), (text("y"), number(2), number(1000))]
    picture = draw(["kind", "pieces", "grams"], rows)
    widths = [each.get("width") for each in drawn(picture).iter(f"{SVG}rect") if each.get("height") == "20"]
    assert widths[0] == widths[1] == "64.00%"
    assert "Each column has a scale of its own." in " ".join(filter(None, texts(picture)))
    over = draw(["day", "pieces", "grams"], zip(days(2), COUNTS[:2], [number(4000)] * 2, strict=True))
    assert over.said == "Lines: pieces over day."
    assert "Only in the table: grams." in texts(over)


def test_lines_stand_at_their_times_and_are_broken_where_there_is_no_value(draw):
    rows = [(number("2020", "gYear"), COUNTS[0]), (number("2021", "gYear"), None), (number("2030", "gYear"), COUNTS[1])]
    root = drawn(draw(["year", "n"], rows))
    places = [float(each.get("x").rstrip("%")) for each in root.iter(f"{SVG}svg") if each.get("overflow")]
    assert places == [15.0, 93.0]
    strokes = [each for each in root.iter(f"{SVG}line") if each.get("stroke-width")]
    assert strokes == []


def test_lines_of_many_names_leave_little_out_or_are_points(draw):
    names = ["year", "kind", "n"]
    few = [(number(2020 + row % 5, "gYear"), text(f"kind {row // 5}"), number(row)) for row in range(60)]
    picture = draw(names, few)
    assert picture.said == "Lines: n over year, by kind."
    assert texts(picture)[-1] == "40 of 60 rows are drawn."
    many = [(number(2020 + row % 5, "gYear"), text(f"kind {row}"), number(row)) for row in range(60)]
    assert draw(names, many).said.startswith("A point for each row")


def test_bars_below_zero_go_to_the_left(draw):
    root = drawn(draw(["kind", "change"], [(NAMED[0], number(-5)), (NAMED[1], number(10))]))
    one, other = [each for each in root.iter(f"{SVG}rect") if each.get("height") == "20"]
    end = float(one.get("x").rstrip("%")) + float(one.get("width").rstrip("%"))
    assert end == pytest.approx(float(other.get("x").rstrip("%")), abs=0.02)
    assert float(other.get("width").rstrip("%")) == pytest.approx(2 * float(one.get("width").rstrip("%")), abs=0.02)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("12345.678", "12 345,7"),
        ("0.000123456", "0,0001235"),
        ("7.50", "7,5"),
        ("1234567", "1 234 567"),
        ("1E300", "1E+300"),
        ("1E-300", "1E-300"),
        ("-0", "0"),
        ("1E+999999999", "1E+999999999"),
        ("INF", "INF"),
        ("9.99999e999999999999999999", "9.99999e"),
    ],
)
def test_numbers_are_written_for_people(draw, value, shown):
    rows = [(text("x"), number(value, "double")), (text("y"), number("1", "double"))]
    found = [(each or "").replace("\u00a0", " ") for each in texts(draw(["kind", "n"], rows, "sv"))]
    assert shown in found


def test_an_axis_of_powers_of_ten_is_said_to_be_one(draw):
    rows = [(number(each), number(each**3)) for each in range(1, 9)]
    assert "Logarithmic scale: b." in texts(draw(["a", "b"], rows))
    assert "Skala logarytmiczna: a, b." in texts(draw(["a", "b"], [*rows, (number(800), number(2))], "pl"))
    assert not any("ogar" in each for each in texts(draw(["a", "b"], rows[:3])) if each)


def test_numbers_next_to_zero_have_places_beside_large_ones(draw):
    rows = [(number("5e-324", "double"), number(1)), (number("1e308", "double"), number(2))]
    assert len(list(drawn(draw(["a", "b"], rows)).iter(f"{SVG}circle"))) == 2


VALUES = st.one_of(
    st.none(),
    st.text(max_size=60).map(text),
    st.sampled_from(
        ["</svg><script>alert(1)</script>", "\x00\x08\ufffe", "\u202eabc", "שלום", "椅" * 90, "x" * 5000, "é" * 60, " "]
    ).map(text),
    st.text(max_size=20).map(uri),
    st.tuples(
        st.one_of(
            st.decimals().map(str),
            st.floats().map(str),
            st.integers().map(str),
            st.sampled_from(
                [
                    *("INF", "-INF", "NaN", "", "1E999999999", "-1E-999999999", "9" * 400, "9" * 3000, "1_0", "٣"),
                    *("5e-324", "1e-310", "9.99999e999999999999999999", "-1e-999999999999999999"),
                ]
            ),
        ),
        st.sampled_from(["integer", "decimal", "double"]),
    ).map(lambda each: number(*each)),
    st.tuples(
        st.one_of(
            st.dates().map(str),
            st.datetimes().map(lambda each: each.isoformat()),
            st.sampled_from(
                ["0000", "0001", "9999", "2024", "2024-13", "2024-02-30", "9999-12-31T23:59:59Z", "-0044", ""]
            ),
        ),
        st.sampled_from(["date", "dateTime", "gYear", "gYearMonth", "string"]),
    ).map(lambda each: number(*each)),
)
COLUMN = st.sampled_from(["mixed", "number", "name", "time"])


@st.composite
def answers(draws):
    """Rows of a few columns, most of one kind in each."""
    count = draws(st.integers(0, 12))
    columns = []
    for kind in draws(st.lists(COLUMN, min_size=1, max_size=6)):
        whole = {
            "mixed": VALUES,
            "number": st.one_of(
                st.none(), st.decimals().map(number), st.floats().map(lambda each: number(each, "double"))
            ),
            "name": st.one_of(st.none(), st.text(max_size=40).map(text), st.sampled_from([text("a"), text("b")])),
            "time": st.one_of(st.none(), st.dates().map(lambda each: number(each, "date"))),
        }[kind]
        columns.append(draws(st.lists(whole, min_size=count, max_size=count)))
    return list(zip(*columns, strict=True)) if count else [], len(columns)


@settings(max_examples=300, deadline=None)
@given(answers(), st.sampled_from(LANGUAGES), st.text(max_size=40))
def test_t27_any_values_make_an_inert_picture_or_a_reason(draw, answer, language, name):
    rows, width = answer
    with suppress(NotDrawable):
        bounded(draw([f"{name}{each}" for each in range(width)], rows, language))


def bounded(picture):
    root = drawn(picture)
    assert float(root.get("height")) < 6_000
    assert len(picture.svg) < 200_000
    for each in root.iter():
        for attribute in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width"):
            value = each.get(attribute)
            assert value is None or -1 <= float(value.rstrip("%")) <= (100.01 if value.endswith("%") else 6_000)


def test_the_largest_answer_makes_a_picture_of_bounded_size(draw):
    name = "a name of some words, which is long " * 20
    times = [text(f"{1950 + each // 12}-{each % 12 + 1:02}") for each in range(500)]
    rows = [(each, *[number(row)] * 40) for row, each in enumerate(times)]
    assert len(draw([name + str(each) for each in range(41)], rows).svg) < 600_000
    rows = [(text(f"{name}{each % 23}"), text(f"{each // 23}"), number(each)) for each in range(500)]
    assert len(draw(["a", "b", "c"], rows).svg) < 100_000
