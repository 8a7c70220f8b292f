"""The child programs of the drills: a writer through the service, and a server that dies before it answers.

``submitting.py write FOLDER after|before`` submits pieces one after the other with idempotency keys and prints
``key code`` of each: after the service gave its outcome, or (negative control) when the answer is known but the
transaction is still open. ``submitting.py serve FOLDER PORT`` serves the store and kills itself in the moment when the
answer to a submission would begin.
"""

import json
import os
import signal
import sys
import time
import uuid
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from passport.model.access import Caller, Role, Scope
from passport.service.submissions import submit
from passport.settings import Settings
from passport.wiring import build_app, open_system

SECRET = "a signing secret for tests, long enough"
CALLER = Caller("child", "town", Role.OWNER, frozenset({Scope.SUBMIT, Scope.READ}))


def piece(key):
    """A piece of furniture whose submission is recognised by its key."""
    return {
        "granularity": "item",
        "category": "desk",
        "isSecondHandLegacy": True,
        "owner": "town",
        "inventoryNumber": key,
        "condition": {"grade": "C", "assessedOn": "2026-10-01"},
    }


def submitted(system, key):
    """Submit the piece of that key; gives the outcome."""
    body = json.dumps(piece(key)).encode()
    return submit(system, body=body, media_type="application/json", caller=CALLER, key=key)


def say(key, body):
    print(key, json.loads(body)["passports"][0]["code"], flush=True)


class Hasty:
    """A history that tells its answer before its transaction has ended: the fault that the drill must catch."""

    def __init__(self, history):
        self._history = history

    def __getattr__(self, name):
        return getattr(self._history, name)

    @contextmanager
    def writing(self):
        with self._history.writing() as writing:
            yield HastyWriting(writing)


class HastyWriting:
    def __init__(self, writing):
        self._writing = writing

    def __getattr__(self, name):
        return getattr(self._writing, name)

    def remember(self, answer):
        say(answer.key, answer.body)
        time.sleep(0.002)
        self._writing.remember(answer)


def write(folder, acknowledge):
    running = open_system(Settings(data=Path(folder), signing_secret=SECRET))
    system = running.system
    if acknowledge == "before":
        system = replace(system, history=Hasty(system.history))
    while True:
        key = uuid.uuid4().hex
        outcome = submitted(system, key)
        if acknowledge == "after":
            say(key, outcome.body)


def serve(folder, port):
    import uvicorn

    app = build_app(open_system(Settings(data=Path(folder), signing_secret=SECRET)))

    async def dying(scope, receive, send):
        async def sending(message):
            if scope["path"] == "/submissions":
                os.kill(os.getpid(), signal.SIGKILL)
            await send(message)

        await app(scope, receive, sending)

    uvicorn.run(dying, host="127.0.0.1", port=int(port), log_level="error", lifespan="off")


if __name__ == "__main__":
    {"write": write, "serve": serve}[sys.argv[1]](*sys.argv[2:])
