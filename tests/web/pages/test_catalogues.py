"""Every text of the pages exists in every language, with the same placeholders and the right number of plural forms."""

import re
from io import StringIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from passport.codecs.catalogues import LOCALE, catalogue, plural_form
from passport.model.languages import LANGUAGES
from passport.web.pages.rendering import WEB

TRANSLATED = [language for language in LANGUAGES if language != "en"]
FORMS = {"sv": 2, "da": 2, "pl": 3}
TEMPLATES = sorted((WEB / "templates").glob("*.html"))
PLACEHOLDER = re.compile(r"%\(\w+\)s")
ATTRIBUTES = re.compile(r'\b(?:alt|title|aria-label|placeholder|data-label)="([^"{]*[A-Za-z][^"{]*)"')
WORD = re.compile(r"[^\W\d_]{2,}")
NAMES = {"GTIN"}
"""Names that are the same in every language."""


@pytest.fixture(scope="module")
def texts() -> set[str | tuple[str, ...]]:
    methods, options = parse_mapping_cfg(StringIO((LOCALE / "pages.cfg").read_text()))
    return {text for _, _, text, _, _ in extract_from_dir(WEB, methods, options)}


def entries(language: str) -> dict[str | tuple[str, ...], str | tuple[str, ...]]:
    with (LOCALE / language / "LC_MESSAGES" / "pages.po").open("rb") as file:
        return {message.id: message.string for message in read_po(file, locale=language) if message.id}


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogues_are_complete_and_hold_nothing_else(texts, language):
    found = entries(language)
    assert len(texts) > 200
    assert found.keys() == texts
    assert [key for key, value in found.items() if not all([value] if isinstance(value, str) else value)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_are_the_same(language):
    for key, value in entries(language).items():
        keys = (key,) if isinstance(key, str) else key
        values = (value,) if isinstance(value, str) else value
        wanted = set(PLACEHOLDER.findall(keys[-1]))
        for place, each in enumerate(values):
            held = set(PLACEHOLDER.findall(each))
            assert held == wanted or (place == 0 and held <= wanted), each
            assert "%" not in PLACEHOLDER.sub("", each), each


@pytest.mark.parametrize("language", TRANSLATED)
def test_plurals_have_the_forms_of_their_language(language):
    plurals = [value for key, value in entries(language).items() if isinstance(key, tuple)]
    assert plurals
    assert {len(value) for value in plurals} == {FORMS[language]}


@pytest.mark.parametrize(
    ("number", "form"),
    [(0, 2), (1, 0), (2, 1), (4, 1), (5, 2), (12, 2), (14, 2), (21, 2), (22, 1), (25, 2), (112, 2), (122, 1)],
)
def test_polish_has_three_forms(number, form):
    assert plural_form("pl", number) == form
    shown = catalogue("pl", "pages").ngettext("%(number)s year", "%(number)s years", number)
    assert shown == ("%(number)s rok", "%(number)s lata", "%(number)s lat")[form]


@pytest.mark.parametrize("number", [0, 1, 2, 5])
@pytest.mark.parametrize("language", ["en", "sv", "da"])
def test_the_others_have_two(language, number):
    assert plural_form(language, number) == (number != 1)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_text_outside_the_catalogues(path: Path):
    source = path.read_text()
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(source)
    markup = "".join(each.data for each in tree.find_all(nodes.TemplateData))
    markup = re.sub(r"<!DOCTYPE[^>]*>", "", markup)
    assert ATTRIBUTES.findall(markup) == []
    bare = set(WORD.findall(re.sub(r"<[^<>]*>", " ", markup)))
    assert bare <= NAMES, bare
