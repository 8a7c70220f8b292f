"""The catalogue of the public data holds to DCAT-AP 3.0.1, and the shapes that say so bite."""

import os
from pathlib import Path

import pyoxigraph
import pyshacl
import pytest
import rdflib

from passport.codecs import catalogue
from passport.codecs.catalogue import Catalogue, Wording
from passport.model.dataset import DataFile, Snapshot, Statistics
from passport.published.namespaces import WIKIDATA

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("CONFORMANCE_DIR", ROOT.parent / "shared" / "conformance"))
SHAPES = FOLDER / "vocabularies" / "dcat-ap-3.0.1-shapes.ttl"
DCAT, DCT, SPDX = "http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/", "http://spdx.org/rdf/terms#"
FOAF = "http://xmlns.com/foaf/0.1/"

pytestmark = pytest.mark.skipif(not SHAPES.is_file(), reason="the shapes of DCAT-AP are not in the conformance folder")

SNAPSHOT = Snapshot(
    name="2026-03-01",
    issued="2026-03-01T00:00:10Z",
    licence="https://creativecommons.org/licenses/by/4.0/",
    origin="passport.example/log",
    size=12,
    root="AAAA",
    first="2026-01-01T00:00:00Z",
    last="2026-02-28T12:00:00Z",
    stamp="1",
    statistics=Statistics(100, 4, 30, 3, 9, {"https://schema.org/Product": 3}, {f"{DCT}issued": 3}),
    files=(
        DataFile("all.nq.gz", "application/n-quads", 10, "ab" * 32, 100, 100, "cd" * 32),
        DataFile("furniture.ttl.gz", "text/turtle", 10, "ab" * 32, 100, 100, "cd" * 32),
        DataFile("passports.csv.gz", "text/csv", 10, "ab" * 32, 3, 100, "cd" * 32),
        DataFile("checkpoint", "text/plain", 10, "ab" * 32, 1, 10, "ab" * 32),
        DataFile("csv-metadata.json", "application/csvm+json", 10, "ab" * 32, 1, 10, "ab" * 32),
    ),
)
TEXT = {"en": "Words", "sv": "Ord {date}"}
TOLD = Catalogue(
    base="https://passport.example",
    publisher="Exempelby",
    licence=SNAPSHOT.licence,
    words=Wording(*[TEXT] * 8),
    names=("2026-03-01", "2026-02-01"),
    newest=SNAPSHOT,
    example="https://passport.example/passports/7KX94M2QZ",
    shapes=("https://w3id.org/furniturepassport/shapes/passport-1.0",),
    since="2026-01-01T00:00:00Z",
    links={"broadMatch": 2, "closeMatch": 40},
)


@pytest.fixture(scope="module")
def shapes():
    return rdflib.Graph().parse(SHAPES, format="turtle")


def graph(body: bytes):
    return rdflib.Graph().parse(data=body.decode(), format="turtle")


def conforms(found, shapes) -> tuple[bool, str]:
    ok, _, text = pyshacl.validate(found, shacl_graph=shapes, do_owl_imports=False, advanced=False, meta_shacl=False)
    return ok, text


@pytest.mark.parametrize(
    "body",
    [
        catalogue.catalogue(TOLD, "text/turtle"),
        catalogue.of_snapshot(TOLD, SNAPSHOT, "text/turtle"),
        catalogue.catalogue(Catalogue(TOLD.base, TOLD.publisher, TOLD.licence, TOLD.words), "text/turtle"),
    ],
    ids=["catalogue", "snapshot", "empty"],
)
def test_the_catalogue_conforms(shapes, body: bytes) -> None:
    ok, text = conforms(graph(body), shapes)
    assert ok, text


@pytest.mark.parametrize(
    ("predicate", "kind"),
    [
        (f"{DCAT}endpointURL", "DataService"),
        (f"{DCT}publisher", "Catalog"),
        (f"{DCT}title", "Dataset"),
        (f"{DCT}description", "Dataset"),
        (f"{DCAT}accessURL", "Distribution"),
        (f"{SPDX}checksumValue", "Checksum"),
        (f"{FOAF}name", "Agent"),
    ],
)
def test_the_shapes_bite(shapes, predicate: str, kind: str) -> None:
    found = graph(catalogue.catalogue(TOLD, "text/turtle"))
    assert (None, rdflib.URIRef(predicate), None) in found
    found.remove((None, rdflib.URIRef(predicate), None))
    ok, text = conforms(found, shapes)
    assert not ok
    assert predicate.replace(DCAT, "dcat:").rpartition("/")[2].rpartition("#")[2] in text, kind


def test_what_the_shapes_look_at_is_there() -> None:
    body = catalogue.catalogue(TOLD, "application/n-triples")
    said = list(pyoxigraph.parse(body, format=pyoxigraph.RdfFormat.N_TRIPLES))
    classes = {quad.object.value for quad in said if quad.predicate.value.endswith("#type")}
    wanted = {f"{DCAT}{name}" for name in ("Catalog", "Dataset", "Distribution", "DataService")}
    assert classes >= wanted | {f"{SPDX}Checksum", f"{FOAF}Agent", f"{DCT}PeriodOfTime"}


def test_links_to_wikidata_are_linksets_of_one_predicate_each() -> None:
    said = graph(catalogue.catalogue(TOLD, "text/turtle"))
    void, here = rdflib.Namespace("http://rdfs.org/ns/void#"), f"{TOLD.base}/data#"
    sets = set(said.subjects(rdflib.RDF.type, void.Linkset))
    assert sets == {rdflib.URIRef(f"{here}wikidata-{relation}") for relation in TOLD.links}
    for each in sets:
        relation = str(each).rpartition("-")[2]
        assert list(said.objects(each, void.linkPredicate)) == [rdflib.SKOS[relation]]
        assert list(said.objects(each, void.triples)) == [rdflib.Literal(TOLD.links[relation])]
        assert list(said.objects(each, void.subjectsTarget)) == [rdflib.URIRef(f"{here}dataset")]
        (target,) = said.objects(each, void.objectsTarget)
        assert list(said.objects(target, void.uriSpace)) == [rdflib.Literal(WIKIDATA)]
        assert (rdflib.URIRef(f"{here}dataset"), void.subset, each) in said
