"""Short codes: what is detected, what is forgiven, and that they are drawn at random."""

import string
from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.model.shortcode import ALPHABET, BadCode, complete, draw, grouped, normalise, sum_of

QR_ALPHANUMERIC = set(string.digits + string.ascii_uppercase + " $%*+-./:")
BODIES = st.text(ALPHABET, min_size=8, max_size=8)
CODES = BODIES.map(complete)
ZERO = "0" * 9


def at(place: int, symbol: str) -> str:
    return ZERO[:place] + symbol + ZERO[place + 1 :]


def test_the_alphabet_is_unambiguous_and_fits_the_small_mode_of_a_qr_code() -> None:
    assert len(set(ALPHABET)) == 32
    assert set(ALPHABET) <= QR_ALPHANUMERIC
    assert not set(ALPHABET) & set("ILOU")


def test_the_sum_is_linear_so_that_errors_can_be_judged_alone() -> None:
    """The sum of two codes (symbol by symbol) has the sum of their sums: checked for every pair at every place."""
    for place in range(9):
        for left, a in enumerate(ALPHABET):
            for right, b in enumerate(ALPHABET):
                both = ALPHABET[left ^ right]
                assert sum_of(at(place, a)) ^ sum_of(at(place, b)) == sum_of(at(place, both))


def test_every_single_wrong_symbol_is_detected() -> None:
    """All 9 places, all 32 x 31 pairs; with linearity this holds for every code."""
    for place in range(9):
        assert len({sum_of(at(place, symbol)) for symbol in ALPHABET}) == 32


def test_every_exchange_of_two_symbols_is_detected() -> None:
    """All pairs of places, neighbours and the check symbol among them, and all 32 x 31 pairs of unequal symbols."""
    for first, second in permutations(range(9), 2):
        for a, b in permutations(ALPHABET, 2):
            right = sum_of(at(first, a)) ^ sum_of(at(second, b))
            swapped = sum_of(at(first, b)) ^ sum_of(at(second, a))
            assert right != swapped


@given(CODES, st.integers(0, 8), st.sampled_from(ALPHABET))
def test_a_misread_symbol_is_refused(code: str, place: int, symbol: str) -> None:
    misread = code[:place] + symbol + code[place + 1 :]
    if misread != code:
        with pytest.raises(BadCode) as caught:
            normalise(misread)
        assert caught.value.reason == "check"


@given(CODES, st.integers(0, 7))
def test_an_exchange_of_neighbours_is_refused(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(BadCode):
            normalise(swapped)


@given(CODES, st.data())
def test_case_dashes_spaces_and_look_alikes_are_forgiven(code: str, data: st.DataObject) -> None:
    spelt = "".join(
        data.draw(st.sampled_from({"0": "0oO", "1": "1iIlL"}.get(each, each + each.lower())))
        + data.draw(st.sampled_from(("", "-", " ")))
        for each in code
    )
    assert normalise(spelt) == code
    assert normalise(grouped(code)) == code


@given(BODIES)
def test_a_code_is_found_good_and_printed_in_groups(body: str) -> None:
    code = complete(body)
    assert normalise(code) == code
    assert code.startswith(body)
    assert grouped(code) == f"{code[:4]}-{code[4:8]}-{code[8]}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "length"),
        ("7KX94M2Q", "length"),
        ("7KX94M2QZZ", "length"),
        ("7KX9" * 40, "length"),
        ("7KX94M2QU", "alphabet"),
        ("7KX94M2Q*", "alphabet"),
        ("ſſſſſſſſſ", "alphabet"),
        ("ıııııııııı", "alphabet"),
        ("٧KX94M2QZ", "alphabet"),
        ("7KX94M2Q\n", "alphabet"),
        ("000000001", "check"),
    ],
)
def test_what_is_wrong_is_said(text: str, reason: str) -> None:
    with pytest.raises(BadCode) as caught:
        normalise(text)
    assert caught.value.reason == reason


def test_completing_refuses_what_is_no_beginning_of_a_code() -> None:
    for text, reason in (("7KX9", "length"), ("7KX94M2u", "alphabet")):
        with pytest.raises(BadCode) as caught:
            complete(text)
        assert caught.value.reason == reason


def test_a_drawn_code_spends_all_forty_bits() -> None:
    assert draw(lambda size: bytes(size)) == "000000000"
    assert draw(lambda size: b"\xff" * size)[:8] == "ZZZZZZZZ"
    assert draw(lambda size: bytes((0, 0, 0, 0, 1))[:size])[:8] == "00000001"


def test_t26_drawn_codes_are_spread_evenly_and_do_not_repeat() -> None:
    codes = [draw() for _ in range(4000)]
    assert len(set(codes)) == len(codes)
    assert all(normalise(code) == code for code in codes)
    for place in range(9):
        counted = Counter(code[place] for code in codes)
        assert len(counted) == 32
        assert max(counted.values()) < 3 * min(counted.values())
