"""The log over HTTP: checkpoints, tiles and proofs, as strangers read them."""

import gzip
import hashlib
import json
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import pytest

from passport.proofs import checkpoints, ledger, notes, tiles
from tests.web.conftest import BASE, MODEL, Client

SCRIPT = Path(__file__).parents[2] / "examples" / "verify" / "verify.py"
RELATION = 'rel="https://c2sp.org/tlog-proof"'


def _head(client: Client) -> checkpoints.Head:
    got = client.get("/log/checkpoint")
    assert got.status == 200, got.text
    note = notes.parse(got.text)
    known = [notes.verifier(line) for line in client.get("/log/vkey").text.splitlines()]
    assert notes.verified(note, known) == tuple(known)
    return checkpoints.head(note.text)


def _leaves(client: Client, size: int) -> list[bytes]:
    found = []
    for tile in tiles.tiles(size):
        if tile.level is None:
            found += tiles.unbundled(client.get(f"/log/tile/{tile.path}").body)
    return found


def test_the_checkpoint_is_of_the_tree_that_the_tiles_tell(client, world):
    client.get(f"/passports/{world.piece}/versions/1/proof")
    head = _head(client)
    assert (head.origin, head.size) == ("passport.example/log", world.system.history.size())
    leaves = _leaves(client, head.size)
    nodes = {(level, index): digest for level, index, digest in ledger.extend(0, [], map(ledger.leaf_hash, leaves))}
    assert ledger.root_at(head.size, lambda level, index: nodes[level, index]) == head.root
    for tile in tiles.tiles(head.size):
        if tile.level is not None:
            got = client.get(f"/log/tile/{tile.path}")
            wanted = [nodes[8 * tile.level, tile.start + each] for each in range(tile.width)]
            assert got.body == b"".join(wanted)
            assert got["content-type"] == "application/octet-stream"
            assert "immutable" in got["cache-control"]


def test_entries_are_packed_for_those_who_take_it(client):
    plain = client.get("/log/tile/entries/000.p/3")
    packed = client.get("/log/tile/entries/000.p/3", accept_encoding="gzip")
    assert packed["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert packed["etag"] != plain["etag"]
    assert "content-encoding" not in plain


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("0/000.p/255", 404),
        ("0/000", 404),
        ("0/x001/000", 404),
        ("1/000.p/1", 404),
        ("63/000.p/1", 404),
        ("entries/000.p/255", 404),
        ("entries/001.p/1", 404),
        ("64/000", 400),
        ("0/0", 400),
        ("00/000", 400),
        ("0/000.p/0", 400),
        ("0/000.p/256", 400),
        ("0/000.p/01", 400),
        ("0/001/000", 400),
        ("entries", 400),
        ("", 400),
        ("0/%30%30%30.p/%31%00", 400),
        ("../checkpoint", 400),
        ("8/0/000", 400),
    ],
)
def test_tiles_that_are_not_there_and_addresses_that_are_none(client, path, status):
    _head(client)
    assert client.get(f"/log/tile/{path}").status == status


def test_nothing_beyond_the_published_checkpoint_is_served(own_world):
    world, client, _ = own_world
    client.get(f"/passports/{world.piece}/versions/1/proof")
    size = _head(client).size
    made = client.post("/submissions", {**MODEL, "netWeight": 7.9}, world.tokens["maker"])
    assert made.status == 201
    assert client.get(f"/log/tile/0/000.p/{size}").status == 200
    assert client.get(f"/log/tile/0/000.p/{size + 1}").status == 404
    assert client.get(f"/log/tile/entries/000.p/{size + 1}").status == 404
    assert client.get(f"/log/inclusion?leaf=0&size={size + 1}").status == 404
    assert client.get("/log").json()["unpublished"] == world.system.history.size() - size
    (issued,) = made.json()["passports"]
    assert client.get(f"/passports/{issued['code']}/versions/{issued['version']}/proof").status == 200
    assert _head(client).size == world.system.history.size()
    assert client.get(f"/log/tile/0/000.p/{size + 1}").status == 200
    assert client.get(f"/log/tile/0/000.p/{size}").status == 200


def test_inclusion_and_consistency_as_json(client, world):
    client.get(f"/passports/{world.piece}/versions/1/proof")
    head = _head(client)
    for leaf in (0, head.size - 1):
        found = client.get(f"/log/inclusion?leaf={leaf}").json()
        proof = [b64decode(each) for each in found["hashes"]]
        assert b64decode(found["root"]) == head.root
        assert ledger.verify_inclusion(b64decode(found["leafHash"]), leaf, head.size, proof, head.root)
    for old in range(1, head.size + 1):
        found = client.get(f"/log/consistency?from={old}").json()
        proof = [b64decode(each) for each in found["hashes"]]
        assert ledger.verify_consistency(old, head.size, b64decode(found["fromRoot"]), head.root, proof)
    assert client.get("/log/consistency?from=0&to=1").json()["hashes"] == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("inclusion", 400),
        ("inclusion?leaf=x", 400),
        ("inclusion?leaf=-1", 400),
        ("inclusion?leaf=99999", 404),
        ("inclusion?leaf=3&size=2", 404),
        ("inclusion?leaf=99999999999999999999", 400),
        ("consistency", 400),
        ("consistency?from=3&to=2", 404),
        ("consistency?from=99999", 404),
        ("consistency?from=1&to=99999", 404),
    ],
)
def test_proofs_that_there_are_not(client, query, status):
    assert client.get(f"/log/{query}").status == status


def _proved(client: Client, address: str, token: str | None = None) -> tuple[bytes, str]:
    """The signed document at an address, and the proof that its header leads to."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    got = client.get(address, "application/vc+jwt", **headers)
    assert got.status == 200, got.text
    lines = [each for line in got.all("link") for each in line.split(", ") if RELATION in each]
    assert len(lines) == 1, got.all("link")
    proof = client.get(lines[0][1:].partition(">")[0])
    assert (proof.status, proof["content-type"]) == (200, "text/plain; charset=utf-8")
    return got.body, proof.text


def _addresses(client: Client, world) -> list[str]:
    events = client.get(f"/passports/{world.legacy}/events").json()["events"]
    credential = client.get(f"/passports/{world.piece}/verification").json()["credential"]
    return [
        f"/passports/{world.piece}",
        f"/p/{world.piece}",
        f"/passports/{world.model}/versions/1",
        events[0]["id"],
        credential,
    ]


def test_every_signed_document_leads_to_a_proof_that_holds(client, world, tmp_path):
    vkey = client.get("/log/vkey").text.splitlines()[0]
    for number, address in enumerate(_addresses(client, world)):
        document, text = _proved(client, address)
        proof = checkpoints.read_proof(text)
        head = checkpoints.head(notes.parse(proof.checkpoint).text)
        leaf = ledger.leaf_hash(proof.extra)
        assert ledger.verify_inclusion(leaf, proof.index, head.size, proof.hashes, head.root)
        assert json.loads(proof.extra)["digest"] == hashlib.sha256(document).hexdigest()
        (tmp_path / f"{number}.jwt").write_bytes(document)
        (tmp_path / f"{number}.tlog-proof").write_bytes(text.encode())
    did = client.get("/organisations/maker/did.json").body
    (tmp_path / "did.json").write_bytes(did)
    holds = _run(tmp_path / "0.jwt", tmp_path / "0.tlog-proof", "--vkey", vkey, "--did", tmp_path / "did.json")
    assert (holds.returncode, holds.stderr) == (0, "")
    assert "Signed by did:web:passport.example:organisations:maker." in holds.stdout
    wrong = _run(tmp_path / "1.jwt", tmp_path / "2.tlog-proof", "--vkey", vkey)
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "is not the one that was logged" in wrong.stderr


def _run(*arguments):
    command = [sys.executable, "-I", str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)


def test_the_verifier_is_served_as_it_is_published(client):
    got = client.get("/log/verify.py")
    assert got.body == SCRIPT.read_bytes()
    assert "passport." not in got.text.replace("passport.example", "")


def test_restricted_documents_have_proofs_that_say_nothing_of_them(client, world):
    events = client.get(f"/passports/{world.legacy}/events").json()["events"]
    held = [each for event in events for each in event.get("restrictedDocuments", ())]
    assert held
    for each in held:
        assert client.get(each["id"]).status == 401
        document, proof = _proved(client, each["id"], world.tokens["town"])
        assert hashlib.sha256(document).hexdigest() in checkpoints.read_proof(proof).extra.decode()
        assert "K-77" not in proof


@pytest.mark.parametrize(
    "path",
    [
        "/credentials/nothing/proof",
        "/events/nothing/proof",
        "/passports/ZZZZZZZZZ/versions/1/proof",
        "/passports/{piece}/versions/99/proof",
    ],
)
def test_no_proof_of_what_is_not_there(client, world, path):
    assert client.get(path.format(piece=world.piece)).status == 404


def test_no_proof_of_a_passport_at_the_address_of_events(client, world):
    credential = client.get(f"/passports/{world.piece}/verification").json()["credential"]
    assert client.get(f"/events/{credential.rpartition('/')[2]}/proof").status == 404


def test_the_page_says_what_the_log_proves_and_what_it_does_not(client, world):
    client.get(f"/passports/{world.piece}/versions/1/proof")
    vkey = client.get("/log/vkey").text.strip()
    for language, without in (("en", "There is no witness."), ("sv", "Det finns inget vittne.")):
        page = client.page(f"/log?lang={language}").text
        assert without in page
        assert vkey in page
        assert f"passport.example/log\n{world.system.history.size()}".split("\n")[1] in page
    value = client.get("/log", "application/json").json()
    assert value["vkeys"] == [vkey]
    assert (value["stopped"], value["witnesses"], value["former"]) == (False, [], [])
    assert value["checkpoint"] == f"{BASE}/log/checkpoint"


def test_pages_lead_to_proofs(client, world):
    assert f'href="/passports/{world.piece}/versions/1/proof"' in client.page(f"/passports/{world.piece}").text
    assert f"/passports/{world.piece}/versions/1/proof" in client.page(f"/passports/{world.piece}/verification").text
    event = client.get(f"/passports/{world.legacy}/events").json()["events"][0]["id"].removeprefix(BASE)
    assert f'href="{event}/proof"' in client.page(event).text
    told = client.get(f"/passports/{world.piece}/verification").json()["log"]
    assert told["proof"] == f"{BASE}/passports/{world.piece}/versions/1/proof"
    assert client.get(told["proof"]).status == 200


def test_readiness_and_metrics_tell_how_the_log_stands(client, world):
    client.get(f"/passports/{world.piece}/versions/1/proof")
    assert client.get("/readyz").json()["log"] == "ok"
    text = client.get("/metrics").text
    assert "passport_log_stopped 0.0" in text
    assert "passport_log_lag_documents 0.0" in text


def test_t32_an_older_copy_of_the_database_stops_the_log_and_everybody_is_told(own_world):
    world, client, _ = own_world
    client.get(f"/passports/{world.piece}/versions/1/proof")
    system = world.system
    with system.marks.held():
        kept = system.marks.read()
        head = checkpoints.head(notes.parse(kept).text)
        key = next(each for each in reversed(system.parties.keys("log")))
        later = checkpoints.Head(head.origin, head.size + 5, bytes(32)).text()
        line = notes.Verifier(head.origin, notes.ED25519, key.public).line(system.signer.sign(key.kid, later.encode()))
        system.marks.write(notes.written(later, [line]))
    try:
        got = client.get("/log/checkpoint")
        assert (got.status, got.json()["type"]) == (503, f"{BASE}/problems/log-stopped")
        assert got["retry-after"] == "60"
        assert "published" in client.get("/readyz").json()["log"]
        assert "passport_log_stopped 1.0" in client.get("/metrics").text
        assert client.get("/log").json()["stopped"] is True
        assert "Warning" in client.page("/log").text
        assert client.get(f"/passports/{world.piece}/versions/1/proof").status == 200
    finally:
        system.marks.write(kept)
    assert client.get("/log/checkpoint").status == 200
