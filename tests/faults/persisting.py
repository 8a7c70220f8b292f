"""The child program of F13: a writer through the service that goes on whatever happens to its PostgreSQL server.

``persisting.py FOLDER DATABASE sound|hasty|asynchronous`` submits pieces one after the other, each with an idempotency
key, and again with the same key for as long as it is refused. It prints ``ack key code`` of each that the service says
is kept, ``refused key reason`` of each refusal, and ``again key`` when the answer of an earlier try was found. The
other two are faults that the drill must catch: ``hasty`` says it while the transaction is open, ``asynchronous`` asks
the server not to wait for its disk.
"""

import importlib.util
import json
import sys
import time
import uuid
from dataclasses import replace
from pathlib import Path

from passport.adapters.sql.postgresql import sessions
from passport.errors import StoreBusy, StoreFailing
from passport.settings import Settings
from passport.wiring import open_system

specification = importlib.util.spec_from_file_location("submitting", Path(__file__).with_name("submitting.py"))
HASTE = 0.05
submitting = importlib.util.module_from_spec(specification)
specification.loader.exec_module(submitting)


def say(*words):
    print(*words, flush=True)


def say_and_wait(key, body):
    say("ack", key, json.loads(body)["passports"][0]["code"])
    time.sleep(HASTE)


def persist(system, key, *, hasty):
    """Submit one piece until it is kept."""
    while True:
        try:
            outcome = submitting.submitted(system, key)
        except (StoreFailing, StoreBusy) as refusal:
            say("refused", key, refusal.code)
            time.sleep(0.02)
            continue
        if outcome.replayed:
            say("again", key)
        if not hasty:
            say("ack", key, json.loads(outcome.body)["passports"][0]["code"])
        return


def main(folder, database, mode):
    if mode == "asynchronous":
        sessions._WRITING = sessions._WRITING.replace("synchronous_commit = on", "synchronous_commit = off")
    system = open_system(Settings(data=Path(folder), database=database, signing_secret=submitting.SECRET)).system
    if mode == "hasty":
        submitting.say = say_and_wait
        system = replace(system, history=submitting.Hasty(system.history))
    while True:
        persist(system, uuid.uuid4().hex, hasty=mode == "hasty")


if __name__ == "__main__":
    main(*sys.argv[1:])
