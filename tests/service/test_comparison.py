"""Which models a comparison is of, and which others are named."""

from collections.abc import Callable
from typing import Any

import pytest

from passport.errors import Gone, Malformed, Miswritten, UnknownCode
from passport.service import comparison
from passport.service.submissions import Outcome
from passport.service.system import System
from passport.service.withdrawal import withdraw

Send = Callable[..., Outcome]


@pytest.fixture
def desks(send: Send) -> list[str]:
    """Codes of three desks, oldest first, and a shelf."""
    made = [
        {
            "granularity": "model",
            "modelName": [{"value": name, "language": "en"}],
            "manufacturer": {"name": "A"},
            "category": category,
            "materials": [{"materialClass": "metal-steel"}],
        }
        for name, category in (("One", "desk"), ("Two", "desk"), ("Three", "desk"), ("Shelf", "shelf"))
    ]
    return [each.code for each in send(*made).issued]


def test_a_code_or_an_address_leads_to_a_model(system: System, desks: list[str]) -> None:
    for text in (desks[0], desks[0].lower(), f"https://x.example/passports/{desks[0]}/", f" {desks[0]} "):
        assert comparison.model_behind(system, text).code == desks[0]
    own = f"{system.base}/passports/{desks[0]}"
    for text in (f"{own}?lang=sv", f"{own}/versions/1", f"{own}/?lang=sv#history", f"/passports/{desks[0]}?lang=sv"):
        assert comparison.model_behind(system, text).code == desks[0]
    with pytest.raises(Miswritten):
        comparison.model_behind(system, "nonsense")


def test_a_gtin_or_gs1_address_leads_to_a_model(
    system: System, send: Send, model: dict[str, Any], piece: dict[str, Any]
) -> None:
    made, _ = send(model, piece).issued
    path = f"01/{model['gtin']}"
    for text in (model["gtin"], f"{system.base}/{path}", f"https://id.gs1.org/{path}/21/{piece['serialNumber']}"):
        assert comparison.model_behind(system, text).code == made.code
    with pytest.raises(UnknownCode):
        comparison.model_behind(system, "https://id.gs1.org/01/09506000134352")


def test_a_piece_stands_for_its_model(
    system: System, send: Send, model: dict[str, Any], piece: dict[str, Any], legacy: dict[str, Any]
) -> None:
    first, second = send(model, piece).issued
    assert comparison.model_behind(system, second.code).code == first.code
    (alone,) = send(legacy, by="town").issued
    with pytest.raises(Malformed, match="this product has none"):
        comparison.model_behind(system, alone.code)


def test_two_are_two(system: System, desks: list[str]) -> None:
    one, two = (comparison.model_behind(system, code) for code in desks[:2])
    comparison.distinct([one, two])
    with pytest.raises(Malformed, match="same model"):
        comparison.distinct([one, two, one])


def test_models_alike_are_of_the_same_kind_and_not_withdrawn(
    system: System, desks: list[str], caller: Callable[[str], Any]
) -> None:
    first = comparison.model_behind(system, desks[0])
    assert {each.code for each in comparison.alike(system, first)} == set(desks[1:3])
    withdraw(system, desks[1], reason="Issued twice.", caller=caller("maker"))
    assert [each.code for each in comparison.alike(system, first)] == [desks[2]]
    with pytest.raises(Gone):
        comparison.model_behind(system, desks[1])
