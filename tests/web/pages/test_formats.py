"""Numbers, dates and addresses as each language writes them."""

from decimal import Decimal

import pytest

from passport.web.pages.formats import date, number, web_address


@pytest.mark.parametrize(
    ("value", "language", "shown"),
    [
        ("7.4", "en", "7.4"),
        ("7.4", "sv", "7,4"),
        ("1234", "pl", "1234"),
        ("12345.60", "da", "12\u00a0345,60"),
        ("1234567", "en", "1\u00a0234\u00a0567"),
        ("-3.2", "sv", "\u22123,2"),
        (5, "pl", "5"),
        ("about 5", "sv", "about 5"),
        ("1e99999999", "sv", "1e99999999"),
    ],
)
def test_numbers(value, language, shown):
    assert number(value, language) == shown


def test_numbers_that_are_equal_keep_their_own_digits():
    assert [number(Decimal(each), "en") for each in ("7.4", "7.40", "7.400")] == ["7.4", "7.40", "7.400"]


@pytest.mark.parametrize(
    ("value", "language", "shown"),
    [
        ("2026-11-05", "sv", "2026-11-05"),
        ("2026-11-05", "da", "05.11.2026"),
        ("2026-11-05", "pl", "05.11.2026"),
        ("2026-11-05", "en", "5\u00a0November 2026"),
        ("2026-11", "pl", "11.2026"),
        ("2026-11-05T08:09:10Z", "sv", "2026-11-05 08:09\u00a0UTC"),
        ("2026-99-05", "en", "2026-99-05"),
        ("soon", "da", "soon"),
    ],
)
def test_dates(value, language, shown):
    assert date(value, language) == shown


@pytest.mark.parametrize("address", ["https://a.example/b?c=d#e", "http://a.example"])
def test_web_addresses_are_links(address):
    assert web_address(address) == address


@pytest.mark.parametrize(
    "address",
    ["javascript:x", "data:,x", "//a.example", "/a", "", "https://", "https://u@a", "http://[", 5],
)
def test_anything_else_is_text(address):
    assert web_address(address) is None
