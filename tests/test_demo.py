"""The demo, started as people start it: what it prints, what a second start keeps, and what its store holds then."""

import gzip
import json
import re
import socket
import sys
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pyld import jsonld

from passport import cli, demo
from passport.codecs.documents import inner
from passport.filling import media_named
from passport.model.passport import Document, Kind, Level, Tier
from passport.published import Published
from passport.service.audit import audit
from passport.service.system import System
from passport.settings import Settings
from passport.web.app import create_app
from passport.web.pages import Pages
from passport.wiring import Running, open_system
from tests.demonstration import ENVIRONMENT, ask, started
from tests.packaging.wheels import built, unpacked
from tests.ports import free_port
from tests.web.conftest import Client

NAMED = ("base", "piece", "gs1_piece", "model", "longest", "offer")
LISTED = ("longest", "log", "feed", "sparql", "data")
TOKENS = {
    *("supplier", "other_supplier", "municipality", "other_municipality"),
    *("repairer", "refurbisher", "recycler", "authority", "researcher"),
}
VOCAB = "https://w3id.org/furniturepassport/"
STANDARDS = (
    VOCAB,
    "https://schema.org/",
    "https://www.w3.org/2018/credentials#",
    "https://ref.gs1.org/",
    "http://purl.org/dc/",
    "http://www.w3.org/",
)


@dataclass(frozen=True)
class Visits:
    """What two starts of one demo said, for scripts and for people, and what was answered meanwhile."""

    folder: Path
    first: dict[str, Any]
    text: str
    tokens: dict[str, str]
    answered: dict[str, tuple[int, bytes]]
    later: dict[str, tuple[int, bytes]]


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Visits:
    """The first start is from a wheel alone, the second from the source tree."""
    folder = tmp_path_factory.mktemp("demo") / "store"
    environment = unpacked(built(tmp_path_factory.mktemp("wheel")), tmp_path_factory.mktemp("site"))
    with started(folder, environment, "--json", "--port", str(free_port())) as printed:
        first = json.loads(printed.readline())
        submissions = f"{first['base']}/submissions?dry_run=true"
        answered = {name: ask(first[name]) for name in ("piece", "gs1_piece", "model")}
        answered["token"] = ask(submissions, first["tokens"]["supplier"])
        answered["other"] = ask(submissions, first["tokens"]["municipality"])
        for page in ("/", "/submissions", "/labels", "/log"):
            answered[page] = ask(first["base"] + page, Accept="text/html")
        for name in LISTED:
            answered[name] = ask(first[name], Accept="text/html")
        for path in ("/data/latest", "/log/checkpoint", "/schemas"):
            answered[path] = ask(first["base"] + path)
        waits = {"Authorization": f"Bearer {first['tokens']['other_municipality']}"}
        answered["offer"], answered["desk"] = ask(first["offer"], **waits), ask(first["desk"], **waits)
        answered["longest as data"] = ask(first["longest"])
    with started(folder, ENVIRONMENT) as printed:
        text = "".join(iter(printed.readline, "Stop with Ctrl+C.\n"))
        labels = {label: name for name, (label, _, _) in demo._NAMES.items()}
        rows = [line.rpartition(" ") for line in text.splitlines()]
        tokens = {labels[label.strip()]: said for label, _, said in rows if label.strip() in labels}
        later = {name: ask(first[name]) for name in ("piece", "gs1_piece", "model")}
        later["old"] = ask(submissions, first["tokens"]["supplier"])
        later["older"] = ask(submissions, first["tokens"]["municipality"])
        later["new"] = ask(submissions, tokens["supplier"])
    return Visits(folder, first, text, tokens, answered, later)


def test_the_line_for_scripts_has_what_is_promised(visits: Visits) -> None:
    said = visits.first
    assert set(said) == {*NAMED, "desk", "log", "feed", "sparql", "data", "tokens"}
    for tokens in (said["tokens"], visits.tokens):
        assert set(tokens) == TOKENS
        assert len(set(tokens.values())) == len(TOKENS)
    base = said["base"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", base)
    assert re.fullmatch(re.escape(base) + r"/passports/[0-9A-Z]{9}", said["piece"])
    assert re.fullmatch(re.escape(base) + r"/passports/[0-9A-Z]{9}", said["model"])
    assert re.fullmatch(re.escape(base) + r"/01/\d{14}/21/\S+", said["gs1_piece"])


def test_the_demo_runs_from_the_wheel(visits: Visits) -> None:
    for name in ("piece", "gs1_piece", "model", "longest as data"):
        document = json.loads(visits.answered[name][1])
        assert document["digitalProductPassportId"].startswith(visits.first["base"] + "/passports/")


def test_what_it_names_answers(visits: Visits) -> None:
    assert {name: got[0] for name, got in visits.answered.items()} == {
        **dict.fromkeys(("piece", "gs1_piece", "model", "/", "/submissions", "/labels", "/log", "desk"), 200),
        **dict.fromkeys((*LISTED, "longest as data", "offer", "/data/latest", "/log/checkpoint", "/schemas"), 200),
        "token": 422,
        "other": 422,
    }
    levels = {name: json.loads(visits.answered[name][1])["granularity"] for name in ("piece", "gs1_piece", "model")}
    assert levels == {"piece": "item", "gs1_piece": "item", "model": "model"}


def test_the_snapshot_holds_the_whole_story(visits: Visits) -> None:
    snapshot = json.loads(visits.answered["/data/latest"][1])
    assert snapshot["log"]["size"] == int(visits.answered["/log/checkpoint"][1].splitlines()[1])
    assert [each.name for each in sorted((visits.folder / "snapshots").glob("[0-9]*"))] == [snapshot["name"]]


def test_an_offer_waits_for_the_other_municipality(visits: Visits) -> None:
    offer = json.loads(visits.answered["offer"][1])
    assert offer["transfer"] == visits.first["offer"]
    assert (offer["to"], offer["total"]) == ("Eksempelkøbing Kommune", 2)
    desk = json.loads(visits.answered["desk"][1])
    assert [each["transfer"] for each in desk["incoming"]] == [visits.first["offer"]]
    assert visits.first["longest"] in {each["passport"] for each in desk["owned"]}


def test_a_second_start_reuses_the_store(visits: Visits) -> None:
    said = {line.rpartition(" ")[2] for line in visits.text.splitlines()}
    assert said >= {visits.first[name] for name in NAMED[1:]} | {f"{visits.first['base']}/"}
    for name in ("piece", "gs1_piece", "model"):
        assert visits.later[name] == visits.answered[name]


def test_t08_tokens_of_an_earlier_start_are_revoked(visits: Visits) -> None:
    assert not set(visits.first["tokens"].values()) & set(visits.tokens.values())
    assert {name: visits.later[name][0] for name in ("old", "older", "new")} == {"old": 401, "older": 401, "new": 422}
    for token in (*visits.first["tokens"].values(), *visits.tokens.values()):
        for path in visits.folder.rglob("*"):
            assert not path.is_file() or token.encode() not in path.read_bytes()


def test_another_port_is_refused_and_a_taken_one_too(
    visits: Visits, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port = int(visits.first["base"].rpartition(":")[2])

    def refused(*options: str) -> str:
        monkeypatch.setattr(sys, "argv", ["passport", "demo", "--data", str(visits.folder), *options])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code == 2
        return capsys.readouterr().err

    assert str(port) in refused("--port", str(port + 1))
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert "in use" in refused()


def test_for_people_it_prints_addresses_line_by_line(visits: Visits) -> None:
    for name in (*NAMED[1:], "desk", "log", "feed", "sparql", "data"):
        assert visits.first[name] in visits.text
    for word in ("/submissions", "/labels", "authority", "researcher", "recycler", "refurbisher", "repairer"):
        assert word in visits.text


@pytest.fixture(scope="module")
def running(visits: Visits) -> Iterator[Running]:
    """The demo's store, opened after the demo has stopped."""
    running = open_system(Settings(data=visits.folder, signing_secret_file=visits.folder / "demo-secret"))
    yield running
    running.store.close()


@pytest.fixture(scope="module")
def client(running: Running) -> Iterator[Client]:
    system = running.system
    client = Client(create_app(system, Pages(system.published, base=system.base), settings=running.settings))
    yield client
    client.close()


@pytest.fixture(scope="module")
def documents(running: Running) -> list[Document]:
    history = running.system.history
    found = [entry.document for entry in history.scan(0, history.size())]
    assert len([each for each in found if each.kind is Kind.PASSPORT and each.tier is Tier.PUBLIC]) >= 30
    return found


def passports(documents: list[Document]) -> list[Document]:
    return [each for each in documents if each.kind is Kind.PASSPORT and each.tier is Tier.PUBLIC]


def test_only_the_media_that_submissions_name_are_sent(published: Published) -> None:
    examples = published.examples()
    pictures = {path: sha256(path.read_bytes()).hexdigest() for path in (examples / "media").glob("*.png")}
    for folder in examples.glob("furniture/*"):
        read = b"".join(file.read_bytes() for file in folder.iterdir())
        sent = [
            sha256(data).hexdigest() for data, media_type in media_named(examples, read) if media_type == "image/png"
        ]
        assert sorted(sent) == sorted(digest for digest in pictures.values() if digest.encode() in read), folder.name
    assert list(media_named(examples, b"")) == []


def test_every_picture_that_a_passport_names_was_kept(documents: list[Document], running: Running) -> None:
    named = {digest for each in documents for digest in re.findall(r"/media/([0-9a-f]{64})", each.payload.decode())}
    assert len(named) >= 10
    assert [digest for digest in named if running.system.media.get(digest) is None] == []


def test_the_store_of_the_demo_is_whole(running: Running) -> None:
    system = running.system
    assert audit(system.history, system.parties, base=system.base) == []
    assert running.store.flaws() == []
    levels = [each.level for each in system.history.products(level=None, after=None, limit=1000)]
    assert levels.count(Level.MODEL) >= 5
    assert levels.count(Level.ITEM) >= 25


def test_every_passport_satisfies_the_published_schema(documents: list[Document], published: Published) -> None:
    groups = set()
    for each in passports(documents):
        document = inner(each.payload, each.start)
        group = published.group_of(document)
        groups.add(group.name)
        schema = published.schema(published.schema_iri(group.name, group.version, "document"))
        validator = Draft202012Validator(
            schema, registry=published.registry(), format_checker=Draft202012Validator.FORMAT_CHECKER
        )
        document = {"@context": group.context, **document}
        faults = [(list(fault.absolute_path), fault.message) for fault in validator.iter_errors(document)]
        assert faults == [], each.code
    assert groups == {*published.groups()}


def nodes(value: object) -> Iterator[dict[str, Any]]:
    """Every object within an expanded document that is not a value."""
    if isinstance(value, list):
        for each in value:
            yield from nodes(each)
    elif isinstance(value, dict) and "@value" not in value:
        yield value
        for each in value.values():
            yield from nodes(each)


def packaged(published: Published, url: str) -> dict[str, Any]:
    """A context as the loader of a stock JSON-LD library gives it: ours, and nothing else."""
    return {"contextUrl": None, "documentUrl": url, "document": published.context(url)}


def names(value: object) -> set[str]:
    """The names of all members within a plain document, but those of language values and context."""
    if isinstance(value, list):
        return set().union(*map(names, value))
    if not isinstance(value, dict) or set(value) == {"value", "language"}:
        return set()
    return set(value).union(*(names(each) for name, each in value.items() if name != "extensions"))


def test_t19_what_is_served_expands_without_a_dropped_term_to_terms_that_are_published(
    documents: list[Document], published: Published, client: Client
) -> None:
    """The served document is that which was signed; as JSON-LD it keeps every member, and none leads elsewhere."""
    known = {term.iri for term in published.terms().values()}
    options = {"base": None, "documentLoader": lambda url, _: packaged(published, url)}
    for each in passports(documents):
        got = client.get(f"/passports/{each.code}/versions/{each.version}", "application/ld+json")
        served = got.json()
        document = inner(each.payload, each.start)
        assert served == {"@context": published.group_of(document).context, **document}
        dropped: list[str] = []
        processor = jsonld.JsonLdProcessor(on_property_dropped=dropped.append)
        expanded = processor.expand(served, options)
        assert dropped == [], each.code
        for node in nodes(expanded):
            assert "@id" in node or "@list" in node, (each.code, node)
            for name in node:
                assert name.startswith("@") or name in known or name.startswith(STANDARDS), (each.code, name)
        stated = sum(len(node) - ("@id" in node) for node in nodes(expanded))
        assert stated >= len(names(served) - {"@context", "id", "digitalProductPassportId"})
    processor.expand({**served, "nosuchterm": 1}, options)
    assert dropped == ["nosuchterm"]


def test_every_credential_names_an_entry_of_a_served_list(
    documents: list[Document], client: Client, running: Running
) -> None:
    lists: dict[str, str] = {}
    for each in documents:
        entry = json.loads(each.payload)["credentialStatus"]
        address = entry["statusListCredential"]
        assert entry["id"] == f"{address}#{entry['statusListIndex']}"
        assert isinstance(entry["statusListIndex"], str)
        if address not in lists:
            signed = client.get(address.removeprefix(client_base(client, each)), "application/vc+jwt").body
            payload = json.loads(decoded(signed.split(b".")[1]))
            assert payload["id"] == address
            assert payload["credentialSubject"]["statusPurpose"] == entry["statusPurpose"] == "revocation"
            lists[address] = payload["credentialSubject"]["encodedList"]
        assert bit(lists[address], int(entry["statusListIndex"])) == running.system.history.is_revoked(each.id)
    assert sum(running.system.history.is_revoked(each.id) for each in documents) == 1, "the one that did not occur"


def client_base(client: Client, document: Document) -> str:
    """The base address that the documents of this store carry."""
    return str(json.loads(document.payload)["id"]).partition("/credentials/")[0]


def decoded(text: bytes | str) -> bytes:
    data = text.encode() if isinstance(text, str) else text
    return urlsafe_b64decode(data + b"=" * (-len(data) % 4))


def bit(encoded: str, index: int) -> bool:
    """One bit of a list as its standard says: multibase base64url of gzip, the first bit the leftmost."""
    assert encoded.startswith("u")
    octets = gzip.decompress(decoded(encoded[1:]))
    return bool(octets[index >> 3] >> (7 - (index & 7)) & 1)


def test_pieces_come_merged_with_the_model_they_were_made_to(running: Running, client: Client) -> None:
    system: System = running.system
    pieces = [each for each in system.history.products(level=Level.ITEM, after=None, limit=1000) if each.model]
    assert pieces
    for piece in pieces:
        merged = client.get(f"/passports/{piece.code}?view=merged").json()
        assert piece.model is not None
        assert merged["passport"]["shortCode"] == piece.code
        assert (merged["model"]["shortCode"], merged["model"]["version"]) == (piece.model.code, piece.model.version)
        named = merged["passport"]["modelPassport"]
        assert named["passport"] == merged["model"]["digitalProductPassportId"]
        kept = system.history.version(piece.model.code, piece.model.version)
        assert kept is not None
        assert named["digest"] == f"sha256:{kept.digest.hex()}"
    alone = next(each for each in system.history.products(level=Level.ITEM, after=None, limit=1000) if not each.model)
    assert client.get(f"/passports/{alone.code}?view=merged").json()["model"] is None


def test_restricted_matter_is_in_no_public_answer(documents: list[Document], client: Client) -> None:
    """The values that only restricted documents carry appear in no public form of the same passport."""
    kept: dict[str, set[str]] = {}
    for each in documents:
        if each.tier is Tier.PUBLIC:
            continue
        restricted = inner(each.payload, each.start)
        assert re.fullmatch(r"[0-9a-f]{32}", restricted["salt"])
        kept.setdefault(each.code, set()).update({restricted["salt"], restricted.get("inventoryNumber", "")} - {""})
    assert len(kept) >= 40
    for code, values in kept.items():
        for media in ("application/json", "text/html", "text/turtle", "application/vc+jwt"):
            body = client.get(f"/passports/{code}", media).text
            assert [value for value in values if value in body] == [], (code, media)
