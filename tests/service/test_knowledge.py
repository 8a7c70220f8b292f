"""What the checks learn of the products that documents name: from the submission, and from the store."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from passport.codecs.strictjson import Limits, Raw, read
from passport.model.passport import Level
from passport.published import GROUP, Published
from passport.service.knowledge import StoreKnown, SubmissionKnown
from passport.service.system import System

Document = Mapping[str, Any]
CLEANED: Document = {"eventType": "cleaned", "products": ["#0"]}


def raws(*documents: Document) -> tuple[Raw, ...]:
    return read(json.dumps(documents).encode(), media_type=None, limits=Limits())


def test_the_group_of_a_stored_product_is_known_by_code_and_by_key(
    system: System, send: Callable[..., Any], model: Document, piece: Document
) -> None:
    issued = send(model, piece).issued[1]
    known = StoreKnown((), system.history, system.parties, base=system.base)
    for reference in (issued.code, system.product_address(issued.key), system.passport_address(issued.code)):
        product = known.product(reference)
        assert product is not None
        assert (product.key, product.level, product.group) == (issued.key, Level.ITEM, GROUP)
    assert known.product("7KX94M2Q4") is None


def test_pieces_of_a_submission_are_known_where_events_may_name_them(gtin: str, piece: Document) -> None:
    link = f"https://id.example.com/01/{gtin}/21/A-0001"
    assert SubmissionKnown(raws(piece, piece)).product(link) is None
    found = SubmissionKnown(raws({**piece, "productGroup": "workwear"}, CLEANED)).product(link)
    assert found is not None
    assert (found.level, found.group) == (Level.ITEM, "workwear")


def test_a_context_says_the_group_of_a_document_of_the_submission(gtin: str, piece: Document) -> None:
    published = Published.load()
    group = published.group("workwear", published.current("workwear"))
    first, second = raws(piece, CLEANED)
    stated = Raw(0, first.value, None, b"", group.context)
    known = SubmissionKnown([stated, second], published=published)
    found = known.product(f"https://id.example.com/01/{gtin}/21/A-0001")
    assert found is not None
    assert found.group == "workwear"
