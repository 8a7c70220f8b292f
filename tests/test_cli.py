"""The command line, from ``init`` to ``restore``: what it prints, and with which exit code it ends."""

import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from passport import cli
from passport.adapters.clock import SystemClock
from passport.adapters.marks import NAME
from passport.adapters.sql.store import DATABASE
from passport.errors import Gone, Unauthenticated
from passport.model.access import Role
from passport.model.search import Query
from passport.ports import Organisation
from passport.service import log, resolution
from passport.service.organisations import add_organisation, authenticate
from passport.service.submissions import submit
from passport.settings import Settings
from passport.wiring import KEYS, create_system, opened

BASE = "https://passport.example"
SECRET = "a signing secret for tests, long enough"
FURNITURE = Path(__file__).parents[1] / "examples" / "furniture"
CHAIR: dict[str, Any] = {
    "granularity": "model",
    "modelName": [{"value": "Oak chair", "language": "en"}],
    "manufacturer": {"name": "Exempel Möbler AB"},
    "category": "visitor-chair",
    "materials": [{"materialClass": "wood-solid", "massShare": 100}],
    "timber": [{"commonName": [{"value": "oak", "language": "en"}], "scientificName": "Quercus robur"}],
}


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the program as its script does, with a store and secret of the test's own."""
    for name in [name for name in os.environ if name.startswith("PASSPORT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PASSPORT_DATA", str(tmp_path / "store"))
    monkeypatch.setenv("PASSPORT_SIGNING_SECRET", SECRET)

    def run(*arguments: str | Path, stdin: bytes = b"") -> Ended:
        monkeypatch.setattr(sys, "argv", ["passport", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return Ended(ended.value.code if isinstance(ended.value.code, int) else 0, printed.out, printed.err)

    return run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with one supplier in it, to be copied."""
    folder = tmp_path_factory.mktemp("made") / "store"
    running = create_system(Settings(data=folder, base_url=BASE, signing_secret=SECRET))
    add_organisation(running.system, Organisation("maker", "Maker AB", Role.SUPPLIER, "maker"))
    running.store.close()
    return folder


@pytest.fixture
def store(run: Run, made: Path, tmp_path: Path) -> Run:
    """The program with a store that has one supplier in it."""
    shutil.copytree(made, tmp_path / "store")
    return run


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "store", signing_secret=SECRET)


def issued(settings: Settings, token: str, *documents: dict[str, Any]) -> list[str]:
    with opened(settings) as running:
        caller = authenticate(running.system, token)
        outcome = submit(
            running.system, body=json.dumps(documents).encode(), media_type="application/json", caller=caller
        )
    return [each.code for each in outcome.issued]


def test_the_script_runs_as_a_process_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from passport.cli import main; main()", "check", "-", "--json"],
        input=json.dumps(CHAIR).encode(),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, json.loads(done.stdout)["ok"]) == (0, True), done.stderr


def test_help_names_every_command(run: Run) -> None:
    text = run("--help").out
    for name in ("demo", "serve", "check", "init", "organisation", "token", "key", "audit", "backup", "restore"):
        assert name in text
    assert run("version").out.strip()
    assert "PASSPORT_SIGNING_SECRET=" in run("settings").out


def test_the_search_index_is_made_anew(store: Run, settings: Settings) -> None:
    token = store("token", "create", "maker").out.strip()
    (code,) = issued(settings, token, CHAIR)
    ended = store("rebuild")
    assert ended.code == 0
    assert "made anew, from" in ended.out
    with opened(settings) as running:
        assert running.system.search.query(Query("oak")).codes == (code,)


def test_an_unknown_command_or_option_is_a_refusal(run: Run) -> None:
    assert run("nothing").code == 2
    assert run("check").code == 2
    assert run("check", "-", "--colour").code == 2


class TestCheck:
    def test_a_clean_file_ends_with_0(self, run: Run) -> None:
        file = FURNITURE / "example-data-office" / "01-hag-h04-credo-4400.ndjson"
        ended = run("check", file)
        assert ended.code == 0
        assert "Errors: 0." in ended.out

    def test_findings_end_with_1_and_stand_in_the_report(self, run: Run, tmp_path: Path) -> None:
        file = tmp_path / "chairs.json"
        file.write_text(json.dumps([CHAIR, {**CHAIR, "category": "visitor-chiar"}]))
        ended = run("check", file)
        assert ended.code == 1
        assert "/category" in ended.out
        assert "visitor-chair" in ended.out
        assert "Documents: 2. Errors: 1." in ended.out

    def test_warnings_alone_end_with_0(self, run: Run) -> None:
        piece = {"granularity": "item", "modelPassport": "09526543000013", "gtin": "09526543000013"}
        ended = run("check", "-", "--json", stdin=json.dumps({**piece, "serialNumber": "1"}).encode())
        report = json.loads(ended.out)
        assert [each["severity"] for each in report["findings"]] == ["warning"] * len(report["findings"])
        assert report["findings"]
        assert ended.code == 0

    @pytest.mark.parametrize("body", [b"", b"{", b'{"a":1,"a":2}', b"\xff", b"[" * 70 + b"]" * 70])
    def test_what_cannot_be_read_ends_with_2(self, run: Run, body: bytes) -> None:
        ended = run("check", "-", stdin=body)
        assert ended.code == 2
        assert json.loads(run("check", "-", "--json", stdin=body).out)["ok"] is False

    def test_a_file_that_is_not_there_ends_with_2(self, run: Run, tmp_path: Path) -> None:
        for path in (tmp_path / "nothing.json", tmp_path):
            ended = run("check", path)
            assert ended.code == 2
            assert str(path) in ended.err

    @pytest.mark.parametrize("language", ["en", "sv", "da", "pl"])
    def test_the_report_speaks_the_language(self, run: Run, language: str) -> None:
        body = json.dumps({**CHAIR, "category": "cheir"}).encode()
        report = json.loads(run("check", "-", "--json", "--language", language, stdin=body).out)
        (finding,) = report["findings"]
        assert finding["code"] == "code-unknown"
        assert finding["pointer"] == "/category"
        other = "en" if language != "en" else "sv"
        (english,) = json.loads(run("check", "-", "--json", "--language", other, stdin=body).out)["findings"]
        assert finding["message"] != english["message"]

    def test_the_ending_of_the_name_tells_the_format(self, run: Run, tmp_path: Path) -> None:
        lines = tmp_path / "chairs.ndjson"
        lines.write_text("\n".join([json.dumps(CHAIR)] * 2))
        assert "Documents: 2. Errors: 0." in run("check", lines).out
        linked = tmp_path / "chair.jsonld"
        linked.write_text(json.dumps({**CHAIR, "@context": "https://elsewhere.example/context"}))
        ended = run("check", linked)
        assert (ended.code, "context-unknown" in ended.out) == (2, True)

    def test_it_needs_neither_store_nor_secret(self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("PASSPORT_SIGNING_SECRET")
        assert run("check", "-", stdin=json.dumps(CHAIR).encode()).code == 0
        assert not (tmp_path / "store").exists()


class TestInit:
    def test_it_makes_a_store_and_an_administrator(self, run: Run, settings: Settings) -> None:
        ended = run("init", "--base-url", BASE)
        assert ended.code == 0
        assert SECRET not in ended.out
        token = ended.out.rpartition(": ")[2].strip()
        with opened(settings) as running:
            assert running.system.base == BASE
            assert authenticate(running.system, token).role == "administrator"
        added = run("organisation", "add", "maker", "Maker AB", "--role", "supplier", "--kind", "maker")
        assert (added.code, added.out) == (0, "maker: did:web:passport.example:organisations:maker\n")
        assert run("token", "create", "maker").code == 0

    def test_a_store_is_made_once(self, store: Run) -> None:
        ended = store("init", "--base-url", "https://other.example")
        assert ended.code == 2
        assert "store" in ended.err

    def test_the_address_is_fixed(self, store: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PASSPORT_BASE_URL", "https://other.example")
        ended = store("audit")
        assert ended.code == 2
        assert BASE in ended.err

    def test_without_a_secret_it_makes_one(self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("PASSPORT_SIGNING_SECRET")
        file = tmp_path / "secret"
        ended = run("init", "--base-url", BASE, "--secret-file", file)
        assert ended.code == 0
        secret = file.read_text().strip()
        assert len(secret) >= 43
        assert secret not in ended.out
        assert file.stat().st_mode & 0o777 == 0o600
        monkeypatch.setenv("PASSPORT_SIGNING_SECRET_FILE", str(file))
        assert run("organisation", "add", "m", "M", "--role", "supplier", "--kind", "maker").code == 0

    def test_without_a_file_the_secret_is_shown_once(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("PASSPORT_SIGNING_SECRET")
        out = run("init", "--base-url", BASE).out
        secret = out.splitlines()[0].rpartition(": ")[2]
        assert len(secret) >= 43
        stored = [path.read_bytes() for path in (tmp_path / "store").rglob("*") if path.is_file()]
        assert not [each for each in stored if secret.encode() in each]
        monkeypatch.setenv("PASSPORT_SIGNING_SECRET", secret)
        assert run("key", "rotate", "service").code == 0

    @pytest.mark.parametrize("base", ["passport.example", "https://passport.example/", "ftp://passport.example", ""])
    def test_the_address_has_the_form_of_one(self, run: Run, base: str, tmp_path: Path) -> None:
        assert run("init", "--base-url", base).code == 2
        assert not (tmp_path / "store").exists()


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


class TestAudit:
    def test_a_sound_history_is_whole(self, store: Run, settings: Settings) -> None:
        assert "0 documents" in store("audit").out
        issued(settings, store("token", "create", "maker").out.strip(), CHAIR, CHAIR)
        ended = store("audit")
        whole = "2 documents: digests, signatures, tree, checkpoints and state are whole.\n"
        assert (ended.code, ended.out, ended.err) == (0, whole, "")

    def test_a_tampered_document_is_named(self, store: Run, settings: Settings, tmp_path: Path) -> None:
        issued(settings, store("token", "create", "maker").out.strip(), CHAIR, CHAIR, CHAIR)
        with closing(sqlite3.connect(tmp_path / "store" / DATABASE)) as connection:
            connection.execute("DROP TRIGGER document_no_update")
            connection.execute(
                "UPDATE document SET payload = CAST(replace(payload, 'Oak', 'Elm') AS BLOB) WHERE position = 1"
            )
            connection.commit()
        ended = store("audit")
        assert ended.code == 1
        assert "position 1: signature: " in ended.out
        assert "position 1: digest: " in ended.out
        assert "position 0: " not in ended.out
        assert "position 2: " not in ended.out

    def test_a_store_that_is_not_there_is_refused(self, run: Run) -> None:
        ended = run("audit")
        assert ended.code == 2
        assert "passport init" in ended.err


class TestLog:
    def test_the_log_tells_how_it_stands_and_is_not_ended_without_need(self, store: Run, settings: Settings) -> None:
        issued(settings, store("token", "create", "maker").out.strip(), CHAIR)
        with opened(settings) as running:
            log.publish(running.system)
        told = store("log", "status")
        assert told.code == 0
        assert "documents: 1\nin the newest checkpoint: 1\n" in told.out
        assert "vkey: " in told.out
        assert store("log", "begin-anew").code == 1
        refused = store("log", "begin-anew", "--documents-are-lost")
        assert refused.code == 2
        assert "Nothing is wrong" in refused.err

    def test_t32_a_mark_that_does_not_fit_is_named_by_audit_and_status(self, store: Run, settings: Settings) -> None:
        issued(settings, store("token", "create", "maker").out.strip(), CHAIR)
        with opened(settings) as running:
            log.publish(running.system)
        mark = settings.data / KEYS / NAME
        for spoilt in (b"\xff", mark.read_bytes().replace(b"\n1\n", b"\n2\n")):
            mark.write_bytes(spoilt)
            ended = store("audit")
            assert ended.code == 1
            assert "checkpoint: the checkpoint kept outside the database cannot be believed" in ended.out
            told = store("log", "status")
            assert told.code == 1
            assert "STOPPED" in told.out

    def test_keys_of_the_log_are_rotated_like_others(self, store: Run, settings: Settings) -> None:
        with opened(settings) as running:
            log.publish(running.system)
        assert store("key", "rotate", "log").code == 0
        assert len(store("key", "list", "log").out.splitlines()) == 2
        assert store("log", "status").out.count("vkey: ") == 2


class TestBackup:
    def test_a_backup_is_restored_elsewhere_and_is_whole(
        self, store: Run, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        token = store("token", "create", "maker").out.strip()
        (code,) = issued(settings, token, CHAIR)
        copy = tmp_path / "copy.sqlite"
        assert store("backup", copy).code == 0
        assert store("backup", copy).code == 2
        assert copy.stat().st_mode & 0o777 == 0o600
        assert store("restore", copy).code == 2
        monkeypatch.setenv("PASSPORT_DATA", str(tmp_path / "second"))
        assert store("restore", copy).code == 0
        assert "1 documents" in store("audit").out
        again = settings.model_copy(update={"data": tmp_path / "second"})
        with opened(settings) as first, opened(again) as second:
            assert second.system.history.read(code) == first.system.history.read(code)
            assert second.system.history.version(code, 1) == first.system.history.version(code, 1)
        (tmp_path / "store" / "keys").rename(tmp_path / "second" / "keys")
        assert issued(again, token, CHAIR)

    def test_what_is_no_backup_is_refused(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "other").write_bytes(b"not a database" * 1000)
        for path in (tmp_path / "nothing", tmp_path / "other"):
            assert run("restore", path).code == 2
        assert not (tmp_path / "store" / DATABASE).exists()


class TestMigrate:
    def test_a_new_store_is_up_to_date(self, store: Run) -> None:
        assert store("migrate").code == 0
        assert store("audit").code == 0

    @pytest.mark.parametrize("command", [("audit",), ("migrate",), ("serve",), ("token", "list")])
    def test_a_newer_store_is_refused_by_every_command(
        self, store: Run, tmp_path: Path, command: tuple[str, ...]
    ) -> None:
        with closing(sqlite3.connect(tmp_path / "store" / DATABASE)) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
            connection.commit()
        ended = store(*command)
        assert ended.code == 2
        assert "newer program" in ended.err


class TestWithdraw:
    def test_a_withdrawn_passport_is_gone(self, store: Run, settings: Settings) -> None:
        (code,) = issued(settings, store("token", "create", "maker").out.strip(), CHAIR)
        assert store("withdraw", code, "--reason", "Twice.", "--as", "nobody").code == 2
        store("organisation", "add", "rival", "Rival A/S", "--role", "supplier", "--kind", "maker")
        assert store("withdraw", code, "--reason", "Mine.", "--as", "rival").code == 2
        ended = store("withdraw", code.lower(), "--reason", "Registered twice.", "--as", "maker")
        assert (ended.code, ended.out.startswith(f"{BASE}/events/")) == (0, True)
        with opened(settings) as running, pytest.raises(Gone):
            resolution.passport(running.system, code)
        assert store("withdraw", code, "--reason", "Again.", "--as", "maker").code == 2
        assert store("audit").code == 0


class TestServe:
    @pytest.mark.parametrize(
        ("name", "value", "word"),
        [
            ("PROT", "80", "prot"),
            ("PORT", "high", "port"),
            ("WORKERS", "0", "workers"),
            ("LOG_LEVEL", "x", "log_level"),
        ],
    )
    def test_unknown_and_wrong_settings_are_refused_by_name(
        self, store: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, word: str
    ) -> None:
        monkeypatch.setenv(f"PASSPORT_{name}", value)
        ended = store("serve")
        assert ended.code == 2
        assert word in ended.err
        assert SECRET not in ended.err

    def test_a_file_with_an_unknown_setting_is_refused(
        self, store: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        file = tmp_path / "settings.toml"
        file.write_text('colour = "green"\n')
        monkeypatch.setenv("PASSPORT_CONFIG", str(file))
        assert "colour" in store("serve").err
        file.write_text("port = \n")
        assert "TOML" in store("serve").err

    def test_a_store_that_is_not_there_is_refused(self, run: Run) -> None:
        ended = run("serve")
        assert ended.code == 2
        assert "passport init" in ended.err
