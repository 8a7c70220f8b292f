"""Snapshots: exactly the log as of a checkpoint, the same bytes for the same log, and gone when the law wants it."""

import csv
import gzip
import hashlib
import io
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pyoxigraph
import pytest

from passport.adapters.keys import FileSigner
from passport.codecs import csvlines, extracts
from passport.errors import Damaged, KeysLocked, NotFound, SnapshotWithdrawn
from passport.model.passport import Kind, Tier
from passport.proofs import checkpoints, notes
from passport.published.namespaces import SCHEMA
from passport.service import erasure, linked, log, pacing, snapshots, withdrawal
from passport.service.submissions import Outcome
from passport.service.system import System
from passport.settings import Settings

Send = Callable[..., Outcome]
WORDS = "Anna Andersson from room 12 spilled her coffee"


@pytest.fixture
def filled(send: Send, model: Mapping[str, Any], piece: Mapping[str, Any], legacy: Mapping[str, Any]) -> dict[str, str]:
    codes = {name: send(document).issued[0].code for name, document in (("model", model), ("piece", piece))}
    codes["legacy"] = send(legacy, by="town").issued[0].code
    send({"eventType": "repaired", "products": [codes["legacy"]], "repairTypes": ["replace-part-reused"]}, by="town")
    return codes


def content(system: System, name: str, file: str) -> bytes:
    opened = system.snapshots.open(name, file)
    assert opened is not None
    with opened:
        data = opened.read()
    return gzip.decompress(data) if file.endswith(".gz") else data


def rows(system: System, name: str, table: str) -> list[dict[str, str]]:
    text = content(system, name, f"{table}.csv.gz").decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def graphs(data: bytes) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for quad in pyoxigraph.parse(data, format=pyoxigraph.RdfFormat.N_QUADS):
        assert isinstance(quad.graph_name, pyoxigraph.NamedNode)
        found.setdefault(quad.graph_name.value, set()).add(str(quad.triple))
    return found


def test_it_holds_every_graph_as_it_is(system: System, filled: dict[str, str]) -> None:
    taken, new = snapshots.take(system)
    assert new
    found = graphs(content(system, taken.name, "all.nq.gz"))
    wanted = {**linked.shared(system)}
    wanted |= {linked.graph_name(system, code): linked.graph_of(system, code) for code in filled.values()}
    assert found == {
        name: {str(q.triple) for q in pyoxigraph.parse(triples, format=pyoxigraph.RdfFormat.N_TRIPLES)}
        for name, triples in wanted.items()
        if triples
    }
    turtle = b"".join(content(system, taken.name, each.name) for each in taken.files if each.name.endswith(".ttl.gz"))
    together = {str(quad.triple) for quad in pyoxigraph.parse(turtle, format=pyoxigraph.RdfFormat.TURTLE)}
    assert together == set().union(*found.values())
    counted = taken.statistics
    assert counted.triples == sum(map(len, found.values()))
    assert counted.graphs == len(found)
    assert (counted.passports, counted.events) == (3, len(rows(system, taken.name, "events")))
    assert counted.properties[f"{SCHEMA}hasDigitalProductPassport"] == 3


def test_the_manifest_tells_every_file_as_it_is(system: System, settings: Settings, filled: dict[str, str]) -> None:
    taken, _ = snapshots.take(system)
    folder = settings.data / "snapshots" / taken.name
    assert {each.name for each in folder.iterdir()} == {*(each.name for each in taken.files), "manifest.json"}
    for each in taken.files:
        data = (folder / each.name).read_bytes()
        plain = gzip.decompress(data) if each.packed else data
        assert (each.size, each.digest) == (len(data), hashlib.sha256(data).hexdigest())
        assert (each.plain_size, each.plain_digest) == (len(plain), hashlib.sha256(plain).hexdigest())
        if each.name.endswith(".csv.gz"):
            assert each.rows == len(list(csv.reader(io.StringIO(plain.decode(), newline="")))) - 1
    assert snapshots.find(system, taken.name) == taken
    told = json.loads((folder / "manifest.json").read_bytes())
    assert {each["path"]: each["sha256"] for each in told["published"]} == dict(system.published.manifest())


def test_it_is_of_the_log_that_its_checkpoint_signs(system: System, filled: dict[str, str]) -> None:
    taken, _ = snapshots.take(system)
    note = notes.parse(content(system, taken.name, "checkpoint").decode())
    head = checkpoints.head(note.text)
    assert notes.verified(note, log.verifiers(system, head.origin))
    assert (head.size, head.origin) == (taken.size, taken.origin) == (system.history.size(), head.origin)
    assert log.root_at(system, taken.size) == head.root


def test_the_same_log_gives_the_same_bytes_whatever_came_after(
    system: System, send: Send, filled: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = snapshots.take(system)
    point = log.checkpoint(system)
    send({"eventType": "repaired", "products": [filled["legacy"]], "repairTypes": ["replace-part-reused"]}, by="town")
    send({"eventType": "cleaned", "products": [filled["legacy"]]}, by="town")
    monkeypatch.setattr(log, "publish", lambda system: point)
    monkeypatch.setattr(snapshots, "newest", lambda system: None)
    again, new = snapshots.take(system)
    assert new
    assert again.name == f"{first.name}-2"
    assert again.files == first.files


def test_nothing_new_makes_no_new_one(system: System, send: Send, filled: dict[str, str]) -> None:
    first, _ = snapshots.take(system)
    assert snapshots.take(system) == (first, False)
    send({"eventType": "cleaned", "products": [filled["legacy"]]}, by="town")
    second, new = snapshots.take(system)
    assert (new, second.name) == (True, f"{first.name}-2")
    assert snapshots.names(system) == [second.name, first.name]
    assert snapshots.newest(system) == second
    assert len(rows(system, second.name, "events")) == len(rows(system, first.name, "events")) + 1


def test_tables_say_what_the_graph_says(system: System, filled: dict[str, str]) -> None:
    name = snapshots.take(system)[0].name
    found = {each["passport"].rpartition("/")[2]: each for each in rows(system, name, "passports")}
    piece, model, legacy = (found[filled[each]] for each in ("piece", "model", "legacy"))
    assert (model["granularity"], piece["granularity"]) == ("model", "item")
    assert model["name"] == piece["name"] == "Oak chair"
    assert model["category"] == piece["category"] == "visitor-chair"
    assert piece["manufacturer"] == "Exempel Möbler AB"
    assert piece["manufacturer_country"] == "SE"
    assert piece["model"] == model["passport"]
    assert piece["manufacturing_date"] == "2026-05"
    assert model["net_weight_kg"] == piece["net_weight_kg"] == piece["mass_now_kg"] == "7.4"
    assert (legacy["grade"], legacy["made_afterwards"], legacy["times_repaired"]) == ("C", "true", "1")
    assert legacy["owner_type"] == "municipality"
    materials = rows(system, name, "materials")
    assert {each["material_class"] for each in materials} == {"wood-solid", "panel-plywood", "textile-wool"}
    assert {each["component"] for each in materials} == {"frame", "seat"}
    shares = [each for each in rows(system, name, "composition-now") if each["passport"] == piece["passport"]]
    assert sum(float(each["mass_kg"]) for each in shares) == pytest.approx(7.4)
    events = rows(system, name, "events")
    assert {each["standing"] for each in events} == {"counts"}
    (repair,) = (each for each in events if each["event_type"] == "repaired")
    assert (repair["repair_types"], repair["actor_role"]) == ("replace-part-reused", "owner")


def test_the_columns_are_explained(system: System, filled: dict[str, str]) -> None:
    name = snapshots.take(system)[0].name
    told = json.loads(content(system, name, "csv-metadata.json"))
    assert told["@context"][0] == "http://www.w3.org/ns/csvw"
    for table in told["tables"]:
        columns = [each["titles"] for each in table["tableSchema"]["columns"]]
        head = content(system, name, f"{table['url']}.gz").decode().partition("\r\n")[0]
        assert head.split(",") == columns
        assert all(each["dc:description"] for each in table["tableSchema"]["columns"])
    assert len(told["tables"]) == len(extracts.TABLES)


def test_cells_are_no_formulas_and_lines_are_those_of_the_rfc() -> None:
    cells = ["=1+1", "+a", "-a", "@a", "\ta", "\ra", "-1.5", "+3", "a=b", 'a"b', "a,b", "a\r\nb", ""]
    line = csvlines.lines([cells])
    assert line.endswith(b"\r\n")
    (back,) = csv.reader(io.StringIO(line.decode(), newline=""))
    assert back == ["'=1+1", "'+a", "'-a", "'@a", "'\ta", "'\ra", *cells[6:]]


def test_a_withdrawn_passport_has_events_and_no_row(system: System, send: Send, filled: dict[str, str], caller) -> None:
    withdrawal.withdraw(system, filled["legacy"], reason="Registered twice.", caller=caller("town"))
    name = snapshots.take(system)[0].name
    address = system.passport_address(filled["legacy"])
    assert address not in {each["passport"] for each in rows(system, name, "passports")}
    assert address in {each["passport"] for each in rows(system, name, "events")}


def test_t07_what_is_erased_is_in_no_byte_of_any_snapshot(
    system: System, settings: Settings, send: Send, filled: dict[str, str], model: Mapping[str, Any]
) -> None:
    before, _ = snapshots.take(system)
    send({**model, "description": [{"value": WORDS, "language": "en"}]})
    first, _ = snapshots.take(system)
    assert WORDS.encode() in content(system, first.name, "all.nq.gz")
    send(model)
    still, _ = snapshots.take(system)
    documents = system.history.documents(filled["model"], kind=Kind.PASSPORT)
    wrong = next(each for each in documents if WORDS.encode() in each.payload and each.tier is Tier.PUBLIC)
    act = erasure.erase(system, wrong.id, reason="It named a person")
    folder = settings.data / "snapshots"
    for path in (each for each in folder.rglob("*") if each.is_file()):
        data = path.read_bytes()
        assert WORDS.encode() not in (gzip.decompress(data) if path.suffix == ".gz" else data), path
    with pytest.raises(SnapshotWithdrawn) as caught:
        snapshots.find(system, first.name)
    assert caught.value.values["acts"] == (act,)
    assert caught.value.values["following"] is None
    assert snapshots.names(system) == [before.name]
    assert {each.name for each in snapshots.struck_out(system)} == {first.name, still.name}
    after, new = snapshots.take(system)
    assert new
    assert wrong.id in after.erased
    with pytest.raises(SnapshotWithdrawn) as caught:
        snapshots.open_file(system, first.name, "all.nq.gz")
    assert caught.value.values["following"] == f"{system.base}/data/{after.name}"
    assert snapshots.find(system, before.name) == before


def test_what_is_erased_while_one_is_taken_strikes_it_out_and_another_is_taken(
    system: System, send: Send, filled: dict[str, str], model: Mapping[str, Any]
) -> None:
    send({**model, "description": [{"value": WORDS, "language": "en"}]})
    send(model)
    documents = system.history.documents(filled["model"], kind=Kind.PASSPORT)
    wrong = next(each for each in documents if WORDS.encode() in each.payload and each.tier is Tier.PUBLIC)
    acts: list[str] = []

    def progress(done: int, total: int) -> None:
        if not acts:
            acts.append(erasure.erase(system, wrong.id, reason="It named a person"))

    taken, new = snapshots.take(system, progress=progress)
    assert new
    assert taken.name.endswith("-2")
    assert wrong.id in taken.erased
    assert [each.name for each in snapshots.struck_out(system)] == [taken.name.removesuffix("-2")]


def test_restricted_documents_may_be_erased_without_it(system: System, filled: dict[str, str]) -> None:
    taken, _ = snapshots.take(system)
    kept = system.history.documents(filled["legacy"])
    erasure.erase(system, next(each.id for each in kept if each.tier is not Tier.PUBLIC), reason="A person")
    assert snapshots.find(system, taken.name) == taken


def test_the_day_decides_when_the_next_is_taken(system: System, clock: Any, send: Send, filled: dict[str, str]) -> None:
    told: list[Exception] = []
    stop = threading.Event()

    def keep(days: int, until: Callable[[], bool], newest: int | None = None) -> None:
        stop.clear()
        asked = {"days": days, "keep": newest, "stop": stop, "tell": told.append}
        going = threading.Thread(target=snapshots.keep_up, args=(system,), kwargs=asked)
        going.start()
        try:
            assert _comes(until)
        finally:
            stop.set()
            going.join()

    log.publish(system)
    keep(1, lambda: len(snapshots.names(system)) == 1)
    send({"eventType": "cleaned", "products": [filled["legacy"]]}, by="town")
    clock.forward(days=1)
    keep(1, lambda: len(snapshots.names(system)) == 2)
    keep(0, lambda: len(snapshots.names(system)) == 1, newest=1)
    assert len(list(snapshots.released(system))) == 1
    assert told == []


def test_t32_a_snapshot_from_the_future_keeps_no_other_back(
    system: System, settings: Settings, send: Send, filled: dict[str, str]
) -> None:
    taken, _ = snapshots.take(system)
    (settings.data / "snapshots" / taken.name).rename(settings.data / "snapshots" / "2099-12-31")
    send({"eventType": "cleaned", "products": [filled["legacy"]]}, by="town")
    told: list[Exception] = []
    stop = threading.Event()
    given = {"days": 1, "stop": stop, "tell": told.append}
    going = threading.Thread(target=snapshots.keep_up, args=(system,), kwargs=given)
    going.start()
    try:
        assert _comes(lambda: taken.name in snapshots.names(system))
    finally:
        stop.set()
        going.join()
    assert told == []


def test_t39_a_damaged_manifest_harms_no_other_snapshot(
    system: System, settings: Settings, send: Send, filled: dict[str, str], model: Mapping[str, Any]
) -> None:
    send({**model, "description": [{"value": WORDS, "language": "en"}]})
    send(model)
    first, _ = snapshots.take(system)
    send({"eventType": "cleaned", "products": [filled["legacy"]]}, by="town")
    second, _ = snapshots.take(system)
    (settings.data / "snapshots" / first.name / "manifest.json").write_bytes(b"\xff{")
    assert snapshots.newest(system) == second
    with pytest.raises(Damaged):
        snapshots.find(system, first.name)
    documents = system.history.documents(filled["model"], kind=Kind.PASSPORT)
    wrong = next(each for each in documents if WORDS.encode() in each.payload and each.tier is Tier.PUBLIC)
    erasure.erase(system, wrong.id, reason="It named a person")
    assert [each.name for each in snapshots.struck_out(system)] == [second.name]
    assert snapshots.newest(system) is None
    assert snapshots.take(system)[1]


def _comes(until: Callable[[], bool]) -> bool:
    waiting = threading.Event()
    return any(until() or waiting.wait(0.05) for _ in range(6000))


def test_it_stops_when_it_is_told_to(system: System, settings: Settings, filled: dict[str, str]) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(pacing.Stopped):
        snapshots.take(system, stop=stop)
    assert list((settings.data / "snapshots").glob("*2*")) == []


def test_without_keys_there_is_none_before_the_first_checkpoint(
    system: System, settings: Settings, filled: dict[str, str]
) -> None:
    locked = replace(system, signer=FileSigner(settings.data / "keys", None))
    with pytest.raises(KeysLocked):
        snapshots.take(locked)
    log.publish(system)
    assert snapshots.take(locked)[1]


def test_what_never_was_is_not_found(system: System) -> None:
    with pytest.raises(NotFound):
        snapshots.find(system, "2026-03-01")
    with pytest.raises(NotFound):
        snapshots.find(system, "../keys")
