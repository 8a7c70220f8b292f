"""Withdrawal: a passport that must no longer be relied upon becomes a tombstone; its history stays."""

from dataclasses import replace

from passport.codecs import state as states
from passport.codecs.documents import credential_context_of
from passport.errors import Conflict, Forbidden, Malformed, UnknownCode
from passport.model.access import RIGHTS, Caller, Role
from passport.model.events import Event, EventType
from passport.model.lifecycle import fold
from passport.model.naming import code_key
from passport.model.passport import Kind, Product, Standing, Tier
from passport.service.issuance import Draft, Issuing, living, new_id, seal
from passport.service.organisations import SERVICE, known, require_relation
from passport.service.resolution import code_of
from passport.service.system import System

REASON_LENGTH = 1000
_UNSAID = "und"
"""The language of a reason that does not say it (BCP 47)."""


def withdraw(system: System, code: str, *, reason: str, caller: Caller) -> str:
    """Withdraw a passport: a signed event, and the revocation bit of every version. Gives the event's address.

    Only its issuer, its responsible operator or an administrator may; the passport of a piece that somebody owns only
    that owner (of a private person's: nobody) or an administrator, since without it nothing can be recorded. Not
    reversible: the identity is never used again. ``reason`` is public. Raises ``Forbidden``, ``UnknownCode``,
    ``Malformed`` and, for a passport that is withdrawn already, ``Conflict``.
    """
    if not RIGHTS["withdraw"].allows(caller):
        raise Forbidden("This token may not withdraw passports.")
    reason = reason.strip()
    if not 0 < len(reason) <= REASON_LENGTH:
        raise Malformed(f"A withdrawal needs a reason of 1 to {REASON_LENGTH} characters.")
    code = code_of(code)
    organisation = known(system, caller.organisation)
    with system.history.writing() as writing:
        at = system.now()
        product = writing.products([code_key(code)]).get(code_key(code))
        if product is None:
            raise UnknownCode("No product has this code.", code=code)
        require_relation(caller.role is Role.ADMINISTRATOR or caller.organisation in _entitled(product))
        if product.standing is not Standing.ACTIVE:
            raise Conflict("This passport was withdrawn already.", code=code)
        state = fold(states.from_text(product.state), Event(EventType.ARCHIVED, at))
        named = organisation if organisation.public else known(system, SERVICE)
        issuing = Issuing(system, writing, seal(system, named), at=at, submission="")
        event_id = new_id()
        address = f"{system.base}/events/{event_id}"
        body = {
            "id": address,
            "eventType": EventType.ARCHIVED,
            "eventTime": at,
            "recordedAt": at,
            "product": system.product_address(product.key),
            "passport": system.passport_address(code),
            "actorRole": caller.role,
            "reason": [{"value": reason, "language": _UNSAID}],
        }
        newest = writing.version(code, product.version)
        if newest is None:
            raise LookupError(f"version {product.version} of {code} is missing from the history")
        context = credential_context_of(newest.payload).decode()
        drafts = [Draft(event_id, Kind.EVENT, Tier.PUBLIC, body)]
        product, _ = issuing.issue(product, drafts, version=product.version, context=context)
        issuing.settle(replace(living(product, state), state_version=product.state_version + 1))
        issuing.append()
        writing.revoke([each.id for each in system.history.documents(code, kind=Kind.PASSPORT)], at)
    return address


def _entitled(product: Product) -> set[str]:
    """The organisations that may withdraw a passport."""
    return {product.issuer, product.operator} if product.owner is None else {product.owner}
