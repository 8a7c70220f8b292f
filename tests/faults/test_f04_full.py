"""F4: a full disk refuses writes and nothing else, and writing goes on when there is space, without a restart."""

import json
import resource
from contextlib import contextmanager, suppress
from dataclasses import replace

from passport.adapters.sql.store import DATABASE
from passport.errors import StoreFull
from passport.service.audit import audit
from passport.wiring import open_system
from tests.faults.conftest import inventory

TRIES = 400
MANY = 40
"""Pieces in a submission that needs far more room than is left where one piece has none."""
LEFT = 200_000


@contextmanager
def limited(server, size):
    """No process of the server may make a file larger than that."""
    before = {worker: resource.prlimit(worker, resource.RLIMIT_FSIZE) for worker in server.workers()}
    for worker, (_, most) in before.items():
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        for worker, limits in before.items():
            resource.prlimit(worker, resource.RLIMIT_FSIZE, limits)


def largest(folder):
    return max(path.stat().st_size for path in folder.glob(f"{DATABASE}*"))


def unkept(rows, acknowledged):
    """The acknowledged pieces that are not in the store."""
    return [number for number, code in acknowledged if rows.get(number) != [code]]


def filled(client, child, first):
    """Submit pieces until one is refused; gives those that were accepted, and the refusal."""
    accepted = []
    for number in range(TRIES):
        name = f"{first}-{number}"
        status, answer = client.submit(child.piece(name), name)
        if status != 201:
            return accepted, name, status, answer
        accepted.append((name, answer["passports"][0]["code"]))
    raise AssertionError("the disk was never full")


def test_f04_a_full_disk_refuses_writes_and_reads_go_on(server, child, town, stored):
    settings, token = town
    client = server.client(token)
    many = [child.piece(f"also-{number}") for number in range(MANY)]
    status, answer = client.submit(child.piece("before"), "before")
    assert status == 201
    code = answer["passports"][0]["code"]
    with limited(server, largest(settings.data) + LEFT):
        accepted, refused, status, problem = filled(client, child, "full")
        assert status in (503, 507)
        assert problem["type"].endswith(("/problems/store-failing", "/problems/store-full", "/problems/store-unsure"))
        reads = [server.read(f"/passports/{code}") for _ in range(20)]
        assert set(reads) == {200}
        again, _ = client.submit(many, "also")
        assert again in (503, 507)
    before = len(accepted)
    for name, documents in ((refused, [child.piece(refused)]), ("also", many), ("after", [child.piece("after")])):
        status, answer = client.submit(documents, name)
        assert status == 201, answer
        codes = [each["code"] for each in answer["passports"]]
        accepted += zip([each["inventoryNumber"] for each in documents], codes, strict=True)
    client.close()
    assert unkept(stored(), accepted) == []
    running = open_system(settings)
    assert running.store.flaws() == []
    assert list(audit(running.system.history, running.system.parties, base=running.system.base)) == []
    running.close()
    print(f"F4: refused after {before} submissions, {len(reads)} reads answered, {len(accepted)} kept")


class Careless:
    """A history that tells nobody that a write failed: the fault that the drill must catch."""

    def __init__(self, history):
        self._history = history

    def __getattr__(self, name):
        return getattr(self._history, name)

    @contextmanager
    def writing(self):
        with suppress(StoreFull), self._history.writing() as writing:
            yield writing
            raise StoreFull("The disk of the store is full.")


def test_f04_negative_control_a_swallowed_error_is_caught(system, child):
    outcome = child.submitted(replace(system, history=Careless(system.history)), "swallowed")
    acknowledged = [("swallowed", json.loads(outcome.body)["passports"][0]["code"])]
    assert unkept(inventory(system), acknowledged) == ["swallowed"]
