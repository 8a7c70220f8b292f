import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from passport.codecs.documents import inner
from passport.errors import Forbidden, IdentityTaken, KeyReused, TooLarge, Unacceptable, Unreadable
from passport.model.access import Caller, Role, Scope
from passport.model.passport import Kind, Tier
from passport.model.report import Severity
from passport.service.submissions import Outcome, submit
from passport.service.system import System

Send = Callable[..., Outcome]


def _codes(refused: pytest.ExceptionInfo[Any]) -> set[str]:
    """The codes of the errors."""
    return {each.code for each in refused.value.report.findings if each.severity is Severity.ERROR}


def test_a_model_and_its_pieces_are_issued_in_one_submission(send: Send, system: System, model, piece) -> None:
    second = {**piece, "serialNumber": "A-0002", "modelPassport": "#0"}
    outcome = send(model, piece, second)
    assert outcome.created
    body = json.loads(outcome.body)
    assert [each["outcome"] for each in body["passports"]] == ["created"] * 3
    made = outcome.issued[0]
    for each in outcome.issued[1:]:
        reading = system.history.read(each.code)
        assert reading is not None
        document = inner(reading.payload, reading.start)
        assert document["modelPassport"]["passport"] == system.passport_address(made.code)
        stored = system.history.version(made.code, 1)
        assert stored is not None
        assert document["modelPassport"]["digest"] == f"sha256:{stored.digest.hex()}"
    assert system.history.locate(f"01/{model['gtin']}/21/A-0001").code == outcome.issued[1].code


def test_the_order_within_a_submission_does_not_matter(send: Send, system: System, model, piece) -> None:
    outcome = send(piece, {**piece, "serialNumber": "A-0002", "modelPassport": "#2"}, model)
    assert [each.document for each in outcome.issued] == [0, 1, 2]
    models = {system.history.product(each.code).model.code for each in outcome.issued[:2]}
    assert models == {outcome.issued[2].code}


def test_decimals_are_kept_as_text_and_nodes_are_named(send: Send, system: System, model) -> None:
    (issued,) = send(model).issued
    reading = system.history.read(issued.code)
    document = inner(reading.payload, reading.start)
    assert document["netWeight"] == "7.4"
    assert document["components"][0]["mass"] == "5.4"
    assert document["components"][0]["id"] == f"{system.passport_address(issued.code)}#components-frame"


def test_identical_content_changes_nothing(send: Send, system: System, model) -> None:
    first = send(model)
    size = system.history.size()
    again = send(dict(reversed(model.items())))
    assert not again.created
    assert json.loads(again.body)["passports"][0]["outcome"] == "unchanged"
    assert again.issued[0].code == first.issued[0].code
    assert system.history.size() == size


def test_capitals_in_the_names_of_level_profile_and_group_change_nothing(send: Send, system: System, model) -> None:
    first = send(model).issued[0]
    again = send({**model, "granularity": "MODEL"})
    assert (again.created, again.issued[0].version) == (False, first.version)
    revised = send({**model, "granularity": "Model", "productGroup": "Furniture", "modelNumber": "X-1"})
    assert (revised.issued[0].code, revised.issued[0].version) == (first.code, 2)


def test_a_difference_makes_the_next_version_and_keeps_the_first(send: Send, system: System, model) -> None:
    code = send(model).issued[0].code
    before = system.history.version(code, 1)
    (revised,) = send({**model, "netWeight": 7.6}).issued
    assert (revised.outcome, revised.code, revised.version) == ("revised", code, 2)
    assert system.history.version(code, 1) == before
    reading = system.history.read(code)
    document = inner(reading.payload, reading.start)
    assert document["previousVersion"] == system.version_address(code, 1)
    assert document["netWeight"] == "7.6"


def test_a_later_model_version_does_not_rewrite_an_old_piece(send: Send, system: System, model, piece) -> None:
    made = send(model, piece).issued[1]
    send({**model, "netWeight": 8})
    revised = send({**piece, "manufacturingDate": "2026-06"}).issued[0]
    assert revised.version == 2
    assert system.history.product(made.code).model.version == 1
    newer = send({**piece, "serialNumber": "A-9"}).issued[0]
    assert system.history.product(newer.code).model.version == 2


def test_a_product_without_a_gs1_key_is_revised_by_its_short_code(send: Send, system: System, legacy) -> None:
    code = send(legacy, by="town").issued[0].code
    state = ("owner", "availability", "inventoryNumber", "condition", "location")
    plain = {name: value for name, value in legacy.items() if name not in state}
    spelled = f"{code[:4]}-{code[4:8]}-{code[8:]}".lower()
    revised = send({**plain, "uniqueProductIdentifier": spelled, "category": "conference-table"}, by="town").issued[0]
    assert (revised.code, revised.version) == (code, 2)
    assert system.history.product(code).version == 2


def test_without_an_identity_each_submission_is_a_new_product(send: Send, legacy) -> None:
    first, second = (send(legacy, by="town").issued[0] for _ in range(2))
    assert first.code != second.code


def test_state_becomes_opening_events_split_by_tier(send: Send, system: System, legacy) -> None:
    code = send(legacy, by="town").issued[0].code
    documents = {(each.kind, each.tier): each for each in system.history.documents(code)}
    assert set(documents) == {
        (Kind.PASSPORT, Tier.PUBLIC),
        (Kind.EVENT, Tier.PUBLIC),
        (Kind.EVENT, Tier.LEGITIMATE_INTEREST),
        (Kind.EVENT, Tier.OWNER),
    }
    public = documents[Kind.EVENT, Tier.PUBLIC].payload.decode()
    assert '"grade":"C"' in public
    assert '"ownerType":"municipality"' in public
    for secret in ("Depot", "K-77", "inStorage", '"town"'):
        assert secret not in public
        assert secret not in documents[Kind.PASSPORT, Tier.PUBLIC].payload.decode()
    assert "K-77" in documents[Kind.EVENT, Tier.OWNER].payload.decode()
    assert '"salt":"' in documents[Kind.EVENT, Tier.OWNER].payload.decode()


def test_restricted_fields_are_signed_apart_and_named(send: Send, system: System, model) -> None:
    code = send(model).issued[0].code
    public, restricted = system.history.documents(code)
    assert restricted.tier is Tier.LEGITIMATE_INTEREST
    assert "originCountry" not in public.payload.decode()
    assert "originCountry" in restricted.payload.decode()
    named = inner(public.payload, public.start)["restrictedDocuments"]
    assert named == [{"id": f"{system.base}/credentials/{restricted.id}", "tier": "legitimate-interest"}]


def test_state_on_a_revision_is_a_finding(send: Send, legacy) -> None:
    code = send(legacy, by="town").issued[0].code
    with pytest.raises(Unacceptable) as refused:
        send({**legacy, "uniqueProductIdentifier": code, "category": "sofa"}, by="town")
    assert _codes(refused) == {"state-on-revision"}


def test_nothing_is_accepted_when_one_document_has_findings(send: Send, system: System, model, piece) -> None:
    with pytest.raises(Unacceptable):
        send(model, {**piece, "serialNumber": "å"})
    assert system.history.size() == 0
    assert system.history.locate(f"01/{model['gtin']}") is None


def test_a_dry_run_issues_nothing(send: Send, system: System, model) -> None:
    outcome = send(model, dry_run=True)
    assert (outcome.created, outcome.issued, system.history.size()) == (False, (), 0)
    assert json.loads(outcome.body)["report"]["ok"] is True


def test_refused_and_accepted_submissions_are_in_the_inbox(send: Send, system: System, model) -> None:
    accepted = send(model)
    assert system.history.submission(accepted.location.rsplit("/", 1)[1]).accepted
    with pytest.raises(Unacceptable) as refused:
        send({**model, "category": "chairr"})
    kept = system.history.submission(refused.value.values["submission"].rsplit("/", 1)[1])
    assert not kept.accepted
    assert json.loads(kept.answer)["report"]["findings"][0]["code"] == "code-unknown"


def test_a_gtin_outside_the_registered_prefixes_is_accepted_as_unverified(send: Send, system: System, model) -> None:
    own = send(model).issued[0]
    assert own.verified is True
    other = send({**model, "gtin": "4006381333931"}).issued[0]
    assert other.verified is False
    reading = system.history.read(other.code)
    assert inner(reading.payload, reading.start)["gtinVerified"] is False


def test_t01_t05_another_organisation_cannot_speak_of_a_product(send: Send, system: System, model, piece) -> None:
    send(model, piece)
    size = system.history.size()
    for document in ({**model, "netWeight": 9}, model, {**piece, "manufacturingDate": "2026-07"}):
        with pytest.raises(IdentityTaken) as refused:
            send(document, by="rival")
        assert _codes(refused) == {"identity-taken"}
    assert system.history.size() == size


@pytest.mark.parametrize("spell", [lambda gtin: gtin, lambda gtin: gtin.lstrip("0")], ids=["GTIN-14", "GTIN-13"])
def test_t05_every_spelling_of_a_gtin_is_one_identity(send: Send, model, spell) -> None:
    code = send(model).issued[0].code
    again = send({**model, "gtin": spell(model["gtin"]), "netWeight": 9}).issued[0]
    assert (again.code, again.version) == (code, 2)
    with pytest.raises(IdentityTaken):
        send({**model, "gtin": spell(model["gtin"])}, by="rival")


def test_t05_unicode_digits_are_no_gtin(send: Send, system: System, model) -> None:
    arabic = model["gtin"].translate({ord("0") + digit: 0x0660 + digit for digit in range(10)})
    with pytest.raises(Unacceptable):
        send({**model, "gtin": arabic})
    assert system.history.size() == 0


def test_t05_one_identity_twice_in_a_submission_is_a_finding(send: Send, model) -> None:
    with pytest.raises(Unacceptable) as refused:
        send(model, {**model, "netWeight": 9})
    assert _codes(refused) == {"identity-duplicate"}


def test_an_unknown_short_code_cannot_be_claimed(send: Send, legacy) -> None:
    with pytest.raises(Unacceptable) as refused:
        send({**legacy, "uniqueProductIdentifier": "000000000"}, by="town")
    assert "product-unknown" in _codes(refused)


def test_the_responsible_operator_may_revise(send: Send, system: System, model) -> None:
    from dataclasses import replace

    rival = system.parties.organisation("rival")
    system.parties.change_organisation(replace(rival, identifiers=("gln:7300010000001",)))
    code = send({**model, "economicOperatorId": "gln:7300010000001"}).issued[0].code
    assert system.history.product(code).operator == "rival"
    assert send({**model, "netWeight": 8}, by="rival").issued[0].version == 2


def test_t04_the_same_key_gives_the_same_answer(send: Send, system: System, legacy) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(legacy, by="town", key="k-1"), range(100)))
    assert len({answer.body for answer in answers}) == 1
    assert {answer.created for answer in answers} == {True}
    assert sum(not answer.replayed for answer in answers) == 1
    assert system.history.size() == 4


def test_t04_a_key_with_another_body_is_refused(send: Send, legacy, model) -> None:
    send(legacy, by="town", key="k-1")
    with pytest.raises(KeyReused):
        send({**legacy, "category": "sofa"}, by="town", key="k-1")
    assert not send(model, by="maker", key="k-1").replayed


def test_t04_a_mended_submission_may_use_its_key_again(send: Send, model) -> None:
    with pytest.raises(Unacceptable):
        send({**model, "category": "chairr"}, key="k-2")
    assert send(model, key="k-2").created


def test_a_token_without_the_scope_is_refused(system: System, model) -> None:
    reader = Caller("t", "maker", Role.SUPPLIER, frozenset({Scope.READ}))
    authority = Caller("t", "watch", Role.AUTHORITY, frozenset({Scope.SUBMIT}))
    for caller in (reader, authority):
        with pytest.raises(Forbidden):
            submit(system, body=json.dumps(model).encode(), media_type="application/json", caller=caller)
    assert system.history.size() == 0


def test_t09_t12_limits_and_unsafe_json_are_refused(system: System, caller) -> None:
    from dataclasses import replace

    small = replace(system, limits=replace(system.limits, size=100))
    with pytest.raises(TooLarge):
        submit(small, body=b"[" + b" " * 200 + b"]", media_type="application/json", caller=caller("maker"))
    for body in (b'{"a":NaN}', b'{"a":1,"a":2}', b"[" * 70 + b"]" * 70, b'{"a":"\\ud800"}', b'{"a":1e400}'):
        with pytest.raises(Unreadable):
            submit(system, body=body, media_type="application/json", caller=caller("maker"))
    assert system.history.size() == 0


def test_t05_a_batch_in_the_address_does_not_make_another_piece(send: Send, model, piece) -> None:
    code = send(model, piece).issued[1].code
    plain = {name: value for name, value in piece.items() if name not in {"gtin", "serialNumber"}}
    address = f"https://id.example/01/{model['gtin']}/10/L1/21/{piece['serialNumber']}"
    again = send({**plain, "uniqueProductIdentifier": address}).issued[0]
    assert (again.code, again.version) == (code, 2)


def test_t04_a_remembered_answer_is_given_before_anything_is_checked(send: Send, system: System, clock, legacy) -> None:
    first = send(legacy, by="town", key="k-3")
    clock.moment = clock.moment.replace(year=2020)
    assert send(legacy, by="town", key="k-3").body == first.body


def test_a_piece_follows_the_model_that_its_number_means(send: Send, system: System, model, piece) -> None:
    referring = {**piece, "modelPassport": "#0"}
    code = send(model, referring).issued[1].code
    other = {name: value for name, value in model.items() if name != "gtin"}
    plain = {name: value for name, value in referring.items() if name != "gtin"}
    address = f"https://id.example/01/{model['gtin']}/21/{piece['serialNumber']}"
    outcome = send(other, {**plain, "uniqueProductIdentifier": address})
    assert outcome.issued[1].code == code
    assert system.history.product(code).model.code == outcome.issued[0].code
    again = send({**other, "brand": "Another"}, {**plain, "uniqueProductIdentifier": address})
    assert again.issued[1].outcome == "revised"
    assert system.history.product(code).model.code == again.issued[0].code


def test_a_piece_finds_a_model_that_is_revised_beside_it_by_another_name(send, system, model, piece) -> None:
    code = send(model).issued[0].code
    plain = {name: value for name, value in model.items() if name != "gtin"}
    revised = {**plain, "uniqueProductIdentifier": code, "netWeight": 9}
    outcome = send(revised, {**piece, "modelPassport": model["gtin"]})
    assert outcome.issued[0].version == 2
    assert system.history.product(outcome.issued[1].code).model.version == 2


def test_the_gtin_of_a_piece_without_a_serial_is_marked_too(send: Send, system: System, legacy) -> None:
    foreign = {**legacy, "gtin": "4006381333931"}
    assert send(foreign, by="town").issued[0].verified is False


def test_a_prefix_that_is_registered_later_counts_from_the_next_version(send: Send, system: System, model) -> None:
    from passport.service.organisations import register_prefixes

    assert send({**model, "gtin": "4006381333931"}).issued[0].verified is False
    register_prefixes(system, "maker", ["4006381"])
    assert send({**model, "gtin": "4006381333931", "netWeight": 8}).issued[0].verified is True


def test_a_dry_run_finds_what_the_store_would_refuse(send: Send, system: System, model) -> None:
    with pytest.raises(Unacceptable) as refused:
        send(model, {**model, "netWeight": 9}, dry_run=True)
    assert _codes(refused) == {"identity-duplicate"}
    send(model)
    size = system.history.size()
    with pytest.raises(IdentityTaken):
        send({**model, "netWeight": 9}, by="rival", dry_run=True)
    assert system.history.size() == size


def test_findings_of_the_store_and_of_the_documents_come_together(send: Send, model, legacy) -> None:
    send(model)
    with pytest.raises(IdentityTaken) as refused:
        send({**model, "category": "chairr"}, {"granularity": "modell"}, {**legacy, "modelPassport": "#9"}, by="rival")
    assert {"identity-taken", "code-unknown", "level-unknown"} <= _codes(refused)


def test_an_operator_may_be_named_by_its_did(send: Send, system: System, model) -> None:
    send({**model, "economicOperatorId": system.did("rival")})
    assert send({**model, "netWeight": 8}, by="rival").issued[0].version == 2


@pytest.mark.parametrize("reference", ["#²", "#٣", "#7", "#" + "9" * 5_000], ids=["square", "arabic", "none", "long"])
@pytest.mark.parametrize("name", ["modelPassport", "batchPassport"])
def test_t13_a_strange_reference_within_a_submission_is_a_finding(send: Send, piece, name: str, reference: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        send({**piece, name: reference})
    assert {each.pointer for each in refused.value.report.findings} >= {f"/{name}"}
