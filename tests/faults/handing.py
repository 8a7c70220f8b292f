"""Clients that hand pieces over to each other as fast as they can, and note what they asked and were answered.

Also the build that is racy on purpose: it looks at a piece before it has the write lock, and believes what it saw.
"""

import json
import os
import random
import threading
import time
import uuid
from contextlib import contextmanager
from dataclasses import replace

from passport.errors import NotAllowed, Unacceptable
from passport.model.access import Caller, Role, Scope
from passport.ports import Organisation
from passport.service.organisations import add_organisation, create_token
from passport.service.submissions import submit

TOWNS = ("ada", "bertil", "cecilia", "david")
EXPECTED = frozenset(
    {"transfer-open", "transfer-none", "transfer-other", "relation-not-allowed", "transfer-to-self", "transfer-expired"}
)
"""The findings with which an act may be refused when somebody else was faster."""

TYPES = {
    "offer": "transferOffered",
    "accept": "ownershipTransferred",
    "withdraw": "transferWithdrawn",
    "refuse": "transferRefused",
}


def towns(system, valid_for):
    """Make the organisations where they are not there; gives a token of each."""
    for slug in TOWNS:
        if system.parties.organisation(slug) is None:
            add_organisation(system, Organisation(slug, f"{slug} kommun", Role.OWNER, "municipality"))
    scopes = frozenset({Scope.SUBMIT, Scope.READ})
    return {slug: create_token(system, slug, scopes=scopes, label="test", valid_for=valid_for).secret for slug in TOWNS}


def pieces(system, number):
    """Pieces of the first town, by short code: who owns each."""
    value = {"granularity": "item", "category": "desk", "isSecondHandLegacy": True, "owner": TOWNS[0]}
    body = json.dumps([value] * number).encode()
    outcome = submit(system, body=body, media_type="application/json", caller=caller_of(TOWNS[0]))
    return {each["code"]: TOWNS[0] for each in json.loads(outcome.body)["passports"]}


def caller_of(slug):
    return Caller(f"token of {slug}", slug, Role.OWNER, frozenset({Scope.SUBMIT, Scope.READ}))


class Inside:
    """Submits within this process."""

    def __init__(self, system):
        self._system = system

    def send(self, slug, value, key):
        """Whether it was done, with the answer or the codes of the findings; waits until there is an answer."""
        body = json.dumps(value).encode()
        try:
            outcome = submit(self._system, body=body, media_type="application/json", caller=caller_of(slug), key=key)
        except (Unacceptable, NotAllowed) as refused:
            return False, {each.code for each in refused.report.findings}
        return True, json.loads(outcome.body)

    def owner(self, slug, code):
        """Who owns a piece, as committed now; a piece without an owner is its issuer's."""
        product = self._system.history.product(code)
        return product.owner or product.issuer


class Outside:
    """Submits over HTTP; asks again with the same key when no answer came."""

    def __init__(self, server, tokens, gone):
        self._clients = {slug: server.client(token) for slug, token in tokens.items()}
        self._gone = gone
        self.repeated = 0

    def send(self, slug, value, key):
        """As inside; a server that is gone or busy is asked again."""
        while True:
            try:
                status, answer = self._clients[slug].submit(value, key)
            except self._gone:
                status, answer = 0, {}
            if status in (201, 200):
                return True, answer
            if status in (403, 422):
                return False, {each["code"] for each in answer["report"]["findings"]}
            assert status in (0, 503), answer
            self.repeated += 1
            time.sleep(0.05)

    def owner(self, slug, code):
        """Who owns a piece, as the service tells one with a right to know."""
        while True:
            try:
                status, body = self._clients[slug].send(
                    "GET", f"/passports/{code}?view=merged", Accept="application/json"
                )
            except self._gone:
                self.repeated += 1
                time.sleep(0.05)
                continue
            assert status == 200, body
            return json.loads(body)["state"]["owner"]

    def close(self):
        for client in self._clients.values():
            client.close()


class Known:
    """What the clients last heard of each piece, so that they try what may succeed; often it is stale."""

    def __init__(self, owners):
        self._guard = threading.Lock()
        self._pieces = {code: (owner, None, None) for code, owner in owners.items()}

    def of(self, code):
        with self._guard:
            return self._pieces[code]

    def told(self, code, owner, transfer=None, receiver=None):
        with self._guard:
            self._pieces[code] = (owner, transfer, receiver)


class Client(threading.Thread):
    """One client of one town, until ``stop`` is set."""

    def __init__(self, judge, name, town, known, sender, *, codes, stop, seed):
        super().__init__(daemon=True)
        self._judge, self._own, self._town = judge, name, town
        self._known, self._sender = known, sender
        self._codes, self._stop_event = codes, stop
        self._choice = random.Random(seed)
        self._asked = 0
        self.operations = []
        self.wrong = None

    def run(self):
        try:
            while not self._stop_event.is_set():
                self._next()
        except Exception as wrong:
            self.wrong = wrong

    def _next(self):
        code = self._choice.choice(self._codes)
        if self._choice.random() < 0.5:
            start = time.monotonic()
            owner = self._sender.owner(self._town, code)
            self._note("read", code, start, self._judge.Answer.DONE, None, owner)
            return
        owner, transfer, receiver = self._known.of(code)
        if transfer is None or (owner == self._town and self._choice.random() < 0.2):
            if owner == self._town or self._choice.random() < 0.1:
                self._ask("offer", code, None, self._choice.choice([each for each in TOWNS if each != self._town]))
        elif receiver == self._town:
            self._ask("accept" if self._choice.random() < 0.8 else "refuse", code, transfer, None)
        elif owner == self._town and self._choice.random() < 0.2:
            self._ask("withdraw", code, transfer, None)
        elif self._choice.random() < 0.1:
            self._ask("accept", code, transfer, None)

    def _ask(self, act, code, transfer, other):
        self._asked += 1
        value = {"eventType": TYPES[act], "products": [code]}
        value |= {"transfer": transfer} if transfer is not None else {"receiver": other}
        start = time.monotonic()
        done, answer = self._sender.send(self._town, value, f"{self._own}-{self._asked}")
        if not done:
            assert answer <= EXPECTED, answer
            self._note(act, code, start, self._judge.Answer.REFUSED, transfer, other)
            return
        (event,) = answer["events"]
        self._note(act, code, start, self._judge.Answer.DONE, event["transfer"], other)
        if act == "offer":
            self._known.told(code, self._town, event["transfer"], other)
        else:
            self._known.told(code, self._town if act != "refuse" else self._known.of(code)[0])

    def _note(self, act, code, start, answer, transfer, other):
        self.operations.append(
            self._judge.Operation(self._own, self._town, act, code, start, time.monotonic(), answer, transfer, other)
        )


def played(judge, owners, senders, *, seconds, meanwhile=lambda: None):
    """Let one client for each sender hand the pieces over for so long; gives all operations."""
    stop, known, codes, race = threading.Event(), Known(owners), list(owners), uuid.uuid4().hex
    clients = [
        Client(
            judge, f"{race}-{number}", TOWNS[number % len(TOWNS)], known, sender, codes=codes, stop=stop, seed=number
        )
        for number, sender in enumerate(senders)
    ]
    for client in clients:
        client.start()
    time.sleep(seconds / 2)
    meanwhile()
    time.sleep(seconds / 2)
    stop.set()
    for client in clients:
        client.join(timeout=300)
        assert not client.is_alive(), "a client waits for ever"
        if client.wrong is not None:
            raise client.wrong
    return [operation for client in clients for operation in client.operations]


class Racy:
    """A history whose writers see pieces as they were before the lock was theirs: the fault that must be caught."""

    def __init__(self, history):
        self._history = history

    def __getattr__(self, name):
        return getattr(self._history, name)

    @contextmanager
    def writing(self):
        listed = self._history.products(level=None, after=None, limit=1000)
        before = {each.code: each for each in listed}
        time.sleep(0.002)
        with self._history.writing() as writing:
            yield RacyWriting(writing, before)


class RacyWriting:
    def __init__(self, writing, before):
        self._writing = writing
        self._before = before

    def __getattr__(self, name):
        return getattr(self._writing, name)

    def products(self, keys):
        return {key: self._stale(product) for key, product in self._writing.products(keys).items()}

    def transferring(self, transfer):
        return [each for each in self._before.values() if each.transfer == transfer]

    def _stale(self, product):
        seen = self._before.get(product.code, product)
        return replace(
            product,
            state=seen.state,
            owner=seen.owner,
            holder=seen.holder,
            offered_to=seen.offered_to,
            transfer=seen.transfer,
        )


def application():
    """The web application on a racy history, as a server process makes it from the environment."""
    from passport.settings import read_settings
    from passport.wiring import Running, build_app, open_system

    running = open_system(read_settings(os.environ))
    racy = replace(running.system, history=Racy(running.system.history))
    return build_app(Running(racy, running.store, running.settings))


RACY_SERVER = """
import os, uvicorn
from passport.serving import server_options
from passport.settings import read_settings
settings = read_settings(os.environ)
uvicorn.run("handing:application", factory=True, workers=settings.workers, **server_options(settings))
"""
"""The program of a server whose processes are racy."""
