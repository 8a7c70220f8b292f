"""List headers: weights, fallbacks, and nothing that breaks them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.service.preferences import of_languages, of_type, weights


def test_weights_are_read() -> None:
    header = "text/html;level=1;q=0.5, application/JSON , */*;q=0"
    assert weights(header) == {"text/html": 0.5, "application/json": 1.0, "*/*": 0.0}
    assert weights(None) == weights("") == {}


@pytest.mark.parametrize("weight", ["x", "2", "-1", "nan", "inf", ""])
def test_a_weight_that_cannot_be_read_is_zero(weight: str) -> None:
    assert weights(f"sv;q={weight}") == {"sv": 0.0}


@given(st.text(max_size=100))
def test_any_header_can_be_read(header: str) -> None:
    assert all(0.0 <= weight <= 1.0 for weight in weights(header).values())


def test_media_types() -> None:
    accepted = weights("text/html;q=0.5, text/*;q=0.2, */*;q=0.1")
    assert [of_type(each, accepted) for each in ("text/html", "text/turtle", "image/png")] == [0.5, 0.2, 0.1]
    assert of_type("image/png", {}) == 1.0
    assert of_type("image/png", weights("text/html")) == 0.0


def test_a_region_falls_back_to_its_language_and_the_reverse() -> None:
    assert of_languages(("de",), weights("de-AT")) == 0.99
    assert of_languages(("de-AT",), weights("de")) == 0.99
    assert of_languages(("de-AT",), weights("de-AT")) == 1.0
    assert of_languages(("fi",), weights("de, *;q=0.5")) == 0.49
    assert of_languages(("fi", "sv"), weights("sv;q=0.7, fi;q=0.2")) == 0.7
    assert of_languages(("fi",), weights("sv")) == 0.0
    assert of_languages((), weights("sv")) == 0.0
