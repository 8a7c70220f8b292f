"""The index follows the log: late, never wrong, made anew by the code that runs every day."""

import json
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from passport.model.access import Caller
from passport.model.search import Query
from passport.service import search
from passport.service.submissions import submit
from passport.service.system import System
from passport.service.withdrawal import withdraw
from passport.settings import Settings
from passport.wiring import Running, opened

CHAIR: dict[str, Any] = {
    "granularity": "model",
    "modelName": [{"value": "Oak chair", "language": "en"}],
    "manufacturer": {"name": "Exempel Möbler AB"},
    "category": "visitor-chair",
    "netWeight": 7.4,
    "materials": [{"materialClass": "wood-solid", "massShare": 100}],
    "packaging": [{"materialClass": "paper-board", "mass": 1}],
}
Send = Callable[..., list[str]]


@pytest.fixture
def send(system: System, caller: Callable[[str], Caller]) -> Send:
    def sent(*documents: dict[str, Any]) -> list[str]:
        body = json.dumps(documents).encode()
        outcome = submit(system, body=body, media_type="application/json", caller=caller("maker"))
        return [each.code for each in outcome.issued]

    return sent


def found(system: System, text: str = "", **codes: str) -> set[str]:
    asked = Query(text, {key: frozenset({value}) for key, value in codes.items()}, limit=100)
    return set(search.find(system, asked).codes)


def rows(settings: Settings) -> dict[str, list[str]]:
    """All that the index knows, without its own numbers."""
    (path,) = (settings.data / "search").glob("*.sqlite")
    asked = {
        "product": "SELECT p.code, p.identifiers, d.digest, d.products FROM product p JOIN description d "
        "ON d.id = p.description",
        "code": "SELECT d.digest, c.key, c.value FROM code c JOIN description d ON d.id = c.description",
        "measure": "SELECT d.digest, m.field, m.low, m.high FROM measure m JOIN description d ON d.id = m.description",
        "number": "SELECT i.value, p.code FROM identifier i JOIN product p ON p.id = i.product",
        "progress": "SELECT * FROM progress",
    }
    with closing(sqlite3.connect(path)) as connection:
        return {name: sorted(map(repr, connection.execute(sql))) for name, sql in asked.items()}


def test_every_day_and_anew_come_to_the_same(
    system: System, settings: Settings, send: Send, caller: Callable[[str], Caller]
) -> None:
    (model,) = send(CHAIR)
    pieces = send(*({"granularity": "item", "modelPassport": model, "serialNumber": f"S-{n}"} for n in range(5)))
    search.find(system, Query())
    send({**CHAIR, "uniqueProductIdentifier": model, "modelName": [{"value": "Ash chair", "language": "en"}]})
    search.find(system, Query())
    withdraw(system, pieces[0], reason="Burnt.", caller=caller("maker"))
    search.find(system, Query())
    every_day = rows(settings)
    progress: list[int] = []
    assert search.rebuild(system, progress=lambda done, _: progress.append(done)) == system.history.size()
    assert rows(settings) == every_day
    assert progress[-1] == system.history.size()
    assert search.lag(system) == 0


def test_pieces_are_found_by_what_is_true_of_the_version_they_were_made_to(system: System, send: Send) -> None:
    (model,) = send(CHAIR)
    (piece,) = send({"granularity": "item", "modelPassport": model, "serialNumber": "S-1"})
    changed = {**CHAIR, "uniqueProductIdentifier": model, "modelName": [{"value": "Beech chair", "language": "en"}]}
    send({**changed, "revision": {"revisionType": "change"}})
    assert found(system, "oak") == {piece}
    assert found(system, "beech") == {model}
    assert found(system, "wood", level="item") == found(system, "visitor chair", level="item") == {piece}


def test_corrections_of_a_model_reach_its_pieces(system: System, send: Send) -> None:
    (model,) = send(CHAIR)
    (piece,) = send({"granularity": "item", "modelPassport": model, "serialNumber": "S-1"})
    assert found(system, "oak") == {model, piece}
    changed = {**CHAIR, "uniqueProductIdentifier": model, "modelName": [{"value": "Beech chair", "language": "en"}]}
    send({**changed, "revision": {"revisionType": "correction"}})
    assert found(system, "oak") == set()
    assert found(system, "beech") == {model, piece}


def test_what_is_around_a_product_is_not_its_material(system: System, send: Send) -> None:
    (model,) = send(CHAIR)
    assert found(system, material="wood-solid") == {model}
    assert found(system, material="paper-board") == set()
    assert found(system, has="packaging") == {model}


def test_an_index_that_knows_another_log_begins_anew(running: Running, settings: Settings, send: Send) -> None:
    """After a restore the log may be shorter, or of the same length and another one."""
    system = running.system
    kept = settings.data.parent / "kept.sqlite"
    send(CHAIR)
    running.store.backup(kept)
    for name in ("Zebra", "Giraffe"):
        (code,) = send({**CHAIR, "modelName": [{"value": name, "language": "en"}]})
        assert found(system, name) == {code}
        with closing(sqlite3.connect(kept)) as source, closing(sqlite3.connect(running.store.database.path)) as target:
            running.store.database.close()
            source.backup(target)
        assert search.lag(system) <= 1
        search.Follower(system).step()
        assert found(system, name) == set()
        assert len(found(system, "oak")) == 1
        send({**CHAIR, "modelName": [{"value": "Okapi", "language": "en"}]})
        assert len(found(system, "oak")) == 1


def test_a_question_heals_what_is_damaged(system: System, settings: Settings, send: Send) -> None:
    (model,) = send(CHAIR)
    assert found(system, "oak") == {model}
    shutil.rmtree(settings.data / "search")
    assert found(system, "oak") == {model}
    (path,) = (settings.data / "search").glob("*.sqlite")
    path.write_bytes(b"no database" * 1000)
    assert found(system, "oak") == {model}


def test_many_processes_do_no_work_twice(system: System, settings: Settings, send: Send) -> None:
    send(CHAIR, *({"granularity": "item", "modelPassport": "#0", "serialNumber": f"S-{n}"} for n in range(300)))
    with opened(settings) as other:
        systems = [system, other.system, system, other.system]
        threads = [threading.Thread(target=search.catch_up, args=(each,), kwargs={"seconds": 600}) for each in systems]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert search.lag(system) == search.lag(other.system) == 0
        hits = search.find(other.system, Query("oak", counted=("level",)))
    assert hits.total == 301
    assert dict(hits.counts["level"]) == {"item": 300, "model": 1}


def _in_the_way(folder: Path) -> bool:
    """Let a file take the place of a folder, which may be made anew meanwhile; whether it could."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(IsADirectoryError):
        folder.write_text("in the way")
    return folder.is_file()


def test_it_keeps_up_by_itself_and_tells_what_goes_wrong(
    system: System, settings: Settings, send: Send, monkeypatch: pytest.MonkeyPatch, until: Any
) -> None:
    send(CHAIR)
    stop, told = threading.Event(), threading.Event()
    troubles: list[Exception] = []

    def tell(wrong: Exception) -> None:
        troubles.append(wrong)
        told.set()

    monkeypatch.setattr(search, "INTERVAL", 0.01)
    monkeypatch.setattr(search, "RETRY", 0.01)
    thread = threading.Thread(target=search.keep_up, args=(system,), kwargs={"stop": stop, "tell": tell})
    thread.start()
    until(lambda: search.lag(system) == 0)
    until(lambda: _in_the_way(settings.data / "search"))
    assert told.wait(120)
    (settings.data / "search").unlink()
    until(lambda: (settings.data / "search").is_dir() and search.lag(system) == 0)
    stop.set()
    thread.join()
    assert search.lag(system) == 0
    assert troubles


def test_examples_of_fields_and_codes(system: System, send: Send) -> None:
    (model,) = send(CHAIR)
    search.find(system, Query())
    assert search.example_of(system, field="netWeight") == model
    assert search.example_of(system, field="materialClass") == model
    assert search.example_of(system, code=("material-class", "wood-solid")) == model
    assert search.example_of(system, code=("furniture-category", "visitor-chair")) == model
    assert search.example_of(system, field="carbonFootprint") is None
    assert search.example_of(system, code=("material-class", "metal-steel")) is None


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("ofice chiar", "office-chair"), ("kontorstsol", "office-chair"), ("krzeslo biurowe", "office-chair")],
)
def test_mistyped_kinds(system: System, typed: str, kind: str) -> None:
    assert kind in {each.code for each in search.kinds_like(system.published, typed)}
    assert search.kinds_like(system.published, "xyzzy") == ()


def test_another_product_group_is_found_without_a_line_of_its_own(system: System, send: Send) -> None:
    jacket = {
        "granularity": "model",
        "productGroup": "workwear",
        "modelName": [{"value": "Hagel 200", "language": "sv"}],
        "manufacturer": {"name": "Exempel Kläder AB"},
        "garmentType": "work-jacket",
        "materials": [
            {
                "materialClass": "textile-mix",
                "fabricPart": "outer",
                "massShare": 100,
                "areaWeight": 245.5,
                "fibreComposition": [
                    {"fibreCode": "polyester", "massShare": 60},
                    {"fibreCode": "cotton", "massShare": 40},
                ],
            }
        ],
        "care": {"careSymbols": ["wash-60", "tumble-low"], "washingTemperature": 60},
    }
    code, chair = send(jacket, CHAIR)
    assert found(system, "jacket") == found(system, "jacka") == found(system, "kurtka") == {code}
    assert (
        found(system, kind="work-jacket") == found(system, fibre="cotton") == found(system, group="workwear") == {code}
    )
    assert found(system, group="furniture") == {chair}
    hits = search.find(system, Query(counted=("group", "kind"), ranges={"care/washingTemperature": (50, 70)}))
    assert hits.codes == (code,)
    assert "work-jacket" in {each.code for each in search.kinds_like(system.published, "work jaket")}
