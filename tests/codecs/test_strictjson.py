"""Reading submissions: what is read, what is refused and where, and that it is quick."""

import json
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.codecs.decoding import GREATEST
from passport.codecs.strictjson import OBJECT, Limits, Raw, digest_of, read
from passport.errors import TooLarge, Unreadable, UnsupportedMedia
from passport.model.report import Finding
from passport.validation.problems import PROBLEMS
from tests.costs import within

LIMITS = Limits()
ITEM = (
    b'{"granularity":"item","profile":"basic","modelPassport":"7KX94M2QZ","gtin":"09506000134352",'
    b'"serialNumber":"A-0001-22","manufacturingDate":"2024-05-01","isSecondHandLegacy":true,"netWeight":14.2,'
    b'"dimensions":{"width":600,"height":740.5,"depth":610},"colour":[{"value":"Sort","language":"da"}],'
    b'"materials":[{"materialClass":"metal-steel","massShare":60.5},{"materialClass":"foam-PUR","massShare":39.5}],'
    b'"owner":"exempelby","availability":"inUse","condition":{"grade":"B"}}'
)


def reading(data: bytes | str, media_type: str | None = None, limits: Limits = LIMITS) -> tuple[Raw, ...]:
    return read(data if isinstance(data, bytes) else data.encode(), media_type=media_type, limits=limits)


def faults(data: bytes | str, media_type: str | None = None, limits: Limits = LIMITS) -> list[tuple[str, int, str]]:
    return [(each.code, each.document, each.pointer) for each in refused(data, media_type, limits)]


def refused(data: bytes | str, media_type: str | None = None, limits: Limits = LIMITS) -> list[Finding]:
    with pytest.raises(Unreadable) as caught:
        reading(data, media_type, limits)
    found = [each for each in caught.value.findings if isinstance(each, Finding)]
    assert len(found) == len(caught.value.findings)
    assert all(each.severity is PROBLEMS[each.code].severity for each in found)
    return found


def outcome(data: bytes | str) -> tuple[object, ...]:
    try:
        return reading(data)
    except Unreadable as refusal:
        return refusal.findings


def test_an_object_is_one_document() -> None:
    (raw,) = reading('\ufeff {"a": 1.50, "b": 7.0, "c": -0.0, "d": 1e3, "e": "7.0", "f": [true, null]}\n')
    assert raw.value == {"a": Decimal("1.50"), "b": 7, "c": 0, "d": 1000, "e": "7.0", "f": [True, None]}
    assert [type(raw.value[name]) for name in "abcd"] == [Decimal, int, int, int]
    assert (raw.index, raw.line) == (0, None)


def test_an_array_is_many_documents() -> None:
    assert [(raw.index, raw.value["n"], raw.line) for raw in reading('[{"n": 0}, {"n": 1}]')] == [
        (0, 0, None),
        (1, 1, None),
    ]


@pytest.mark.parametrize("media_type", ["application/x-ndjson", "application/jsonl", "application/json", None])
def test_lines_are_documents_whatever_their_media_type(media_type: str | None) -> None:
    found = reading('{"n": 0}\r\n\n{"n": 1}\n', media_type)
    assert [(raw.index, raw.value["n"], raw.line) for raw in found] == [(0, 0, 1), (1, 1, 3)]


@pytest.mark.parametrize("media_type", ["text/csv", "application/xml", "application/json; charset=latin-1"])
def test_other_media_types_are_refused(media_type: str) -> None:
    with pytest.raises(UnsupportedMedia):
        reading(ITEM, media_type)


def test_media_types_may_have_parameters() -> None:
    assert reading(ITEM, 'Application/JSON; charset="UTF-8"') == reading(ITEM, None)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("", [("no-documents", 0, "")]),
        (" \n", [("no-documents", 0, "")]),
        ("[]", [("no-documents", 0, "")]),
        ("7", [("json-not-object", 0, "")]),
        ('[{"a": 1}, [], "x", 1.5]', [("json-not-object", n, "") for n in (1, 2, 3)]),
        ('{"a": 1,}', [("json-syntax", 0, "")]),
        ('{"a": "tab\there"}', [("json-syntax", 0, "")]),
        ('{"a": 01}', [("json-syntax", 0, "")]),
        ('{"a": 1} {"b": 2}', [("json-syntax", 0, "")]),
        (b'{"a": "\xff"}', [("text-not-utf8", 0, "")]),
        (b"\xff\xfe{\x00}\x00", [("text-not-utf8", 0, "")]),
    ],
)
def test_what_is_no_document_is_named(data: bytes | str, expected: list[tuple[str, int, str]]) -> None:
    assert faults(data) == expected


def test_a_syntax_fault_names_its_line_and_column() -> None:
    (found,) = refused('\n\n{"a": 1,\n "b" 2}')
    assert found.values == {"line": "4", "column": "6"}
    assert found.found == "2}"


def test_each_line_is_read_on_its_own() -> None:
    lines = ['{"a": 1}', '{"a": }', '{"a": NaN}', "[]", '{"a": 1, "a": 2}']
    assert faults("\n".join(lines), "application/x-ndjson") == [
        ("json-syntax", 1, ""),
        ("json-not-finite", 2, "/a"),
        ("json-not-object", 3, ""),
        ("json-duplicate-member", 4, "/a"),
    ]


def test_t12_depth_beyond_64_is_refused_at_any_size() -> None:
    def nested(depth: int) -> str:
        return '{"a":' * (depth - 1) + "[" + "]" + "}" * (depth - 1)

    assert reading(nested(64))
    assert [code for code, _, _ in faults(nested(65))] == ["json-too-deep"]
    for depth in (1_000, 100_000, 1_000_000):
        assert [code for code, _, _ in faults(nested(depth))] == ["json-too-deep"]
        assert [code for code, _, _ in faults('{"a": 1}\n' + nested(depth), "application/jsonl")] == ["json-too-deep"]
        assert faults("[" * depth)[0][0] in {"json-too-deep", "json-syntax"}


def test_t12_brackets_in_texts_do_not_count_as_depth() -> None:
    assert reading(json.dumps({"a": "[{" * 500, "b": [{"c": "]]"}]}))
    assert reading(json.dumps([{"a": [[]]}] * 100))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NaN", "json-not-finite"),
        ("Infinity", "json-not-finite"),
        ("-Infinity", "json-not-finite"),
        ("1e400", "json-number-range"),
        ("-1E+99", "json-number-range"),
        ("1e-400", "json-number-range"),
        (str(2**53 + 1), "json-number-range"),
        (str(-(2**53) - 1), "json-number-range"),
        ("9007199254740993.0", "json-number-range"),
        ("1" * 5000, "json-number-range"),
        ("0." + "1" * 29, "json-number-range"),
        ("1." + "0" * 100, "json-number-range"),
    ],
)
def test_t12_numbers_that_readers_take_differently_are_refused(text: str, code: str) -> None:
    assert faults('{"a": {"b/c": [0, ' + text + "]}}") == [(code, 0, "/a/b~1c/1")]


@pytest.mark.parametrize(
    "text", [str(GREATEST), str(-GREATEST), "0." + "1" * 18, "1e15", "-0", "123456789012345678e-3"]
)
def test_t12_numbers_up_to_the_bounds_are_read(text: str) -> None:
    (raw,) = reading('{"a": ' + text + "}")
    assert raw.value["a"] == Decimal(text)


def test_t12_duplicate_members_are_refused_with_their_place() -> None:
    data = '{"a": {"b": 1, "b": 1}, "c": [{"d": 1, "e": 2, "d": 3, "\\u0065": 4}]}'
    assert faults(data) == [("json-duplicate-member", 0, f"/{at}") for at in ("a/b", "c/0/d", "c/0/e")]


@pytest.mark.parametrize("text", [r"\ud800", r"x\udfff", r"\udc00\ud800"])
def test_t12_lone_surrogates_are_refused(text: str) -> None:
    assert faults('{"a": ["' + text + '"]}') == [("json-lone-surrogate", 0, "/a/0")]
    assert faults('{"a": {"' + text + '": 1}}') == [("json-lone-surrogate", 0, "/a")]


def test_t12_paired_surrogates_are_one_character() -> None:
    assert reading(r'{"a": "\ud83e\ude91"}')[0].value == {"a": "\N{CHAIR}"}


def test_t12_all_faults_of_all_documents_are_found_at_once() -> None:
    data = '[{"a": NaN, "b": 1e400, "b": 2}, {"ok": 1}, {"c": "\\ud800", "d": 12345678901234567890}, 5]'
    assert faults(data) == [
        ("json-not-finite", 0, "/a"),
        ("json-duplicate-member", 0, "/b"),
        ("json-lone-surrogate", 2, "/c"),
        ("json-number-range", 2, "/d"),
        ("json-not-object", 3, ""),
    ]


def test_t12_a_hundred_thousand_faults_are_reported_in_bounds() -> None:
    found = refused('{"a": [' + ",".join(["NaN"] * 100_000) + "]}")
    assert len(found) == 100


@given(st.binary(max_size=300))
def test_t12_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert outcome(data)


def test_t14_size_documents_and_strings_are_bounded() -> None:
    with pytest.raises(TooLarge):
        reading(ITEM, limits=Limits(size=len(ITEM) - 1))
    for data, kind in ((b"[" + b",".join([b"{}"] * 11) + b"]", None), (b"{}\n" * 11, "application/x-ndjson")):
        assert len(reading(data, kind, Limits(documents=11))) == 11
        with pytest.raises(TooLarge):
            reading(data, kind, Limits(documents=10))
    assert faults('{"a": ["%s"]}' % ("x" * 101), limits=Limits(string=100)) == [("json-string-too-long", 0, "/a/0")]
    assert reading('{"a": ["%s"]}' % ("x" * 100), limits=Limits(string=100))


def test_t14_hostile_bodies_are_judged_in_linear_time() -> None:
    hostile = [
        '{"a": "' + "[" * 1_000_000 + '"}',
        '{"a": [' + ",".join(['"' + "x" * 99_000 + '"'] * 50) + "]}",
        "[" + ",".join(["{}"] * 10_000) + "]",
        '{"a": [' + "[]," * 300_000 + "0]}",
        "{" + ",".join(f'"{n}": {n}' for n in range(100_000)) + ', "7": 0}',
    ]
    for data in hostile:
        assert within(300, partial(outcome, data))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-GREATEST, GREATEST)
    | st.decimals(-1_000_000, 1_000_000, places=6)
    | st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=8),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def spelled(value: Any, shuffle: Callable[[list[Any]], None], space: str) -> str:
    """One of the many spellings of a JSON value."""
    if isinstance(value, dict):
        members = [
            f"{spelled(name, shuffle, space)}{space}:{spelled(each, shuffle, space)}" for name, each in value.items()
        ]
        shuffle(members)
        return "{" + f",{space}".join(members) + "}"
    if isinstance(value, list):
        return "[" + f"{space},".join(spelled(each, shuffle, space) for each in value) + "]"
    if isinstance(value, Decimal):
        return format(value, "f") + ("0" if space else "")
    return json.dumps(value, ensure_ascii=bool(space))


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="@:\ufffe\uffff"), max_size=8), JSON
    ),
    st.randoms(),
)
def test_equal_content_has_an_equal_digest_however_it_is_spelt(value: dict[str, Any], random: Any) -> None:
    (one,) = reading(spelled(value, lambda members: None, ""))
    (other,) = reading(spelled(value, random.shuffle, " \n"))
    assert one.value == other.value
    assert one.digest == other.digest == digest_of(one.value)


@given(JSON, JSON)
def test_different_content_has_a_different_digest(one: Any, other: Any) -> None:
    def told(value: Any) -> Any:
        """The value with its types, since True equals 1 in Python."""
        if isinstance(value, dict):
            return {name: told(each) for name, each in value.items()}
        if isinstance(value, list):
            return [told(each) for each in value]
        return (isinstance(value, bool), value)

    assert (digest_of(one) == digest_of(other)) == (told(one) == told(other))


def test_a_number_and_its_text_are_different_content() -> None:
    assert digest_of({"a": Decimal("7.4")}) != digest_of({"a": "7.4"})


def test_a_document_that_is_too_large_for_one_passport_is_found() -> None:
    """T12: what is signed must stay below what verifiers read; each object gets an address when it is signed."""
    fits = {"a": "x" * (10_000 - 10 - OBJECT)}
    limits = Limits(document=10_000)
    assert read(json.dumps(fits).encode(), media_type=None, limits=limits)
    for value in ({"a": fits["a"] + "xxx"}, {"a": [{}] * 40}):
        with pytest.raises(Unreadable) as caught:
            read(json.dumps([fits, value]).encode(), media_type=None, limits=limits)
        assert [(each.code, each.document) for each in caught.value.findings] == [("document-too-large", 1)]


@pytest.mark.parametrize("sign", ["\\u0000", "\\b", "\\f", "\\u001b", "\\ufffe", "￿"])
def test_t28_control_characters_are_refused_where_they_stand(sign: str) -> None:
    body = f'{{"brand": ["x", "a{sign}b"], "n{sign}": 1}}'.encode()
    with pytest.raises(Unreadable) as refused:
        read(body, media_type=None, limits=Limits())
    assert [(each.code, each.pointer) for each in refused.value.findings] == [
        ("json-control-character", ""),
        ("json-control-character", "/brand/1"),
    ]


@pytest.mark.parametrize("text", ["tab\\tline\\nreturn\\r", "a backslash \\\\u0000", "\\\\b\\\\f", "plain"])
def test_text_that_only_looks_like_control_characters_is_read(text: str) -> None:
    (raw,) = read(f'{{"brand": "{text}"}}'.encode(), media_type=None, limits=Limits())
    assert raw.value["brand"] == json.loads(f'"{text}"')


def test_names_of_level_profile_and_group_are_read_in_lower_case() -> None:
    (written,) = reading('{"granularity":"Model","profile":"BASIC","productGroup":"Furniture","modelNumber":"AL"}')
    (plain,) = reading('{"granularity":"model","profile":"basic","productGroup":"furniture","modelNumber":"AL"}')
    assert (written.value, written.digest) == (plain.value, plain.digest)
    (odd,) = reading('{"granularity":["Model"],"profile":null,"productGroup":7}')
    assert odd.value == {"granularity": ["Model"], "profile": None, "productGroup": 7}
