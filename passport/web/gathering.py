"""What the pages of a passport show, gathered from the service."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from passport.codecs import label
from passport.codecs.documents import inner
from passport.errors import NotFound
from passport.model.access import Caller
from passport.model.passport import Document, Standing
from passport.ports import Organisation, Reading
from passport.service import organisations, resolution, search
from passport.service.past import Then
from passport.service.system import System
from passport.web import lives
from passport.web.pages.fields import Seen
from passport.web.pages.views import EventPage, LabelRow, ModelRow, PassportPage

_VERSION = re.compile(r"/passports/([0-9A-Z]+)/versions/(\d{1,7})\Z")


def passport_page(
    system: System,
    reading: Reading,
    kept: Document,
    *,
    newest: int,
    caller: Caller | None = None,
    events: Sequence[Document] | None = None,
) -> PassportPage:
    """Everything the page of one version tells a reader; ``kept`` is its signed document.

    ``events`` are told in the place of those that the reader may see now.
    """
    document = inner(reading.payload, reading.start)
    life = lives.happened(system, resolution.life(system, reading.code, caller=caller) if events is None else events)
    told = (document, *(each.document for each in reversed(life)))
    return PassportPage(
        reading=reading,
        document=document,
        model_document=resolution.model_of(system, reading),
        verification=resolution.check_signature(system, kept).verification,
        versions=newest,
        events=life,
        restricted=restricted(told),
        issuer=issuer_of(system, kept.issuer),
        base=system.base,
        operator=_operator(system, document),
        batch_document=resolution.batch_of(system, reading),
        editions=lives.editions(system, reading.code, newest) if life else (),
        names=lives.names(system, life),
    )


def past_page(system: System, found: Then) -> PassportPage:
    """The page of a product as it was, or as it was known."""
    kept = resolution.version(system, found.reading.code, found.reading.version)
    newest = found.product.version
    page = passport_page(system, found.reading, kept, newest=newest, events=found.documents)
    until = found.until
    return replace(
        page,
        model_document=resolution.model_of(system, found.reading, known=found.known),
        batch_document=resolution.batch_of(system, found.reading, until=until),
        editions=tuple(each for each in page.editions if until is None or each.at <= until),
        at=found.at,
        known=found.known,
    )


def event_page(system: System, kept: Document, caller: Caller | None = None) -> EventPage:
    """Everything the page of one event tells a reader; ``kept`` is its public document."""
    product = system.history.product(kept.code)
    if product is None:
        raise NotFound("No product has this code.", code=kept.code)
    page = version_page(system, resolution.version(system, kept.code, product.version), caller=caller)
    address = f"{system.base}/events/{kept.id}"
    (happened,) = lives.happened(system, [kept])
    event = next((each for each in page.events if each.document.get("id") == address), happened)
    return EventPage(
        passport=page,
        event=event,
        verification=resolution.check_signature(system, kept).verification if kept.payload else None,
        issuer=issuer_of(system, kept.issuer),
        restricted=restricted((happened.document,)),
    )


def _operator(system: System, document: Mapping[str, Any]) -> Organisation | None:
    ours, did = system.did(""), str(document.get("economicOperatorId", ""))
    return system.parties.organisation(did.removeprefix(ours)) if did.startswith(ours) else None


def newest_page(system: System, reading: Reading, caller: Caller | None = None) -> PassportPage:
    """The page of the newest version."""
    kept = resolution.version(system, reading.code, reading.version)
    return passport_page(system, reading, kept, newest=reading.version, caller=caller)


def version_page(system: System, kept: Document, caller: Caller | None = None) -> PassportPage:
    """The page of any version, also of a withdrawn passport."""
    product = system.history.product(kept.code)
    if product is None:
        raise NotFound("No product has this code.", code=kept.code)
    model_code, model_version = _model(inner(kept.payload, kept.start))
    reading = Reading(
        code=kept.code,
        key=product.key,
        level=product.level,
        standing=product.standing,
        version=kept.version,
        payload=kept.payload,
        start=kept.start,
        digest=kept.digest,
        model_code=model_code,
        model_version=model_version,
    )
    return passport_page(system, reading, kept, newest=product.version, caller=caller)


def issuer_of(system: System, slug: str) -> Organisation:
    """The organisation that issued a document."""
    return organisations.known(system, slug)


def model_row(system: System, reading: Reading) -> ModelRow:
    """One line of a list of passports."""
    kept = resolution.version(system, reading.code, reading.version)
    return ModelRow(reading.code, inner(reading.payload, reading.start), issuer_of(system, kept.issuer).name)


def label_row(system: System, reading: Reading) -> LabelRow:
    """One label of a sheet."""
    kept = resolution.version(system, reading.code, reading.version)
    document = inner(reading.payload, reading.start)
    model = resolution.model_of(system, reading)
    return LabelRow(
        reading.code,
        label.address(system.base, reading.code),
        names_of(document) or names_of(model or {}),
        issuer_of(system, kept.issuer).name,
    )


def names_of(document: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    """What a product is called, in every language that its document has; nothing when it says nothing."""
    return document.get("itemName") or document.get("modelName") or ()


def seen_in(system: System, *, field: str | None = None, code: tuple[str, str] | None = None) -> Seen | None:
    """A passport of this service that has a field, or a code as (code list, code); None where none is known.

    It comes from the index as far as that has followed: an example may be late, and no page waits for it.
    """
    found = search.example_of(system, field=field, code=code)
    reading = system.history.read(found) if found is not None else None
    if reading is None or reading.standing is not Standing.ACTIVE:
        return None
    return Seen(reading.code, inner(reading.payload, reading.start))


def _model(document: Mapping[str, Any]) -> tuple[str, int] | tuple[None, None]:
    """The code and version of the model that a signed document itself names; what it names now may be another."""
    address = document.get("modelPassport", {}).get("id", "")
    match = _VERSION.search(address)
    return (match[1], int(match[2])) if match else (None, None)


def restricted(listing: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    """The documents that are not public of which some documents tell, as (address, tier)."""
    return tuple((each["id"], each["tier"]) for document in listing for each in document.get("restrictedDocuments", ()))
