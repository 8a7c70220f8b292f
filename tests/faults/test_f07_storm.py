"""F7 and T04: the same submission, sent a hundred times at once and after broken connections, is one."""

import json
import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest

from passport.model.passport import Kind, Tier
from passport.wiring import open_system

STORM, SOME = 100, 8


def together(number, act):
    """Run ``act`` in so many threads at the same moment; gives what each returned."""
    start, found = threading.Barrier(number), []

    def run(place):
        start.wait()
        found.append(act(place))

    threads = [threading.Thread(target=run, args=(place,)) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=600)
    assert len(found) == number
    return found


def cleanings(settings, code):
    """How often the piece was cleaned, as its public events say."""
    running = open_system(settings)
    documents = running.system.history.documents(code, kind=Kind.EVENT)
    running.close()
    told = [json.loads(each.payload)["credentialSubject"]["event"] for each in documents if each.tier is Tier.PUBLIC]
    return sum(each["eventType"] == "cleaned" for each in told)


@pytest.mark.both_stores
def test_t04_f07_a_storm_of_one_submission_is_one(server, child, town, stored):
    clients = [server.client(town[1]) for _ in range(STORM)]
    sent = [child.piece("storm"), {"eventType": "cleaned", "products": ["#0"]}]
    answers = together(STORM, lambda place: clients[place].submit(sent, "storm-key"))
    assert {status for status, _ in answers} == {201}
    assert len({json.dumps(answer, sort_keys=True) for _, answer in answers}) == 1
    (code,) = stored()["storm"]
    assert cleanings(town[0], code) == 1
    status, problem = clients[0].submit(child.piece("storm-other"), "storm-key")
    assert status == 422
    assert problem["type"].endswith("/problems/idempotency-key-reused")
    assert "storm-other" not in stored()
    for client in clients:
        client.close()
    print(f"F7: {STORM} identical submissions at once, {len(answers)} identical answers, 1 passport, 1 event")


@pytest.mark.both_stores
def test_t04_f07_a_retry_after_a_broken_connection_is_the_same_submission(server, child, town, stored):
    client = server.client(town[1])
    body = json.dumps(child.piece("dropped")).encode()
    for _ in range(5):
        client.hang_up("POST", "/submissions", body, Idempotency_Key="dropped", Content_Type="application/json")
    answers = [client.submit(child.piece("dropped"), "dropped") for _ in range(3)]
    client.close()
    assert {status for status, _ in answers} == {201}
    assert len({answer["passports"][0]["code"] for _, answer in answers}) == 1
    assert len(stored()["dropped"]) == 1


class Late:
    """A history that keeps the key after the commit of what it stands for: the fault that the drill must catch.

    So late that all others have written by then.
    """

    def __init__(self, history, others):
        self._history = history
        self._guard = threading.Lock()
        self._written = threading.Barrier(others)

    def __getattr__(self, name):
        return getattr(self._history, name)

    @contextmanager
    def writing(self):
        with self._history.writing() as writing:
            late = LateWriting(writing)
            yield late
        self._written.wait(timeout=300)
        with self._guard:
            for answer in late.answers:
                if self._history.answer(answer.organisation, answer.key) is None:
                    with self._history.writing() as writing:
                        writing.remember(answer)


class LateWriting:
    def __init__(self, writing):
        self._writing = writing
        self.answers = []

    def __getattr__(self, name):
        return getattr(self._writing, name)

    def remember(self, answer):
        self.answers.append(answer)


@pytest.mark.both_stores
@pytest.mark.parametrize("late", [False, True], ids=["as it is", "negative control"])
def test_f07_a_key_that_is_kept_after_the_commit_is_caught(system, child, late):
    tried = replace(system, history=Late(system.history, SOME)) if late else system
    codes = {
        json.loads(each.body)["passports"][0]["code"] for each in together(SOME, lambda _: child.submitted(tried, "k"))
    }
    assert len(codes) == (SOME if late else 1)
