"""Documents with everything that the rules ask about pass them all."""

from collections.abc import Callable, Mapping
from typing import Any

from passport.model.report import Report
from passport.validation.rules import RULES

Document = Mapping[str, Any]


def test_a_full_model_passes(checked: Callable[..., Report], full_model: Document) -> None:
    assert checked(full_model).findings == ()


def test_a_full_piece_passes(checked: Callable[..., Report], full_item: Document) -> None:
    assert checked(full_item).findings == ()


def test_the_full_documents_call_for_the_rules_about_durability_and_use(
    full_model: Document, full_item: Document
) -> None:
    members = full_model.keys() | full_item.keys()
    modules = ("kinds", "durability", "electrical", "packaging", "repair", "condition", "persons", "papers", "parties")
    ours = [each for each in RULES.values() if each.check.__module__.rsplit(".", 1)[1] in modules]
    assert len(ours) >= 25
    assert [each.code for each in ours if each.fields and each.fields.isdisjoint(members)] == []
