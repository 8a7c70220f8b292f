"""Digital Link paths: one key, one canonical spelling, one order of walking up."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from passport.model.digitallink import LONGEST_PATH, BadLink, Key, make, parse_path, parse_uri
from passport.model.identifiers import CHARACTER_SET_82, BadIdentifier, check_digit, normalise_gtin
from passport.model.passport import Level

GTIN = "09506000134352"
DIGITS = "0123456789"


def text(longest: int) -> st.SearchStrategy[str]:
    return st.text(CHARACTER_SET_82, min_size=1, max_size=longest).filter(lambda value: value not in {".", ".."})


def numbers(length: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=length - 1, max_size=length - 1).map(lambda body: body + check_digit(body))


def qualified(*names: str) -> st.SearchStrategy[tuple[tuple[str, str], ...]]:
    lengths = {"22": 20, "10": 20, "21": 20, "235": 28, "254": 20}
    return st.tuples(*(text(lengths[name]).map(lambda value, name=name: (name, value)) for name in names))


TRADE_ITEMS = st.builds(
    Key,
    st.just("01"),
    numbers(14),
    st.sampled_from(
        [(), ("22",), ("10",), ("21",), ("22", "10"), ("22", "21"), ("10", "21"), ("22", "10", "21"), ("235",)]
    ).flatmap(lambda names: qualified(*names)),
)
ASSETS = st.builds(
    Key, st.just("8004"), st.tuples(st.text(DIGITS, min_size=4, max_size=12), text(18)).map("".join), st.just(())
)
RETURNABLE = st.builds(
    Key,
    st.just("8003"),
    st.tuples(numbers(13), st.one_of(st.just(""), text(16))).map(lambda parts: "0" + "".join(parts)),
    st.just(()),
)
PLACES = st.builds(Key, st.just("414"), numbers(13), st.one_of(st.just(()), qualified("254")))
KEYS = st.one_of(TRADE_ITEMS, ASSETS, RETURNABLE, PLACES)


@given(KEYS)
def test_a_canonical_path_parses_to_its_key(key: Key) -> None:
    assert parse_path(key.canonical) == key
    assert parse_path(f"/{key.canonical}".encode()) == key
    assert parse_path(f"/{key.canonical}/") == key
    assert parse_uri(f"https://id.example.org/{key.canonical}?linkType=all#x") == key
    assert make(key.ai, key.value, *key.qualifiers) == key


@given(KEYS, st.data())
def test_t05_every_percent_encoding_of_a_key_gives_one_canonical_spelling(key: Key, data: st.DataObject) -> None:
    def spelt(value: str) -> str:
        out = ""
        for each in value:
            forms = [f"%{ord(each):02X}", f"%{ord(each):02x}"]
            if each not in '"%/<>?':
                forms.append(each)
            out += data.draw(st.sampled_from(forms))
        return out

    path = "/".join(f"{ai}/{spelt(value)}" for ai, value in ((key.ai, key.value), *key.qualifiers))
    assert parse_path(path).canonical == key.canonical


@given(KEYS)
def test_walking_up_starts_at_the_registered_key_and_ends_at_the_plain_one(key: Key) -> None:
    levels = list(key.walk_up())
    assert levels[0] == key.registered
    assert levels[-1] == Key(key.ai, key.value)
    assert len(set(levels)) == len(levels)
    assert all(level.registered == level for level in levels)
    assert all(set(level.qualifiers) <= set(key.qualifiers) for level in levels)


def walked(path: str) -> list[str]:
    return [key.canonical.removeprefix(f"01/{GTIN}").lstrip("/") for key in parse_path(path).walk_up()]


def test_the_order_of_walking_up() -> None:
    assert walked(f"/01/{GTIN}") == [""]
    assert walked(f"/01/{GTIN}/21/S") == ["21/S", ""]
    assert walked(f"/01/{GTIN}/235/T") == ["235/T", ""]
    assert walked(f"/01/{GTIN}/10/L/21/S") == ["21/S", "10/L", ""]
    assert walked(f"/01/{GTIN}/22/V/10/L/21/S") == ["21/S", "22/V/10/L", "10/L", "22/V", ""]


@pytest.mark.parametrize(
    ("path", "level"),
    [
        (f"01/{GTIN}", Level.MODEL),
        (f"01/{GTIN}/22/OAK", Level.MODEL),
        (f"01/{GTIN}/10/L", Level.BATCH),
        (f"01/{GTIN}/22/OAK/10/L", Level.BATCH),
        (f"01/{GTIN}/21/S", Level.ITEM),
        (f"01/{GTIN}/10/L/21/S", Level.ITEM),
        (f"01/{GTIN}/235/T", Level.ITEM),
        (f"8006/{GTIN}0102", Level.MODEL),
        (f"8006/{GTIN}0102/21/S", Level.ITEM),
        ("8004/95060001343ASSET1", Level.ITEM),
        ("8003/09506000134352", Level.MODEL),
        ("8003/09506000134352ABC1", Level.ITEM),
        ("8010/95060001343ABC", Level.MODEL),
        ("8010/95060001343ABC/8011/1", Level.ITEM),
        ("414/9506000134376", None),
        ("417/9506000134369", None),
        ("253/9506000134352DOC1", None),
    ],
)
def test_levels(path: str, level: Level | None) -> None:
    assert parse_path(path).level is level


def test_a_serial_number_is_known_without_its_batch_and_variant() -> None:
    assert parse_path(f"01/{GTIN}/22/V/10/L/21/S").registered.canonical == f"01/{GTIN}/21/S"
    assert parse_path(f"01/{GTIN}/22/V/10/L").registered.canonical == f"01/{GTIN}/22/V/10/L"


def test_the_canonical_spelling_encodes_all_but_unreserved_characters() -> None:
    key = make("01", GTIN, ("21", "a/b%c+d.e-f_g"))
    assert key.canonical == f"01/{GTIN}/21/a%2Fb%25c%2Bd.e-f_g"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "structure"),
        ("/", "structure"),
        ("/01", "structure"),
        (f"//01/{GTIN}", "structure"),
        (f"/01/{GTIN}//", "structure"),
        (f"/01/{GTIN}//21/1", "structure"),
        (f"/01/{GTIN}/21/", "structure"),
        (f"/01/{GTIN}/21/a/b", "structure"),
        ("/gtin/09506000134352", "unknown-key"),
        ("/%30%31/09506000134352", "unknown-key"),
        ("/255/9506000134352", "unknown-key"),
        (f"/shop/de/01/{GTIN}", "unknown-key"),
        (f"/01/{GTIN}/17/261231", "qualifiers"),
        (f"/01/{GTIN}/21/1/10/L", "qualifiers"),
        (f"/01/{GTIN}/21/1/21/2", "qualifiers"),
        (f"/01/{GTIN}/235/T/21/1", "qualifiers"),
        (f"/01/{GTIN}/01/{GTIN}", "qualifiers"),
        ("/414/9506000134376/254/A/7040/1ABC", "qualifiers"),
        ("/8003/09506000134352/21/1", "qualifiers"),
        ("/01/9506000134352", "length"),
        ("/01/09506000134353", "check-digit"),
        ("/01/0950600013435X", "digits"),
        (f"/01/{GTIN}/21/{'A' * 21}", "length"),
        (f"/01/{GTIN}/235/{'A' * 29}", "length"),
        (f"/01/{GTIN}/21/..", "dot-segment"),
        (f"/01/{GTIN}/21/%2e", "dot-segment"),
        (f"/01/{GTIN}/21/1%2", "escape"),
        (f"/01/{GTIN}/21/1%zz", "escape"),
        (f"/01/{GTIN}/21/a b", "characters"),
        (f"/01/{GTIN}/21/a%20b", "characters"),
        (f"/01/{GTIN}/21/é", "characters"),
        (f"/01/{GTIN}/21/%C3%A9", "characters"),
        (f"/01/{GTIN}/21/%252F%00", "characters"),
        (f"/01/{GTIN}\n", "characters"),
        (f"/01/{GTIN}/21/a\r\nX:b", "characters"),
        (f"/01/{GTIN}/21/{'%41' * 300}", "too-long"),
        ("/8004/95060001343A/7040/11", "length"),
        ("/8004/95060001343A/7040/XABC", "characters"),
        ("/8010/95060001343ABC/8011/01", "leading-zero"),
        ("/8018/950600013435200000", "check-digit"),
    ],
)
def test_malformed_paths(path: str, reason: str) -> None:
    with pytest.raises(BadLink) as caught:
        parse_path(path)
    assert caught.value.reason == reason
    raw = path.encode()
    with pytest.raises(BadLink):
        parse_path(raw)


def test_a_wrong_check_digit_names_the_right_one() -> None:
    with pytest.raises(BadLink) as caught:
        parse_path("/01/09506000134353/21/1")
    assert (caught.value.about, caught.value.expected) == ("09506000134353", "2")


@given(st.one_of(st.binary(max_size=80), st.text(max_size=80)))
def test_any_path_is_a_key_or_a_bad_link(path: bytes | str) -> None:
    try:
        key = parse_path(path)
    except BadLink:
        return
    assert parse_path(key.canonical) == key


@given(st.text(max_size=60))
def test_any_uri_is_a_key_or_a_bad_link(uri: str) -> None:
    with pytest.raises(BadLink) as caught:
        parse_uri(uri)
    assert len(caught.value.about) <= 80


@pytest.mark.parametrize(
    "uri",
    [
        f"ftp://id.example.org/01/{GTIN}",
        f"id.example.org/01/{GTIN}",
        f"https:///01/{GTIN}",
        f"https://user@id.example.org/01/{GTIN}",
        f"https://id.example.org\\01\\{GTIN}",
        f"https://id.example.org/shop/01/{GTIN}",
        "https://id.example.org",
        "",
    ],
)
def test_what_is_no_digital_link_uri(uri: str) -> None:
    with pytest.raises(BadLink):
        parse_uri(uri)


def test_scheme_and_host_in_capitals_and_a_stem() -> None:
    key = Key("01", GTIN, (("21", "A1"),))
    assert parse_uri(f"HTTPS://ID.EXAMPLE.ORG:8443/01/{GTIN}/21/A1?x=/01/2") == key
    assert parse_uri(f"https://id.example.org/shop/01/{GTIN}/21/A1", stem="/shop") == key


def test_t05_a_gtin_in_a_submission_and_in_an_address_give_one_key() -> None:
    for spelling in ("9506000134352", "0 9506000 13435 2", "09506000134352", "950-6000-134352"):
        assert make("01", normalise_gtin(spelling)).canonical == parse_path(f"/01/{GTIN}").canonical
    with pytest.raises(BadIdentifier):
        make("01", "9506000134352")


def test_the_longest_legal_path_is_read() -> None:
    value = "%2F" * 20
    path = f"/01/{GTIN}/22/{value}/10/{value}/21/{value}/"
    assert len(path) < LONGEST_PATH
    assert parse_path(path).qualifiers[2] == ("21", "/" * 20)


@given(numbers(13), text(16))
def test_a_returnable_asset_round_trips_with_its_serial(number: str, serial: str) -> None:
    key = make("8003", f"0{number}{serial}")
    assume(key.level is Level.ITEM)
    assert parse_path(key.canonical).value == f"0{number}{serial}"
