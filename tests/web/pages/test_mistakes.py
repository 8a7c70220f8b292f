"""What is told of a query that came to nothing: every limit by its name and figure, in the reader's language."""

import pytest

from passport.errors import NoGraph, QueriesBusy, QueryStopped, ResultTooLarge
from passport.model.languages import LANGUAGES
from passport.web.pages import mistakes
from passport.web.pages.words import Words

STOPPED = (
    (QueryStopped("in English", limit="time", seconds=10.0), "10\u00a0s"),
    (QueryStopped("in English", limit="memory", mebibytes=1024), "1024\u00a0MiB"),
    (ResultTooLarge("in English", limit=64 * 1024 * 1024), "64\u00a0MiB"),
    (ResultTooLarge("in English", limit=1536 * 1024), "MiB"),
)
PLAIN = (
    QueryStopped("The answer was not read in time.", limit="reading"),
    QueryStopped("The query made the engine fail.", limit="engine"),
    NoGraph("The graph cannot be read now."),
    NoGraph("There is no graph to ask now."),
    QueriesBusy(),
)


@pytest.fixture(scope="module", params=LANGUAGES)
def words(published, request):
    return Words(published, request.param)


@pytest.mark.parametrize(("refusal", "figure"), STOPPED)
def test_a_limit_is_told_with_its_figure(words, refusal, figure):
    detail = mistakes.told(words, "ASK {}", refusal)["detail"]
    assert figure in detail.value
    assert "English" not in detail.value
    assert not detail.lang


def test_figures_are_written_as_the_language_writes_them(published):
    told = {each: mistakes.told(Words(published, each), "", STOPPED[3][0])["detail"].value for each in ("en", "sv")}
    assert "1.5" in told["en"]
    assert "1,5" in told["sv"]


@pytest.mark.parametrize("refusal", PLAIN)
def test_what_has_no_figure_is_said_in_the_readers_language_too(words, refusal):
    detail = mistakes.told(words, "ASK {}", refusal)["detail"]
    assert (detail.value == refusal.detail) == (words.language == "en")
    assert not detail.lang
