import base64
import json
from datetime import UTC, datetime

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from passport.proofs import jose
from passport.proofs.jose import Outcome, Verdict, VerificationKey

DID = "did:web:passport.example:organisations:maker"
KID = f"{DID}#2026-1"
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
PUBLIC = PRIVATE.public_key().public_bytes_raw()
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CREDENTIAL = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://w3id.org/furniturepassport/contexts/credential/1.0"],
    "id": "https://passport.example/credentials/1",
    "type": ["VerifiableCredential", "ProductPassportCredential"],
    "issuer": {"id": DID, "name": "Maker"},
    "validFrom": "2026-11-21T11:00:00Z",
    "credentialStatus": {"id": "https://passport.example/status/0#1", "type": "BitstringStatusListEntry"},
    "credentialSubject": {"id": "https://passport.example/p/7KX94M2QZ", "passport": {"name": "Stol å 🪑"}},
}
ALL = range(1, 12)


def token(credential=None, *, header=None, payload=None, private=PRIVATE):
    header = jose.header_for(KID) if header is None else header
    payload = orjson.dumps({**CREDENTIAL, **(credential or {})}) if payload is None else payload
    return jose.compact(header, payload, private.sign(jose.signing_input(header, payload)))


def header(**members):
    return orjson.dumps({"alg": "EdDSA", "typ": "vc+jwt", "cty": "vc", "kid": KID, **members})


def known(kid):
    return VerificationKey(PUBLIC, DID) if kid == KID else None


def check(data, resolve=known, now=NOW, **judges):
    verification = jose.verify(data, resolve, now, **judges)
    assert [each.number for each in verification.checks] == list(ALL)
    assert all(each.detail for each in verification.checks if each.outcome is not Outcome.OK)
    return verification


def failed(verification):
    return {each.number for each in verification.checks if each.outcome is Outcome.FAILED}


def test_what_we_sign_holds():
    verification = check(token(), status=lambda _: True, schema=lambda _: True)
    assert {each.outcome for each in verification.checks} == {Outcome.OK}
    assert verification.verdict is Verdict.VALID
    assert verification.credential == CREDENTIAL
    assert verification.kid == KID


def test_the_parts_come_back_exactly():
    data = token()
    parts = jose.parse(data)
    assert jose.compact(parts.header, parts.payload, parts.signature) == data
    assert orjson.loads(parts.header) == {"alg": "EdDSA", "typ": "vc+jwt", "cty": "vc", "kid": KID}
    assert jose.signature_holds(PUBLIC, parts.header, parts.payload, parts.signature)
    assert not jose.signature_holds(bytes(32), parts.header, parts.payload, parts.signature)


def test_our_bytes_are_those_of_a_stock_library():
    payload = orjson.dumps(CREDENTIAL)
    key = OKPKey.import_key({**jose.jwk(PUBLIC), "d": base64.urlsafe_b64encode(b"\x01" * 32).rstrip(b"=").decode()})
    head = json.loads(jose.header_for(KID))
    assert jws.serialize_compact(head, payload, key, algorithms=["EdDSA"]).encode() == token(payload=payload)


def test_nothing_is_left_out_of_what_cannot_be_checked():
    verification = check(token())
    assert verification.outcome(10) is verification.outcome(11) is Outcome.NOT_CHECKED
    assert verification.verdict is Verdict.VALID
    unknown = check(token(), resolve=lambda _: None)
    assert [unknown.outcome(number) for number in (5, 6, 8)] == [Outcome.NOT_CHECKED] * 3
    assert unknown.verdict is Verdict.UNCHECKED
    assert failed(unknown) == set()


def test_later_checks_run_although_earlier_ones_fail():
    bad = token({"type": ["Other"], "validUntil": "2026-11-20T00:00:00Z"}, header=header(alg="none", typ="JWT"))
    verification = check(bad, status=lambda _: False, schema=lambda _: False)
    assert failed(verification) == {3, 4, 6, 7, 9, 10, 11}
    assert verification.verdict is Verdict.INVALID


@pytest.mark.parametrize(
    "text", [b"", b".", b"..", b"a.b", b"a.b.c.d", b"!!.!!.!!", "é.é.é".encode(), b"e30=.e30=.", b"e30.e30.\n"]
)
def test_what_is_no_jws_fails_and_raises_nothing(text):
    verification = check(text)
    assert 2 in failed(verification)
    assert verification.verdict is Verdict.INVALID


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES256", "ed25519", "", None, 7, ["EdDSA"], {"a": 1}])
def test_t30_other_algorithms_are_refused(algorithm):
    verification = check(token(header=header(alg=algorithm)))
    assert failed(verification) >= {3, 6}
    assert verification.verdict is Verdict.INVALID


def test_t30_the_public_key_is_no_shared_secret():
    forged = jws.serialize_compact(
        {"alg": "HS256", "typ": "vc+jwt", "cty": "vc", "kid": KID},
        orjson.dumps(CREDENTIAL),
        OctKey.import_key(PUBLIC),
        algorithms=["HS256"],
    )
    assert failed(check(forged.encode())) == {3, 6}


def test_the_name_of_rfc_9864_is_accepted():
    assert check(token(header=header(alg="Ed25519"))).verdict is Verdict.VALID
    restricted = VerificationKey(PUBLIC, DID, alg="EdDSA")
    assert failed(check(token(header=header(alg="Ed25519")), resolve=lambda _: restricted)) == {5}


def test_t30_a_missing_signature_fails():
    assert 6 in failed(check(token().rsplit(b".", 1)[0] + b"."))
    assert 2 in failed(check(token().rsplit(b".", 1)[0]))


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_t30_any_changed_bit_fails(data):
    whole = token()
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    changed = bytearray(whole)
    changed[bit >> 3] ^= 1 << (bit & 7)
    verification = check(bytes(changed))
    assert verification.verdict in {Verdict.INVALID, Verdict.UNCHECKED}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_t30_any_changed_bit_of_the_decoded_parts_fails(data):
    parts = list(jose.parse(token()).__getstate__())
    place = data.draw(st.integers(0, 2))
    part = bytearray(parts[place])
    bit = data.draw(st.integers(0, len(part) * 8 - 1))
    part[bit >> 3] ^= 1 << (bit & 7)
    parts[place] = bytes(part)
    assert not jose.signature_holds(PUBLIC, *parts)
    assert check(jose.compact(*parts)).verdict in {Verdict.INVALID, Verdict.UNCHECKED}


def test_t30_a_longer_spelling_of_the_same_signature_is_refused():
    whole = token()
    last = whole[-1:]
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = alphabet[alphabet.index(last) ^ 1 : (alphabet.index(last) ^ 1) + 1]
    with pytest.raises(jose.JwsError, match="canonical"):
        jose.parse(whole[:-1] + other)


@pytest.mark.parametrize("changes", [{"typ": "JWT"}, {"typ": ""}, {"cty": "vp"}, {"cty": ""}])
def test_type_and_content_type(changes):
    assert failed(check(token(header=header(**changes)))) == {4}


def test_content_type_may_be_missing():
    head = orjson.dumps({"alg": "EdDSA", "typ": "vc+jwt", "kid": KID})
    assert check(token(header=head)).verdict is Verdict.VALID


@pytest.mark.parametrize("kid", [None, "", 5, "2026-1", DID])
def test_the_key_is_named_by_a_did_url(kid):
    assert 5 in failed(check(token(header=header(kid=kid))))


def test_critical_extensions_that_nobody_knows_are_refused():
    assert 6 in failed(check(token(header=header(crit=["exp"], exp=1))))


@pytest.mark.parametrize(
    "payload",
    [
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b'{"a":"\\ud800"}',
        b'{"a":1e400}',
        b"[1]",
        b"7",
        b"",
        b"\xff",
        b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
)
def test_payloads_that_readers_could_read_differently_are_refused(payload):
    verification = check(token(payload=payload))
    assert 2 in failed(verification)
    assert verification.outcome(6) is Outcome.OK
    assert verification.outcome(7) is Outcome.NOT_CHECKED


def test_a_header_with_a_member_twice_is_refused():
    twice = header()[:-1] + b',"alg":"EdDSA"}'
    verification = check(token(header=twice))
    assert failed(verification) == {2}
    assert verification.outcome(6) is Outcome.NOT_CHECKED


def test_size_and_depth_are_bounded():
    assert failed(check(b"x" * (jose.MAX_BYTES + 1))) == {1, 2}
    deep = orjson.dumps({**CREDENTIAL, "x": json.loads("[" * 70 + "]" * 70)})
    assert failed(check(token(payload=deep))) == {1, 2}
    flat = token({"note": "[{" * 200 + '\\"'})
    assert check(flat).verdict is Verdict.VALID


def test_large_documents_are_verified():
    assert check(token({"note": "x" * 300_000})).verdict is Verdict.VALID


@pytest.mark.parametrize(
    "change",
    [
        {"@context": ["https://example.org/"]},
        {"@context": "https://www.w3.org/ns/credentials/v2"},
        {"type": "VerifiableCredential"},
        {"credentialSubject": {}},
        {"credentialSubject": None},
        {"vc": {}},
        {"vp": {}},
        {"iss": "did:web:other.example"},
        {"id": "relative"},
        {"id": 7},
        {"validFrom": "2026-11-21T11:00:00"},
        {"validFrom": 5},
        {"validUntil": "soon"},
        {"credentialStatus": {"id": "x"}},
        {"credentialStatus": "x"},
    ],
)
def test_the_data_model_is_checked(change):
    assert failed(check(token(change))) == {7}


def test_no_issuer():
    assert failed(check(token({"issuer": None}))) == {7, 8}


def test_the_issuer_controls_the_key():
    assert failed(check(token({"issuer": "did:web:thief.example"}))) == {8}
    assert check(token({"issuer": DID, "iss": DID})).verdict is Verdict.VALID


def test_the_period_of_validity_allows_for_clocks():
    assert check(token({"validFrom": "2026-11-21T12:04:59Z"})).verdict is Verdict.VALID
    assert check(token({"validFrom": "2026-11-21T13:05:01+01:00"})).verdict is Verdict.NOT_IN_FORCE
    assert check(token({"validUntil": "2026-11-21T11:54:00Z"})).verdict is Verdict.NOT_IN_FORCE
    assert check(token({"validUntil": "2026-11-21T11:56:00Z"})).verdict is Verdict.VALID


def test_a_revoked_credential_has_a_good_signature():
    verification = check(token(), status=lambda credential: credential["credentialStatus"] is None)
    assert failed(verification) == {10}
    assert verification.verdict is Verdict.REVOKED
    assert verification.outcome(6) is Outcome.OK


def test_t31_a_key_revoked_later_is_a_state_of_its_own():
    def revoked(_):
        return VerificationKey(PUBLIC, DID, revoked="2026-11-21T11:30:00Z")

    verification = check(token(), resolve=revoked)
    assert verification.verdict is Verdict.KEY_REVOKED
    assert verification.key_revoked == "2026-11-21T11:30:00Z"
    assert failed(verification) == set()
    late = check(token({"validFrom": "2026-11-21T11:30:00Z"}), resolve=revoked)
    assert failed(late) == {5}
    assert late.outcome(6) is Outcome.OK
    assert late.verdict is Verdict.INVALID
    assert failed(check(token({"validFrom": None}), resolve=revoked)) == {5}


def test_t31_what_a_retired_key_signed_verifies_from_the_did_document():
    class Key:
        def __init__(self, kid, public, revoked=None):
            self.kid, self.public, self.revoked = kid, public, revoked

    document = jose.did_document(DID, [Key("2026-1", PUBLIC), Key("2027-1", b"\x02" * 32)])
    method = next(each for each in document["verificationMethod"] if each["id"] == KID)
    assert KID in document["assertionMethod"]
    assert method["type"] == "JsonWebKey"
    stock = jws.deserialize_compact(token(), OKPKey.import_key(method["publicKeyJwk"]), algorithms=["EdDSA"])
    assert json.loads(stock.payload) == CREDENTIAL


def test_t31_a_compromised_key_is_shown_and_may_not_assert():
    class Key:
        kid, public, revoked = "2026-1", PUBLIC, "2026-12-01T00:00:00Z"

    document = jose.did_document(DID, [Key()])
    assert {method["revoked"] for method in document["verificationMethod"]} == {"2026-12-01T00:00:00Z"}
    assert document["assertionMethod"] == []


def test_the_did_document_of_the_reference():
    class Key:
        kid, public, revoked = "2026-1", PUBLIC, None

    assert jose.did_document("did:web:passport.example:issuers:maker", [Key()]) == {
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1",
            "https://w3id.org/security/jwk/v1",
        ],
        "id": "did:web:passport.example:issuers:maker",
        "verificationMethod": [
            {
                "id": "did:web:passport.example:issuers:maker#2026-1",
                "type": "JsonWebKey",
                "controller": "did:web:passport.example:issuers:maker",
                "publicKeyJwk": {"kty": "OKP", "crv": "Ed25519", "x": "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w"},
            },
            {
                "id": "did:web:passport.example:issuers:maker#2026-1-multikey",
                "type": "Multikey",
                "controller": "did:web:passport.example:issuers:maker",
                "publicKeyMultibase": "z6Mkon3Necd6NkkyfoGoHxid2znGc59LU3K7mubaRcFbLfLX",
            },
        ],
        "assertionMethod": [
            "did:web:passport.example:issuers:maker#2026-1",
            "did:web:passport.example:issuers:maker#2026-1-multikey",
        ],
    }


def test_t30_the_published_vector_of_rfc_8037():
    """RFC 8037, appendix A.4: the same key, header and payload give the same bytes."""
    private = Ed25519PrivateKey.from_private_bytes(
        bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    )
    signed = jose.signing_input(b'{"alg":"EdDSA"}', b"Example of Ed25519 signing")
    assert jose.joined(signed, private.sign(signed)) == (
        b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
        b"hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )
