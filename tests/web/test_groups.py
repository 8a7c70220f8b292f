"""Product groups are data: a newer version and a group that nobody has heard of work through the whole service.

The published files are copied, and folders are added beside them; no code is told. ``furniture/1.1`` has one field and
one code more than 1.0, and ``boats/0.3`` is made of the preview group's files under other names.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pyld import FrozenDocumentLoader
from pyld import jsonld as pyld

from passport.published import CONTEXT, CREDENTIAL_CONTEXT, GROUP, VOCAB, Published
from passport.service.audit import audit
from passport.service.system import plans
from passport.web.app import create_app
from passport.web.pages import Pages
from tests.web.conftest import BASE, LEGACY, MODEL, PIECE, Client, World

Own = tuple[World, Client, Any]
NEWER_CONTEXT = f"{VOCAB}contexts/passport/1.1"
BOATS_CONTEXT = f"{VOCAB}contexts/boats/passport/0.3"
LANGUAGES = ("en", "sv", "da", "pl")
CUSHION = ("cushions", {"en": "Cushions", "sv": "Dynor", "da": "Hynder", "pl": "Poduszki"})
HAMMOCK = ("hammock", {"en": "Hammock", "sv": "Hängmatta", "da": "Hængekøje", "pl": "Hamak"})

LATER_MODEL: Mapping[str, Any] = {
    **{name: value for name, value in MODEL.items() if name != "gtin"},
    "category": "hammock",
    "cushions": "two, blue",
}
BOAT: Mapping[str, Any] = {
    "granularity": "model",
    "productGroup": "boats",
    "modelName": [{"value": "Sea Gull", "language": "en"}],
    "manufacturer": {"name": "Exempel Varv AB"},
    "boatType": "work-jacket",
    "materials": [
        {
            "materialClass": "textile-mix",
            "fabricPart": "outer",
            "massShare": 100,
            "areaWeight": 245.5,
            "fibreComposition": [{"fibreCode": "polyester", "massShare": 60}, {"fibreCode": "cotton", "massShare": 40}],
        }
    ],
    "care": {"careSymbols": ["wash-60", "tumble-low"], "washingTemperature": 60},
    "markings": [{"markingKind": "logo", "markingMethod": "heat-transfer", "removable": True}],
    "extensions": {"https://varv.example/ns/": {"keel": 1.25}},
}
VESSEL: Mapping[str, Any] = {
    "granularity": "item",
    "productGroup": "boats",
    "modelPassport": "#0",
    "serialNumber": "B-1",
    "sizes": [{"sizeSystem": "alpha", "size": "XL"}],
    "owner": "town",
    "washCount": 18,
    "condition": {"grade": "B", "assessedOn": "2026-10-01"},
}


def _copied(folder: Path, new: Path, names: Callable[[str], str]) -> None:
    for path in (each for each in folder.rglob("*") if each.is_file()):
        place = new / names(path.relative_to(folder).as_posix())
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(names(path.read_text(encoding="utf-8")), encoding="utf-8")


def _words(predicate: str, words: Mapping[str, str], more: str = "") -> str:
    return " ; ".join(f'<{predicate}> "{text}{more}"@{language}' for language, text in words.items())


def _later_furniture(root: Path) -> None:
    """Version 1.1: the level's schemas with one field more, contexts of its own, one term, and one code."""
    new = root / "schemas" / GROUP / "1.1"

    def later(text: str) -> str:
        text = re.sub(r"contexts/(passport|event|credential)/1\.0", r"contexts/\1/1.1", text)
        return text.replace(f"/{GROUP}/1.0/", f"/{GROUP}/1.1/")

    _copied(root / "schemas" / GROUP / "1.0", new, later)
    contexts = root / "vocab" / "contexts"
    for name, own in (("passport", "context"), ("event", "event"), ("credential", "credential")):
        (new / f"{own}.jsonld").write_text(later((contexts / f"{name}-1.0.jsonld").read_text(encoding="utf-8")))
    name, words = CUSHION
    text = {"$ref": f"{VOCAB}schemas/{GROUP}/1.1/fields#/$defs/text", "term": VOCAB + name, "tier": "public"}
    for file in ("model.json", "document.json"):
        schema = json.loads((new / file).read_text(encoding="utf-8"))
        schema["properties"][name] = text
        (new / file).write_text(json.dumps(schema))
    context = json.loads((new / "context.jsonld").read_text(encoding="utf-8"))
    context["@context"][name] = VOCAB + name
    (new / "context.jsonld").write_text(json.dumps(context))
    rdfs = "http://www.w3.org/2000/01/rdf-schema#"
    said = [_words(f"{rdfs}label", words), _words(f"{rdfs}comment", words, " on it.")]
    term = f'<{VOCAB}{name}> <{VOCAB}termName> "{name}" ; {" ; ".join(said)} .\n'
    (new / "terms.ttl").write_text(term, encoding="utf-8")
    code, words = HAMMOCK
    skos, scheme = "http://www.w3.org/2004/02/skos/core#", f"{VOCAB}codes/furniture-category"
    said = [_words(f"{skos}prefLabel", words), _words(f"{skos}definition", words, " to lie in.")]
    (new / "codes").mkdir()
    concept = f"<{scheme}/{code}> <{skos}inScheme> <{scheme}> ; {' ; '.join(said)} .\n"
    (new / "codes" / "furniture-category.ttl").write_text(concept, encoding="utf-8")


def _boats(root: Path) -> None:
    """An invented group: the files of the preview group, with its name, its version and its kinds replaced."""
    published = Published.load()
    (preview,) = (name for name in published.groups() if published.group(name, published.current(name)).preview)
    version = published.current(preview)

    def names(text: str) -> str:
        text = text.replace(f"{preview}/{version}", "boats/0.3").replace(f"{preview}-{version}", "boats-0.3")
        text = text.replace("garmentType", "boatType")
        return re.sub(rf"{preview}/(passport|event|credential)/{version}", r"boats/\1/0.3", text)

    _copied(root / "schemas" / preview / version, root / "schemas" / "boats" / "0.3", names)


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Published:
    root = tmp_path_factory.mktemp("published")
    for folder in ("schemas", "vocab"):
        shutil.copytree(Published.load().examples().parent / folder, root / folder)
    _later_furniture(root)
    _boats(root)
    return Published.load(root)


@dataclass(frozen=True)
class Later:
    """The same store after more was published; ``model`` and ``piece`` were issued before."""

    world: World
    client: Client
    published: Published

    def submit(self, *documents: Mapping[str, Any], by: str = "maker", media_type: str = "application/json") -> Any:
        return self.client.post("/submissions", list(documents), self.world.tokens[by], content_type=media_type)

    def issued(self, *documents: Mapping[str, Any], **options: Any) -> list[dict[str, Any]]:
        made = self.submit(*documents, **options)
        assert made.status in {200, 201}, made.text
        return list(made.json()["passports"])

    def refused(self, *documents: Mapping[str, Any]) -> dict[str, str]:
        """Code to pointer of the errors."""
        answer = self.submit(*documents)
        assert answer.status >= 400, answer.text
        found = answer.json()["report"]["findings"]
        return {each["code"]: each["pointer"] for each in found if each["severity"] == "error"}

    def verdict(self, code: str) -> str:
        return str(self.client.get(f"/passports/{code}/verification").json()["verification"]["verdict"])


@pytest.fixture(scope="module")
def later(own_world: Own, newer: Published) -> Iterator[Later]:
    world, _, settings = own_world
    system = replace(world.system, published=newer, plans=plans(newer))
    client = Client(create_app(system, Pages(newer, base=system.base), settings=settings))
    yield Later(world, client, newer)
    client.close()


@pytest.fixture(scope="module")
def boat(later: Later) -> tuple[str, str]:
    """A model and a piece of the invented group."""
    model, piece = later.issued(BOAT, VESSEL)
    return model["code"], piece["code"]


def test_what_was_issued_before_is_served_with_its_own_context_and_verifies(later: Later) -> None:
    for code in (later.world.model, later.world.piece, later.world.legacy):
        document = later.client.get(f"/passports/{code}").json()
        assert document["@context"] == CONTEXT
        assert document["contentSpecificationIds"][0].startswith(f"{VOCAB}schemas/furniture/1.0/")
        assert later.verdict(code) == "valid"
        assert later.client.page(f"/passports/{code}").status == 200


def test_the_newest_version_holds_where_none_is_named(later: Later) -> None:
    (made,) = later.issued(LATER_MODEL)
    document = later.client.get(f"/passports/{made['code']}").json()
    assert document["@context"] == NEWER_CONTEXT
    assert document["contentSpecificationIds"] == [f"{VOCAB}schemas/furniture/1.1/model"]
    assert (document["cushions"], document["category"]) == ("two, blue", "hammock")
    assert later.verdict(made["code"]) == "valid"
    turtle = later.client.get(f"/passports/{made['code']}", "text/turtle").text
    assert 'fp:cushions "two, blue"' in turtle
    quads = later.client.get(f"/passports/{made['code']}", "application/n-quads").text
    assert f"<{VOCAB}category> <{VOCAB}codes/furniture-category/hammock>" in quads
    for language in LANGUAGES:
        page = later.client.page(f"/passports/{made['code']}", accept_language=language).text
        assert CUSHION[1][language] in page
        assert HAMMOCK[1][language] in page


def test_a_named_version_is_the_one_that_a_submission_is_checked_against(later: Later) -> None:
    assert later.refused({"@context": CONTEXT, **LATER_MODEL}) == {"unknown-field": "/cushions"}
    plain = {name: value for name, value in LATER_MODEL.items() if name != "cushions"}
    (made,) = later.issued({"@context": CONTEXT, **plain})
    document = later.client.get(f"/passports/{made['code']}").json()
    assert document["contentSpecificationIds"] == [f"{VOCAB}schemas/furniture/1.0/model"]
    (made,) = later.issued({"@context": NEWER_CONTEXT, **LATER_MODEL})
    assert later.client.get(f"/passports/{made['code']}").json()["@context"] == NEWER_CONTEXT


def test_a_passport_moves_to_a_newer_version_of_its_schema(later: Later) -> None:
    older = {name: value for name, value in LATER_MODEL.items() if name != "cushions"}
    (made,) = later.issued({"@context": CONTEXT, **older})
    named = {**older, "uniqueProductIdentifier": made["code"]}
    outcomes = []
    for document in (
        {"@context": CONTEXT, **named},
        named,
        {"@context": CONTEXT, **named},
        {"@context": NEWER_CONTEXT, **named},
        {**named, "cushions": "three"},
    ):
        (each,) = later.issued(document)
        outcomes.append((each["outcome"], each["version"]))
    assert outcomes == [("revised", 2), ("unchanged", 2), ("unchanged", 2), ("revised", 3), ("revised", 4)]
    served = [later.client.get(f"/passports/{made['code']}/versions/{number}").json() for number in (1, 2, 3, 4)]
    assert [each["@context"] for each in served] == [CONTEXT, CONTEXT, NEWER_CONTEXT, NEWER_CONTEXT]
    assert later.verdict(made["code"]) == "valid"
    assert later.client.page(f"/passports/{made['code']}").status == 200


def test_a_piece_of_an_older_version_and_its_newer_model_are_shown_together(later: Later) -> None:
    (model,) = later.issued(LATER_MODEL)
    piece = {"@context": CONTEXT, "granularity": "item", "modelPassport": model["code"]}
    (made,) = later.issued(piece)
    merged = later.client.get(f"/passports/{made['code']}?view=merged").json()
    assert (merged["passport"]["@context"], merged["model"]["@context"]) == (CONTEXT, NEWER_CONTEXT)
    assert CUSHION[1]["en"] in later.client.page(f"/passports/{made['code']}").text


def test_a_piece_issued_before_is_withdrawn_with_an_event_of_its_own_version(later: Later) -> None:
    (made,) = later.issued({**LEGACY, "inventoryNumber": "K-101"}, by="town")
    gone = later.client.post(f"/passports/{made['code']}/withdrawal", {"reason": "Lost."}, later.world.tokens["town"])
    assert gone.status == 201, gone.text
    events = later.client.get(f"/passports/{made['code']}/events").json()
    assert events["@context"][0] == f"{VOCAB}contexts/event/1.1"
    assert len(events["events"]) == 2


def test_an_invented_group_is_submitted_issued_and_verified(later: Later, boat: tuple[str, str]) -> None:
    for code in boat:
        document = later.client.get(f"/passports/{code}").json()
        assert document["@context"] == BOATS_CONTEXT
        assert document["contentSpecificationIds"][0].startswith(f"{VOCAB}schemas/boats/0.3/")
        assert "productGroup" not in document
        assert later.verdict(code) == "valid"
        credential = later.client.get(f"/passports/{code}", "application/vc+jwt").body.split(b".")[1]
        assert credential
    model, piece = (later.client.get(f"/passports/{code}").json() for code in boat)
    assert model["boatType"] == "work-jacket"
    assert model["materials"][0]["areaWeight"] == "245.5"
    assert model["extensions"] == BOAT["extensions"]
    assert "washCount" not in piece
    events = later.client.get(f"/passports/{boat[1]}/events").json()
    assert events["@context"][0] == f"{VOCAB}contexts/boats/event/0.3"
    assert events["events"][0]["washCount"] == 18
    for path in (f"/passports/{boat[1]}", events["events"][0]["id"]):
        assert "Washes so far" in later.client.page(path).text


def test_the_pages_of_an_invented_group_speak_every_language(later: Later, boat: tuple[str, str]) -> None:
    words = {"en": "Washing and care", "sv": "Tvätt och skötsel", "da": "Vask og pleje", "pl": "Pranie i pielęgnacja"}
    for code in boat:
        for language in LANGUAGES:
            page = later.client.page(f"/passports/{code}", accept_language=language)
            assert page.status == 200
            assert words[language] in page.text
            assert "Sea Gull" in page.text
        assert later.client.page(f"/passports/{code}/events").status == 200
    for path in ("/schemas/boats/0.3", "/schemas/boats/0.3/model", "/vocab/boatType", "/vocab/codes/garment-type"):
        assert later.client.page(path).status == 200, path
    assert later.client.page("/vocab").status == 200


def test_its_passports_are_served_in_every_form(later: Later, boat: tuple[str, str]) -> None:
    for code in boat:
        for media_type in ("text/turtle", "application/n-quads", "application/rdf+xml", "application/vc"):
            assert later.client.get(f"/passports/{code}", media_type).status == 200
        linkset = later.client.get(f"/p/{code}?linkType=linkset", "application/linkset+json")
        assert linkset.status == 200
    quads = later.client.get(f"/passports/{boat[0]}", "application/n-quads").text
    assert f"<{VOCAB}boatType> <{VOCAB}codes/garment-type/work-jacket>" in quads
    merged = later.client.get(f"/passports/{boat[1]}?view=merged").json()
    assert merged["passport"]["@context"] == merged["model"]["@context"] == BOATS_CONTEXT


@pytest.mark.parametrize("form", ["compacted", "expanded", "flattened"])
def test_its_json_ld_says_the_same_as_its_plain_json(later: Later, form: str) -> None:
    published = later.published
    loader = FrozenDocumentLoader(documents={iri: dict(published.context(iri)) for iri in published.context_iris()})
    options = {"base": None, "documentLoader": loader}
    stated = {name: value for name, value in BOAT.items() if name != "extensions"} | {"modelNumber": form}
    nodes = pyld.expand({"@context": BOATS_CONTEXT, **stated}, options)
    if form == "compacted":
        body: Any = pyld.compact(nodes, BOATS_CONTEXT, options) | {"@context": [BOATS_CONTEXT]}
    else:
        body = nodes[0] if form == "expanded" else {"@graph": pyld.flatten(nodes, None, options)}
    (linked,) = later.issued(body, media_type="application/ld+json")
    (plain,) = later.issued(stated)
    documents = [later.client.get(f"/passports/{each['code']}").json() for each in (linked, plain)]
    left, right = (
        json.loads(json.dumps({**document, "lastUpdated": "", "issuedAt": ""}).replace(each["code"], "X"))
        for document, each in zip(documents, (linked, plain), strict=True)
    )
    assert left == right


def test_what_is_served_is_what_was_signed(later: Later, boat: tuple[str, str]) -> None:
    """The credential, expanded as JSON-LD, holds every statement of the passport as it is served."""
    published = later.published
    loader = FrozenDocumentLoader(documents={iri: dict(published.context(iri)) for iri in published.context_iris()})
    options = {"base": None, "documentLoader": loader, "format": "application/n-quads"}
    for code in boat:
        got = later.client.get(f"/passports/{code}", "application/ld+json").json()
        dropped: list[str] = []
        pyld.JsonLdProcessor(on_property_dropped=dropped.append).expand(got, options)
        assert dropped == []
        quads = later.client.get(f"/passports/{code}", "application/n-quads").text
        oracle = pyld.to_rdf(got, options)
        assert sorted(quads.split("\n")) == sorted(oracle.split("\n"))


def test_its_products_are_found(later: Later, boat: tuple[str, str]) -> None:
    found = later.client.get("/search?q=Sea+Gull&group=boats", "application/json")
    assert found.status == 200
    assert boat[0] in found.text
    page = later.client.page("/search?q=Sea+Gull")
    assert page.status == 200
    assert boat[0] in page.text


def test_a_passport_never_moves_to_another_group(later: Later, boat: tuple[str, str]) -> None:
    furniture = {**MODEL, "uniqueProductIdentifier": boat[0]}
    furniture.pop("gtin")
    assert later.refused(furniture) == {"group-changed": "/uniqueProductIdentifier"}
    renamed = {**BOAT, "uniqueProductIdentifier": later.world.model}
    assert later.refused(renamed) == {"group-changed": "/productGroup"}


def test_a_piece_and_its_model_are_of_one_group(later: Later, boat: tuple[str, str]) -> None:
    assert later.refused({"granularity": "item", "modelPassport": boat[0]}) == {"group-of-parent": "/modelPassport"}
    assert later.refused(BOAT, {**PIECE, "gtin": "09526543000020"})["group-of-parent"] == "/modelPassport"


def test_an_unknown_group_and_one_against_its_context_are_findings(later: Later) -> None:
    assert later.refused({**BOAT, "productGroup": "kites"}) == {"group-unknown": "/productGroup"}
    plain = {name: value for name, value in BOAT.items() if name != "extensions"}
    assert later.refused({"@context": CONTEXT, **plain}) == {"group-contradicted": "/productGroup"}
    (made,) = later.issued({"@context": BOATS_CONTEXT, **plain})
    assert later.client.get(f"/passports/{made['code']}").json()["@context"] == BOATS_CONTEXT


def test_a_code_of_another_group_is_unknown(later: Later) -> None:
    assert later.refused({**BOAT, "boatType": "office-chair"}) == {"code-unknown": "/boatType"}
    assert later.refused({**MODEL, "boatType": "work-jacket"})["unknown-field"] == "/boatType"


def test_the_history_of_all_groups_and_versions_is_sound(later: Later, boat: tuple[str, str]) -> None:
    system = later.world.system
    assert boat
    assert audit(system.history, system.parties, base=BASE) == []


def test_every_group_has_credential_contexts_that_lead_to_its_own(newer: Published) -> None:
    assert newer.group(GROUP, "1.0").credential_context == CREDENTIAL_CONTEXT
    for name in newer.groups():
        for version in newer.versions(name):
            group = newer.group(name, version)
            credential = newer.context(group.credential_context)["@context"]
            assert credential["passport"]["@context"] == group.context
            assert credential["event"]["@context"] == group.event_context
            assert {group.context, group.event_context} <= set(newer.context_iris())


def test_no_code_names_a_group_but_the_first() -> None:
    root = Path(__file__).parents[2]
    published = Published.load()
    for name in (each for each in published.groups() if each != GROUP):
        found = subprocess.run(
            ["grep", "-rli", "--include=*.py", "--include=*.html", name, "passport", "vocab/generation"],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert found.stdout == ""
