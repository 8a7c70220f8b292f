"""EPC binary strings: what a tag holds is what the address says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.model.digitallink import BadLink, make, parse_path
from passport.model.epc import is_epc, parse_epc
from passport.model.identifiers import CHARACTER_SET_82, check_digit

WIDTHS = {12: (0, 40), 11: (1, 37), 10: (2, 34), 9: (3, 30), 8: (4, 27), 7: (5, 24), 6: (6, 20)}
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def bits(body: str, digits: int, header: int, serial: str) -> str:
    """The tag's bits for a GTIN without check digit whose company prefix has that many digits."""
    partition, width = WIDTHS[digits]
    prefix, reference = body[1 : 1 + digits], body[0] + body[1 + digits :]
    return f"{header:08b}{1:03b}{partition:03b}{int(prefix):0{width}b}{int(reference):0{44 - width}b}{serial}"


def spelt(binary: str) -> tuple[str, str]:
    word = binary + "0" * (-len(binary) % 16)
    six = binary + "0" * (-len(binary) % 6)
    return (
        "eh" + "".join(f"{int(word[at : at + 4], 2):x}" for at in range(0, len(word), 4)),
        "ex" + "".join(BASE64[int(six[at : at + 6], 2)] for at in range(0, len(six), 6)),
    )


BODIES = st.text("0123456789", min_size=13, max_size=13)


def test_the_published_example() -> None:
    assert parse_epc("/eh3074257bf7194e4000001a85") == parse_path("/01/80614141123458/21/6789")
    assert is_epc(b"/eh3074257bf7194e4000001a85")
    assert not is_epc(b"/01/80614141123458/21/6789")


@given(BODIES, st.sampled_from(sorted(WIDTHS)), st.integers(0, 2**38 - 1))
def test_a_tag_of_96_bits(body: str, digits: int, serial: int) -> None:
    for text in spelt(bits(body, digits, 0x30, f"{serial:038b}")):
        assert parse_epc(f"/{text}") == make("01", body + check_digit(body), ("21", str(serial)))


@given(
    BODIES,
    st.sampled_from(sorted(WIDTHS)),
    st.text(CHARACTER_SET_82, min_size=1, max_size=20).filter(lambda text: text not in {".", ".."}),
)
def test_a_tag_of_198_bits(body: str, digits: int, serial: str) -> None:
    coded = "".join(f"{ord(each):07b}" for each in serial).ljust(140, "0")
    for text in spelt(bits(body, digits, 0x36, coded)):
        assert parse_epc(f"{text}/") == make("01", body + check_digit(body), ("21", serial))


@pytest.mark.parametrize(
    "text",
    [
        "eh",
        "eh3",
        "eh30",
        "eh3074257BF7194E4000001A85",
        "eh3074257bf7194e4000001a",
        "eh3074257bf7194e4000001a850001",
        "eh3074257bf7194e4000001a8500000000",
        "eh307c257bf7194e4000001a85",
        "eh3057ffffffffffffffffffff",
        "eh3574257bf7194e4000001a85",
        "ex!!!",
        "eh3074257bf7194e4000001a85/21/1",
        "01/80614141123458",
    ],
)
def test_what_is_no_tag_is_a_bad_link(text: str) -> None:
    with pytest.raises(BadLink):
        parse_epc(f"/{text}")


@given(st.text("0123456789abcdef", max_size=64))
def test_any_string_is_a_key_or_a_bad_link(text: str) -> None:
    for start in ("eh", "eh30", "eh36"):
        try:
            assert parse_epc(start + text).ai == "01"
        except BadLink:
            continue
