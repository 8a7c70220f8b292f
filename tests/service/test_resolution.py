"""What is read: passports, versions, events, and signed documents by whoever may see them."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from passport.codecs.documents import inner
from passport.errors import Gone, Miswritten, NotFound, Unauthenticated, UnknownCode
from passport.model.access import Caller, Role, Scope
from passport.model.passport import Kind, Tier
from passport.model.shortcode import complete
from passport.ports import Organisation
from passport.service import resolution
from passport.service.organisations import SERVICE, add_organisation
from passport.service.submissions import Outcome
from passport.service.system import System
from passport.service.withdrawal import withdraw

Send = Callable[..., Outcome]
TIERS = {Tier.PUBLIC, Tier.LEGITIMATE_INTEREST, Tier.AUTHORITY, Tier.OWNER}


@pytest.fixture
def restricted(system: System, send: Send, legacy: dict[str, Any]) -> dict[Tier, str]:
    """A piece that the rival issued, the town owns and the maker answers for: one document id of each tier."""
    maker = system.parties.organisation("maker")
    assert maker is not None
    system.parties.change_organisation(replace(maker, identifiers=("gln:7300010000001",)))
    add_organisation(system, Organisation("school", "Example university", Role.RESEARCHER, "university"))
    add_organisation(system, Organisation("keeper", "Keeper", Role.ADMINISTRATOR, "company"))
    model = {
        "granularity": "model",
        "modelName": [{"value": "Desk", "language": "en"}],
        "manufacturer": {"name": "A"},
        "category": "desk",
        "materials": [{"materialClass": "wood-solid"}],
        "technicalDocumentation": [{"url": "https://furniture.example/file.pdf"}],
        "economicOperatorId": "gln:7300010000001",
    }
    piece = {**legacy, "economicOperatorId": "gln:7300010000001", "modelPassport": "#0"}
    del piece["isSecondHandLegacy"]
    issued = send(model, piece, by="rival").issued
    found: dict[Tier, str] = {}
    for each in reversed(issued):
        for document in system.history.documents(each.code):
            found.setdefault(document.tier, document.id)
    assert set(found) == TIERS
    return found


@pytest.mark.parametrize(
    ("slug", "sees"),
    [
        ("rival", TIERS),
        ("town", {Tier.PUBLIC, Tier.LEGITIMATE_INTEREST, Tier.OWNER}),
        ("maker", {Tier.PUBLIC, Tier.LEGITIMATE_INTEREST, Tier.AUTHORITY}),
        ("watch", {Tier.PUBLIC, Tier.LEGITIMATE_INTEREST, Tier.AUTHORITY}),
        ("school", {Tier.PUBLIC}),
        ("keeper", {Tier.PUBLIC}),
    ],
    ids=["issuer", "owner", "operator", "authority", "researcher", "administrator"],
)
def test_a_document_is_shown_to_those_whom_its_tier_names(
    system: System, caller: Callable[[str], Caller], restricted: dict[Tier, str], slug: str, sees: set[Tier]
) -> None:
    seen = set()
    for tier, document_id in restricted.items():
        try:
            assert resolution.credential(system, document_id, caller(slug)).id == document_id
            seen.add(tier)
        except NotFound:
            continue
    assert seen == sees


def test_without_a_token_or_its_reading_scope_only_public_documents_are_shown(
    system: System, restricted: dict[Tier, str]
) -> None:
    submitter = Caller("t", "rival", Role.SUPPLIER, frozenset({Scope.SUBMIT}))
    for tier, document_id in restricted.items():
        if tier is Tier.PUBLIC:
            assert resolution.credential(system, document_id, None).tier is Tier.PUBLIC
            assert resolution.credential(system, document_id, submitter).tier is Tier.PUBLIC
            continue
        with pytest.raises(Unauthenticated):
            resolution.credential(system, document_id, None)
        with pytest.raises(NotFound):
            resolution.credential(system, document_id, submitter)
    with pytest.raises(NotFound):
        resolution.credential(system, "unheard-of", None)


def test_a_restricted_event_is_no_public_event(system: System, restricted: dict[Tier, str]) -> None:
    document = system.history.document(restricted[Tier.OWNER])
    assert document is not None
    assert document.kind is Kind.EVENT
    with pytest.raises(NotFound):
        resolution.event(system, document.id)
    with pytest.raises(NotFound):
        resolution.event(system, restricted[Tier.PUBLIC])
    (public,) = resolution.life(system, document.code)
    assert resolution.event(system, public.id) == public


def test_codes_that_are_miswritten_unknown_or_withdrawn_are_told_apart(
    system: System, send: Send, legacy: dict[str, Any], caller: Callable[[str], Caller]
) -> None:
    code = send(legacy, by="town").issued[0].code
    assert resolution.passport(system, f"{code[:4]}-{code[4:]}".lower()).code == code
    with pytest.raises(UnknownCode):
        resolution.passport(system, complete("00000000"))
    with pytest.raises(Miswritten):
        resolution.passport(system, code[:-1] + ("0" if code[-1] != "0" else "1"))
    with pytest.raises(Miswritten):
        resolution.passport(system, "x")
    withdraw(system, code, reason="Twice.", caller=caller("town"))
    with pytest.raises(Gone) as gone:
        resolution.passport(system, code)
    assert gone.value.values["reason"] == [{"value": "Twice.", "language": "und"}]
    assert gone.value.values["by"] == "Exempelby kommun"
    for read in (resolution.life, lambda s, c: resolution.version(s, c, 1)):
        assert read(system, code)
        with pytest.raises(UnknownCode):
            read(system, complete("00000000"))


def test_versions_are_found_by_number(system: System, send: Send, model: dict[str, Any]) -> None:
    code = send(model).issued[0].code
    send({**model, "netWeight": 8})
    numbers = [inner(each.payload, each.start)["version"] for each in map(_version(system, code), (1, 2))]
    assert numbers == [1, 2]
    for number in (0, 3, -1):
        with pytest.raises(NotFound):
            resolution.version(system, code, number)


def _version(system: System, code: str) -> Callable[[int], Any]:
    return lambda number: resolution.version(system, code, number)


def test_a_piece_is_merged_with_the_version_of_its_model_that_it_was_made_to(
    send: Send, whole: Callable[..., bytes], model: dict[str, Any], piece: dict[str, Any]
) -> None:
    made, item = send(model, piece).issued
    send({**model, "netWeight": 8})
    merged = json.loads(whole(item.code))
    assert list(merged) == ["passport", "batch", "model", "restricted", "state", "composition", "hidden"]
    assert merged["batch"] is None
    assert merged["passport"]["shortCode"] == item.code
    assert (merged["model"]["shortCode"], merged["model"]["version"]) == (made.code, 1)
    assert merged["model"]["netWeight"] == "7.4"
    assert {part["@context"] for part in (merged["passport"], merged["model"])} == {
        "https://w3id.org/furniturepassport/contexts/passport/1.0"
    }
    alone = json.loads(whole(made.code))
    assert alone["model"] is None


def test_keys_are_found_by_the_did_url_of_this_service_alone(system: System) -> None:
    key = system.parties.keys("maker")[0]
    own = system.parties.keys(SERVICE)[0]
    did = system.did("maker")
    found = resolution.verification_key(system, f"{did}#{key.kid}")
    assert found is not None
    assert found.public == key.public
    assert resolution.verification_key(system, f"{system.service_did}#{own.kid}") is not None
    for kid in (
        f"{did}#{own.kid}",
        f"{system.service_did}#{key.kid}",
        f"{system.did('rival')}#{key.kid}",
        f"did:web:passport.example.evil:organisations:maker#{key.kid}",
        f"did:web:evil.example:organisations:maker#{key.kid}",
        key.kid,
        f"#{key.kid}",
        did,
        "",
    ):
        assert resolution.verification_key(system, kid) is None, kid


def test_a_signature_is_checked_from_the_kept_bytes(system: System, send: Send, model: dict[str, Any]) -> None:
    code = send(model).issued[0].code
    document = resolution.version(system, code, 1)
    assert resolution.check_signature(system, document).verification.verdict == "valid"
    changed = replace(document, payload=document.payload.replace(b"Oak", b"Elm"))
    assert resolution.check_signature(system, changed).verification.verdict == "invalid"
