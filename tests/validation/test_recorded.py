"""Pages about codes speak in the sentences of real reports."""

import pytest

from passport.model.languages import LANGUAGES
from passport.published import Published
from passport.validation.problems import PROBLEMS
from passport.validation.recorded import illustrated
from passport.validation.wording import describe


def test_a_code_with_an_example_says_what_its_report_says(published: Published) -> None:
    english = illustrated(published, "country-unknown", "en")
    assert english.message == "No country has the code UK."
    assert english.expected == "two letters of ISO 3166-1, such as GB"
    assert len({illustrated(published, "country-unknown", language).message for language in LANGUAGES}) == 4
    assert english.explanation == describe("country-unknown", "en").explanation


def test_a_code_without_an_example_keeps_its_gaps(published: Published) -> None:
    assert illustrated(published, "identity-taken", "sv") == describe("identity-taken", "sv")
    with pytest.raises(KeyError):
        illustrated(published, "nothing", "en")


def test_few_pages_have_gaps(published: Published) -> None:
    """The report on an example has none: an ellipsis there is what was found, as the initials of a person are."""
    texts = {code: illustrated(published, code, "en") for code in PROBLEMS}
    gaps = [code for code, text in texts.items() if text == describe(code, "en") and "… " in text.message]
    assert len(gaps) <= 12, gaps
