"""Everything public in the order of the log, in parts that never change: what another system follows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import orjson

from passport.codecs.documents import inner
from passport.codecs.state import NEVER_HAPPENED
from passport.errors import Malformed
from passport.model.naming import id_at
from passport.model.passport import Document, Kind, Tier
from passport.service.system import System

RANGE: Final = 100
"""Positions of the log that one part of the feed is about; parts begin at its multiples."""


@dataclass(frozen=True, slots=True)
class Item:
    """One public document in the feed. What its content says is None once that was erased; ``type`` is of events."""

    position: int
    kind: Kind
    address: str
    credential: str
    passport: str
    product: str
    digest: bytes
    at: str
    version: int
    type: str | None = None
    supersedes: str | None = None
    reason: str | None = None
    revokes: tuple[str, ...] = ()
    erases: tuple[str, ...] = ()
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """The public documents at positions from ``since`` up to, not including, ``next``. ``size`` is that of the log."""

    since: int
    next: int
    size: int
    items: tuple[Item, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing can be added to it any more."""
        return self.next % RANGE == 0 and self.next > self.since


def feed(system: System, since: int) -> Part:
    """Everything public from log position ``since`` to the end of its range, in the order of the log.

    The cost is that of ``RANGE`` documents at most. A position that the log has not reached yet gives an empty part.
    """
    if since < 0:
        raise Malformed("Positions of the log begin at 0.")
    size = system.history.size()
    end = min(size, (since // RANGE + 1) * RANGE)
    if since >= end:
        return Part(since, since, size, ())
    entries = islice(system.history.scan(since, end), end - since)
    public = [each.document for each in entries if each.document.tier is Tier.PUBLIC]
    return Part(since, end, size, tuple(_item(system, each) for each in public))


def newest(system: System) -> Part:
    """The last part of the feed that has something in it."""
    return feed(system, max(0, system.history.size() - 1) // RANGE * RANGE)


def _item(system: System, document: Document) -> Item:
    """The item of a document, from its content where that is still there."""
    told = _TOLD[document.kind] if document.payload else _erased
    return told(system, document, inner(document.payload, document.start) if document.payload else {})


def _of_passport(system: System, document: Document, value: Mapping[str, Any]) -> Item:
    return _basic(system, document, str(value["uniqueProductIdentifier"]))


def _of_event(system: System, document: Document, value: Mapping[str, Any]) -> Item:
    basic = _basic(system, document, str(value["product"]), type=str(value["eventType"]))
    supersedes, reason = value.get("supersedes"), value.get("correctionReason")
    if supersedes is None:
        return _basic(system, document, basic.product, type=basic.type, erases=tuple(value.get("erased", ())))
    revoked = (f"{system.base}/credentials/{id_at(str(supersedes))}",) if reason == NEVER_HAPPENED else ()
    return _basic(
        system,
        document,
        basic.product,
        type=basic.type,
        supersedes=str(supersedes),
        reason=None if reason is None else str(reason),
        revokes=revoked,
    )


def _erased(system: System, document: Document, value: Mapping[str, Any]) -> Item:
    product = system.history.product(document.code)
    key = product.key if product is not None else f"p/{document.code}"
    return _basic(system, document, system.product_address(key), erased=True)


_TOLD: Final[Mapping[Kind, Callable[[System, Document, Mapping[str, Any]], Item]]] = {
    Kind.PASSPORT: _of_passport,
    Kind.EVENT: _of_event,
}


def _basic(system: System, document: Document, product: str, **more: Any) -> Item:
    event = document.kind is Kind.EVENT
    return Item(
        document.position,
        document.kind,
        f"{system.base}/events/{document.id}" if event else system.version_address(document.code, document.version),
        f"{system.base}/credentials/{document.id}",
        system.passport_address(document.code),
        product,
        document.digest,
        document.at,
        document.version,
        **more,
    )


def feed_json(part: Part, *, base: str, title: str, describe: Callable[[Item], str]) -> bytes:
    """A part of the feed as JSON Feed 1.1; ``describe`` says in one line what a document is.

    ``_passport`` holds what a follower needs: its ``next`` is what to ask for as ``since`` the next time.
    """
    here = f"{base}/feed?since={part.since}"
    value: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": f"{base}/",
        "feed_url": here,
        "language": "en",
    }
    if part.complete:
        value["next_url"] = f"{base}/feed?since={part.next}"
    value["_passport"] = {"about": f"{base}/docs", "since": part.since, "next": part.next}
    value["items"] = [_item_json(each, describe(each)) for each in part.items]
    return orjson.dumps(value)


def _item_json(item: Item, text: str) -> dict[str, Any]:
    beside: Sequence[tuple[str, Any]] = (
        ("position", item.position),
        ("kind", item.kind.value),
        ("passport", item.passport),
        ("product", item.product),
        ("version", item.version if item.kind is Kind.PASSPORT else None),
        ("digest", f"sha256:{item.digest.hex()}"),
        ("credential", item.credential),
        ("eventType", item.type),
        ("supersedes", item.supersedes),
        ("correctionReason", item.reason),
        ("revokes", item.revokes or None),
        ("erases", item.erases or None),
        ("erased", item.erased or None),
    )
    return {
        "id": item.address,
        "url": item.address,
        "content_text": text,
        "date_published": item.at,
        "tags": [item.kind.value, *((item.type,) if item.type else ())],
        "_passport": {name: value for name, value in beside if value is not None},
    }
