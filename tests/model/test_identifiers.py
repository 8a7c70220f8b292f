"""Every spelling of an identifier gives one text, and nothing that is none passes."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from passport.model.identifiers import (
    CHARACTER_SET_82,
    BadIdentifier,
    batch,
    check_characters,
    check_digit,
    company_prefix,
    cpid,
    giai,
    gln,
    gmn,
    grai,
    gtin14,
    itip,
    lei,
    normalise_gtin,
    serial,
    sscc,
    under_prefix,
)


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text(string.digits, min_size=length, max_size=length)


def gtins() -> st.SearchStrategy[str]:
    return st.sampled_from((7, 11, 12, 13)).flatmap(digits).map(lambda body: body + check_digit(body))


@pytest.mark.parametrize(
    ("body", "digit"),
    [("0950600013435", "2"), ("950600013437", "6"), ("9638507", "4"), ("61414112345", "2"), ("03600029145", "2")],
)
def test_check_digits_of_known_numbers(body: str, digit: str) -> None:
    assert check_digit(body) == digit


@given(digits(13), st.integers(0, 12), st.sampled_from(string.digits))
def test_a_wrong_digit_changes_the_check_digit(body: str, place: int, other: str) -> None:
    assume(body[place] != other)
    assert check_digit(body[:place] + other + body[place + 1 :]) != check_digit(body)


@pytest.mark.parametrize(
    "text",
    [
        "96385074",
        "96 385 074",
        "9638-5074",
        "000096385074",
        "0000096385074",
        "00000096385074",
        "0000 0096\u00a03850‑74",
    ],
)
def test_all_spellings_of_a_gtin_8_are_one(text: str) -> None:
    assert normalise_gtin(text) == "00000096385074"


@given(gtins(), st.data())
def test_t05_every_spelling_of_a_gtin_gives_one_identity(gtin: str, data: st.DataObject) -> None:
    canonical = normalise_gtin(gtin)
    length = data.draw(st.sampled_from([size for size in (8, 12, 13, 14) if size >= len(gtin)]))
    spelt = data.draw(st.sampled_from(["", " ", "-"])).join(gtin.zfill(length))
    assert normalise_gtin(spelt) == canonical
    assert len(canonical) == 14
    assert canonical.isascii()


@given(gtins(), st.sampled_from("\u0660\u0966\uff10\U0001d7ce"))
def test_t05_unicode_digits_are_no_digits(gtin: str, zero: str) -> None:
    foreign = "".join(chr(ord(zero) + int(each)) for each in gtin)
    with pytest.raises(BadIdentifier) as caught:
        normalise_gtin(foreign)
    assert caught.value.code == "digits"


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("09506000134353", "check-digit", "2"),
        ("9506000134353", "check-digit", "2"),
        ("950600013435", "check-digit", "9"),
        ("123456789", "length", "8, 12, 13 or 14"),
        ("", "digits", "0-9"),
        ("0950600013435X", "digits", "0-9"),
        ("+9506000134352", "digits", "0-9"),
        ("9506000134352\n", "digits", "0-9"),
    ],
)
def test_a_bad_gtin_says_what_would_be_right(text: str, code: str, expected: str) -> None:
    with pytest.raises(BadIdentifier) as caught:
        normalise_gtin(text)
    assert (caught.value.code, caught.value.text, caught.value.expected) == (code, text, expected)


def test_a_digital_link_takes_14_digits_only() -> None:
    assert gtin14("09506000134352") == "09506000134352"
    with pytest.raises(BadIdentifier):
        gtin14("9506000134352")


def test_a_company_prefix_is_compared_after_the_indicator() -> None:
    assert under_prefix("09506000134352", ["9506000"])
    assert under_prefix("19506000134359", ["7300", "9506000"])
    assert not under_prefix("09506000134352", ["0950600", "95060001343529", "950"])
    assert not under_prefix("09506000134352", [])
    assert not under_prefix("09506000134352", [""])


def test_a_gtin_8_is_under_no_company_prefix() -> None:
    single = normalise_gtin("96385074")
    assert not under_prefix(single, ["96385074", "9638", "0000", "00000"])
    assert under_prefix(single, [single])


def test_a_company_prefix_is_registered_as_digits() -> None:
    assert company_prefix("950 6000") == "9506000"
    assert company_prefix("00000096385074") == "00000096385074"
    for bad in ("950", "9506000134352", "95O6000", "00000096385075"):
        with pytest.raises(BadIdentifier):
            company_prefix(bad)


def test_parties() -> None:
    assert gln("950 6000 13437-6") == "9506000134376"
    with pytest.raises(BadIdentifier) as caught:
        gln("9506000134377")
    assert caught.value.expected == "6"


@pytest.mark.parametrize("code", ["5493001KJTIIGC8Y1R12", "HWUPKR0MPOU8FGXBT394", "529900T8BM49AURSDO55"])
def test_known_legal_entity_identifiers(code: str) -> None:
    assert lei(code) == code
    assert lei(f" {code[:4]}-{code[4:].lower()}") == code
    with pytest.raises(BadIdentifier) as caught:
        lei(code[:18] + f"{(int(code[18:]) + 1) % 100:02d}")
    assert (caught.value.code, caught.value.expected) == ("check-digit", code[18:])


@pytest.mark.parametrize("code", ["", "5493001KJTIIGC8Y1R1", "5493001KJTIIGC8Y1RAB", "5493001KJTIIGC8Y1R1２", "ſ" * 20])
def test_no_legal_entity_identifiers(code: str) -> None:
    with pytest.raises(BadIdentifier):
        lei(code)


SET_82 = st.text(CHARACTER_SET_82, min_size=1)


def test_the_character_set_has_82_characters_in_the_order_of_their_codes() -> None:
    assert len(set(CHARACTER_SET_82)) == 82
    assert sorted(CHARACTER_SET_82) == list(CHARACTER_SET_82)


@given(digits(4), st.text(CHARACTER_SET_82, max_size=26))
def test_an_asset_identifier_keeps_its_text(prefix: str, rest: str) -> None:
    assert giai(prefix + rest) == prefix + rest


@given(digits(12), st.text(CHARACTER_SET_82, max_size=16))
def test_a_returnable_asset_keeps_its_text(body: str, rest: str) -> None:
    assume(rest not in {".", ".."})
    text = f"0{body}{check_digit(body)}{rest}"
    assert grai(text) == text
    wrong = f"0{body}{(int(check_digit(body)) + 1) % 10}{rest}"
    with pytest.raises(BadIdentifier):
        grai(wrong)


@pytest.mark.parametrize(
    ("check", "text", "code"),
    [
        (giai, "ABC12345", "company-prefix"),
        (giai, "9506" + "A" * 27, "length"),
        (giai, "", "length"),
        (giai, "9506 1", "characters"),
        (grai, "19506000134352", "leading-zero"),
        (grai, "0950600013435", "length"),
        (grai, "09506000134352" + "A" * 17, "length"),
        (grai, "09506000134352é", "characters"),
        (serial, "A" * 21, "length"),
        (serial, "a#b", "characters"),
        (serial, "a\x00b", "characters"),
        (serial, "a\n", "characters"),
        (serial, "..", "dot-segment"),
        (batch, ".", "dot-segment"),
        (batch, "", "length"),
        (sscc, "195060001234567893", "check-digit"),
        (itip, "095060001343520301", "pieces"),
        (itip, "095060001343520001", "pieces"),
        (itip, "095060001343530101", "check-digit"),
        (cpid, "95060001343abc", "characters"),
        (gmn, "9506000134352", "check-characters"),
    ],
)
def test_what_is_refused(check, text: str, code: str) -> None:
    with pytest.raises(BadIdentifier) as caught:
        check(text)
    assert caught.value.code == code


def test_the_check_characters_of_a_global_model_number() -> None:
    assert check_characters("1987654Ad4X4bL5ttr2310c") == "2K"
    assert gmn("1987654Ad4X4bL5ttr2310c2K") == "1987654Ad4X4bL5ttr2310c2K"


@given(st.text(CHARACTER_SET_82, min_size=1, max_size=20))
def test_serial_and_batch_take_the_whole_set(text: str) -> None:
    assume(text not in {".", ".."})
    assert serial(text) == batch(text) == text


@given(st.text(min_size=1, max_size=20))
def test_nothing_outside_the_set_passes(text: str) -> None:
    try:
        assert serial(text) == text
    except BadIdentifier:
        assert not set(text) <= set(CHARACTER_SET_82) or text in {".", ".."}
    else:
        assert set(text) <= set(CHARACTER_SET_82)
