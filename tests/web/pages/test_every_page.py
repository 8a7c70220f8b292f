"""What is true of every page in every language."""

import pytest

from passport.web.languages import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_say_their_language_and_title(every_page, language):
    for name, html in every_page(language).items():
        assert f'<html lang="{language}">' in html, name
        assert "<h1" in html, name
