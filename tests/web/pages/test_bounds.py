"""Pages of long lives stay short, and pages name whom they know."""

from passport.web.pages.kinds import audience
from passport.web.pages.words import Words
from tests.web.pages.sample_documents import BASE
from tests.web.pages.samples import MAKER, Make, Pages, Published


def test_a_page_of_very_many_versions_stays_small(pages: Pages, make: Make) -> None:
    from dataclasses import replace

    view = replace(make(versions=1500), restricted=tuple((f"{BASE}/credentials/{n}", "owner") for n in range(3000)))
    page = pages.passport("en", view)
    assert len(page.encode()) <= 60 * 1024
    assert "1 of 1500" in page
    assert "The newest 20 are listed." in page
    assert "/versions/1500" in page
    assert "There are 3000 more documents" in page


def test_the_responsible_operator_is_named_when_it_is_one_of_ours(pages: Pages, make: Make) -> None:
    from dataclasses import replace

    did = "did:web:pass.example.org:organisations:lund"
    view = make(economicOperatorId=did)
    assert did in pages.passport("en", view)
    named = pages.passport("en", replace(view, operator=MAKER))
    assert did not in named
    assert named.count('href="/organisations/lund"') == 2


def test_who_may_read_is_what_the_service_allows(published: Published) -> None:
    words = Words(published, "en")
    assert all(
        each in audience(words, "legitimate-interest") for each in ("owner", "holder", "recycler", "authorities")
    )
    assert "researcher" not in audience(words, "legitimate-interest")
    assert "authorities" not in audience(words, "owner")
