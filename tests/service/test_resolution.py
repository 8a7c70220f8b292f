"""What is read: passports, versions and signatures."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from passport.codecs.documents import inner
from passport.errors import Gone, Miswritten, NotFound, UnknownCode
from passport.model.access import Caller
from passport.model.shortcode import complete
from passport.service import resolution
from passport.service.organisations import SERVICE
from passport.service.submissions import Outcome
from passport.service.system import System
from passport.service.withdrawal import withdraw

Send = Callable[..., Outcome]


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
