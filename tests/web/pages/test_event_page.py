"""The page of one event: its title, all that is public of it, and what came of it later."""

import re
from html import unescape

import pytest

from passport.model.languages import LANGUAGES
from passport.web.pages.views import EventPage
from passport.web.pages.words import Words
from tests.web.pages.hearing import Spoken
from tests.web.pages.sample_documents import BASE
from tests.web.pages.sample_life import LIFE, event_address
from tests.web.pages.samples import event_page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_an_event_has_a_title_that_says_what_and_when(pages, make, language):
    view = make("item", events=LIFE)
    html = pages.event(language, event_page(view, 3))
    title = unescape(re.search("<title>([^<]*)</title>", html)[1])
    label, date = {
        "en": ("Repaired", "3\u00a0February 2022"),
        "sv": ("Reparerad", "2022-02-03"),
        "da": ("Repareret", "03.02.2022"),
        "pl": ("Naprawiono", "03.02.2022"),
    }[language]
    assert title.startswith(f"{label}, {date}: ")
    assert "3H8J-W0RT-5" in title


def test_the_page_of_an_event_says_all_that_is_public_and_what_else_exists(pages, make, published):
    view = make("item", events=LIFE)
    html = pages.event("en", event_page(view, 2))
    words = Spoken(html).words
    assert "1\u00a0July 2021 01:30\u00a0UTC+02:00" in words
    assert "Clock corrected: the device showed another time." in words
    assert "-5400" in words
    assert 'href="/credentials/3"' in html
    for place in ("?form=epcis", "/proof"):
        assert f'{LIFE[2]["id"].removeprefix(BASE)}{place}"' in html
    for kind in ("application/ld+json", "application/vc+jwt"):
        assert kind in html
    for number, document in enumerate(LIFE):
        shown = pages.event("en", event_page(view, number))
        for name in document.keys() & {"repairTypes", "masses", "guarantee", "partsUsed", "ownerType", "careAction"}:
            assert Words(published, "en").field(name) in unescape(shown), name


def test_the_page_of_a_corrected_event_says_so_before_anything_else(pages, make):
    view = make("item", events=LIFE)
    wrong = pages.event("en", event_page(view, 4))
    assert wrong.index("no longer applies") < wrong.index("<dl")
    assert f'href="{event_address(6).removeprefix(BASE)}"' in wrong
    right = pages.event("en", event_page(view, 5))
    assert "This entry stands in the place of another one." in right
    undoing = pages.event("en", event_page(view, 7))
    assert "This entry says that another one never happened." in undoing
    assert "Undone: Lost" in re.sub(r"\s+", " ", " ".join(Spoken(undoing).words))


def test_the_parts_that_came_in_stand_on_the_page_of_the_event_as_components_do(pages, make):
    view = make("item", events=LIFE)
    page = pages.event("en", EventPage(view, view.events[3], None, view.issuer))
    assert '<h3 class="govuk-heading-s part__name">Base</h3>' in page
    assert "Reused part" in page
    assert "Parts used: " not in page
