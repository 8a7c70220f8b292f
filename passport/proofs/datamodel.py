"""The rules of VCDM 2.0 that can be told from a credential alone, without its schema or its contexts."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_CREDENTIALS_CONTEXT = "https://www.w3.org/ns/credentials/v2"
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+")


def data_model_flaw(credential: Mapping[str, Any]) -> str | None:
    """What breaks a rule of VCDM 2.0 or VC-JOSE-COSE in a credential, as far as it shows without a schema."""
    context, types = credential.get("@context"), credential.get("type")
    subject, start = credential.get("credentialSubject"), credential.get("validFrom")
    end, own = credential.get("validUntil"), credential.get("id", "urn:x")
    status = credential.get("credentialStatus")
    flaws = {
        "the first context is not that of VCDM 2.0": not isinstance(context, list)
        or context[:1] != [_CREDENTIALS_CONTEXT],
        "type lacks VerifiableCredential": not isinstance(types, list) or "VerifiableCredential" not in types,
        "there is no issuer": not _ABSOLUTE.fullmatch(issuer_of(credential)),
        "there is no subject": not isinstance(subject, dict | list) or not subject,
        "the claims vc and vp are forbidden": "vc" in credential or "vp" in credential,
        "iss differs from the issuer": credential.get("iss", issuer_of(credential)) != issuer_of(credential),
        "the id is no absolute address": not isinstance(own, str) or not _ABSOLUTE.fullmatch(own),
        "validFrom is no time with a zone": start is not None and moment_of(start) is None,
        "validUntil is no time with a zone": end is not None and moment_of(end) is None,
        "a status has no type": status is not None
        and not all(isinstance(each, dict) and each.get("type") for each in _listed(status)),
    }
    return next((flaw for flaw, present in flaws.items() if present), None)


def issuer_of(credential: Mapping[str, Any]) -> str:
    """The issuer's id, whether it stands alone or in an object; empty when there is none."""
    issuer = credential.get("issuer")
    value = issuer.get("id") if isinstance(issuer, dict) else issuer
    return value if isinstance(value, str) else ""


def moment_of(value: object) -> datetime | None:
    """The time that a member states (RFC 3339, with a zone), in UTC; None when it states none."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment.astimezone(UTC)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
