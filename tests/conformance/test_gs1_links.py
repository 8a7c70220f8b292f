"""GS1's verdicts on 109 Digital Link URIs, and every place where a resolver deliberately answers otherwise."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from passport.model.digitallink import SUPPORTED_PRIMARY_KEYS, BadLink, parse_uri
from passport.model.epc import is_epc, parse_epc

ROOT = Path(os.environ.get("CONFORMANCE_DIR", Path(__file__).parents[3] / "shared" / "conformance"))
FILE = ROOT / "gs1" / "dl_vectors.json"
HOST = "https://id.example.org"
LEAST = 109

TRAILING = "a trailing slash changes nothing (resolver, statement 28)"
QUERY = "the query is passed on and not judged (resolver, statement 27)"
STEM = "addresses have no stem here: the key begins behind the host"
LATER = "without stems a second key is a qualifier of another key"
UNDECLARED = "this key is not supported, and not declared in supportedPrimaryKeys"
ESCAPE = "a broken percent-encoding is refused instead of being read as a plain per cent sign"
VARIANT = "the resolver standard gives 8006 the qualifiers of 01, the dictionary asks for 01 itself"
BINARY = "EPC binary strings are read (resolver, statement 29)"

DIFFERENT = {
    "/01/09506000134352/": TRAILING,
    "/01/09506000134352?17=261331": QUERY,
    "/01/09506000134352?11=260110;3103=014200": QUERY,
    "/01/09506000134352?8200=https%3A%2F%2Fexample.com": QUERY,
    "/01/09506000134352?01=09506000134352": QUERY,
    "/01/09506000134352?10=LOT1": QUERY,
    "/01/09506000134352?21=1234": QUERY,
    "/01/09506000134352/21/12345678?21=1": QUERY,
    "/01/09506000134352?37=5": QUERY,
    "/01/09506000134352?02=09506000134352&37=5": QUERY,
    "/01/09506000134352?422=999": QUERY,
    "/01/09506000134352?3102=001420&3102=001420": QUERY,
    "/shop/de/01/09506000134352/21/1": STEM,
    "/01/x/01/09506000134352/21/1": STEM,
    "//01/09506000134352": STEM,
    "/01/09506000134352/01/09506000134352": LATER,
    "/01/09506000134352/414/9506000134376": LATER,
    "/255/9506000134352": UNDECLARED,
    "/401/9506000ABC": UNDECLARED,
    "/402/95060000012345678": UNDECLARED,
    "/415/9506000134376/8020/REF1": UNDECLARED,
    "/01/09506000134352/21/1%2": ESCAPE,
    "/01/09506000134352/21/1%zz": ESCAPE,
    "/8006/095060001343520102/22/V": VARIANT,
    "/eh3074257bf7194e4000001a85": BINARY,
}


def cases() -> Sequence[dict[str, Any]]:
    return json.loads(FILE.read_text()) if FILE.is_file() else ()


def canonical(uri: str) -> str | None:
    """The canonical path behind a URI, or None where the resolver answers 400."""
    path = uri.removeprefix(HOST)
    try:
        return parse_epc(path).canonical if is_epc(path) else parse_uri(uri).canonical
    except BadLink:
        return None


needs_vectors = pytest.mark.skipif(not FILE.is_file(), reason=f"no conformance data at {FILE}")


@needs_vectors
def test_no_vector_is_missing() -> None:
    assert len(cases()) >= LEAST


@needs_vectors
@pytest.mark.parametrize("case", cases(), ids=lambda case: case["uri"].removeprefix(HOST))
def test_the_verdict_is_gs1s_or_a_listed_difference(case: dict[str, Any]) -> None:
    found = canonical(case["uri"])
    if case["uri"].removeprefix(HOST) in DIFFERENT:
        assert (found is not None) != case["valid"], "this difference is listed but no longer there"
        return
    assert (found is not None) == case["valid"], case.get("why", "")
    if found is not None:
        expected = case["canonical"].removeprefix("https://id.gs1.org/")
        assert found == expected.partition("?")[0]


@needs_vectors
def test_no_listed_difference_is_stale() -> None:
    uris = {case["uri"].removeprefix(HOST) for case in cases()}
    assert set(DIFFERENT) <= uris


@needs_vectors
def test_a_valid_uri_with_a_supported_key_is_refused_for_a_listed_reason_only() -> None:
    for case in cases():
        path = case["uri"].removeprefix(HOST)
        if case["valid"] and path.split("/")[1] in SUPPORTED_PRIMARY_KEYS and canonical(case["uri"]) is None:
            assert DIFFERENT[path] in {STEM, LATER, ESCAPE}
