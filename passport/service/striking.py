"""Snapshots that knew what was erased since: their files are taken away, for the law goes before permanence."""

from collections.abc import Collection, Mapping

from passport.codecs import manifests
from passport.errors import Damaged
from passport.model.dataset import Snapshot, Struck
from passport.model.passport import Tier
from passport.ports import Erasure
from passport.service.system import System


def read(system: System, name: str) -> Snapshot | None:
    """A snapshot that is there, from its manifest; None when it was struck out or never was.

    Raises ``Damaged`` for a manifest that cannot be read.
    """
    file = system.snapshots.open(name, manifests.MANIFEST)
    if file is None:
        return None
    with file:
        data = file.read()
    try:
        return manifests.snapshot(data)
    except (ValueError, LookupError, TypeError) as wrong:
        raise Damaged(f"the manifest of the snapshot {name} is not what was stored") from wrong


def sound(system: System, name: str) -> Snapshot | None:
    """The same; None also for one whose manifest is damaged, of which nothing is served: others go on without it."""
    try:
        return read(system, name)
    except Damaged:
        return None


def erased_public(system: System) -> Mapping[str, Erasure]:
    """The erasures of public documents, by document."""
    found = system.history.erasures()
    return {document: each for document, each in found.items() if _position(system, document) is not None}


def _position(system: System, document_id: str) -> int | None:
    """Where a public document stands in the log; None of one that is not public."""
    document = system.history.document(document_id)
    return None if document is None or document.tier is not Tier.PUBLIC else document.position


def strike_erased(system: System) -> Collection[str]:
    """Strike out every snapshot that knew a public document whose content was erased since; gives their names.

    Any document that the log had by then: also an earlier version of a model is in what is reckoned of its pieces.
    """
    erasures = system.history.erasures()
    if not erasures:
        return ()
    places = {document: _position(system, document) for document in erasures}
    struck = []
    for name in system.snapshots.names():
        snapshot = sound(system, name)
        if snapshot is None:
            continue
        found = [
            erasures[document].act
            for document, position in places.items()
            if position is not None and position < snapshot.size and document not in snapshot.erased
        ]
        if found:
            acts = tuple(f"{system.base}/events/{act}" for act in sorted(set(found)))
            system.snapshots.strike(name, manifests.notice(Struck(name, snapshot.issued, system.now(), acts)))
            struck.append(name)
    return struck
