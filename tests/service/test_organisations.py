"""Organisations, tokens and keys: who is let in, for how long, and what is never kept."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from passport.errors import Conflict, KeysLocked, Malformed, NotFound, Unauthenticated
from passport.model.access import Role, Scope
from passport.ports import Contact, Organisation
from passport.service.organisations import (
    SERVICE,
    add_organisation,
    authenticate,
    create_token,
    did_document,
    erase_contact,
    hide_name,
    known,
    register_prefixes,
    revoke_key,
    rotate_key,
    service_did_document,
    set_contact,
    show_name,
    shown,
)
from passport.service.system import System
from passport.settings import Settings

READ = (Scope.READ,)


def _secret(system: System, slug: str = "maker", **options: Any) -> str:
    given = {"scopes": READ, "label": "test", "valid_for": timedelta(days=1), **options}
    return create_token(system, slug, **given).secret


def test_slugs_that_could_not_stand_in_an_address_are_refused(system: System) -> None:
    odd = ("", "A", "maker ", "-a", "a-", "a_b", "å", "a" * 51, "a/b", "a#b", "a:b", "a%2f", "private-party", "a\n")
    for slug in odd:
        with pytest.raises(Malformed):
            add_organisation(system, Organisation(slug, "Name", Role.SUPPLIER, "maker"))
        assert system.parties.organisation(slug) is None
        assert not system.parties.keys(slug)


def test_a_slug_is_given_once_and_the_services_own_never(system: System) -> None:
    for slug in ("maker", SERVICE):
        before = system.parties.keys(slug)
        with pytest.raises(Conflict):
            add_organisation(system, Organisation(slug, "Other", Role.SUPPLIER, "maker"))
        assert system.parties.keys(slug) == before


def test_prefixes_are_kept_once_and_checked(system: System) -> None:
    changed = register_prefixes(system, "maker", ["9526543", "952111", "952111"])
    assert changed.prefixes == ("9526543", "952111")
    for wrong in ("123", "1234567890123", "12a4", "٠١٢٣", ""):
        with pytest.raises(Malformed):
            register_prefixes(system, "maker", [wrong])
        with pytest.raises(Malformed):
            add_organisation(system, Organisation("new", "New", Role.SUPPLIER, "maker", prefixes=(wrong,)))
    assert known(system, "maker") == changed
    with pytest.raises(NotFound):
        register_prefixes(system, "nobody", ["952111"])


def test_an_organisation_without_a_key_is_never_kept(system: System, tmp_path: Any) -> None:
    from dataclasses import replace

    from passport.adapters.keys import FileSigner

    locked = replace(system, signer=FileSigner(tmp_path / "store" / "keys", None))
    with pytest.raises(KeysLocked):
        add_organisation(locked, Organisation("new", "New", Role.SUPPLIER, "maker"))
    assert system.parties.organisation("new") is None


def test_a_token_is_good_until_it_ends_or_is_revoked(system: System, clock: Any) -> None:
    secret = _secret(system, scopes=(Scope.READ, Scope.SUBMIT), valid_for=timedelta(hours=1))
    caller = authenticate(system, secret)
    assert (caller.organisation, caller.role, caller.scopes) == ("maker", Role.SUPPLIER, {Scope.READ, Scope.SUBMIT})
    (record,) = system.parties.tokens("maker")
    assert record.last_used == system.now()
    clock.forward(minutes=59, seconds=59)
    assert authenticate(system, secret) == caller
    clock.forward(seconds=1)
    with pytest.raises(Unauthenticated):
        authenticate(system, secret)
    other = create_token(system, "maker", scopes=READ, label="", valid_for=timedelta(days=1))
    system.parties.revoke_token(other.record.id, system.now())
    with pytest.raises(Unauthenticated):
        authenticate(system, other.secret)


def test_t08_nothing_but_the_very_token_is_good(system: System) -> None:
    secret = _secret(system)
    near = (secret.upper(), secret.lower(), secret + " ", secret[:-1], secret[3:], secret + "A")
    for wrong in (*near, "", "fp_", "\ud800", "x" * 10_000):
        with pytest.raises(Unauthenticated):
            authenticate(system, wrong)


def test_tokens_that_make_no_sense_are_refused(system: System) -> None:
    for options in (
        {"scopes": ()},
        {"valid_for": timedelta(0)},
        {"valid_for": timedelta(days=-1)},
    ):
        with pytest.raises(Malformed):
            _secret(system, **options)
    with pytest.raises(NotFound):
        _secret(system, "nobody")
    assert not system.parties.tokens()
    assert authenticate(system, _secret(system, SERVICE, scopes=tuple(Scope))).role is Role.ADMINISTRATOR


def test_t31_only_a_retired_key_can_be_revoked(system: System) -> None:
    first = system.parties.keys("maker")[0]
    with pytest.raises(Conflict):
        revoke_key(system, "maker", first.kid)
    second = rotate_key(system, "maker")
    with pytest.raises(NotFound):
        revoke_key(system, "rival", first.kid)
    revoke_key(system, "maker", first.kid)
    kept, current = system.parties.keys("maker")
    assert (kept.kid, kept.retired, kept.revoked) == (first.kid, second.created, system.now())
    assert (current.retired, current.revoked) == (None, None)
    with pytest.raises(NotFound):
        rotate_key(system, "nobody")


def test_did_documents_have_every_key(system: System) -> None:
    rotate_key(system, "maker")
    document = did_document(system, "maker")
    assert document["id"] == "did:web:passport.example:organisations:maker"
    fragments = {each["id"].partition("#")[2] for each in document["verificationMethod"]}
    assert fragments >= {key.kid for key in system.parties.keys("maker")}
    assert service_did_document(system)["id"] == "did:web:passport.example"
    with pytest.raises(NotFound):
        did_document(system, "nobody")


def test_a_company_prefix_belongs_to_one_organisation(system: System) -> None:
    register_prefixes(system, "maker", ["9526543", "9526543"])
    for prefix in ("9526543", "95265", "952654321"):
        with pytest.raises(Conflict):
            register_prefixes(system, "rival", [prefix])


def test_a_gtin_that_was_licensed_singly_is_registered_whole(system: System) -> None:
    assert register_prefixes(system, "maker", ["00000096385074"]).prefixes[-1] == "00000096385074"
    with pytest.raises(Conflict):
        register_prefixes(system, "rival", ["00000096385074"])
    for wrong in ("0000009638507", "00000096385075", "95O6000"):
        with pytest.raises(Malformed):
            register_prefixes(system, "rival", [wrong])


def test_a_name_is_shown_or_not(system: System) -> None:
    add_organisation(system, Organisation("quiet", "Quiet", Role.OWNER, "company", public=False))
    with pytest.raises(NotFound):
        shown(system, "quiet")
    assert did_document(system, "quiet")["verificationMethod"], "readers with a right can check what it signs"
    assert show_name(system, "quiet").public
    assert shown(system, "quiet").name == "Quiet"
    assert not hide_name(system, "quiet").public
    for change in (show_name, hide_name):
        with pytest.raises(NotFound):
            change(system, "nobody")


def test_who_stands_in_passports_stays_named(system: System, send: Any, legacy: dict[str, Any]) -> None:
    send(legacy, by="town")
    with pytest.raises(Conflict):
        hide_name(system, "town")
    assert known(system, "town").public
    hide_name(system, "rival")


def _left(settings: Settings, *texts: str) -> list[tuple[Path, str]]:
    """The files of a store that hold any of the texts."""
    files = [path for path in settings.data.rglob("*") if path.is_file()]
    assert files
    return [(path, text) for path in files for text in texts if text.encode() in path.read_bytes()]


def test_t36_of_an_erased_contact_nothing_stays_in_any_file(system: System, settings: Settings) -> None:
    set_contact(system, Contact("town", " Ada Exempelsson ", "ada@example.org", "+46 8 123 456"))
    assert system.parties.contact("town") == Contact("town", "Ada Exempelsson", "ada@example.org", "+46 8 123 456")
    assert _left(settings, "Ada Exempelsson"), "what is searched for can be found"
    set_contact(system, Contact("town", "Bo Prov", "bo@example.org"))
    assert _left(settings, "Ada Exempelsson", "ada@example.org", "123 456") == []
    erase_contact(system, "town")
    assert system.parties.contact("town") is None
    assert _left(settings, "Bo Prov", "bo@example.org") == []
    erase_contact(system, "town")
    with pytest.raises(NotFound):
        erase_contact(system, "nobody")


def test_what_is_no_contact_is_refused(system: System) -> None:
    for name, email, phone in (
        ("", "a@example.org", ""),
        ("A" * 201, "a@example.org", ""),
        ("A\nB", "a@example.org", ""),
        ("A", "", ""),
        ("A", "a", ""),
        ("A", "a@b@c", ""),
        ("A", "a b@example.org", ""),
        ("A", "a@" + "b" * 260, ""),
        ("A", "a@example..org", ""),
        ("A", "a@example.org", "call me"),
        ("A", "a@example.org", "+46" * 20),
    ):
        with pytest.raises(Malformed):
            set_contact(system, Contact("town", name, email, phone))
    with pytest.raises(NotFound):
        set_contact(system, Contact("nobody", "A", "a@example.org"))
    assert system.parties.contact("town") is None
