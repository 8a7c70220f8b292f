import gzip
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.ports import STATUS_LIST_SIZE
from passport.proofs import status


def raw(encoded):
    return gzip.decompress(urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)))


def packed(data):
    return "u" + urlsafe_b64encode(gzip.compress(data, mtime=0)).rstrip(b"=").decode()


def test_a_list_has_the_least_allowed_length():
    assert status.BITS == STATUS_LIST_SIZE == 131_072
    assert raw(status.encode([])) == bytes(16_384)


def test_index_0_is_the_left_most_bit():
    bits = raw(status.encode([0, 10, 131_071]))
    assert (bits[0], bits[1], bits[-1]) == (0x80, 0x20, 0x01)


@given(st.frozensets(st.integers(0, status.BITS - 1), max_size=50))
def test_what_is_encoded_is_decoded(indexes):
    encoded = status.encode(indexes)
    assert status.decode(encoded) == indexes
    assert encoded == status.encode(sorted(indexes))
    assert "=" not in encoded


@pytest.mark.parametrize("index", [-1, status.BITS])
def test_an_index_outside_the_list_is_a_fault(index):
    with pytest.raises(ValueError, match="outside"):
        status.encode([index])


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "u",
        "H4sI",
        "uAAAA",
        "u!!",
        packed(bytes(16_383)),
        packed(bytes(16_385)),
        packed(bytes(50_000_000)),
        status.encode([5])[:-8],
    ],
)
def test_what_is_no_list_is_refused(encoded):
    with pytest.raises(status.StatusListError):
        status.decode(encoded)


def test_the_list_is_a_credential():
    payload = status.list_payload(
        address="https://passport.example/status/0",
        issuer="did:web:passport.example",
        valid_from="2026-11-21T12:00:00Z",
        revoked=[7],
    )
    credential = json.loads(payload)
    subject = credential.pop("credentialSubject")
    assert credential == {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "https://passport.example/status/0",
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": "did:web:passport.example",
        "validFrom": "2026-11-21T12:00:00Z",
    }
    assert subject["type"] == "BitstringStatusList"
    assert subject["statusPurpose"] == "revocation"
    assert status.decode(subject["encodedList"]) == {7}
