"""A product with everything that is known of it together: passport, batch, model, state and composition."""

from typing import Any

import orjson

from passport.codecs.documents import inner, served, served_document
from passport.model.access import Caller
from passport.model.naming import id_at
from passport.model.passport import Document, Level, Tier
from passport.ports import Reading
from passport.service import composition, resolution
from passport.service.disclosure import is_interested
from passport.service.lives import past_of
from passport.service.past import Then, state_document
from passport.service.system import System


def document(system: System, found: Then, *, caller: Caller | None = None) -> bytes:
    """All of it as JSON; ``passport``, ``batch`` and ``model`` each whole and as it was signed, or null.

    ``state`` and ``composition`` are worked out of the events that the reader may see. ``restricted`` are the signed
    documents of this version that the reader may see besides, ``hidden`` the tiers of those that only others may.
    ``at`` and ``known`` are the times asked for.
    """
    reading = found.reading
    batch = resolution.batch_document(system, reading, until=found.until)
    model = resolution.model_document(system, reading, known=found.known)
    parts = {
        "passport": served(reading.payload, reading.start),
        "batch": served(batch.payload, batch.start) if batch is not None else b"null",
        "model": served_document(model) if model is not None else b"null",
    }
    said: dict[str, Any] = {
        "state": state_document(
            system, found.state, product=found.product, legitimate=is_interested(found.product, caller)
        )
    }
    if reading.level is Level.ITEM:
        said["composition"] = composition.composition_document(_composed(system, found, batch, model))
    said |= {name: value for name, value in (("at", found.at), ("known", found.known)) if value is not None}
    shown = [served_document(each) for each in found.restricted if each.payload]
    listed = inner(reading.payload, reading.start).get("restrictedDocuments", ())
    seen = {each.id for each in found.restricted}
    said["hidden"] = sorted({each["tier"] for each in listed if id_at(each["id"]) not in seen})
    head = b",".join(b'"%b":%b' % (name.encode(), part) for name, part in parts.items())
    return b'{%b,"restricted":[%b],%b' % (head, b",".join(shown), orjson.dumps(said)[1:])


def _composed(system: System, found: Then, batch: Reading | None, model: Document | None) -> composition.Now:
    public = [each for each in found.documents if each.tier is Tier.PUBLIC]
    return composition.composed(
        inner(found.reading.payload, found.reading.start),
        [past.said for past in past_of(public, system.history)],
        batch=inner(batch.payload, batch.start) if batch is not None else None,
        model=inner(model.payload, model.start) if model is not None else None,
    )
