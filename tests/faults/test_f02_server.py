"""F2: the real server is killed with bulk submissions under way; retried, each row is there exactly once."""

import random
import threading
import time

import pytest

from passport.service.audit import audit
from passport.wiring import open_system

CLIENTS = 4
ROWS = 25
SLOW_KILLS = 6
SOON, LATE = 0.2, 0.6
"""Seconds after the first answer, at most, until the server is killed."""


class Sender(threading.Thread):
    """Sends bulk submissions one after the other until the server is gone."""

    def __init__(self, server, token, child, name):
        super().__init__()
        self._server, self._token, self._child, self._name = server, token, child, name
        self.sent, self.answers = [], {}

    def run(self):
        client = self._server.client(self._token)
        while True:
            key = f"{self._name}-{len(self.sent)}"
            self.sent.append(key)
            try:
                status, answer = client.submit(rows_of(self._child, key), key)
            except self.gone:
                return
            assert status == 201, answer
            self.answers[key] = answer


def rows_of(child, key):
    return [child.piece(f"{key}/{row}") for row in range(ROWS)]


def killed(server, serving, child, token, name, *, after):
    """Send from several clients, kill the server meanwhile and start it again; gives all keys and the answers."""
    Sender.gone = serving.GONE
    senders = [Sender(server, token, child, f"{name}-{number}") for number in range(CLIENTS)]
    for sender in senders:
        sender.start()
    while not any(sender.answers for sender in senders):
        assert any(sender.is_alive() for sender in senders), "nobody was answered"
        time.sleep(0.01)
    time.sleep(after)
    server.kill()
    for sender in senders:
        sender.join()
    server.start()
    keys = [key for sender in senders for key in sender.sent]
    return keys, {key: answer for sender in senders for key, answer in sender.answers.items()}


def wrong_rows(stored, keys):
    """The rows that are not there exactly once."""
    return [f"{key}/{row}" for key in keys for row in range(ROWS) if len(stored.get(f"{key}/{row}", ())) != 1]


def drill(server, serving, child, town, stored, *, kills, seed, most):
    choice = random.Random(seed)
    settings, token = town
    answered, sent = 0, 0
    for kill in range(kills):
        name, after = f"f2-{seed}-{kill}", choice.uniform(0.05, most)
        keys, answers = killed(server, serving, child, token, name, after=after)
        client = server.client(token)
        for key in keys:
            status, answer = client.submit(rows_of(child, key), key)
            assert status == 201
            assert answers.get(key, answer) == answer
        client.close()
        assert wrong_rows(stored(), keys) == []
        answered, sent = answered + len(answers), sent + len(keys)
    running = open_system(settings)
    assert running.store.flaws() == []
    assert list(audit(running.system.history, running.system.parties, base=running.system.base)) == []
    running.close()
    print(
        f"F2: {kills} kills of the server, {sent} bulk submissions sent, {answered} answered before,"
        f" {sent * ROWS} rows there once each"
    )


def test_f02_bulk_submissions_survive_a_kill_of_the_server(server, serving, child, town, stored):
    drill(server, serving, child, town, stored, kills=1, seed=11, most=SOON)


@pytest.mark.slow
@pytest.mark.both_stores
def test_f02_bulk_submissions_survive_many_kills(server, serving, child, town, stored):
    drill(server, serving, child, town, stored, kills=SLOW_KILLS, seed=12, most=LATE)


def test_f02_negative_control_a_client_without_keys_is_caught(server, child, town, stored):
    """A job that keeps no checkpoint sends its rows again: the count of rows sees them twice."""
    client = server.client(town[1])
    for _ in range(2):
        status, _ = client.submit(rows_of(child, "no-key"))
        assert status == 201
    client.close()
    assert len(wrong_rows(stored(), ["no-key"])) == ROWS
