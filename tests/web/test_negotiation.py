import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.errors import Malformed
from passport.web.negotiation import asked, choose, language

OFFERS = ("application/json", "application/ld+json", "text/turtle", "text/html")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "application/json"),
        (b"", "application/json"),
        (b"*/*", "application/json"),
        (b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        (b"application/ld+json", "application/ld+json"),
        (b'application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', "application/ld+json"),
        (b"text/*", "text/turtle"),
        (b"text/turtle;q=0.5, text/html;q=0.4", "text/turtle"),
        (b"text/turtle;q=0.5, text/html;q=0.6", "text/html"),
        (b"*/*;q=0.1, application/json;q=0", "application/ld+json"),
        (b"TEXT/Turtle", "text/turtle"),
        (b"application/pdf", None),
        (b"application/json;q=0", None),
        (b"application/json;q=x", None),
        (b"application/json;q=2", None),
    ],
)
def test_the_media_type_is_chosen_by_weight_then_by_our_order(accept: bytes | None, chosen: str | None) -> None:
    assert choose(accept, OFFERS) == chosen


def test_a_range_with_an_unreadable_weight_does_not_count() -> None:
    assert choose(b"application/pdf, text/html;q=high", OFFERS) is None


def test_an_endless_accept_header_is_refused() -> None:
    with pytest.raises(Malformed):
        choose(b"a/b," * 2000, OFFERS)
    assert choose(b"a/b," * 200 + b"text/html", OFFERS) == "text/html"


def test_of_an_endless_accept_language_the_beginning_counts() -> None:
    assert language(accept=b"sv, " + b"xx;q=0.1, " * 100) == "sv"
    assert language(accept=b"xx;q=0.1, " * 100 + b"sv") == "en"
    assert language(accept=b"x" * 390 + b";q=0.9, da-DK;q=0.8") == "en"


@given(st.binary(max_size=300))
def test_any_bytes_choose_an_offer_or_none(accept: bytes) -> None:
    assert choose(accept, OFFERS) in (*OFFERS, None)


@given(st.binary(max_size=100), st.binary(max_size=100), st.binary(max_size=100))
def test_any_bytes_give_a_language(accept: bytes, cookie: bytes, query: bytes) -> None:
    assert language(accept=accept, cookie=cookie, query=query) in {"en", "sv", "da", "pl"}


def test_a_language_in_the_query_goes_before_the_cookie_and_the_header() -> None:
    assert language(accept=b"sv") == "sv"
    assert language(accept=b"de, da;q=0.5, pl;q=0.7") == "pl"
    assert language(accept=b"sv", cookie=b"theme=dark; lang=da") == "da"
    assert language(accept=b"sv", cookie=b"lang=da", query=b"view=merged&lang=pl") == "pl"
    assert language(accept=b"sv", cookie=b"lang=xx", query=b"lang=qq") == "sv"
    assert language(accept=None) == "en"
    assert language(accept=b"sv", query=b"lang=PL") == "pl"
    assert language(accept=b"da;q=0.5, sv-SE, en;q=0.1") == "sv"
    assert language(accept=b"pl;q=0, da;q=x, ") == "en"
    assert asked(b"lang=da") == "da"
    assert asked(b"lang=xx") is None
