"""A withdrawal: one signed event, the revocation of the passport's documents, and no way back."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from passport.codecs.documents import inner
from passport.errors import Conflict, Forbidden, KeysLocked, Malformed, Miswritten, Unacceptable, UnknownCode
from passport.model.access import Caller, Role, Scope
from passport.model.passport import Kind, Standing, Tier
from passport.model.report import Severity
from passport.model.shortcode import complete
from passport.ports import Organisation
from passport.service import resolution
from passport.service.audit import audit
from passport.service.organisations import add_organisation
from passport.service.submissions import Outcome
from passport.service.system import System
from passport.service.withdrawal import REASON_LENGTH, withdraw

Send = Callable[..., Outcome]
As = Callable[[str], Caller]


def test_it_is_one_signed_event_and_revokes_every_version(
    system: System, send: Send, model: dict[str, Any], caller: As
) -> None:
    code = send(model).issued[0].code
    send({**model, "netWeight": 8})
    before = system.history.documents(code)
    address = withdraw(system, code.lower(), reason="  Wrong product.  ", caller=caller("maker"))
    *kept, event = system.history.documents(code)
    assert tuple(kept) == tuple(before)
    assert (event.kind, event.tier, address) == (Kind.EVENT, Tier.PUBLIC, f"{system.base}/events/{event.id}")
    body = inner(event.payload, event.start)
    assert body["eventType"] == "dppArchived"
    assert body["reason"] == [{"value": "Wrong product.", "language": "und"}]
    assert body["passport"] == system.passport_address(code)
    assert resolution.check_signature(system, event).verification.verdict == "valid"
    for each in kept:
        assert resolution.check_signature(system, each).verification.verdict == "revoked"
        assert each.status_index in system.history.revoked(each.status_list)
    product = system.history.product(code)
    assert product is not None
    assert product.standing is Standing.ARCHIVED
    assert audit(system.history, system.parties, base=system.base) == []


def test_its_identity_is_refused_afterwards(system: System, send: Send, model: dict[str, Any], caller: As) -> None:
    code = send(model).issued[0].code
    withdraw(system, code, reason="Wrong.", caller=caller("maker"))
    size = system.history.size()
    for document in (model, {**model, "netWeight": 8}):
        with pytest.raises(Unacceptable) as refused:
            send(document)
        errors = {each.code for each in refused.value.report.findings if each.severity is Severity.ERROR}
        assert errors == {"identity-withdrawn"}
    assert system.history.size() == size


def test_only_those_whom_it_concerns_may_withdraw(
    system: System, send: Send, model: dict[str, Any], caller: As
) -> None:
    code = send(model).issued[0].code
    reader = Caller("t", "maker", Role.SUPPLIER, frozenset({Scope.READ}))
    for other in (caller("rival"), caller("town"), caller("watch"), reader):
        with pytest.raises(Forbidden):
            withdraw(system, code, reason="Mine.", caller=other)
    assert system.history.size() == len(system.history.documents(code))


@pytest.mark.parametrize("slug", ["town", "keeper"])
def test_the_operator_and_an_administrator_may(
    system: System, send: Send, model: dict[str, Any], caller: As, slug: str
) -> None:
    add_organisation(system, Organisation("keeper", "Keeper", Role.ADMINISTRATOR, "company"))
    town = system.parties.organisation("town")
    assert town is not None
    system.parties.change_organisation(replace(town, identifiers=("gln:7300010000001",)))
    code = send({**model, "economicOperatorId": "gln:7300010000001"}).issued[0].code
    withdraw(system, code, reason="Recalled.", caller=caller(slug))
    event = system.history.documents(code)[-1]
    assert event.issuer == slug
    assert resolution.check_signature(system, event).verification.verdict == "valid"


def test_what_is_not_there_was_withdrawn_or_has_no_reason_is_refused(
    system: System, send: Send, model: dict[str, Any], caller: As
) -> None:
    code = send(model).issued[0].code
    for reason in ("", "   ", "x" * (REASON_LENGTH + 1)):
        with pytest.raises(Malformed):
            withdraw(system, code, reason=reason, caller=caller("maker"))
    with pytest.raises(UnknownCode):
        withdraw(system, complete("00000000"), reason="x", caller=caller("maker"))
    with pytest.raises(Miswritten):
        withdraw(system, "nonsense", reason="x", caller=caller("maker"))
    withdraw(system, code, reason="x" * REASON_LENGTH, caller=caller("maker"))
    with pytest.raises(Conflict):
        withdraw(system, code, reason="x", caller=caller("maker"))


def test_nothing_happens_when_it_cannot_be_signed(
    system: System, send: Send, model: dict[str, Any], caller: As, tmp_path: Any
) -> None:
    from passport.adapters.keys import FileSigner

    code = send(model).issued[0].code
    size = system.history.size()
    locked = replace(system, signer=FileSigner(tmp_path / "store" / "keys", None))
    with pytest.raises(KeysLocked):
        withdraw(locked, code, reason="x", caller=caller("maker"))
    assert system.history.size() == size
    assert resolution.passport(system, code).standing is Standing.ACTIVE


def test_the_passport_of_a_piece_that_was_sold_is_withdrawn_by_its_owner_alone(
    system: System, send: Send, legacy: dict[str, Any], caller: As
) -> None:
    code = send(legacy, by="rival").issued[0].code
    with pytest.raises(Forbidden):
        withdraw(system, code, reason="Not paid.", caller=caller("rival"))
    withdraw(system, code, reason="Two passports for one desk.", caller=caller("town"))
    product = system.history.product(code)
    assert product is not None
    assert product.standing is Standing.ARCHIVED
