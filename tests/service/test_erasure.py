"""Erasing what must go: the words are gone from every byte of the store, and everything else still holds."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from passport.codecs import state as states
from passport.codecs.documents import inner
from passport.errors import Conflict, Erased, Malformed, NotFound
from passport.model.events import EventType
from passport.model.passport import Kind, Tier
from passport.proofs import ledger
from passport.service import erasure, past, resolution, together
from passport.service.audit import audit
from passport.service.submissions import Outcome
from passport.service.system import System
from passport.settings import Settings

Send = Callable[..., Outcome]
WORDS = "Anna Andersson from room 12 spilled her coffee"


@pytest.fixture
def desk(send: Send, legacy: Mapping[str, Any]) -> str:
    code = send(legacy, by="town").issued[0].code
    send(
        {
            "eventType": "inspected",
            "products": [code],
            "condition": {"grade": "D", "structureScore": 3},
            "notes": [{"value": WORDS.replace("Anna Andersson", "Somebody"), "language": "en"}],
        },
        by="town",
    )
    return code


def _restricted(system: System, code: str) -> str:
    documents = system.history.documents(code, kind=Kind.EVENT)
    return next(each.id for each in reversed(documents) if each.tier is Tier.LEGITIMATE_INTEREST)


@pytest.mark.both_stores
def test_t07_what_is_erased_is_gone_and_the_history_still_holds(
    system: System, settings: Settings, store_kind: str, desk: str
) -> None:
    before = system.history.product(desk)
    root = [node.hash for node in system.history.nodes(0, 0, system.history.size())]
    document_id = _restricted(system, desk)
    address = erasure.erase(system, document_id, reason="A person was described in it")
    erased = system.history.document(document_id)
    assert erased is not None
    assert (erased.payload, erased.header, erased.signature) == (b"", b"", b"")
    if store_kind == "sqlite":
        for file in Path(settings.data).rglob("*"):
            assert not file.is_file() or b"spilled her coffee" not in file.read_bytes(), file
    leaves = [node.hash for node in system.history.nodes(0, 0, len(root))]
    assert leaves == root
    (entry,) = system.history.scan(erased.position, erased.position + 1)
    assert ledger.leaf_hash(entry.leaf) == root[erased.position]
    after = system.history.product(desk)
    assert before is not None
    assert after is not None
    assert states.from_text(after.state) == states.from_text(before.state)
    assert states.from_text(after.state).unsafe
    act = resolution.event(system, address.rpartition("/")[2])
    said = inner(act.payload, act.start)
    assert said["eventType"] == EventType.ERASED
    assert said["erased"] == [f"{system.base}/credentials/{document_id}"]
    assert [each for each in audit(system.history, system.parties, base=system.base) if each.code != "erased"] == []
    json.loads(together.document(system, past.then(system, desk)))


def test_it_says_what_it_is_when_it_is_asked_for(system: System, desk: str) -> None:
    document_id = _restricted(system, desk)
    address = erasure.erase(system, document_id, reason="Asked for")
    kept = system.history.document(document_id)
    assert kept is not None
    with pytest.raises(Erased) as caught:
        erasure.require_content(system, kept)
    assert caught.value.values["act"] == address


def test_what_cannot_be_erased_is_refused(system: System, desk: str) -> None:
    newest = resolution.version(system, desk, 1)
    with pytest.raises(Conflict, match="newest version"):
        erasure.erase(system, newest.id, reason="Asked for")
    with pytest.raises(NotFound):
        erasure.erase(system, "nothing", reason="Asked for")
    with pytest.raises(Malformed):
        erasure.erase(system, newest.id, reason=" ")
    document_id = _restricted(system, desk)
    erasure.erase(system, document_id, reason="Asked for")
    with pytest.raises(Conflict, match="already"):
        erasure.erase(system, document_id, reason="Asked for again")
