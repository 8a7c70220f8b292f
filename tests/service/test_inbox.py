"""The inbox: what it keeps for a time, and that nothing of it stays afterwards."""

import json
import threading
from typing import Any

import pytest

from passport.errors import Malformed, Unacceptable
from passport.service import inbox
from passport.service.system import System
from passport.settings import Settings

SECRET_NAME = "Ada Exempelsson"


def _in_files(settings: Settings, text: str) -> bool:
    return any(text.encode() in path.read_bytes() for path in settings.data.rglob("*") if path.is_file())


def test_t36_of_a_refused_submission_nothing_stays_when_its_time_is_over(
    system: System, send: Any, legacy: dict[str, Any], settings: Settings, clock: Any
) -> None:
    with pytest.raises(Unacceptable) as refused:
        send({**legacy, "category": SECRET_NAME}, by="town")
    old = str(refused.value.values["submission"]).rpartition("/")[2]
    kept = system.history.submission(old)
    assert kept is not None
    assert SECRET_NAME in json.dumps(json.loads(kept.answer), ensure_ascii=False)
    assert _in_files(settings, SECRET_NAME)
    clock.forward(days=80)
    done = send(legacy, by="town", key="one")
    size = system.history.size()
    clock.forward(days=10, seconds=-1)
    assert inbox.forget(system, days=90) == 0
    clock.forward(seconds=2)
    assert inbox.forget(system, days=90) == 1
    assert system.history.submission(old) is None
    assert not _in_files(settings, SECRET_NAME)
    assert send(legacy, by="town", key="one").replayed
    clock.forward(days=90)
    assert inbox.forget(system, days=90) == 2, "the submission and its answer"
    assert system.history.size() == size
    assert system.history.read(done.issued[0].code) is not None
    assert system.history.answer("town", "one") is None
    with pytest.raises(Malformed):
        inbox.forget(system, days=0)


def test_it_goes_on_by_itself_and_after_trouble(
    system: System, send: Any, legacy: dict[str, Any], clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(legacy, by="town")
    clock.forward(days=8)
    monkeypatch.setattr(inbox, "RETRY", 0.01)
    stop, done, told = threading.Event(), threading.Event(), []
    real = inbox.forget

    def once_in_trouble(system: System, *, days: int) -> int:
        if not told:
            raise OSError("the disk is full")
        removed = real(system, days=days)
        done.set()
        return removed

    monkeypatch.setattr(inbox, "forget", once_in_trouble)
    asked = {"days": 7, "stop": stop, "tell": told.append}
    thread = threading.Thread(target=inbox.keep_up, args=(system,), kwargs=asked)
    thread.start()
    assert done.wait(120)
    stop.set()
    thread.join()
    assert [str(each) for each in told] == ["the disk is full"]
    with system.history.writing() as writing:
        assert writing.forget("2100", limit=10) == 0
