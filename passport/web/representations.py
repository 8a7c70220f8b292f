"""A signed document in each media type that it is served in."""

from passport.codecs import documents, rdf
from passport.codecs.forms import LINKED, QUADS, RDF_XML, TRIPLES, TURTLE
from passport.model.passport import Document, Kind, Tier
from passport.ports import Reading
from passport.service import resolution
from passport.service.erasure import require_content
from passport.service.system import System
from passport.web.answers import JSON, Content, Header
from passport.web.site import NEGOTIATED

SIGNED = "application/vc+jwt"
ENVELOPED = "application/vc"

CREDENTIAL = (SIGNED, ENVELOPED, JSON, LINKED)
"""What a credential is served as; JSON is the enveloped form."""

DOCUMENT = (JSON, LINKED, SIGNED, ENVELOPED, TURTLE, QUADS, TRIPLES, RDF_XML)
"""What a passport or an event is served as for machines, the default first."""

GRAPHS = frozenset({TURTLE, QUADS, TRIPLES, RDF_XML})
"""Those of them that are RDF, made with the context that stands now."""

_MARKS = dict(zip(DOCUMENT, ("j", "l", "s", "e", "t", "q", "n", "x"), strict=True))


def represent(
    system: System,
    source: Reading | Document,
    media_type: str,
    *,
    cache: str = "public, no-cache",
    more: tuple[Header, ...] = (),
) -> Content:
    """The document of ``source`` in one of ``DOCUMENT``'s media types; its tag follows from the signed bytes.

    RDF is made with a context, whose digest is a part of the tag.
    """
    if isinstance(source, Document):
        require_content(system, source)
    tag = f"{source.digest.hex()}-{_MARKS[media_type]}"
    return Content(
        _body(system, source, media_type),
        media_type,
        tag=f"{tag}-{_context_mark(system, source)}" if media_type in GRAPHS else tag,
        cache=cache,
        more=more,
        negotiated=() if any(name == b"vary" for name, _ in more) else NEGOTIATED,
    )


def credential(document: Document, media_type: str) -> Content:
    """A signed document as a credential: the stored bytes, or the enveloped form. No cache keeps a restricted one."""
    signed = documents.jws(document)
    body = signed if media_type == SIGNED else documents.enveloped(signed)
    public = document.tier is Tier.PUBLIC
    return Content(
        body,
        media_type,
        tag=f"{document.digest.hex()}-c{_MARKS[media_type]}",
        cache="public, no-cache" if public else "private, no-store",
        negotiated=("Accept",) if public else ("Accept", "Authorization"),
    )


def _body(system: System, source: Reading | Document, media_type: str) -> bytes:
    if media_type in (JSON, LINKED):
        return _served(source)
    if media_type in (SIGNED, ENVELOPED):
        signed = documents.jws(_kept(system, source))
        return signed if media_type == SIGNED else documents.enveloped(signed)
    return rdf.serialise(_served(source), media_type, published=system.published)


def _kind(source: Reading | Document) -> Kind:
    return source.kind if isinstance(source, Document) else Kind.PASSPORT


def _context_mark(system: System, source: Reading | Document) -> str:
    context = documents.context_of(source.payload, _kind(source)).decode()
    return system.published.context_digest(context)[:12]


def _served(source: Reading | Document) -> bytes:
    if isinstance(source, Document):
        return documents.served_document(source)
    return documents.served(source.payload, source.start)


def _kept(system: System, source: Reading | Document) -> Document:
    return source if isinstance(source, Document) else resolution.version(system, source.code, source.version)
