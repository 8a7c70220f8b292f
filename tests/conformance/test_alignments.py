"""The terms that ours are aligned to really exist in the vocabularies that define them."""

import json
import os
from collections import Counter
from pathlib import Path

import pyoxigraph
import pytest

from passport.published import Published

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("CONFORMANCE_DIR", ROOT.parent / "shared" / "conformance"))
FILES = {
    "https://ref.gs1.org/cbv/": "vocabularies/cbv.ttl",
    "https://ref.gs1.org/epcis/": "vocabularies/epcis.ttl",
    "https://w3id.org/eudpp#": "vocabularies/eudpp-2.0.5.ttl",
    "https://ref.gs1.org/voc/": "vocabularies/gs1-web-vocabulary-1.16.ttl",
    "https://vocabulary.uncefact.org/untp/": "untp-0.7.0/vocab/untp-ontology.jsonld",
}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the conformance folder is not here")


def defined(path: Path) -> set[str]:
    """The IRIs that a vocabulary file describes."""
    if path.suffix == ".jsonld":
        graph = json.loads(path.read_bytes())["@graph"]
        names = [str(node["@id"]) for node in graph]
        return {f"https://vocabulary.uncefact.org/untp/{name.removeprefix('untp:')}" for name in names}
    found = pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE)
    return {quad.subject.value for quad in found if isinstance(quad.subject, pyoxigraph.NamedNode)}


def used(published: Published) -> set[str]:
    """Every IRI that a term is taken from, or that a term or a code is aligned to."""
    terms = published.terms().values()
    concepts = [each for name in published.code_lists() for each in published.code_list(name).codes.values()]
    aligned = {iri for each in (*terms, *concepts) for _, iri in each.aligned}
    return aligned | {term.iri for term in terms}


def test_every_alignment_names_a_term_that_exists() -> None:
    iris = used(Published.load())
    checked: Counter[str] = Counter()
    missing = []
    for namespace, name in FILES.items():
        known = defined(FOLDER / name)
        targets = {iri for iri in iris if iri.startswith(namespace)}
        checked[namespace] = len(targets)
        missing += sorted(targets - known)
    assert missing == []
    assert all(checked[namespace] >= 3 for namespace in FILES), checked
    assert checked.total() >= 130
