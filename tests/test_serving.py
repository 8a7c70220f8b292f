"""What runs beside the server: the follower's process, which is started again whatever ended it."""

import sys
import time
from pathlib import Path

import pytest

from passport import serving
from passport.settings import Settings
from tests.ports import free_port

_NOTES = "import sys; open(sys.argv[1], 'a').write('x')"


def _runs(told: Path) -> int:
    return len(told.read_text()) if told.exists() else 0


def test_t21_the_follower_is_started_again_after_there_was_no_room_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    monkeypatch.setattr(serving, "_SOON", 0.05)
    monkeypatch.setattr(serving, "_FOLLOW", (sys.executable, "-c", _NOTES, str(told)))
    settings = Settings(data=tmp_path / "store", base_url=f"http://127.0.0.1:{free_port()}")
    with serving.follower_beside(settings):
        until = time.monotonic() + 300
        while not _runs(told):
            assert time.monotonic() < until
            time.sleep(0.02)
        with monkeypatch.context() as broken:
            broken.setattr(serving, "_FOLLOW", (str(tmp_path / "no-such-program"),))
            time.sleep(0.5)
            before = _runs(told)
        while _runs(told) <= before:
            assert time.monotonic() < until
            time.sleep(0.02)
