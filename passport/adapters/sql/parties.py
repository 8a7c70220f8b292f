"""Organisations, their keys, tokens and sessions, what they delegate, and whom to ask, in SQL."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache, cached_property
from typing import Any

from sqlalchemy import ClauseElement, Column, ColumnElement, Select, Table, bindparam, delete, insert, select, update
from sqlalchemy.engine import Dialect

from passport.adapters.sql import tables
from passport.adapters.sql.driver import Connection, Driver, Row
from passport.adapters.sql.prepared import prepare
from passport.adapters.sql.queries import columns, content
from passport.adapters.sql.rows import sealed
from passport.errors import Conflict, Damaged, NotFound, Refusal
from passport.model.access import Role, Scope
from passport.model.events import EventType
from passport.ports import Contact, Delegation, Key, Organisation, Session, Token

_MINUTE = len("2026-11-21T19:24")


class _Table:
    """The statements for one table whose rows are written whole, found by one column; each compiled when first used."""

    def __init__(self, dialect: Dialect, table: Table, found_by: str, *order: ColumnElement[Any] | str) -> None:
        self._dialect, self._table = dialect, table
        self._found: Column[Any] = table.c[found_by]
        self._chosen: Select[Any] = select(*columns(table, content(table))).order_by(*(order or (self._found,)))
        self._names = [column.name for column in table.c]

    @cached_property
    def all(self) -> str:
        return self._sql(self._chosen)

    @cached_property
    def of(self) -> str:
        return self._sql(self._chosen.where(self._found == bindparam("its")), "its")

    @cached_property
    def add(self) -> str:
        return self._sql(insert(self._table), *self._names)

    @cached_property
    def remove(self) -> str:
        return self._sql(delete(self._table).where(self._found == bindparam("its")), "its")

    @cached_property
    def change(self) -> str:
        new: dict[str, Any] = {each: bindparam(f"n_{each}") for each in self._names}
        changing = update(self._table).where(self._found == bindparam("its")).values(new)
        return self._sql(changing, *(f"n_{each}" for each in self._names), "its")

    def _sql(self, statement: ClauseElement, *names: str) -> str:
        return prepare(self._dialect, statement, *names)


class _Tables:
    """The statements for every table here, by what is looked for and by what it is found."""

    def __init__(self, dialect: Dialect) -> None:
        keys, tokens, given = tables.organisation_key, tables.token, tables.delegation
        self.organisation = _Table(dialect, tables.organisation, "slug")
        self.identifiers = _Table(dialect, tables.organisation_identifier, "organisation", "organisation", "place")
        self.prefixes = _Table(dialect, tables.organisation_prefix, "organisation", "organisation", "place")
        self.keys = _Table(dialect, keys, "organisation", keys.c.organisation, keys.c.place)
        self.key = _Table(dialect, keys, "kid")
        newest = (tokens.c.created.desc(), tokens.c.id)
        self.token = _Table(dialect, tokens, "digest")
        self.token_by_id = _Table(dialect, tokens, "id")
        self.tokens = _Table(dialect, tokens, "organisation", *newest)
        self.session = _Table(dialect, tables.session, "digest")
        expired = delete(tables.session).where(tables.session.c.expires < bindparam("now"))
        self.forget_sessions = prepare(dialect, expired, "now")
        latest = (given.c.created.desc(), given.c.id)
        self.delegation = _Table(dialect, given, "id")
        self.delegations_by = _Table(dialect, given, "owner", *latest)
        self.delegations_to = _Table(dialect, given, "delegate", *latest)
        self.contact = _Table(dialect, tables.contact, "organisation")


@cache
def _statements(dialect: Dialect) -> _Tables:
    """The statements in a dialect; the same ones for every store."""
    return _Tables(dialect)


class SqlParties:
    """Organisations, keys and tokens in SQL (``passport.ports.Parties``)."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._sql = _statements(driver.dialect)
        self._used: dict[str, str] = {}

    def add_organisation(self, organisation: Organisation, key: Key | None = None) -> None:
        """Keep a new organisation, and its first key with it, both or neither; a taken slug raises ``Conflict``."""
        with self._driver.transaction() as connection:
            try:
                connection.execute(self._sql.organisation.add, _organisation_row(organisation))
            except self._driver.integrity_errors as error:
                raise Conflict(
                    f"An organisation {organisation.slug} exists already.", slug=organisation.slug
                ) from error
            self._add_lists(connection, organisation)
            if key is not None:
                self._add_key(connection, key)

    def change_organisation(self, organisation: Organisation) -> None:
        """Replace an organisation's record; an unknown slug raises ``NotFound``."""
        slug = organisation.slug
        with self._driver.transaction() as connection:
            row = _organisation_row(organisation)
            if connection.execute(self._sql.organisation.change, (*row, slug)).rowcount == 0:
                raise NotFound(f"There is no organisation {slug[:60]}.", slug=slug)
            connection.execute(self._sql.identifiers.remove, (slug,))
            connection.execute(self._sql.prefixes.remove, (slug,))
            self._add_lists(connection, organisation)

    def organisation(self, slug: str) -> Organisation | None:
        """One organisation."""
        row = self._driver.one(self._sql.organisation.of, (slug,))
        if row is None:
            return None
        identifiers = self._driver.all(self._sql.identifiers.of, (slug,))
        return _organisation_of(row, identifiers, self._driver.all(self._sql.prefixes.of, (slug,)))

    def organisations(self) -> Sequence[Organisation]:
        """All organisations by slug."""
        identifiers = _by_first(self._driver.all(self._sql.identifiers.all))
        prefixes = _by_first(self._driver.all(self._sql.prefixes.all))
        return [
            _organisation_of(row, identifiers.get(row[0], ()), prefixes.get(row[0], ()))
            for row in self._driver.all(self._sql.organisation.all)
        ]

    def add_key(self, key: Key) -> None:
        """Keep a public key; the organisation's other keys without ``retired`` are retired at ``key.created``."""
        with self._driver.transaction() as connection:
            self._add_key(connection, key)

    def _add_key(self, connection: Connection, key: Key) -> None:
        rows = connection.execute(self._sql.keys.of, (key.organisation,)).fetchall()
        for row in rows:
            if row[5] is None:
                self._change_key(connection, row[2], replace(_key_of(row), retired=key.created))
        try:
            connection.execute(self._sql.key.add, _key_row(key, len(rows)))
        except self._driver.integrity_errors as error:
            raise Conflict("This key id was used before.", kid=key.kid) from error

    def revoke_key(self, kid: str, at: str) -> None:
        """Mark a key as compromised at that time; the first time is kept; unknown: ``NotFound``."""
        with self._driver.transaction() as connection:
            row = connection.execute(self._sql.key.of, (kid,)).fetchone()
            if row is None:
                raise NotFound(f"There is no key {kid[:60]}.", kid=kid)
            if row[6] is None:
                self._change_key(connection, row[2], replace(_key_of(row), revoked=at))

    def keys(self, organisation: str) -> Sequence[Key]:
        """All keys of an organisation, oldest first."""
        return [_key_of(row) for row in self._driver.all(self._sql.keys.of, (organisation,))]

    def add_token(self, token: Token) -> None:
        """Keep a token's record; an id or digest that is there already raises ``Conflict``."""
        with self._driver.transaction() as connection:
            try:
                connection.execute(self._sql.token.add, _token_row(token))
            except self._driver.integrity_errors as error:
                raise Conflict("This token is kept already.", token=token.id) from error

    def token(self, digest: bytes) -> Token | None:
        """The token with that SHA-256, also when expired or revoked."""
        row = self._driver.one(self._sql.token.of, (digest,))
        return None if row is None else _token_of(row)

    def token_by_id(self, token_id: str) -> Token | None:
        """The token with that id, also when expired or revoked."""
        row = self._driver.one(self._sql.token_by_id.of, (token_id,))
        return None if row is None else _token_of(row)

    def tokens(self, organisation: str | None = None) -> Sequence[Token]:
        """Tokens, newest first."""
        if organisation is None:
            rows = self._driver.all(self._sql.tokens.all)
        else:
            rows = self._driver.all(self._sql.tokens.of, (organisation,))
        return [_token_of(row) for row in rows]

    def revoke_token(self, token_id: str, at: str) -> None:
        """Revoke a token; revoking twice keeps the first time; unknown: ``NotFound``."""
        with self._driver.transaction() as connection:
            token = self._token_in(connection, token_id)
            if token.revoked is None:
                connection.execute(self._sql.token_by_id.change, (*_token_row(replace(token, revoked=at)), token_id))

    def used(self, token_id: str, at: str) -> None:
        """Note when a token was last used, at a grain of a minute; left out when the store cannot do it at once."""
        minute = at[:_MINUTE]
        if self._used.get(token_id) == minute:
            return
        try:
            with self._driver.transaction(wait=0) as connection:
                token = self._token_in(connection, token_id)
                connection.execute(self._sql.token_by_id.change, (*_token_row(replace(token, last_used=at)), token_id))
        except (Refusal, Damaged):
            return
        self._used[token_id] = minute

    def add_session(self, session: Session) -> None:
        """Keep a session, and forget those that have expired."""
        row = sealed(session.digest, session.token, session.organisation, session.created, session.expires)
        with self._driver.transaction() as connection:
            connection.execute(self._sql.forget_sessions, (session.created,))
            connection.execute(self._sql.session.add, row)

    def session(self, digest: bytes) -> Session | None:
        """The session with that SHA-256, also when expired."""
        row = self._driver.one(self._sql.session.of, (digest,))
        return None if row is None else Session(*row)

    def prolong_session(self, digest: bytes, expires: str) -> None:
        """Let a session last until another time; left undone when the store is busy, full or failing."""
        try:
            with self._driver.transaction(wait=0) as connection:
                row = connection.execute(self._sql.session.of, (digest,)).fetchone()
                if row is not None:
                    kept = replace(Session(*row), expires=expires)
                    row = sealed(kept.digest, kept.token, kept.organisation, kept.created, kept.expires)
                    connection.execute(self._sql.session.change, (*row, digest))
        except (Refusal, Damaged):
            return

    def end_session(self, digest: bytes) -> None:
        """Forget a session; one that is not there is no trouble."""
        with self._driver.transaction() as connection:
            connection.execute(self._sql.session.remove, (digest,))

    def add_delegation(self, delegation: Delegation) -> None:
        """Keep a delegation."""
        with self._driver.transaction() as connection:
            connection.execute(self._sql.delegation.add, _delegation_row(delegation))

    def delegations(self, *, owner: str | None = None, delegate: str | None = None) -> Sequence[Delegation]:
        """Delegations by an owner, to a delegate, or both, also revoked ones, newest first."""
        if delegate is not None:
            rows = self._driver.all(self._sql.delegations_to.of, (delegate,))
        elif owner is not None:
            rows = self._driver.all(self._sql.delegations_by.of, (owner,))
        else:
            rows = self._driver.all(self._sql.delegations_by.all)
        return [each for each in map(_delegation_of, rows) if owner is None or each.owner == owner]

    def revoke_delegation(self, delegation_id: str, at: str) -> None:
        """Revoke a delegation; revoking twice keeps the first time; unknown: ``NotFound``."""
        with self._driver.transaction() as connection:
            row = connection.execute(self._sql.delegation.of, (delegation_id,)).fetchone()
            if row is None:
                raise NotFound(f"There is no delegation {delegation_id[:60]}.", delegation=delegation_id)
            kept = _delegation_of(row)
            if kept.revoked is None:
                changed = _delegation_row(replace(kept, revoked=at))
                connection.execute(self._sql.delegation.change, (*changed, delegation_id))

    def contact(self, organisation: str) -> Contact | None:
        """Whom to ask in an organisation."""
        row = self._driver.one(self._sql.contact.of, (organisation,))
        return None if row is None else Contact(*row)

    def set_contact(self, contact: Contact) -> None:
        """Keep whom to ask, in the place of the one before; an unknown organisation raises ``NotFound``."""
        row = sealed(contact.organisation, contact.name, contact.email, contact.phone)
        with self._driver.transaction() as connection:
            if connection.execute(self._sql.organisation.of, (contact.organisation,)).fetchone() is None:
                raise NotFound(f"There is no organisation {contact.organisation[:60]}.", slug=contact.organisation)
            connection.execute(self._sql.contact.remove, (contact.organisation,))
            connection.execute(self._sql.contact.add, row)

    def erase_contact(self, organisation: str) -> None:
        """Forget whom to ask; nothing of it stays."""
        with self._driver.transaction() as connection:
            connection.execute(self._sql.contact.remove, (organisation,))

    def _token_in(self, connection: Connection, token_id: str) -> Token:
        row = connection.execute(self._sql.token_by_id.of, (token_id,)).fetchone()
        if row is None:
            raise NotFound(f"There is no token {token_id[:60]}.", token=token_id)
        return _token_of(row)

    def _add_lists(self, connection: Connection, organisation: Organisation) -> None:
        for table, values in (
            (self._sql.identifiers, organisation.identifiers),
            (self._sql.prefixes, organisation.prefixes),
        ):
            rows = [sealed(organisation.slug, place, value) for place, value in enumerate(values)]
            connection.executemany(table.add, rows)

    def _change_key(self, connection: Connection, place: int, key: Key) -> None:
        connection.execute(self._sql.key.change, (*_key_row(key, place), key.kid))


def _organisation_row(each: Organisation) -> Row:
    said = (each.slug, each.name, each.role.value, each.kind, each.country, each.web, each.created)
    return sealed(*said, int(each.public))


def _organisation_of(row: Row, identifiers: Iterable[Row], prefixes: Iterable[Row]) -> Organisation:
    slug, name, role, kind, country, web, created, public = row
    try:
        rank = Role(role)
    except ValueError as error:
        raise Damaged(f"the row of organisation {slug!r} is damaged") from error
    named, owned = tuple(each[2] for each in identifiers), tuple(each[2] for each in prefixes)
    return Organisation(slug, name, rank, kind, country, web, named, owned, created, bool(public))


def _key_row(key: Key, place: int) -> Row:
    return sealed(key.kid, key.organisation, place, key.public, key.created, key.retired, key.revoked)


def _key_of(row: Row) -> Key:
    kid, organisation, _, public, created, retired, revoked = row
    return Key(kid, organisation, public, created, retired, revoked)


def _token_row(token: Token) -> Row:
    scopes = " ".join(sorted(scope.value for scope in token.scopes))
    times = (token.created, token.expires, token.revoked, token.last_used)
    return sealed(token.id, token.digest, token.organisation, scopes, token.label, *times)


def _token_of(row: Row) -> Token:
    token_id, digest, organisation, scopes, *rest = row
    try:
        granted = frozenset(Scope(scope) for scope in scopes.split())
    except (ValueError, AttributeError) as error:
        raise Damaged(f"the row of token {token_id!r} is damaged") from error
    return Token(token_id, digest, organisation, granted, *rest)


def _delegation_row(each: Delegation) -> Row:
    events, codes = " ".join(sorted(each.events)), " ".join(sorted(each.codes))
    times = (each.starts, each.until, each.created)
    return sealed(each.id, each.owner, each.delegate, events, *times, codes, each.revoked)


def _delegation_of(row: Row) -> Delegation:
    delegation_id, owner, delegate, events, starts, until, created, codes, revoked = row
    try:
        meant = frozenset(EventType(each) for each in events.split())
    except (ValueError, AttributeError) as error:
        raise Damaged(f"the row of delegation {delegation_id!r} is damaged") from error
    pieces = frozenset(codes.split())
    return Delegation(delegation_id, owner, delegate, meant, starts, until, created, pieces, revoked)


def _by_first(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row[0], []).append(row)
    return grouped
