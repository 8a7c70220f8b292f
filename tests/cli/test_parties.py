"""``passport organisation | token | key``: who issues, and what proves it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from passport.adapters.clock import SystemClock
from passport.errors import Unauthenticated
from passport.service import resolution
from passport.service.organisations import authenticate
from passport.settings import Settings
from passport.wiring import opened
from tests.cli.conftest import CHAIR, Run, issued


class TestOrganisations:
    def test_they_are_added_listed_and_given_prefixes(self, store: Run, settings: Settings) -> None:
        added = store(
            *("organisation", "add", "town", "Exempelby kommun", "--role", "owner", "--kind", "municipality"),
            *("--country", "SE", "--identifier", "gln:7300010000001", "--prefix", "9526543"),
        )
        assert added.code == 0
        assert store("organisation", "prefix", "town", "952111").out == "9526543, 952111\n"
        assert "town\towner\tmunicipality\tExempelby kommun\n" in store("organisation", "list").out
        with opened(settings) as running:
            kept = running.system.parties.organisation("town")
        assert kept is not None
        assert (kept.country, kept.identifiers) == ("SE", ("gln:7300010000001",))

    @pytest.mark.parametrize(
        "arguments",
        [
            ("add", "maker", "Again", "--role", "supplier", "--kind", "maker"),
            ("add", "private-party", "P", "--role", "supplier", "--kind", "maker"),
            ("add", "service", "S", "--role", "supplier", "--kind", "maker"),
            ("add", "Upper", "U", "--role", "supplier", "--kind", "maker"),
            ("add", "new", " ", "--role", "supplier", "--kind", "maker"),
            ("add", "new", "New", "--role", "king", "--kind", "maker"),
            ("add", "new", "New", "--role", "supplier", "--kind", "maker", "--prefix", "12x"),
            ("prefix", "maker", "1"),
            ("prefix", "nobody", "9526543"),
        ],
    )
    def test_others_are_refused(self, store: Run, arguments: tuple[str, ...]) -> None:
        before = store("organisation", "list").out
        ended = store("organisation", *arguments)
        assert ended.code == 2
        assert ended.err
        assert store("organisation", "list").out == before

    def test_they_are_named_or_not(self, store: Run, settings: Settings) -> None:
        added = ("organisation", "add", "quiet", "Quiet AB", "--role", "owner", "--kind", "company", "--unnamed")
        assert store(*added).code == 0
        assert "Quiet AB\tunnamed\n" in store("organisation", "list").out
        assert store("organisation", "name", "quiet").out == "Quiet AB is named from now on.\n"
        assert "unnamed" not in store("organisation", "list").out
        assert store("organisation", "unname", "quiet").code == 0
        issued(settings, store("token", "create", "maker").out.strip(), CHAIR)
        assert "Passports name maker" in store("organisation", "unname", "maker").err

    def test_whom_to_ask_is_kept_read_and_erased(self, store: Run) -> None:
        contact = ("organisation", "contact", "maker")
        assert store(*contact).out == "No contact of maker is kept.\n"
        set_one = store(*contact, "--name", "Ada", "--email", "ada@example.org", "--phone", "08-12 34 56")
        assert set_one.out == store(*contact).out == "Ada\tada@example.org\t08-12 34 56\n"
        for wrong in (
            ("--name", "Ada"),
            ("--email", "a@b.c"),
            ("--phone", "1"),
            ("--erase", "--name", "A", "--email", "a@b.c"),
        ):
            assert store(*contact, *wrong).code == 2, wrong
        assert store(*contact, "--erase").out == store(*contact).out == "No contact of maker is kept.\n"
        assert store("organisation", "contact", "nobody").code == 2


class TestTokens:
    def test_they_are_shown_once_listed_without_themselves_and_revoked(
        self, store: Run, settings: Settings, tmp_path: Path
    ) -> None:
        made = store("token", "create", "maker", "--label", "ERP", "--days", "30")
        token = made.out.strip()
        assert token.startswith("fp_")
        listed = store("token", "list", "maker").out
        assert token not in listed
        (row,) = listed.splitlines()
        number, organisation, scopes, state, used, label = row.split("\t")
        assert (organisation, scopes, used, label) == ("maker", "read,submit", "last used never", "ERP")
        assert state.startswith("until ")
        with opened(settings) as running:
            assert authenticate(running.system, token).organisation == "maker"
        assert "last used 20" in store("token", "list").out
        assert store("token", "revoke", number).code == 0
        assert "revoked 20" in store("token", "list", "maker").out
        with opened(settings) as running, pytest.raises(Unauthenticated):
            authenticate(running.system, token)
        for path in (tmp_path / "store").rglob("*"):
            assert not path.is_file() or token.encode() not in path.read_bytes()

    @pytest.mark.parametrize(
        "arguments",
        [
            ("create", "nobody"),
            ("create", "maker", "--days", "0"),
            ("create", "maker", "--scope", "everything"),
            ("create", "maker", "--scope", "administer"),
            ("revoke", "0000"),
        ],
    )
    def test_others_are_refused(self, store: Run, arguments: tuple[str, ...]) -> None:
        ended = store("token", *arguments)
        assert (ended.code, bool(ended.err)) == (2, True)


class TestKeys:
    def test_a_key_is_rotated_and_then_revoked(
        self, store: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (first,) = store("key", "list", "maker").out.splitlines()
        old = first.split("\t")[0]
        (code,) = issued(settings, store("token", "create", "maker").out.strip(), CHAIR)
        assert "rotate first" in store("key", "revoke", "maker", old).err
        new = store("key", "rotate", "maker").out.strip()
        assert new != old
        moment = datetime.now(UTC) + timedelta(minutes=1)
        monkeypatch.setattr(SystemClock, "now", lambda clock: moment)
        assert store("key", "revoke", "maker", old).code == 0
        rows = store("key", "list", "maker").out.splitlines()
        assert [row.split("\t")[0] for row in rows] == [old, new]
        assert "revoked no" not in rows[0]
        assert "retired no\trevoked no" in rows[1]
        with opened(settings) as running:
            document = resolution.version(running.system, code, 1)
            assert resolution.check_signature(running.system, document).verification.verdict == "key-revoked"
        assert store("audit").code == 0

    def test_others_are_refused(self, store: Run) -> None:
        assert store("key", "rotate", "nobody").code == 2
        assert store("key", "revoke", "maker", "none").code == 2

    def test_without_the_secret_nothing_is_rotated(self, store: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        before = store("key", "list", "maker").out
        monkeypatch.delenv("PASSPORT_SIGNING_SECRET")
        assert store("key", "rotate", "maker").code == 2
        monkeypatch.setenv("PASSPORT_SIGNING_SECRET", "another secret that is long enough too")
        assert store("key", "rotate", "maker").code == 2
        assert store("key", "list", "maker").out == before
