"""The life of a product as its pages show it, gathered from what is kept: events, versions, and whose they are."""

from collections.abc import Iterable, Mapping, Sequence

from passport.codecs.documents import inner
from passport.codecs.state import gathered
from passport.model.passport import Document
from passport.ports import Organisation
from passport.service.organisations import SERVICE
from passport.service.resolution import corrects
from passport.service.system import System
from passport.web.pages.views import Edition, Happened

EDITIONS = 50
"""Versions that a timeline has at most, the newest."""

_PARTIES = ("owner", "previousOwner", "holder", "borrower", "collector", "receiver", "reservedFor", "repairer", "actor")


def happened(system: System, documents: Sequence[Document]) -> tuple[Happened, ...]:
    """Events from those of their documents that a reader may see, in the order of the log."""
    lost = [each.id for each in documents if not each.payload]
    erasures = system.history.erasures(lost) if lost else {}
    effects = {document: erasure.effects for document, erasure in erasures.items()}
    issuers: dict[str, Organisation | None] = {}
    found = []
    for kept, said in gathered(documents, effects=effects):
        first = kept[0]
        if first.issuer not in issuers:
            issuers[first.issuer] = shown(system.parties.organisation(first.issuer))
        erased = None if first.payload else erasures[first.id].at
        told = said if first.payload else {"id": f"{system.base}/events/{first.id}", **said}
        found.append(Happened(told, issuers[first.issuer], first.at, erased))
    return tuple(found)


def shown(organisation: Organisation | None) -> Organisation | None:
    """The organisation, if its name may be shown to anybody; the service signs for those whose may not."""
    hidden = organisation is None or not organisation.public or organisation.slug == SERVICE
    return None if hidden else organisation


def names(system: System, events: Iterable[Happened]) -> Mapping[str, Organisation]:
    """The organisations that events name: only what is restricted names any, so the reader may know of them."""
    slugs = dict.fromkeys(
        slug for event in events for member in _PARTIES if isinstance(slug := event.document.get(member), str)
    )
    found = {slug: system.parties.organisation(slug) for slug in slugs}
    return {slug: organisation for slug, organisation in found.items() if organisation is not None}


def editions(system: System, code: str, newest: int) -> tuple[Edition, ...]:
    """The versions of a passport after its first one, oldest first."""
    found = []
    for number in range(max(2, newest - EDITIONS + 1), newest + 1):
        kept = system.history.version(code, number)
        if kept is None:
            continue
        said = inner(kept.payload, kept.start) if kept.payload else {}
        revision = said.get("revision") or {}
        found.append(Edition(number, kept.at, corrects(said), revision.get("reason") or ()))
    return tuple(found)
