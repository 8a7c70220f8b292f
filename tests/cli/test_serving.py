"""``passport serve``: what it refuses before it listens."""

from pathlib import Path

import pytest

from tests.cli.conftest import SECRET, Run


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
