"""What witnesses add to checkpoints, and what they are never believed."""

import threading
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passport.adapters.witness import HttpWitness
from passport.errors import Malformed
from passport.proofs import checkpoints, ledger, notes
from passport.service import log, witnessing
from passport.settings import Settings
from passport.wiring import open_system

WITNESS = Ed25519PrivateKey.from_private_bytes(b"\x05" * 32)
KEY = notes.Verifier("witness.example", notes.COSIGNATURE, WITNESS.public_key().public_bytes_raw())


class SmallWitness(ThreadingHTTPServer):
    """A witness of one log, as C2SP tlog-witness says; ``answer`` makes it answer otherwise."""

    def __init__(self, vkeys):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.known = [notes.verifier(each) for each in vkeys]
        self.head = None
        self.answer = None
        self.asked = []

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_address[1]}/w"

    def judge(self, body):
        before, _, note = body.decode().partition("\n\n")
        old, *hashes = before.split("\n")
        size = int(old.removeprefix("old "))
        parsed = notes.parse(note)
        head = checkpoints.head(parsed.text)
        if head.origin != self.known[0].name:
            return 404, "", b""
        if not notes.verified(parsed, self.known):
            return 403, "", b""
        if size > head.size:
            return 400, "", b""
        knows = self.head.size if self.head else 0
        if size != knows:
            return 409, checkpoints.SIZE_TYPE, b"%d\n" % knows
        proof = [checkpoints._hash(each) for each in hashes]
        if size and not ledger.verify_consistency(size, head.size, self.head.root, head.root, proof):
            return 422, "", b""
        self.head = head
        moment = 1_800_000_000
        line = KEY.line(moment.to_bytes(8, "big") + WITNESS.sign(notes.cosigned(parsed.text, moment)))
        return 200, "text/plain", line.encode()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.asked.append(body)
        fits = self.path == "/w/add-checkpoint"
        status, media_type, answer = self.server.answer or (self.server.judge(body) if fits else (404, "", b""))
        self.send_response(status)
        self.send_header("content-type", media_type or "text/plain")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


@pytest.fixture
def witness(system):
    log.publish(system)
    server = SmallWitness(log.vkeys(system))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def watched(system, witness):
    return replace(system, witnesses=(HttpWitness(witness.address, KEY.vkey()),))


def collect(collecting):
    told = []
    return collecting.collect(tell=told.append), [str(each) for each in told]


def test_a_witness_cosigns_each_checkpoint_after_a_proof(system, witness, grow):
    system = watched(system, witness)
    collecting = witnessing.Cosigning(system)
    for _ in range(3):
        grow()
        log.publish(system)
        kept, told = collect(collecting)
        assert told == []
        assert notes.verified(notes.parse(kept.note), [KEY]) == (KEY,)
        assert system.history.checkpoint().note == kept.note == system.marks.read()
        assert log.publish(system) == kept
    assert len(witness.asked) == 3
    collect(collecting)
    assert len(witness.asked) == 3


def test_a_witness_that_knows_another_size_is_sent_the_proof_from_there(system, witness, grow):
    system = watched(system, witness)
    grow()
    log.publish(system)
    collect(witnessing.Cosigning(system))
    grow()
    log.publish(system)
    kept, told = collect(witnessing.Cosigning(system))
    assert told == []
    known = [each.size for each in system.history.checkpoints()][-2]
    assert [body.partition(b"\n")[0] for body in witness.asked[1:]] == [b"old 0", b"old %d" % known]
    assert notes.verified(notes.parse(kept.note), [KEY])


ANSWERS = [
    ((404, "", b""), "does not know this log"),
    ((403, "", b""), "does not know a key"),
    ((422, "", b""), "did not accept the proof"),
    ((400, "", b""), "smaller"),
    ((500, "", b""), "answered 500"),
    ((302, "", b""), "answered 302"),
    ((409, "text/plain", b"1\n"), "which size"),
    ((409, checkpoints.SIZE_TYPE, b"x"), "which size"),
    ((409, checkpoints.SIZE_TYPE, b"99999\n"), "knows 99999"),
    ((409, checkpoints.SIZE_TYPE, b"0\n"), "answered 409"),
    ((200, "text/plain", b""), "signature"),
    ((200, "text/plain", b"\xff\xff"), "signature"),
    ((200, "text/plain", "\u2014 other.example AAAAAAAA\n".encode()), "without its signature"),
    ((200, "text/plain", KEY.line(bytes(72)).encode()), "does not hold"),
]


def test_whatever_else_a_witness_answers_is_told_and_nothing_is_taken(system, witness, grow):
    system = watched(system, witness)
    grow()
    published = log.publish(system)
    for witness.answer, word in ANSWERS:
        kept, told = collect(witnessing.Cosigning(system))
        assert kept == published == system.history.checkpoint()
        assert len(told) == 1
        assert word in told[0]


def test_a_witness_that_cannot_be_reached_is_told(system, grow):
    grow()
    log.publish(system)
    absent = replace(system, witnesses=(HttpWitness("http://127.0.0.1:9", KEY.vkey()),))
    _, told = collect(witnessing.Cosigning(absent))
    assert len(told) == 1


def test_a_cosignature_that_comes_late_is_not_set_under_another_checkpoint(system, witness, grow):
    system = watched(system, witness)
    grow()
    log.publish(system)
    collecting = witnessing.Cosigning(system)
    judge = witness.judge

    def slow(body):
        grow()
        log.publish(system)
        return judge(body)

    witness.judge = slow
    kept, told = collect(collecting)
    assert told == []
    assert kept.size == system.history.size()
    assert notes.verified(notes.parse(kept.note), [KEY]) == ()


def test_the_follower_asks_the_witnesses(system, witness, grow, monkeypatch, until):
    monkeypatch.setattr(log, "INTERVAL", 0.02)
    system = watched(system, witness)
    told, stop = [], threading.Event()
    thread = threading.Thread(target=witnessing.keep_up, args=(system,), kwargs={"stop": stop, "tell": told.append})
    thread.start()
    grow()
    log.publish(system)
    try:
        until(lambda: notes.verified(notes.parse(system.history.checkpoint().note), [KEY]))
    finally:
        stop.set()
        thread.join()
    assert told == []


def test_witnesses_that_are_set_wrongly_are_refused(settings, running):
    for text in ("https://w.example", "w.example a+b+c", "https://w.example a+b", "https://w.example a+00000000+AAAA"):
        with pytest.raises(Malformed, match="witness"):
            open_system(settings.model_copy(update={"witnesses": text}))


def test_witnesses_are_set_by_address_and_vkey(settings, running):
    text = f"https://w.example/a {KEY.vkey()}, http://v.example {KEY.vkey()}"
    with closing(open_system(settings.model_copy(update={"witnesses": text}))) as watching:
        assert [each.vkey for each in watching.system.witnesses] == [KEY.vkey()] * 2


def test_settings_without_witnesses_have_none():
    assert Settings().witnesses == ""
