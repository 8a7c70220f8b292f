"""Countries and languages exist, and slips are told what they mean."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from passport.model.report import Report
from passport.validation.isocodes import countries, country_meant, language_meant, languages

Document = Mapping[str, Any]


def test_the_lists_are_those_of_the_standards() -> None:
    assert len(countries()) == 249 + len({"XI", "XK"})
    assert {"SE", "GB", "GR", "AX", "TW"} <= countries()
    assert countries().isdisjoint({"UK", "EL", "EU", "XX", "ZZ", "SU", "YU"})
    assert {"sv", "da", "pl", "en", "uk", "no", "nb", "sma", "smj"} <= languages()


@pytest.mark.parametrize(("code", "meant"), [("UK", "GB"), ("EL", "GR"), ("XX", None), ("YU", None), ("DD", "DE")])
def test_slips_of_countries(code: str, meant: str | None, checked: Callable[..., Report], model: Document) -> None:
    assert country_meant(code) == meant
    (found,) = checked({**model, "productionCountry": code}).findings
    assert (found.code, found.pointer) == ("country-unknown", "/productionCountry")
    assert found.values["nearest"] == (meant or "SE")


@pytest.mark.parametrize(
    ("tag", "meant"),
    [
        *(
            ("se", "sv"),
            ("dk", "da"),
            ("cz", "cs"),
            ("gr", "el"),
            ("jp", "ja"),
            ("us", "en"),
            ("swe", "sv"),
            ("iw", "he"),
        ),
        *(("en-UK", "en-GB"), ("sv-XX", "sv"), ("dk-DK", "da-DK"), ("xx", None)),
    ],
)
def test_slips_of_languages(tag: str, meant: str | None, checked: Callable[..., Report], model: Document) -> None:
    assert language_meant(tag) == meant
    (found,) = checked({**model, "modelName": [{"value": "Stol", "language": tag}]}).findings
    assert (found.code, found.pointer) == ("language-unknown", "/modelName/0/language")
    assert found.values["nearest"] == (meant or "sv")


@pytest.mark.parametrize("tag", ["sv", "uk", "no", "sma", "xyz", "en-GB", "zh-Hans-CN", "sr-Latn", "fi-FI"])
def test_right_languages_pass(tag: str, checked: Callable[..., Report], model: Document) -> None:
    assert language_meant(tag) == tag
    assert checked({**model, "modelName": [{"value": "Stol", "language": tag}]}).findings == ()


def test_every_field_of_the_types_is_looked_at(checked: Callable[..., Report], model: Document) -> None:
    changes = {
        "manufacturer": {"name": "Maker", "address": {"city": "Town", "country": "UK"}},
        "materials": [{"materialClass": "metal-steel", "massShare": 100, "originCountry": "EL"}],
        "careInstructions": [{"url": "https://a.example/care", "contentType": "text/html", "language": "dk"}],
        "colour": [{"value": "röd", "language": "se"}],
    }
    found = checked({**model, **changes}).findings
    assert {each.pointer for each in found if each.code in ("country-unknown", "language-unknown")} == {
        "/manufacturer/address/country",
        "/materials/0/originCountry",
        "/careInstructions/0/language",
        "/colour/0/language",
    }
