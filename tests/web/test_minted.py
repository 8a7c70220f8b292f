"""Every address that the public graph names, ours or in our namespace, answers people and programs."""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import pyoxigraph
import pytest

from passport.codecs.forms import FORMATS
from passport.published import VOCAB
from passport.service import linked
from passport.web.app import create_app
from passport.web.pages import Pages
from passport.wiring import Running
from tests.web.conftest import Client

PROGRAMS = "text/turtle, application/ld+json;q=0.9, application/n-triples;q=0.8, application/json;q=0.7"
MEDIA = re.compile(r"/media/[0-9a-f]{64}")
"""Pictures and papers have neither a page nor statements of their own."""


@pytest.fixture(scope="module")
def answering(demo: Running) -> Iterator[Client]:
    system = demo.system
    client = Client(create_app(system, Pages(system.published, base=system.base), settings=demo.settings))
    yield client
    client.close()


@pytest.fixture(scope="module")
def minted(demo: Running) -> frozenset[str]:
    """The paths of all that is ours, without fragments: those of the namespace as this service answers them."""
    system = demo.system
    codes = {entry.document.code for entry in system.history.scan(0, system.history.size())}
    graphs = linked.shared(system)
    named = set(graphs)
    for graph in (*graphs.values(), *(linked.graph_of(system, code) for code in codes)):
        for quad in pyoxigraph.parse(graph, pyoxigraph.RdfFormat.N_TRIPLES):
            for each in (quad.subject, quad.predicate, quad.object):
                assert not isinstance(each, pyoxigraph.BlankNode)
                if isinstance(each, pyoxigraph.NamedNode):
                    named.add(each.value)
                elif isinstance(each, pyoxigraph.Literal):
                    named.add(each.datatype.value)
    bare = {each.partition("#")[0] for each in named}
    ours = {each.removeprefix(system.base) for each in bare if each.startswith(f"{system.base}/")}
    return frozenset(ours | {_served(each.removeprefix(VOCAB)) for each in bare if each.startswith(VOCAB)})


def _served(name: str) -> str:
    if name.startswith(("schemas/", "contexts/")):
        return f"/{name}"
    return f"/vocab/{name}" if name else "/vocab"


@pytest.mark.parametrize("accept", ["text/html", PROGRAMS])
def test_every_address_of_the_graph_answers(answering: Client, minted: frozenset[str], accept: str) -> None:
    kinds: Counter[str] = Counter()
    wrong = []
    for path in sorted(minted):
        kinds[path.split("/")[1]] += 1
        got = answering.get(path, accept)
        if got.status == 307:
            got = answering.get(urlsplit(got["location"])._replace(scheme="", netloc="").geturl(), accept)
        html = got["content-type"].startswith("text/html")
        if got.status != 200 or not (MEDIA.fullmatch(path) or html == (accept == "text/html")):
            wrong.append((path, got.status, got["content-type"]))
    assert wrong == []
    least = {"passports": 200, "events": 200, "vocab": 1000, "p": 50, "01": 10, "8004": 3, "organisations": 8}
    least |= {"schemas": 8, "credentials": 50, "transfers": 5, "media": 5}
    assert all(kinds[name] >= number for name, number in least.items()), kinds


def test_what_has_no_document_for_everybody_is_described_in_every_form(
    answering: Client, minted: frozenset[str], demo: Running
) -> None:
    """Restricted credentials and transfers: what is said of them is a part of what the public graph says."""
    system = demo.system
    for kind in ("credentials", "transfers"):
        for path in sorted(each for each in minted if each.startswith(f"/{kind}/"))[::25]:
            forms = ("text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml")
            graphs = [
                {str(quad.triple) for quad in pyoxigraph.parse(answering.get(path, each).body, FORMATS[each])}
                for each in forms
            ]
            assert graphs == graphs[:1] * len(forms)
            assert any(f"<{system.base}{path}>" in each for each in graphs[0])
            page = answering.page(path).text
            assert "/passports/" in page
            assert "/events/" in page or "/versions/" in page
            assert answering.get(path[:-6] + "000000").status == 404


@pytest.mark.parametrize("accept", ["application/vc+jwt", "application/vc", "application/json", "*/*"])
def test_a_restricted_document_itself_asks_for_a_token(answering: Client, minted: frozenset[str], accept: str) -> None:
    for path in sorted(each for each in minted if each.startswith("/credentials/"))[::25]:
        got = answering.get(path, accept)
        assert got.status == 401
        assert got["www-authenticate"].startswith("Bearer")
