"""The published SHACL shapes hold for all that is right, and catch what is wrong as far as shapes can say it.

What the shapes look at takes long. The suite has each kind of thing that is said, in as few graphs as say them all, and
the tests marked slow have every graph.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

import pyoxigraph
import pytest
import rdflib
from pyshacl import validate
from rdflib.namespace import DCTERMS, PROF, RDF, SH, SKOS, XSD

from passport.codecs.strictjson import Limits, read
from passport.errors import Refusal
from passport.model.passport import Kind, Level, Tier
from passport.published import VOCAB, Published
from passport.service import linked
from passport.wiring import Running
from tests.published.linked import BASE, HOME, graph, statements

FP = rdflib.Namespace(VOCAB)
MEDIA_TYPES = {".json": None, ".ndjson": "application/x-ndjson", ".jsonld": "application/ld+json"}
Faults: TypeAlias = list[tuple[str, str, str]]
"""What is wrong: the node that was looked at, the value at fault, and the property or the kind of constraint."""

CAUGHT = """
code-unknown electrical-contradiction event-long-ago event-member field-of-other-level
flame-retardant-contradicted gtin-length halogenated-polymer-named identifier-characters language-duplicate
mass-not-positive missing-field out-of-range route-of-other-event score-above-best seat-heights share-range
substance-threshold-wrong substances-contradicted svhc-contradicted too-many too-short wood-share-contradicted
wrong-pattern
"""
"""The examples of faults that a shape expresses, and therefore catches."""

NOT_CAUGHT: Mapping[str, str] = {
    "the text holds no document that could be made into statements": """
        context-inline context-unknown document-too-large group-unknown json-control-character json-duplicate-member
        json-lone-surrogate json-not-finite json-not-object json-number-range json-string-too-long json-syntax
        json-too-deep jsonld-dropped-term jsonld-invalid jsonld-no-passport jsonld-relative-iri jsonld-term-unknown
        jsonld-too-many-nodes level-unknown no-documents text-not-utf8
    """,
    "the fault lies in how a submission is written or meant, and leaves no statement behind": """
        device-clock document-of-two-kinds event-field-in-passport event-of-service extensions-keyword
        extensions-too-deep extensions-too-large group-contradicted not-allowed-value number-precision
        opening-field-misplaced passport-field-in-event products-of-groups products-twice profile-field-missing
        server-owned-field too-few unknown-field wrong-type
    """,
    "the member at fault is not public": """
        coating-hazard-contradicted coating-hazard-unnamed concentration-order condition-grade date-in-future
        dates-order offered-unsafe organisation-unknown owner-unknown personal-number presence-contradicted
        private-party-misplaced substance-concentration-missing test-failed timber-legality-missing too-long
        transfer-receiver-unknown wrong-format
    """,
    "another document, a registry, a list of countries or the present time would be needed": """
        batch-is-not-a-batch batch-unknown country-unknown event-in-future event-level evidence-expired
        granularity-identifier identifier-mismatch identifier-unreadable language-unknown model-is-not-a-model
        model-not-checked model-unknown model-withdrawn operator-not-in-registry product-unknown
        spare-parts-ended svhc-list-outdated
    """,
    "SHACL core has no sums, check digits, calendar, or comparison across nodes": """
        available-until-early cas-check-digit component-duplicate component-mass-low component-mass-sum
        component-unknown date-impossible ec-check-digit evidence-claim-missing fibre-sum gln-check-digit
        gtin-check-digit guarantee-longer-than-life operator-identifier packaging-mass-low packaging-mass-sum
        recycled-content-sum recycled-share-differs share-sum spare-part-duplicate
        spare-parts-shorter-than-guarantee substance-duplicate timber-share-sum wood-share-differs
    """,
    "it is a warning, or depends on the kind of thing: shapes say only what must be": """
        ce-marking-missing classification-code commodity-heading custody-number-missing disassembly-minutes
        disassembly-tool-named document-undescribed electrical-missing email-in-text emission-method-missing
        emission-method-unit fibre-class-mismatch fibre-composition-missing flame-retardant-incomplete
        flame-retardant-unnamed footprint-method-missing formaldehyde-class-half formaldehyde-class-value
        formaldehyde-limit importer-incomplete joint-not-reversible legacy-not-marked measure-implausible
        media-type-mismatch panel-emission-missing person-named personal-number-possible
        recycled-class-implausible recycled-content-missing recycled-split-missing renewable-class-implausible
        responsible-person-missing reused-part-unlinked scientific-name-form scip-number-missing spare-parts-clock
        substance-basis-missing substance-below-threshold substance-identifier-missing substance-location-missing
        substance-safe-use-missing substances-not-named svhc-list-date-missing test-standard-missing
        test-standard-of-other-kind timber-claim-share timber-incomplete timber-species-name treatment-code-route
        unit-suspicious wood-claim-unsupported wood-species-missing years-implausible
    """,
}
"""The other examples, by the reason why no shape catches them."""


@pytest.fixture(scope="module")
def shapes(published: Published) -> rdflib.Graph:
    made = rdflib.Graph()
    for name in published.shapes():
        made.parse(data=published.file("shapes", name), format="turtle")
    return made


@pytest.fixture(scope="module")
def codes(published: Published, shapes: rdflib.Graph) -> rdflib.Graph:
    """What the code lists say with properties that the shapes name."""
    asked = {str(each) for each in shapes.objects()}
    said = [
        quad
        for name in published.code_lists()
        for quad in pyoxigraph.parse(published.file("codes", name), pyoxigraph.RdfFormat.TURTLE)
        if quad.predicate.value in asked
    ]
    assert {str(SKOS.inScheme), str(FP.trait)} <= {quad.predicate.value for quad in said}
    return graph(pyoxigraph.serialize((quad.triple for quad in said), format=pyoxigraph.RdfFormat.N_TRIPLES))


def telling(graphs: Iterable[bytes]) -> list[bytes]:
    """Few of these graphs, with every property, class, schema and type of event that is anywhere in them."""
    said = {each: kinds(each) for each in graphs}
    left, chosen = set().union(*said.values()), list[bytes]()
    while left:
        chosen.append(max(said, key=lambda each: len(said[each] & left) / (2_000 + len(each))))
        left -= said[chosen[-1]]
    assert len(chosen) < len(said)
    return chosen


def kinds(graph: bytes) -> set[str]:
    """The properties of a graph, and the values of those that say of what kind something is."""
    found = set[str]()
    for quad in pyoxigraph.parse(graph, pyoxigraph.RdfFormat.N_TRIPLES):
        found.add(quad.predicate.value)
        if quad.predicate.value in (str(RDF.type), str(DCTERMS.conformsTo), f"{VOCAB}eventType"):
            found.add(quad.object.value)
    return found


def faults(data: rdflib.Graph, shapes: rdflib.Graph) -> Faults:
    conforms, report, text = validate(data, shacl_graph=shapes, inplace=True)
    assert isinstance(report, rdflib.Graph), text
    found = [
        (
            str(report.value(each, SH.focusNode)),
            str(report.value(each, SH.value)),
            str(report.value(each, SH.resultPath) or report.value(each, SH.sourceConstraintComponent)),
        )
        for each in report.subjects(RDF.type, SH.ValidationResult)
    ]
    assert conforms is (not found)
    return found


def test_they_hold_for_every_kind_of_thing_in_the_demo_and_for_its_shared_graphs(
    demo: Running, shapes: rdflib.Graph
) -> None:
    chosen = telling(linked.graph_of(demo.system, code) for code in demo_codes(demo))
    data = graph(*chosen, *linked.shared(demo.system).values())
    said_of_every_level(data)
    assert faults(data, shapes) == []


@pytest.mark.slow
def test_they_hold_for_every_passport_event_and_shared_graph_of_the_demo(demo: Running, shapes: rdflib.Graph) -> None:
    history = demo.system.history
    documents = [entry.document for entry in history.scan(0, history.size())]
    of_products = [linked.graph_of(demo.system, code) for code in demo_codes(demo)]
    data = graph(*of_products, *linked.shared(demo.system).values())
    for kind, class_, least in ((Kind.PASSPORT, FP.ProductPassport, 100), (Kind.EVENT, rdflib.PROV.Activity, 200)):
        public = [each for each in documents if each.kind is kind and each.tier is Tier.PUBLIC]
        things = {each.code if kind is Kind.PASSPORT else each.id for each in public}
        assert len(set(data.subjects(RDF.type, class_))) == len(things) >= least
    said_of_every_level(data)
    assert faults(data, shapes) == []


def demo_codes(demo: Running) -> list[str]:
    history = demo.system.history
    return sorted({entry.document.code for entry in history.scan(0, history.size())})


def said_of_every_level(data: rdflib.Graph) -> None:
    for level in Level:
        schema = rdflib.URIRef(f"{VOCAB}schemas/furniture/1.0/{level}")
        assert set(data.subjects(DCTERMS.conformsTo, schema)), level
    assert set(data.subjects(DCTERMS.conformsTo, rdflib.URIRef(f"{VOCAB}schemas/workwear/0.1/item")))


@pytest.fixture(scope="module")
def right_ones(published: Published) -> list[bytes]:
    """What every valid example says."""
    parts = []
    for file in sorted(published.examples().glob("furniture/*/*.*json")):
        media_type = MEDIA_TYPES[file.suffix]
        raws = read(file.read_bytes(), media_type=media_type, limits=Limits())
        place = f"{BASE}/{file.parent.name}/{file.stem}"
        parts += [statements(each.value, published, f"{place}/{each.index}") for each in raws]
    assert len(parts) >= 60
    return parts


def test_the_way_from_submissions_to_statements_here_makes_no_faults(
    right_ones: list[bytes], shapes: rdflib.Graph, codes: rdflib.Graph
) -> None:
    assert faults(graph(*telling(right_ones)) + codes, shapes) == []


@pytest.mark.slow
def test_the_way_from_every_example_to_statements_makes_no_faults(
    right_ones: list[bytes], shapes: rdflib.Graph, codes: rdflib.Graph
) -> None:
    assert faults(graph(*right_ones) + codes, shapes) == []


def test_each_example_of_a_fault_is_named_as_caught_or_with_the_reason_why_not(published: Published) -> None:
    unlisted = [name for names in NOT_CAUGHT.values() for name in names.split()]
    assert set(CAUGHT.split()) | set(unlisted) == wrong_ones(published).keys()
    assert len(unlisted) == len(set(unlisted) - set(CAUGHT.split()))
    assert len(set(CAUGHT.split())) >= 24


def test_each_example_that_is_named_as_caught_is(
    published: Published, shapes: rdflib.Graph, codes: rdflib.Graph
) -> None:
    every = {name: path for name, path in wrong_ones(published).items() if name in CAUGHT.split()}
    assert caught(every, published, shapes, codes) == set(CAUGHT.split())


@pytest.mark.slow
def test_no_other_example_of_a_fault_is_caught(published: Published, shapes: rdflib.Graph, codes: rdflib.Graph) -> None:
    assert caught(wrong_ones(published), published, shapes, codes) == set(CAUGHT.split())


def caught(every: Mapping[str, Path], published: Published, shapes: rdflib.Graph, codes: rdflib.Graph) -> set[str]:
    """Which of these examples a shape finds something in."""
    parts = []
    for name, path in every.items():
        try:
            raws = read(path.read_bytes(), media_type=MEDIA_TYPES[path.suffix], limits=Limits())
            parts += [statements(each.value, published, f"{BASE}/{name}/{each.index}") for each in raws]
        except (Refusal, LookupError, KeyError):
            assert name in next(iter(NOT_CAUGHT.values())).split(), name
    found = faults(graph(*parts) + codes, shapes)
    return {name for name in every for each in found if any(at.startswith(f"{BASE}/{name}/") for at in each[:2])}


def wrong_ones(published: Published) -> dict[str, Path]:
    """The examples of faults by their names."""
    return {path.name.partition(".")[0]: path for path in _faulty(published.examples() / "invalid")}


def _faulty(folder: Path) -> list[Path]:
    found = [path for path in folder.iterdir() if path.suffix in MEDIA_TYPES]
    return [path for path in found if not path.name.endswith((".report.json", ".known.json"))]


MODEL = {
    "granularity": "model",
    "modelName": [{"value": "Exempelstolen", "language": "sv"}],
    "manufacturer": {"name": "Exempelmöbler AB"},
    "category": "office-chair",
    "netWeight": "7.4",
    "materials": [{"materialClass": "metal-steel", "massShare": 100}],
    "guarantee": {"years": 5},
}
REPAIR = {"eventType": "repaired", "repairTypes": ["tighten"], "workMinutes": 12, "cause": "loose-joint"}
EVENT = f"{BASE}/events/0c0f7a9e-5b1c-4f0e-9f57-0a3c2a2f7a10"
MATERIAL, WEIGHT = f"{HOME}#materials-1", rdflib.Literal("7.4", datatype=XSD.decimal)
STEEL = rdflib.URIRef(f"{VOCAB}codes/material-class/metal-steel")
MUTATIONS = {
    "weight as a string": (HOME, FP.netWeight, WEIGHT, rdflib.Literal("7.4")),
    "weight as a double": (HOME, FP.netWeight, WEIGHT, rdflib.Literal("7.4E0", datatype=XSD.double)),
    "weight that is no number": (HOME, FP.netWeight, WEIGHT, rdflib.Literal("light", datatype=XSD.decimal)),
    "weight below nought": (HOME, FP.netWeight, WEIGHT, rdflib.Literal("-1", datatype=XSD.decimal)),
    "a second weight": (HOME, FP.netWeight, None, rdflib.Literal("8", datatype=XSD.decimal)),
    "no name": (HOME, FP.modelName, rdflib.Literal("Exempelstolen", lang="sv"), None),
    "two names in one language": (HOME, FP.modelName, None, rdflib.Literal("Stolen", lang="sv")),
    "name without a language": (HOME, FP.modelName, None, rdflib.Literal("Stolen")),
    "unknown code": (MATERIAL, FP.materialClass, STEEL, rdflib.URIRef(f"{VOCAB}codes/material-class/mithril")),
    "code of another list": (MATERIAL, FP.materialClass, STEEL, rdflib.URIRef(f"{VOCAB}codes/skill/expert")),
    "code as text": (MATERIAL, FP.materialClass, STEEL, rdflib.Literal("metal-steel")),
    "no code": (MATERIAL, FP.materialClass, STEEL, None),
    "second code": (MATERIAL, FP.materialClass, None, rdflib.URIRef(f"{VOCAB}codes/material-class/metal-zinc-alloy")),
    "object without a name": (HOME, FP.guarantee, rdflib.URIRef(f"{HOME}#guarantee"), rdflib.BNode()),
    "member of pieces at a model": (HOME, FP.isSecondHandLegacy, None, rdflib.Literal(True)),
    "unknown member": (HOME, FP.nothingOfTheKind, None, rdflib.Literal("x")),
    "member that is not public": (HOME, FP.facilityId, None, rdflib.Literal("Plant 3")),
    "not public within an object": (MATERIAL, FP.originCountry, None, rdflib.Literal("SE")),
    "event without a type": (EVENT, FP.eventType, rdflib.URIRef(f"{VOCAB}codes/event-type/repaired"), None),
    "event without its passport": (EVENT, FP.passport, rdflib.URIRef(HOME), None),
    "repair without what was done": (EVENT, FP.repairTypes, rdflib.URIRef(f"{VOCAB}codes/repair-type/tighten"), None),
    "route of a repair": (EVENT, FP.route, None, rdflib.URIRef(f"{VOCAB}codes/end-of-life-route/composting")),
    "minutes as text": (EVENT, FP.workMinutes, rdflib.Literal(12), rdflib.Literal("12")),
    "an actor who is not public": (EVENT, FP.actor, None, rdflib.Literal("workshop")),
    "derived: counted in text": (f"{HOME}#now", FP.timesRepaired, rdflib.Literal(0), rdflib.Literal("none")),
    "derived: more than all of it": (
        f"{HOME}#now",
        FP.recycledShare,
        rdflib.Literal("10", datatype=XSD.decimal),
        rdflib.Literal("110", datatype=XSD.decimal),
    ),
    "derived: an owner's name": (f"{HOME}#now", FP.owner, None, rdflib.Literal("Anna")),
    "derived: a life event that was corrected": (EVENT, FP.correctedBy, None, rdflib.URIRef(f"{EVENT}1")),
    "derived: no role": (f"{EVENT}#actor", rdflib.PROV.hadRole, rdflib.URIRef(f"{VOCAB}codes/role/owner"), None),
}


@pytest.fixture(scope="module")
def right(published: Published) -> rdflib.Graph:
    """A model and an event, with what the graph says of them."""
    said = graph(statements(MODEL, published, HOME), statements(REPAIR, published, EVENT))
    added = f"""
        @prefix fp: <{VOCAB}> . @prefix prov: <http://www.w3.org/ns/prov#> .
        <{HOME}> a fp:ProductPassport ; fp:now <{HOME}#now> .
        <{HOME}#now> a fp:CurrentState ; fp:timesRepaired 0 ; fp:recycledShare 10.0 .
        <{EVENT}> a fp:LifeEvent, prov:Activity ; prov:used <{BASE}/p/7KX94M2QZ> ;
            prov:endedAtTime "2026-11-21T09:00:00Z"^^<{XSD.dateTime}> ; prov:qualifiedAssociation <{EVENT}#actor> .
        <{EVENT}#actor> prov:hadRole <{VOCAB}codes/role/owner> .
    """
    return said.parse(data=added.replace("10.0", f'"10"^^<{XSD.decimal}>'), format="turtle")


def test_what_is_changed_is_caught(
    published: Published, shapes: rdflib.Graph, codes: rdflib.Graph, right: rdflib.Graph
) -> None:
    """Each change in a copy of its own, which differs from the others in its host; one copy is left as it is."""
    hosts = {name: f"https://copy-{number}.example" for number, name in enumerate(["unchanged", *MUTATIONS])}
    every = rdflib.Graph()
    for name, host in hosts.items():
        changed = rdflib.Graph() + right
        if name in MUTATIONS:
            change(changed, name, published)
        every.parse(data=changed.serialize(format="nt").replace(BASE, host), format="nt")
    found = faults(every + codes, shapes)
    of_hosts = {
        host: [each for each in found if any(at.startswith(f"{host}/") for at in each[:2])] for host in hosts.values()
    }
    assert [name for name, host in hosts.items() if not of_hosts[host]] == ["unchanged"]
    assert len(MUTATIONS) >= 25


def change(said: rdflib.Graph, name: str, published: Published) -> None:
    subject, predicate, before, after = MUTATIONS[name]
    iri = published.term(predicate.removeprefix(VOCAB)).iri if _taken(published, predicate) else str(predicate)
    if before is not None:
        assert (rdflib.URIRef(subject), rdflib.URIRef(iri), before) in said, name
        said.remove((rdflib.URIRef(subject), rdflib.URIRef(iri), before))
    if after is not None:
        said.add((rdflib.URIRef(subject), rdflib.URIRef(iri), after))


def _taken(published: Published, predicate: str) -> bool:
    """Whether a name of ours stands for a property that is taken from another vocabulary."""
    return predicate.removeprefix(VOCAB) in published.terms()


def test_each_file_says_what_it_is_a_profile_of_and_names_no_node_blank_that_others_need(
    published: Published, shapes: rdflib.Graph
) -> None:
    assert published.shapes() == ("event-1.0", "graph-1.0", "passport-1.0", "workwear-0.1")
    for name in published.shapes():
        iri = rdflib.URIRef(f"{VOCAB}shapes/{name}")
        assert (iri, RDF.type, PROF.Profile) in shapes
        assert (iri, PROF.isProfileOf, rdflib.URIRef(VOCAB)) in shapes
        assert {title.language for title in shapes.objects(iri, DCTERMS.title)} == {"en", "sv", "da", "pl"}
        resource = shapes.value(iri, PROF.hasResource)
        assert shapes.value(resource, DCTERMS.conformsTo) == rdflib.URIRef("http://www.w3.org/ns/shacl#")
    nodes = set(shapes.subjects(RDF.type, SH.NodeShape))
    assert len(nodes) >= 100
    assert all(isinstance(node, rdflib.URIRef) for node in nodes)


def test_every_term_that_a_shape_is_about_is_ours_or_declared(published: Published, shapes: rdflib.Graph) -> None:
    paths = {str(path) for path in shapes.objects(None, SH.path) if isinstance(path, rdflib.URIRef)}
    iris = {term.iri for term in published.terms().values()}
    assert {path for path in paths if path.startswith(VOCAB)} <= iris
    assert len(paths & iris) >= 150
