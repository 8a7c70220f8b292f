"""F8 and T32: a clock that jumps changes no order and breaks no chain; what holds for a time holds by the clock."""

import json
from datetime import datetime, timedelta

import pytest

from passport.codecs.documents import inner
from passport.errors import Unacceptable, Unauthenticated
from passport.model.access import Scope
from passport.model.passport import Kind, Tier
from passport.proofs import jose
from passport.service.audit import audit
from passport.service.organisations import authenticate, create_token
from passport.service.submissions import submit

JUMPS = (0, 3600, -7200, 1, -1, 3600, -3600, 0, 90, -86_400)
"""Seconds by which the clock moves before each version."""

MODEL = {
    "granularity": "model",
    "gtin": "09526543000013",
    "manufacturer": {"name": "Exempel Möbler AB"},
    "category": "visitor-chair",
    "materials": [{"materialClass": "wood-solid", "massShare": 100}],
}


def versions(system, clock, caller):
    """Submit one version of a model after each jump of the clock; gives its short code."""
    code = None
    for number, jump in enumerate(JUMPS):
        clock.forward(seconds=jump)
        named = {**MODEL, "modelName": [{"value": f"Chair {number}", "language": "en"}]}
        outcome = submit(system, body=json.dumps(named).encode(), media_type="application/json", caller=caller)
        (told,) = json.loads(outcome.body)["passports"]
        assert told["version"] == number + 1
        code = told["code"]
    return code


def public(system, code):
    return [each for each in system.history.documents(code, kind=Kind.PASSPORT) if each.tier is Tier.PUBLIC]


def name_of(document):
    return inner(document.payload, document.start)["modelName"][0]["value"]


def disorder(documents):
    """The documents that do not stand where their version says."""
    return [each.version for place, each in enumerate(documents, 1) if each.version != place]


@pytest.fixture
def jumped(system, clock, caller):
    return versions(system, clock, caller("maker"))


def test_f08_t32_order_and_chain_hold_while_the_clock_jumps(system, jumped):
    documents = public(system, jumped)
    assert disorder(documents) == []
    assert [each.position for each in documents] == sorted(each.position for each in documents)
    newest = system.history.read(jumped)
    assert newest.version == len(JUMPS)
    assert newest.digest == documents[-1].digest
    assert name_of(documents[-1]) == f"Chair {len(JUMPS) - 1}"
    assert list(audit(system.history, system.parties, base=system.base)) == []
    print(f"F8: {len(JUMPS)} versions while the clock jumped, order and chain hold")


def test_f08_negative_control_ordering_by_time_is_caught(system, jumped):
    by_time = sorted(public(system, jumped), key=lambda document: document.at)
    assert disorder(by_time) != []
    assert name_of(by_time[-1]) != f"Chair {len(JUMPS) - 1}"


def test_f08_t32_a_document_is_valid_from_its_acceptance_with_five_minutes_for_clocks(system, jumped):
    for document in public(system, jumped):
        token = jose.compact(document.header, document.payload, document.signature)
        accepted = datetime.fromisoformat(document.at)
        for seconds, outcome in ((-360, "failed"), (-240, "ok"), (0, "ok"), (86_400, "ok")):
            read = accepted + timedelta(seconds=seconds)
            assert jose.verify(token, lambda _: None, read).outcome(9) == outcome


def test_f08_t32_an_event_in_the_future_is_refused_by_the_clock(system, clock, caller, child):
    owner = caller("town")
    made = json.loads(child.submitted(system, "piece").body)["passports"][0]["code"]

    def clean(seconds):
        time = (clock.now() + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        body = json.dumps({"eventType": "cleaned", "products": [made], "eventTime": time}).encode()
        return submit(system, body=body, media_type="application/json", caller=owner).created

    assert clean(-60)
    assert clean(290)
    with pytest.raises(Unacceptable) as refused:
        clean(310)
    assert [each.code for each in refused.value.report.findings] == ["event-in-future"]
    clock.forward(seconds=-3600)
    with pytest.raises(Unacceptable):
        clean(3600)
    assert clean(0)
    assert list(audit(system.history, system.parties, base=system.base)) == []


@pytest.mark.parametrize(("seconds", "valid"), [(-3600, True), (0, True), (3599, True), (3601, False), (90_000, False)])
def test_f08_a_token_is_valid_for_its_time_by_the_clock(system, clock, seconds, valid):
    token = create_token(
        system, "town", scopes=frozenset({Scope.READ}), label="short", valid_for=timedelta(hours=1)
    ).secret
    clock.forward(seconds=seconds)
    if valid:
        assert authenticate(system, token).organisation == "town"
    else:
        with pytest.raises(Unauthenticated):
            authenticate(system, token)
