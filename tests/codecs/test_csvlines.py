"""Tables as CSV: what a spreadsheet reads, and what it must not take for a formula."""

import csv
import io

import pytest

from passport.codecs import csvlines

SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
BEFORE = ("", " ", "\ufeff", "\u00a0", "\u200b", " \ufeff\t", "\0", "\n", "\r\n")


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", BEFORE)
def test_t15_no_cell_is_a_formula(before: str, sign: str) -> None:
    text = f"{before}{sign}HYPERLINK(1)"
    assert csvlines.safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["\tStol", "\rStol", "\nStol", "\0Stol", "-٣", "-1+cmd", "+1\n"])
def test_t15_no_cell_begins_with_what_moves_to_another(text: str) -> None:
    assert csvlines.safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-7.4", "+3", "0", "Stol", "a=b", "a - b", " Stol", "", "2026-03-01", "3＝3"])
def test_what_is_harmless_stays(text: str) -> None:
    assert csvlines.safe(text) == text


def test_cells_come_back_as_they_were() -> None:
    row = ["Stol", 'a "b", c', "two\r\nlines", "", "-7.4"]
    written = csvlines.lines([row, row])
    assert written.endswith(b"\r\n")
    assert list(csv.reader(io.StringIO(written.decode(), newline=""))) == [row, row]
