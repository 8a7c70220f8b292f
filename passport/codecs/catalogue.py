"""The catalogue of the public data: DCAT-AP 3.0.1 and VoID, in every form of RDF, without blank nodes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from passport.codecs.forms import LINKED, RDF_XML, TRIPLES, TURTLE, written
from passport.model.dataset import DataFile, Snapshot
from passport.published.namespaces import (
    DCAT,
    DCTERMS,
    EPCIS,
    FOAF,
    PROV,
    SCHEMA,
    SKOS,
    SPDX,
    TYPE,
    VOCAB,
    VOID,
    WIKIDATA,
    XSD,
    prefixes,
)

OFFERS: Final = (TURTLE, LINKED, "application/json", TRIPLES, RDF_XML)
"""Media types that it is written in; plain JSON is JSON-LD."""

_AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"
_MEDIA: Final = "https://www.iana.org/assignments/media-types/"
_TYPE: Final = NamedNode(TYPE)
_LANGUAGES: Final = {"en": "ENG", "sv": "SWE", "da": "DAN", "pl": "POL"}
_FILE_TYPES: Final = {
    "application/n-quads": "RDF_N_QUADS",
    "text/turtle": "RDF_TURTLE",
    "text/csv": "CSV",
    "text/plain": "TXT",
    "application/csvm+json": "JSON",
}
_VOCABULARIES: Final = (VOCAB, SCHEMA, PROV, EPCIS, SKOS)
_PREFIXES: Final = prefixes("dcat", "dcterms", "foaf", "spdx", "void", "prov", "xsd", "fp")

Texts = Mapping[str, str]
"""One text by language."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What the catalogue says in words: titles and descriptions by language; ``snapshot`` has ``{date}`` in it."""

    title: Texts
    description: Texts
    dataset: Texts
    about: Texts
    snapshot: Texts
    feed: Texts
    sparql: Texts
    rest: Texts


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is to be told: the service, who publishes, under which licence, and which snapshots there are.

    ``names`` are those of all snapshots that are there, the newest first; ``example`` is a passport's address;
    ``shapes`` are the addresses of the published shapes; ``since`` is the time of the first document; ``links`` tells
    how many links of each SKOS relation lead from the code lists to Wikidata.
    """

    base: str
    publisher: str
    licence: str
    words: Wording
    names: Sequence[str] = ()
    newest: Snapshot | None = None
    example: str | None = None
    shapes: Sequence[str] = ()
    since: str = ""
    keywords: Texts = field(default_factory=dict)
    links: Mapping[str, int] = field(default_factory=dict)

    @property
    def here(self) -> str:
        """The address of the catalogue's page."""
        return f"{self.base}/data"


class _Thing:
    """What is said of one thing."""

    def __init__(self, iri: str, *classes: str) -> None:
        self.iri = iri
        self.node = NamedNode(iri)
        self.triples = [Triple(self.node, _TYPE, NamedNode(each)) for each in classes]

    def link(self, predicate: str, *iris: str) -> None:
        """Say that it is related to these."""
        self.triples += [Triple(self.node, NamedNode(predicate), NamedNode(each)) for each in iris]

    def say(self, predicate: str, value: str, datatype: str) -> None:
        """Say a value; ``datatype`` is one of XML Schema."""
        if value:
            typed = Literal(value, datatype=NamedNode(XSD + datatype))
            self.triples.append(Triple(self.node, NamedNode(predicate), typed))

    def call(self, predicate: str, texts: Texts) -> None:
        """Say it in words."""
        self.triples += [
            Triple(self.node, NamedNode(predicate), Literal(text, language=language))
            for language, text in texts.items()
        ]


def catalogue(told: Catalogue, media_type: str) -> bytes:
    """The whole catalogue; ``media_type`` is one of ``OFFERS``."""
    return written(_catalogue(told), media_type, _PREFIXES)


def of_snapshot(told: Catalogue, snapshot: Snapshot, media_type: str) -> bytes:
    """One snapshot as a data set of the catalogue, with all its files and what was counted in it."""
    return written(_whole(told, snapshot), media_type, _PREFIXES)


def _agent(told: Catalogue) -> Iterator[Triple]:
    agent = _Thing(f"{told.here}#publisher", f"{FOAF}Agent")
    agent.say(f"{FOAF}name", told.publisher, "string")
    agent.link(f"{FOAF}homepage", f"{told.base}/")
    yield from agent.triples


def _catalogue(told: Catalogue) -> Iterator[Triple]:
    here, words = told.here, told.words
    root = _Thing(f"{here}#catalogue", f"{DCAT}Catalog")
    root.call(f"{DCTERMS}title", words.title)
    root.call(f"{DCTERMS}description", words.description)
    root.link(f"{DCTERMS}publisher", f"{here}#publisher")
    root.link(f"{DCTERMS}license", told.licence)
    root.link(f"{DCTERMS}language", *_languages())
    root.link(f"{FOAF}homepage", here)
    root.link(f"{DCAT}dataset", f"{here}#dataset", *(f"{here}/{each}" for each in told.names))
    root.link(f"{DCAT}service", f"{here}#sparql", f"{here}#rest")
    if told.newest is not None:
        root.say(f"{DCTERMS}modified", told.newest.issued, "dateTime")
    yield from root.triples
    yield from _agent(told)
    yield from _dataset(told)
    yield from _linksets(told)
    yield from _services(told)
    for place, name in enumerate(told.names):
        if told.newest is not None and name == told.newest.name:
            yield from _snapshot(told, told.newest)
        else:
            yield from _named(told, name, told.names[place + 1 : place + 2]).triples


def _languages() -> list[str]:
    return [f"{_AUTHORITY}language/{code}" for code in _LANGUAGES.values()]


def _common(told: Catalogue, thing: _Thing) -> None:
    thing.link(f"{DCTERMS}publisher", f"{told.here}#publisher")
    thing.link(f"{DCTERMS}license", told.licence)
    thing.link(f"{DCTERMS}accessRights", f"{_AUTHORITY}access-right/PUBLIC")


def _dataset(told: Catalogue) -> Iterator[Triple]:
    """The data as it is now."""
    here = told.here
    thing = _Thing(f"{here}#dataset", f"{DCAT}Dataset", f"{VOID}Dataset")
    thing.call(f"{DCTERMS}title", told.words.dataset)
    thing.call(f"{DCTERMS}description", told.words.about)
    for language, text in told.keywords.items():
        thing.call(f"{DCAT}keyword", {language: text})
    _common(told, thing)
    thing.link(f"{DCAT}landingPage", here)
    thing.link(f"{DCTERMS}language", *_languages())
    thing.link(f"{DCAT}theme", f"{_AUTHORITY}data-theme/ENVI", f"{_AUTHORITY}data-theme/ECON")
    thing.link(f"{DCTERMS}accrualPeriodicity", f"{_AUTHORITY}frequency/CONT")
    thing.link(f"{DCTERMS}conformsTo", VOCAB, *told.shapes)
    thing.link(f"{DCAT}hasVersion", *(f"{here}/{each}" for each in told.names))
    thing.link(f"{DCAT}distribution", f"{here}#feed")
    thing.link(f"{VOID}sparqlEndpoint", f"{told.base}/sparql")
    thing.link(f"{VOID}vocabulary", *_VOCABULARIES)
    thing.link(f"{FOAF}homepage", here)
    thing.say(f"{VOID}uriSpace", f"{told.base}/", "string")
    if told.example is not None:
        thing.link(f"{VOID}exampleResource", told.example)
    thing.say(f"{DCTERMS}issued", told.since, "dateTime")
    if told.newest is not None:
        thing.link(f"{VOID}dataDump", f"{here}/{told.newest.name}/all.nq.gz")
        thing.say(f"{DCTERMS}modified", told.newest.issued, "dateTime")
        yield from _counted(thing, told.newest, f"{here}#")
        yield from _period(thing, told.newest, f"{here}#temporal")
    yield from thing.triples
    feed = _Thing(f"{here}#feed", f"{DCAT}Distribution")
    feed.call(f"{DCTERMS}title", told.words.feed)
    feed.link(f"{DCAT}accessURL", f"{told.base}/feed")
    feed.link(f"{DCAT}accessService", f"{here}#rest")
    feed.link(f"{DCAT}mediaType", f"{_MEDIA}application/feed+json")
    feed.link(f"{DCTERMS}format", f"{_AUTHORITY}file-type/JSON")
    feed.link(f"{DCTERMS}license", told.licence)
    yield from feed.triples


def _linksets(told: Catalogue) -> Iterator[Triple]:
    """The links to Wikidata (VoID clause 5): one set for each relation, as a linkset has one predicate."""
    if not told.links:
        return
    target = _Thing(f"{told.here}#wikidata", f"{VOID}Dataset")
    target.say(f"{DCTERMS}title", "Wikidata", "string")
    target.link(f"{FOAF}homepage", "https://www.wikidata.org/")
    target.link(f"{VOID}sparqlEndpoint", "https://query.wikidata.org/sparql")
    target.say(f"{VOID}uriSpace", WIKIDATA, "string")
    yield from target.triples
    for relation, number in told.links.items():
        links = _Thing(f"{told.here}#wikidata-{relation}", f"{VOID}Linkset")
        links.link(f"{VOID}linkPredicate", SKOS + relation)
        links.link(f"{VOID}subjectsTarget", f"{told.here}#dataset")
        links.link(f"{VOID}objectsTarget", target.iri)
        links.say(f"{VOID}triples", str(number), "integer")
        yield from links.triples
        yield Triple(NamedNode(f"{told.here}#dataset"), NamedNode(f"{VOID}subset"), links.node)


def _services(told: Catalogue) -> Iterator[Triple]:
    here, words = told.here, told.words
    asked = (
        ("sparql", words.sparql, f"{told.base}/sparql", f"{told.base}/sparql"),
        ("rest", words.rest, f"{told.base}/", f"{told.base}/openapi.json"),
    )
    for name, title, endpoint, description in asked:
        service = _Thing(f"{here}#{name}", f"{DCAT}DataService")
        service.call(f"{DCTERMS}title", title)
        service.link(f"{DCAT}endpointURL", endpoint)
        service.link(f"{DCAT}endpointDescription", description)
        service.link(f"{DCAT}servesDataset", f"{here}#dataset")
        _common(told, service)
        if name == "sparql":
            service.link(f"{DCTERMS}conformsTo", "http://www.w3.org/TR/sparql11-protocol/")
        yield from service.triples


def _named(told: Catalogue, name: str, before: Sequence[str]) -> _Thing:
    """A snapshot as far as its name tells."""
    thing = _Thing(f"{told.here}/{name}", f"{DCAT}Dataset", f"{VOID}Dataset", f"{PROV}Entity")
    thing.call(f"{DCTERMS}title", {language: text.format(date=name) for language, text in told.words.snapshot.items()})
    thing.call(f"{DCTERMS}description", told.words.about)
    _common(told, thing)
    thing.say(f"{DCAT}version", name, "string")
    thing.link(f"{DCAT}isVersionOf", f"{told.here}#dataset")
    thing.link(f"{PROV}specializationOf", f"{told.here}#dataset")
    thing.link(f"{DCAT}previousVersion", *(f"{told.here}/{each}" for each in before))
    thing.link(f"{DCAT}landingPage", f"{told.here}/{name}")
    thing.say(f"{DCTERMS}identifier", f"{told.here}/{name}", "anyURI")
    return thing


def _snapshot(told: Catalogue, snapshot: Snapshot) -> Iterator[Triple]:
    names = list(told.names)
    place = names.index(snapshot.name) if snapshot.name in names else len(names)
    thing = _named(told, snapshot.name, names[place + 1 : place + 2])
    thing.say(f"{DCTERMS}issued", snapshot.issued, "dateTime")
    thing.link(f"{DCTERMS}conformsTo", VOCAB, *told.shapes)
    thing.link(f"{PROV}wasDerivedFrom", f"{thing.iri}/checkpoint")
    thing.link(f"{VOID}dataDump", *(f"{thing.iri}/{each.name}" for each in snapshot.files if _is_rdf(each)))
    for each in snapshot.files:
        thing.link(f"{DCAT}distribution", f"{thing.iri}#{each.name}")
        yield from _distribution(told, snapshot, thing.iri, each)
    yield from _period(thing, snapshot, f"{thing.iri}#temporal")
    yield from thing.triples


def _whole(told: Catalogue, snapshot: Snapshot) -> Iterator[Triple]:
    yield from _agent(told)
    yield from _snapshot(told, snapshot)
    counted = _Thing(f"{told.here}/{snapshot.name}")
    yield from _counted(counted, snapshot, f"{counted.iri}#")
    yield from counted.triples


def _is_rdf(file: DataFile) -> bool:
    return file.media_type in {"application/n-quads", "text/turtle"}


def _distribution(told: Catalogue, snapshot: Snapshot, here: str, file: DataFile) -> Iterator[Triple]:
    thing = _Thing(f"{here}#{file.name}", f"{DCAT}Distribution")
    thing.say(f"{DCTERMS}title", file.name, "string")
    thing.link(f"{DCAT}accessURL", here)
    thing.link(f"{DCAT}downloadURL", f"{here}/{file.name}")
    thing.link(f"{DCAT}mediaType", _MEDIA + file.media_type)
    if file.packed:
        thing.link(f"{DCAT}compressFormat", f"{_MEDIA}application/gzip")
    thing.link(f"{DCTERMS}format", f"{_AUTHORITY}file-type/{_FILE_TYPES[file.media_type]}")
    thing.link(f"{DCTERMS}license", snapshot.licence)
    thing.link(f"{DCTERMS}conformsTo", *((VOCAB,) if _is_rdf(file) else ()))
    thing.say(f"{DCAT}byteSize", str(file.size), "nonNegativeInteger")
    thing.say(f"{DCTERMS}issued", snapshot.issued, "dateTime")
    digest = _Thing(f"{here}#{file.name}.sha256", f"{SPDX}Checksum")
    digest.link(f"{SPDX}algorithm", f"{SPDX}checksumAlgorithm_sha256")
    digest.say(f"{SPDX}checksumValue", file.digest, "hexBinary")
    thing.link(f"{SPDX}checksum", digest.iri)
    yield from thing.triples
    yield from digest.triples


def _period(thing: _Thing, snapshot: Snapshot, iri: str) -> Iterator[Triple]:
    if snapshot.first and snapshot.last:
        period = _Thing(iri, f"{DCTERMS}PeriodOfTime")
        period.say(f"{DCAT}startDate", snapshot.first, "dateTime")
        period.say(f"{DCAT}endDate", snapshot.last, "dateTime")
        thing.link(f"{DCTERMS}temporal", iri)
        yield from period.triples


def _counted(thing: _Thing, snapshot: Snapshot, root: str) -> Iterator[Triple]:
    """What was counted (VoID clause 4): of the newest snapshot, when it is told of the data as it is now."""
    told = snapshot.statistics
    for name, number in (("triples", told.triples), ("entities", told.entities)):
        thing.say(VOID + name, str(number), "integer")
    thing.say(f"{VOID}classes", str(len(told.classes)), "integer")
    thing.say(f"{VOID}properties", str(len(told.properties)), "integer")
    partitions = (("class", "entities", told.classes), ("property", "triples", told.properties))
    for kind, unit, counts in partitions:
        for place, (iri, number) in enumerate(counts.items(), 1):
            part = _Thing(f"{root}{kind}-{place}")
            part.link(f"{VOID}{kind}", iri)
            part.say(f"{VOID}{unit}", str(number), "integer")
            thing.link(f"{VOID}{kind}Partition", part.iri)
            yield from part.triples
