"""Status lists: which credentials were revoked, as a signed credential of its own."""

from passport.errors import KeysLocked, NotFound
from passport.proofs import jose, status
from passport.service.organisations import SERVICE
from passport.service.system import System


def status_list(system: System, number: int) -> bytes:
    """One Bitstring Status List credential (v1.0) as ``vc+jwt``, signed by the service.

    The bytes of a list that does not change are stable until the service's key is rotated; the validity starts with
    its first key. Raises ``NotFound`` and ``KeysLocked``.
    """
    if not 0 <= number < max(1, system.history.status_lists()):
        raise NotFound("There is no such status list.")
    keys = system.parties.keys(SERVICE)
    key = next((key for key in reversed(keys) if key.retired is None), None)
    if key is None or not system.signer.unlocked:
        raise KeysLocked("The signing keys are locked: status lists cannot be signed.")
    payload = status.list_payload(
        address=f"{system.base}/status/{number}",
        issuer=system.service_did,
        valid_from=keys[0].created,
        revoked=system.history.revoked(number),
    )
    header = jose.header_for(f"{system.service_did}#{key.kid}")
    signed = jose.signing_input(header, payload)
    return jose.joined(signed, system.signer.sign(key.kid, signed))
