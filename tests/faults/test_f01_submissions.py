"""F1 and T04 through the service: a killed writer loses no submission that it acknowledged, nor its key."""

import http.client
import json
import os
import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

import passport
from passport.codecs.documents import inner
from passport.model.access import Role
from passport.model.passport import Tier
from passport.ports import Organisation
from passport.service.audit import audit
from passport.service.organisations import add_organisation, create_token
from passport.settings import Settings
from passport.wiring import create_system, open_system
from tests.ports import free_port

KILLS, MANY = 2, 12
CONTROL_KILLS = 20
PROGRAM = Path(__file__).parent / "submitting.py"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(passport.__file__).parents[1])}


@pytest.fixture
def settings(tmp_path, child):
    """A store with one organisation in it."""
    settings = Settings(data=tmp_path / "store", base_url="http://127.0.0.1:1", signing_secret=child.SECRET)
    running = create_system(settings)
    add_organisation(running.system, Organisation("town", "Exempelby kommun", Role.OWNER, "municipality"))
    running.store.close()
    return settings


def started(*arguments):
    command = [sys.executable, str(PROGRAM), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)


def killed(settings, acknowledge, choice):
    """Start the writer, kill it at a random moment after its first acknowledgement; gives what it acknowledged."""
    writer = started("write", settings.data, acknowledge)
    lines = [writer.stdout.readline()]
    assert lines[0], "the writer did not start"
    time.sleep(choice.uniform(0.0, 0.25))
    writer.kill()
    rest, _ = writer.communicate()
    lines += rest.splitlines(keepends=True)
    return [line.split() for line in lines if line.endswith("\n")]


def inventory_number(system, code):
    """What the piece's own restricted event says: the whole submission is there, not only its public document."""
    for document in system.history.documents(code):
        if document.tier is Tier.OWNER:
            return inner(document.payload, document.start)["inventoryNumber"]
    return None


def lost(system, acknowledged):
    """Which acknowledged pieces cannot be read whole."""
    return [key for key, code in acknowledged if inventory_number(system, code) != key]


@pytest.mark.parametrize("kills", [KILLS, pytest.param(MANY, marks=pytest.mark.slow)])
def test_f01_submissions_that_were_acknowledged_are_there(settings, child, kills):
    choice = random.Random(kills)
    acknowledged = []
    for _ in range(kills):
        acknowledged += killed(settings, "after", choice)
        running = open_system(settings)
        assert lost(running.system, acknowledged) == []
        size = running.system.history.size()
        for key, code in acknowledged[-3:]:
            again = child.submitted(running.system, key)
            assert again.replayed
            assert json.loads(again.body)["passports"][0]["code"] == code
        assert running.system.history.size() == size
        child.submitted(running.system, f"between {size}")
        running.store.close()
    running = open_system(settings)
    system = running.system
    assert running.store.flaws() == []
    assert audit(system.history, system.parties, base=system.base) == []
    products = system.history.products(level=None, after=None, limit=100_000)
    assert len({inventory_number(system, each.code) for each in products}) == len(products) >= len(acknowledged)
    print(f"F1: {kills} kills, {len(acknowledged)} submissions acknowledged, {len(products)} stored, 0 lost")
    running.store.close()


@pytest.mark.slow
def test_f01_negative_control_a_service_that_answers_before_the_commit_is_caught(settings):
    choice = random.Random(4)
    for kill in range(1, CONTROL_KILLS + 1):
        acknowledged = killed(settings, "before", choice)
        running = open_system(settings)
        missing = lost(running.system, acknowledged)
        running.store.close()
        if missing:
            print(f"F1 negative control through the service: caught after {kill} kills")
            return
    raise AssertionError(f"{CONTROL_KILLS} kills did not show the planted fault")


def test_t04_a_key_survives_a_kill_between_commit_and_answer(settings, child):
    running = open_system(settings)
    token = create_token(
        running.system, "town", scopes=child.CALLER.scopes, label="test", valid_for=timedelta(days=1)
    ).secret
    running.store.close()
    port = free_port()
    server = started("serve", settings.data, port)
    body = json.dumps(child.piece("K-1")).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": "K-1"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    while connection.sock is None:
        assert server.poll() is None, "the server did not start"
        try:
            connection.connect()
        except ConnectionRefusedError:
            time.sleep(0.05)
    connection.request("POST", "/submissions", body, headers)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        connection.getresponse()
    connection.close()
    assert server.wait(timeout=120) == -9
    server.stdout.close()

    running = open_system(settings)
    size = running.system.history.size()
    assert size > 0
    (product,) = running.system.history.products(level=None, after=None, limit=10)
    again = child.submitted(running.system, "K-1")
    assert (again.created, again.replayed) == (True, True)
    assert json.loads(again.body)["passports"][0]["code"] == product.code
    assert running.system.history.size() == size
    assert audit(running.system.history, running.system.parties, base=running.system.base) == []
    running.store.close()
