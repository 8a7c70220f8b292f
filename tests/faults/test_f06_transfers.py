"""F6 and T03: of hand-overs at once exactly one wins, across processes, also when one of these is killed."""

import os
import signal
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from passport.service.audit import audit
from passport.wiring import open_system

CLIENTS = 8
PIECES = 3
LEAST = 5
"""Acceptances without which nothing was raced for."""
SECONDS = 5.0
SLOW_SECONDS = 60.0
RACY_SECONDS = 1.0
RACY_TRIES = 8


@pytest.fixture(scope="module")
def judge(helper):
    return helper("linearizable")


@pytest.fixture(scope="module")
def handing(helper):
    return helper("handing")


def told(operations):
    counts = Counter((each.act, each.answer.value) for each in operations)
    return ", ".join(f"{number} {act} {answer}" for (act, answer), number in sorted(counts.items()))


def kill(doomed):
    """Kill the processes in this list, and take them out of it."""
    while doomed:
        os.kill(doomed.pop(), signal.SIGKILL)


@pytest.fixture
def race(server, serving, town, judge, handing, store_kind):
    """Race for so long, with one of the workers killed in the middle, and judge what the clients were told.

    Then again, without a kill, until there were so many acceptances.
    """

    def run(seconds, least):
        running = open_system(town[0])
        tokens = handing.towns(running.system, timedelta(days=1))
        senders = [handing.Outside(server, tokens, serving.GONE) for _ in range(CLIENTS)]
        workers = server.workers()
        assert len(workers) == 2
        doomed, operations, won = workers[:1], [], 0
        try:
            while doomed or won < least:
                owners = handing.pieces(running.system, PIECES)
                operations = handing.played(judge, owners, senders, seconds=seconds, meanwhile=lambda: kill(doomed))
                assert judge.double_winners(operations) == {}
                assert judge.conflicts(operations, owners) == []
                won += sum(each.act == "accept" and each.answer is judge.Answer.DONE for each in operations)
        finally:
            for sender in senders:
                sender.close()
        assert workers[0] not in server.workers()
        assert list(audit(running.system.history, running.system.parties, base=running.system.base)) == []
        running.close()
        print(
            f"F6 {store_kind}: {len(operations)} operations of {CLIENTS} clients, 2 workers, 1 killed,"
            f" {sum(sender.repeated for sender in senders)} asked again, linearizable: {told(operations)}"
        )

    return run


def test_t03_f06_one_of_many_hand_overs_wins_while_a_worker_is_killed(race):
    race(SECONDS, LEAST)


@pytest.mark.slow
@pytest.mark.both_stores
def test_t03_f06_one_of_many_hand_overs_wins_for_a_long_time(race):
    race(SLOW_SECONDS, 50)


@pytest.mark.both_stores
def test_t03_f06_one_of_many_hand_overs_in_one_process_wins(system, judge, handing):
    handing.towns(system, timedelta(days=1))
    won = 0
    while won < LEAST:
        owners = handing.pieces(system, PIECES)
        operations = handing.played(judge, owners, [handing.Inside(system)] * CLIENTS, seconds=RACY_SECONDS)
        assert judge.double_winners(operations) == {}
        assert judge.conflicts(operations, owners) == []
        won += sum(each.act == "accept" and each.answer is judge.Answer.DONE for each in operations)


@pytest.mark.slow
@pytest.mark.both_stores
def test_t03_f06_negative_control_a_racy_build_is_caught(system, judge, handing):
    handing.towns(system, timedelta(days=1))
    racy = replace(system, history=handing.Racy(system.history))
    owners = handing.pieces(system, PIECES)
    for _ in range(RACY_TRIES):
        senders = [handing.Inside(racy)] * CLIENTS
        operations = handing.played(judge, owners, senders, seconds=RACY_SECONDS)
        caught = judge.conflicts(operations, owners)
        if caught:
            winners = judge.double_winners(operations)
            print(f"F6 negative control: caught in {len(operations)} operations, {len(winners)} offers closed twice")
            return
        owners = handing.pieces(system, PIECES)
    raise AssertionError(f"{RACY_TRIES} runs did not show the planted fault")


@pytest.mark.slow
@pytest.mark.both_stores
def test_t03_f06_negative_control_racy_server_processes_are_caught(settings, running, serving, judge, handing):
    tokens = handing.towns(running.system, timedelta(days=36_500))
    server = serving.Server(settings, program=handing.RACY_SERVER)
    server.start()
    try:
        for _ in range(RACY_TRIES):
            owners = handing.pieces(running.system, PIECES)
            senders = [handing.Outside(server, tokens, serving.GONE) for _ in range(CLIENTS)]
            operations = handing.played(judge, owners, senders, seconds=SECONDS)
            for sender in senders:
                sender.close()
            if judge.conflicts(operations, owners):
                print(f"F6 negative control with two processes: caught in {len(operations)} operations")
                return
    finally:
        server.kill()
    raise AssertionError(f"{RACY_TRIES} runs did not show the planted fault")
