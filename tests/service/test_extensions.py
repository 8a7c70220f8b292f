"""A supplier's own data is kept untouched in every form of a passport, or refused with a finding; never a fault."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyoxigraph
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passport.codecs import documents, forms, rdf
from passport.errors import Unacceptable
from passport.model.access import Caller
from passport.proofs import jose
from passport.service import past, together
from passport.service.submissions import submit
from passport.service.system import System

ITEM = {"granularity": "item", "category": "desk", "isSecondHandLegacy": True}
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=9)
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=20).filter(
    lambda name: not name.startswith("@")
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | DECIMALS
    | st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=25,
)


def written(value: Any) -> str:
    """JSON text with every decimal as it is; ``json`` would make floats of them."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{written(each)}" for name, each in value.items()) + "}"
    return "[" + ",".join(map(written, value)) + "]" if isinstance(value, list) else json.dumps(value)


def exact(text: bytes | str) -> Any:
    return json.loads(text, parse_float=Decimal)


@pytest.fixture
def published_as(system: System, caller: Callable[[str], Caller]) -> Callable[[str], tuple[Any, Any, bytes]]:
    """The extensions of a new piece as they are served, as they are signed, and the passport's Turtle."""

    def send(extensions: str) -> tuple[Any, Any, bytes]:
        body = json.dumps(ITEM)[:-1] + f',"extensions":{extensions}}}'
        (issued,) = submit(system, body=body.encode(), media_type=None, caller=caller("maker")).issued
        stored = system.history.version(issued.code, 1)
        assert stored is not None
        key = system.parties.keys("maker")[-1]
        known = jose.VerificationKey(key.public, system.did("maker"))
        verification = jose.verify(documents.jws(stored), lambda kid: known, system.clock.now())
        outcomes = {check.name: check.outcome for check in verification.checks}
        assert set(outcomes.values()) <= {jose.Outcome.OK, jose.Outcome.NOT_CHECKED}, outcomes
        served = documents.served(stored.payload, stored.start)
        signed = exact(stored.payload)["credentialSubject"]["passport"]
        turtle = rdf.serialise(served, forms.TURTLE, published=system.published)
        return exact(served)["extensions"], signed["extensions"], turtle

    return send


@settings(max_examples=80, deadline=None, suppress_health_check=[*HealthCheck])
@given(extensions=st.dictionaries(NAMES, VALUES, max_size=5))
def test_any_own_data_is_kept_exactly_and_served_in_every_form(extensions: Any, published_as: Any) -> None:
    served, signed, turtle = published_as(written(extensions))
    assert served == signed == exact(written(extensions))
    predicate = "https://w3id.org/furniturepassport/extensions"
    quads = pyoxigraph.parse(turtle, format=pyoxigraph.RdfFormat.TURTLE)
    (literal,) = [quad.object.value for quad in quads if quad.predicate.value == predicate]
    assert json.loads(literal) == json.loads(written(extensions))


def test_decimals_of_own_data_keep_all_their_digits(published_as: Any) -> None:
    served, _, _ = published_as('{"a":[1.250,-0.000000000000000001,1234567890.123456789012345678]}')
    assert list(map(str, served["a"])) == ["1.250", "-1E-18", "1234567890.123456789012345678"]


def test_a_piece_shown_with_its_model_loses_no_digit(
    system: System, caller: Callable[[str], Caller], model: dict[str, Any], piece: dict[str, Any]
) -> None:
    own = '{"a":1234567890.123456789012345678}'
    texts = [json.dumps(each)[:-1] + f',"extensions":{own}}}' for each in (model, piece)]
    body = f"[{','.join(texts)}]".encode()
    made = submit(system, body=body, media_type=None, caller=caller("maker")).issued
    both = exact(together.document(system, past.then(system, made[1].code)))
    assert both["passport"]["extensions"] == both["model"]["extensions"] == exact(own)


@pytest.mark.parametrize(
    "extensions",
    [
        '{"a":' + "[" * 15 + "]" * 15 + "}",
        json.dumps({"a": "x" * (64 * 1024 - 8)}),
    ],
    ids=["deepest", "largest"],
)
def test_own_data_at_the_bounds_is_signed_and_verifies(extensions: str, published_as: Any) -> None:
    assert published_as(extensions)[0] == exact(extensions)


@pytest.mark.parametrize(
    ("extensions", "code"),
    [
        ('{"a":' + "[" * 16 + "]" * 16 + "}", "extensions-too-deep"),
        ('{"a":' + '{"a":' * 55 + "1" + "}" * 56, "extensions-too-deep"),
        (json.dumps({"a": "x" * (64 * 1024 - 7)}), "extensions-too-large"),
        ('{"@context":"https://a.example/"}', "extensions-keyword"),
        ('{"a":[{"@id":"https://a.example/"}]}', "extensions-keyword"),
    ],
)
def test_t12_own_data_beyond_the_bounds_is_a_finding(extensions: str, code: str, published_as: Any) -> None:
    with pytest.raises(Unacceptable) as refused:
        published_as(extensions)
    assert [each.code for each in refused.value.report.findings] == [code]


def test_t12_the_largest_document_that_is_accepted_is_verified(system: System, caller: Callable[[str], Caller]) -> None:
    """Whatever passes the check has a signed form that verifiers read; objects grow most, as each gets an address."""
    evidence = [{"claim": "/category", "evidenceType": "photo", "document": {"url": "https://a.example"}}] * 50
    parts = [
        {
            "componentId": "å" * 70 + str(number),
            "materials": [{"materialClass": "wood-solid", "recycledContent": {}}] * 10,
        }
        for number in range(165)
    ]
    value = {**ITEM, "components": parts, "evidence": evidence}
    (issued,) = submit(system, body=json.dumps(value).encode(), media_type=None, caller=caller("maker")).issued
    stored = system.history.version(issued.code, 1)
    assert stored is not None
    assert len(documents.jws(stored)) < jose.MAX_BYTES / 2
