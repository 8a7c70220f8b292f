"""``passport check`` and ``passport withdraw``: what they print, and with which exit code they end."""

import json
from pathlib import Path

import pytest

from passport.errors import Gone
from passport.service import resolution
from passport.settings import Settings
from passport.wiring import opened
from tests.cli.conftest import BASE, CHAIR, Run, issued

FURNITURE = Path(__file__).parents[2] / "examples" / "furniture"


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
