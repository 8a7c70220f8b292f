"""Sessions: a browser that signed in with its organisation's token, for a working day at most."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from passport.errors import Forbidden
from passport.model.access import Caller
from passport.model.moments import written
from passport.ports import Organisation, Session
from passport.service import organisations
from passport.service.system import System

IDLE = timedelta(hours=4)
"""How long a session lasts without being used."""

LONGEST = timedelta(hours=12)
"""How long a session lasts at most, however much it is used."""

_GRAIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who a session speaks for. ``word`` stands in each of its forms: nobody can make it without the cookie."""

    caller: Caller
    organisation: Organisation
    word: str

    def require(self, word: str) -> None:
        """Raise ``Forbidden`` unless a form carries the word of this session; compared in constant time."""
        if not hmac.compare_digest(self.word.encode(), word.encode("utf-8", "surrogatepass")):
            raise Forbidden("This form can only be sent from its own page.")


def begin(system: System, token: str, *, former: str | None = None) -> tuple[str, SignedIn]:
    """Sign in with a token: a new session of 256 random bits, of which only the SHA-256 is kept.

    ``former`` is the secret of a session that the browser had until now: it ends, so that nobody can know the new one
    beforehand. Raises ``Unauthenticated`` for a token that is not good.
    """
    caller = organisations.authenticate(system, token)
    if former is not None:
        end(system, former)
    secret = secrets.token_urlsafe(32)
    now = system.clock.now()
    session = Session(
        digest=_digest(secret),
        token=caller.token,
        organisation=caller.organisation,
        created=written(now),
        expires=written(now + IDLE),
    )
    system.parties.add_session(session)
    return secret, SignedIn(caller, organisations.known(system, caller.organisation), _word(secret))


def resume(system: System, secret: str) -> SignedIn | None:
    """Who a session speaks for now; None when it has ended, or when its token is no longer good. Changes nothing."""
    session = system.parties.session(_digest(secret))
    now = system.now()
    if session is None or session.expires <= now:
        return None
    token = system.parties.token_by_id(session.token)
    if token is None or token.revoked is not None or token.expires <= now:
        return None
    organisation = system.parties.organisation(token.organisation)
    if organisation is None:
        return None
    return SignedIn(Caller(token.id, organisation.slug, organisation.role, token.scopes), organisation, _word(secret))


def prolong(system: System, secret: str) -> None:
    """Note that a session is used: it lasts ``IDLE`` from now, but never longer than ``LONGEST`` in all."""
    session = system.parties.session(_digest(secret))
    if session is None or session.expires <= system.now():
        return
    now = system.clock.now()
    expires = min(now + IDLE, datetime.fromisoformat(session.created) + LONGEST)
    if expires - datetime.fromisoformat(session.expires) >= _GRAIN:
        system.parties.prolong_session(session.digest, written(expires))


def end(system: System, secret: str) -> None:
    """Sign out: the cookie is worth nothing from now on."""
    system.parties.end_session(_digest(secret))


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _word(secret: str) -> str:
    made = hmac.digest(secret.encode("utf-8", "surrogatepass"), b"form", "sha256")
    return urlsafe_b64encode(made).rstrip(b"=").decode("ascii")
