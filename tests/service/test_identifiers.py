"""Identifiers of a submission against the store: one product, one key, however the product is named."""

from collections.abc import Callable
from typing import Any

import pytest

from passport.errors import Unacceptable
from passport.model.access import Caller
from passport.service.submissions import Outcome
from passport.service.system import System
from passport.service.withdrawal import withdraw

Send = Callable[..., Outcome]


def findings(refused: pytest.ExceptionInfo[Any]) -> list[tuple[str, str]]:
    return [(each.code, each.pointer) for each in refused.value.report.findings]


@pytest.fixture(params=["code", "product", "passport", "version"])
def named(request: pytest.FixtureRequest, system: System) -> Callable[[str], str]:
    """One of the ways to name an existing product."""
    ways = {
        "code": lambda code: code,
        "product": lambda code: f"{system.base}/p/{code}",
        "passport": system.passport_address,
        "version": lambda code: system.version_address(code, 1),
    }
    return ways[request.param]


def test_fields_that_name_another_product_than_the_code_are_refused(
    named: Callable[[str], str], send: Send, system: System, model: Any, piece: Any
) -> None:
    _, made = send(model, piece).issued
    identifier = {"uniqueProductIdentifier": named(made.code)}
    assert send({**piece, **identifier, "manufacturingDate": "2026-06"}).issued[0].code == made.code
    size = system.history.size()
    for fields, at in (({"serialNumber": "A-0002"}, "/serialNumber"), ({"giai": "95265430X"}, None)):
        value = {**piece, **identifier, **fields, "manufacturingDate": "2026-07"}
        if at is None:
            del value["serialNumber"]
            at = "/giai"
        with pytest.raises(Unacceptable) as refused:
            send(value)
        assert findings(refused) == [("identifier-mismatch", at)]
    assert system.history.size() == size


def test_a_product_of_a_short_code_is_not_split_by_a_new_key(
    named: Callable[[str], str], send: Send, legacy: Any
) -> None:
    code = send(legacy).issued[0].code
    later = {"granularity": "item", "category": "desk", "isSecondHandLegacy": True}
    identifier = {"uniqueProductIdentifier": named(code)}
    assert send({**later, **identifier, "itemName": [{"value": "Bord", "language": "sv"}]}).issued[0].code == code
    with pytest.raises(Unacceptable) as refused:
        send({**later, **identifier, "giai": "95265430X"})
    assert findings(refused) == [("identifier-mismatch", "/giai")]


def test_a_code_on_another_host_names_nothing_here(send: Send, system: System, legacy: Any) -> None:
    code = send(legacy).issued[0].code
    size = system.history.size()
    with pytest.raises(Unacceptable) as refused:
        send({**legacy, "uniqueProductIdentifier": f"https://other.example/p/{code}"})
    assert findings(refused) == [("identifier-unreadable", "/uniqueProductIdentifier")]
    assert system.history.size() == size


@pytest.mark.parametrize("named_by", ["gtin", "code", "implicit"])
def test_a_piece_of_a_withdrawn_model_is_warned_of(
    named_by: str, send: Send, system: System, caller: Callable[[str], Caller], model: Any, piece: Any
) -> None:
    code = send(model).issued[0].code
    references = {"gtin": model["gtin"], "code": code}
    if named_by == "implicit":
        del piece["modelPassport"]
        piece["category"] = model["category"]
    else:
        piece["modelPassport"] = references[named_by]
    before = {each.code for each in send(piece, dry_run=True).report.findings}
    withdraw(system, code, reason="It says the wrong wood.", caller=caller("maker"))
    report = send(piece, dry_run=True).report
    at = "/gtin" if named_by == "implicit" else "/modelPassport"
    assert [(each.code, each.pointer) for each in report.findings if each.code not in before] == [
        ("model-withdrawn", at)
    ]
