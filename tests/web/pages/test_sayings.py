"""What other layers say in English stands on pages in the reader's language."""

import re

import pytest

from passport.errors import Malformed
from passport.proofs.jose import Check, Outcome, Verification
from passport.service.productlinks import DOCUMENTS
from passport.web.pages.sayings import link_title, said
from passport.web.pages.trust import steps
from passport.web.pages.words import Text, Words

TRANSLATED = ("sv", "da", "pl")


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_kind_of_link_has_a_name(published, language):
    words = Words(published, language)
    services = ("product passport", "product information", "product data", "signed passport", "events")
    for what in (*services, *(each.lower() for _, _, each in DOCUMENTS)):
        assert said(words, what), what
        assert link_title(words, f"Stol: blå: {what}") == f"Stol: blå: {said(words, what)}"
    assert link_title(words, "Stol") == "Stol"
    assert link_title(words, "Stol: 2") == "Stol: 2"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_refusal_is_told_in_one_language(pages, language):
    known = Malformed(
        "This is not a GS1 Digital Link that can be read here.", reason="check-digit", about="1", expected="7"
    )
    html = pages.refusal(language, 400, known)
    assert "that can be read" not in html
    assert re.findall(r'summary-list__value"><span>(.)<', html) == ["1", "7"]
    assert "GS1 Digital Link" in html
    assert "Field required" not in pages.refusal(language, 400, Malformed("code: Field required"))
    assert "Field required" in pages.refusal("en", 400, Malformed("code: Field required"))


def test_details_of_a_check_are_translated_and_those_about_bytes_marked(published):
    kept = Verification(
        (
            Check(1, "size", Outcome.OK),
            Check(2, "form", Outcome.FAILED, "a part is not base64url"),
            Check(10, "status", Outcome.FAILED, "revoked"),
            Check(11, "schema", Outcome.NOT_CHECKED, "nothing here can tell"),
        )
    )
    shown = [each.detail for each in steps(Words(published, "sv"), kept)]
    assert shown == [
        None,
        Text("a part is not base64url", "en"),
        Text("återkallat"),
        Text("det går inte att avgöra här"),
    ]


def test_docs_say_that_they_are_english(pages):
    openapi = {"paths": {"/x": {"get": {"tags": ["Read"], "summary": "Read it."}}}}
    assert "beskrivs på engelska" in pages.references.docs("sv", openapi)
    assert '<span lang="en">Read it.</span>' in pages.references.docs("sv", openapi)
    assert "described in English" not in pages.references.docs("en", openapi)
