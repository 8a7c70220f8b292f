"""The catalogue is complete, and every text of it exists in every language."""

import re
from collections.abc import Iterator
from importlib.resources import files
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from passport import errors
from passport.model.languages import LANGUAGES
from passport.model.report import Severity
from passport.validation.codewords import CODE_WORDS
from passport.validation.explaining import KIND_WORDS
from passport.validation.plaintext import LINES
from passport.validation.problems import PROBLEMS, Problem, finding
from passport.validation.rules import RULES

TRANSLATED = LANGUAGES[1:]
PLACEHOLDER = re.compile(r"\{[a-z]+\}")


def texts(problem: Problem) -> list[str]:
    every = (problem.title, problem.message, problem.expected, problem.explanation, problem.remedy)
    return [text for text in every if text]


def messages() -> set[str]:
    words = {word for codes in CODE_WORDS.values() for word in codes.values()} | set(KIND_WORDS.values())
    return {text for problem in PROBLEMS.values() for text in texts(problem)} | set(LINES) | words


@pytest.fixture(scope="module", params=TRANSLATED)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    data = (files("passport") / "locale" / request.param / "LC_MESSAGES" / "findings.po").read_bytes()
    return read_po(BytesIO(data), locale=request.param, abort_invalid=True)


def test_every_text_is_translated_and_nothing_else(catalogue: Catalog) -> None:
    assert {str(message.id) for message in catalogue if message.id} == messages()
    for message in catalogue:
        assert message.string, message.id
        assert not message.fuzzy, message.id


def test_translations_keep_the_placeholders(catalogue: Catalog) -> None:
    for message in catalogue:
        if message.id:
            assert sorted(PLACEHOLDER.findall(str(message.string))) == sorted(PLACEHOLDER.findall(str(message.id)))
            assert str(message.string).count("{") == len(PLACEHOLDER.findall(str(message.string)))


def test_translations_end_as_the_english_text_does(catalogue: Catalog) -> None:
    for message in catalogue:
        if message.id:
            assert str(message.string).endswith(".") == str(message.id).endswith("."), message.id
            assert str(message.string) == str(message.string).strip()


def test_translations_are_translated(catalogue: Catalog) -> None:
    """Texts that read alike in two languages are codes, figures and single words."""
    same = [message.id for message in catalogue if message.id and message.id == message.string]
    assert all(len(re.findall(r"[^\W\d]+", PLACEHOLDER.sub("", str(text)))) <= 2 for text in same), same


def refusals(base: type[errors.Refusal]) -> Iterator[type[errors.Refusal]]:
    yield base
    for kind in base.__subclasses__():
        yield from refusals(kind)


def test_every_refusal_is_explained() -> None:
    codes = {kind.code for kind in refusals(errors.Refusal) if kind.__module__ == "passport.errors"}
    assert codes <= PROBLEMS.keys()
    assert len(codes) >= 18


def test_every_rule_is_explained() -> None:
    assert RULES.keys() <= PROBLEMS.keys()
    assert len(RULES) >= 30


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=lambda problem: problem.code)
def test_a_problem_says_everything(problem: Problem) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", problem.code)
    assert problem.title
    assert problem.explanation.endswith(".")
    assert problem.remedy.endswith(".")
    assert problem.source
    if problem.severity is not None:
        assert problem.message
        assert problem.expected


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_rule_argues_its_severity(code: str) -> None:
    """MUST of a source is an error, SHOULD is a warning; the docstring names both source and degree."""
    said = RULES[code].check.__doc__ or ""
    degree = {Severity.ERROR: "MUST", Severity.WARNING: "SHOULD"}[PROBLEMS[code].severity or Severity.ERROR]
    assert re.findall(r"\b(?:MUST|SHOULD)\b", said) == [degree]


def test_a_refusal_is_no_finding() -> None:
    with pytest.raises(ValueError, match="forbidden"):
        finding("forbidden", "", 0)
