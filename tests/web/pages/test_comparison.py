"""Two models side by side: what is told of both, what differs, and how the form speaks of mistakes."""

import re

from passport.errors import Gone, Malformed, UnknownCode
from passport.web.pages import ComparisonView
from tests.web.pages.sample_documents import FULL, MODEL, MODEL_CODE, OTHER_CODE
from tests.web.pages.samples import Pages

TWO = ((MODEL_CODE, FULL), (OTHER_CODE, MODEL))


def lines(html: str) -> dict[str, tuple[str, str, str]]:
    """The state, left and right of every line by its label."""
    found = {}
    for row in re.findall(
        r'<tr class="govuk-table__row[^>]*role="row">\s*<th[^>]*role="rowheader">.*?</tr>', html, re.S
    ):
        head = re.search(r"<th[^>]*>(.*?)</th>", row, re.S)
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
        assert head is not None
        label, _, badge = head[1].partition(" <span")
        plain = [re.sub(r"<[^>]+>", "", cell).replace("\u00a0", " ").strip() for cell in cells]
        found[label] = (re.sub(r"<[^>]+>", "", "<span" + badge) if badge else "", plain[0], plain[1])
    return found


def test_every_line_tells_both_and_says_whether_they_differ(pages: Pages) -> None:
    found = lines(pages.compare("en", ComparisonView(TWO)))
    assert found["Weight"] == ("differs", "46.5 kg", "14.6 kg")
    assert found["Maximum load"] == ("stated by one only", "80 kg", "not stated")
    assert found["Adjustable"] == ("", "Yes", "Yes")
    assert found["Dimensions: Width"][1:] == ("1600 mm", "680 mm")
    assert found["Recycled content: Recycled after use"][1:] == ("34%", "51%")
    assert found["PFAS"] == ("stated by one only", "Not known", "not stated")
    assert "EN 527-2" in found["Tests"][1]
    assert "GTIN" not in found, "numbers that differ between any two models are no comparison"


def test_material_shares_stand_beside_each_other(pages: Pages) -> None:
    html = pages.compare("sv", ComparisonView(TWO))
    steel = re.search(r"Stål</th>(.*?)</tr>", html)
    assert steel is not None
    assert re.findall(r">([^<]+)</td>", steel[1]) == ["50,6\u00a0%", "–"]
    for side in range(2):
        plot = re.findall(r'<svg class="plot".*?</svg>', html)[side]
        assert 99.9 < sum(map(float, re.findall(r'width="([\d.]+)" height', plot))) < 100.1


def test_only_differences_leave_out_what_is_the_same(pages: Pages) -> None:
    full = lines(pages.compare("en", ComparisonView(TWO)))
    differing = lines(pages.compare("en", ComparisonView(TWO, differing=True)))
    assert differing == {label: line for label, line in full.items() if line[0]}
    same = pages.compare("en", ComparisonView((TWO[0], (OTHER_CODE, FULL)), differing=True))
    assert lines(same) == {}
    assert "0 differences" in same


def test_the_form_says_what_is_wrong_at_the_field_and_on_top(pages: Pages) -> None:
    twice = Malformed("Both codes lead to the same model.")
    html = pages.compare("sv", ComparisonView(TWO[:1], typed=(MODEL_CODE, MODEL_CODE), refusals=(None, twice)))
    assert html.count("Båda koderna leder till samma modell.") == 2
    assert 'href="#model-2"' in html
    assert "<title>Fel: " in html
    unknown = pages.compare("en", ComparisonView((), typed=("7KX94M2QZ", ""), refusals=(UnknownCode("No."), None)))
    assert unknown.count("No furniture has this code") == 2
    gone = pages.compare("en", ComparisonView((), typed=("", "7KX94M2QZ"), refusals=(None, Gone("Withdrawn."))))
    assert 'href="#model-2"' in gone


def test_models_of_the_same_kind_are_offered(pages: Pages) -> None:
    html = pages.compare("en", ComparisonView(TWO[:1], TWO[1:]))
    assert 'href="/compare?model=7KX9-4M2Q-Z&amp;model=5R7B-3KD9-F"' in html
    assert "No other model" in pages.compare("en", ComparisonView(TWO[:1]))


def test_heads_stand_level_where_one_model_has_no_picture(pages: Pages) -> None:
    (one, pictured), (other, document) = TWO
    bare = {name: value for name, value in document.items() if name != "image"}
    html = pages.compare("en", ComparisonView(((one, pictured), (other, bare))))
    assert html.count('class="side__picture"') == 2
    assert html.count('<div class="side__picture" aria-hidden="true"></div>') == 1
    none = {name: value for name, value in pictured.items() if name != "image"}
    assert "side__picture" not in pages.compare("en", ComparisonView(((one, none), (other, bare))))


def test_materials_beyond_the_colours_are_striped_in_both_plots(pages: Pages) -> None:
    html = pages.compare("en", ComparisonView(TWO))
    swatches = re.findall(r'<svg class="swatch"[^>]*><rect class="tone tone-(\d+)"', html)
    assert swatches[:9] == ["1", "2", "3", "4", "5", "6", "7", "8", "9"]
    assert html.count('id="stripes"') == 1
    assert "the smaller shares are striped alike" in html
