"""Search over HTTP: what is found, by whom it can never be found, and what hostile questions do (nothing)."""

import json
from urllib.parse import quote, urlencode

import pytest

from tests.web.conftest import LEGACY, MODEL, PIECE, Client, World

TASK: dict[str, object] = {
    "granularity": "model",
    "modelName": [{"value": "Arbetsstol Ström", "language": "sv"}],
    "manufacturer": {"name": "Exempel Möbler AB"},
    "category": "office-chair",
    "netWeight": 15.2,
    "dimensions": {"width": 680, "seatHeightMin": 400, "seatHeightMax": 520},
    "materials": [{"materialClass": "metal-steel", "massShare": 100}],
}
HOSTILE = (
    '"',
    '" OR 1 --',
    "NEAR(a b, 10)",
    "names : chair",
    "{names kinds} : x",
    "a AND NOT b",
    "chair*",
    "^chair",
    "'; DROP TABLE product; --",
    "a\x00b",
    "\ud7ff\u202e\u2066",
    "(" * 100,
    "+-&|!(){}[]^~*?:\\/",
    "<script>alert(1)</script>",
    "é" * 200,
    "𝔬𝔣𝔣𝔦𝔠𝔢",
    "%",
    "_",
    " ",
)


def found(client: Client, query: str) -> list[str]:
    got = client.get(f"/search?{query}")
    assert got.status == 200, got.text
    return [each["code"] for each in got.json()["results"]]


@pytest.fixture
def task(world: World, client: Client) -> str:
    made = client.post("/submissions", TASK, world.tokens["maker"])
    assert made.status == 201, made.text
    return str(made.json()["passports"][0]["code"])


def test_what_was_just_submitted_is_found_in_every_language(client: Client, task: str) -> None:
    for words in ("ström", "strom", "STRÖM arbetsstol", "kontorsstol", "krzesło biurowe", "krzeslo", "office cha"):
        assert task in found(client, urlencode({"q": words})), words
    assert task not in found(client, urlencode({"q": "ström bord"}))


def test_models_come_first_and_pieces_are_found_by_their_models_name(client: Client, world: World) -> None:
    codes = found(client, "q=ekstol")
    assert codes == [world.model, world.piece]
    assert found(client, "q=oak+chair&level=item") == [world.piece]
    assert found(client, f"model={world.model}") == [world.piece]
    assert found(client, "q=A-0001") == [world.piece]
    assert found(client, "q=ekstol+A-0001") == [world.piece]
    assert found(client, "q=desk+A-0001") == []
    assert found(client, f"q={world.piece}") == [world.piece]


def test_filters_and_ranges_hold_together(client: Client, task: str, world: World) -> None:
    assert task in found(client, "kind=office-chair&kind=desk&material=metal-steel")
    assert task not in found(client, "kind=office-chair&material=wood-solid")
    assert task in found(client, urlencode({"min[dimensions/width]": "600", "max[dimensions/width]": "700"}))
    assert task in found(client, urlencode({"min[netWeight]": "15,1", "max[netWeight]": ""}))
    assert task not in found(client, urlencode({"max[netWeight]": "15.1"}))
    assert task in found(client, urlencode({"min[dimensions/seatHeight]": "450", "max[dimensions/seatHeight]": "460"}))
    assert task not in found(client, urlencode({"min[dimensions/seatHeight]": "530"}))
    assert world.model in found(client, "has=mass&maker=" + quote("Exempel Möbler AB"))
    assert task not in found(client, "has=mass")


def test_counts_are_of_what_one_could_choose_instead(client: Client, world: World, task: str) -> None:
    body = client.get("/search?kind=desk").json()
    counted = {each["value"]: each["count"] for each in body["facets"]["kind"]}
    assert {"desk", "visitor-chair", "office-chair"} <= counted.keys()
    assert {each["value"] for each in body["facets"]["level"]} == {"item"}
    assert body["total"] == counted["desk"]
    model = next(each for each in client.get("/search?q=ekstol").json()["results"] if each["code"] == world.model)
    assert model["made"] == 1
    assert model["kind"] == "visitor-chair"
    assert model["maker"] == "Exempel Möbler AB"


def test_withdrawn_passports_are_not_found_and_newer_versions_replace_older(client: Client, world: World) -> None:
    old = client.post(
        "/submissions", LEGACY | {"itemName": [{"value": "Zebrabord", "language": "sv"}]}, world.tokens["town"]
    )
    code = old.json()["passports"][0]["code"]
    assert found(client, "q=zebrabord") == [code]
    changed = {"uniqueProductIdentifier": code, "itemName": [{"value": "Girafbord", "language": "sv"}]}
    kept = {key: value for key, value in LEGACY.items() if key in ("granularity", "category", "isSecondHandLegacy")}
    newer = client.post("/submissions", kept | changed, world.tokens["town"])
    assert newer.status == 201, newer.text
    assert found(client, "q=zebrabord") == []
    assert found(client, "q=girafbord") == [code]
    assert client.post(f"/passports/{code}/withdrawal", {"reason": "Burnt."}, world.tokens["town"]).status == 201
    assert found(client, "q=girafbord") == []
    assert world.withdrawn not in found(client, "kind=desk")


def test_t07_what_is_restricted_is_never_found_and_never_shown(client: Client, world: World) -> None:
    hidden = {"inventoryNumber": "ZZTOP4711", "location": {"site": "Kvarnskolan"}, "availability": "inUse"}
    made = client.post("/submissions", LEGACY | hidden, world.tokens["town"])
    assert made.status == 201, made.text
    for text in ("ZZTOP4711", "zztop", "Kvarnskolan", "K-77", "K77"):
        assert found(client, urlencode({"q": text})) == [], text
    for name in ("inventoryNumber", "location", "availability", "owner", "originCountry"):
        assert found(client, f"has={name}") == [], name
    everything = client.get("/search").text + client.page("/search").text
    assert "ZZTOP" not in everything
    assert "Kvarnskolan" not in everything


@pytest.mark.parametrize("text", HOSTILE)
def test_no_question_is_read_as_a_query_language(client: Client, world: World, text: str) -> None:
    query = urlencode({"q": text, "kind": text[:200], "maker": text[:200]})
    for each in (query, urlencode({"q": text})):
        assert client.get(f"/search?{each}").status == 200
        page = client.page(f"/search?{each}")
        assert page.status == 200
        assert "<script>alert" not in page.text


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "a" * 201,
        "q=" + "x" * 10_000,
        "cursor=x",
        "cursor=" + "a" * 101,
        "min[netWeight]=heavy",
        "min[netWeight]=1e400",
        "min[netWeight]=NaN",
        "min[nothing]=1",
        "max[purchasePrice/amount]=1",
        "model=7KX94M2QY",
        "&".join(f"has=f{number}" for number in range(21)),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(client: Client, world: World, query: str) -> None:
    for got in (client.get(f"/search?{query}"), client.page(f"/search?{query}")):
        assert got.status == 400
        assert got.body


def test_what_a_form_leaves_empty_narrows_nothing(client: Client) -> None:
    whole = client.get("/search?q=chair").json()["total"]
    empty = "/search?q=chair&model=&kind=&maker=&level=&has=&min[netWeight]=&max[netWeight]=%20"
    assert client.get(empty).json()["total"] == whole > 0


def test_a_mistyped_kind_gets_suggestions(client: Client, world: World) -> None:
    body = client.get("/search?q=ofice+chiar").json()
    assert body["results"] == []
    assert body["suggestions"][0]["kind"] == "office-chair"
    assert client.get("/search?kind=office-chiar").json()["suggestions"][0]["kind"] == "office-chair"
    page = client.page("/search?q=kontorstsol", accept_language="sv").text
    assert 'href="/search?kind=office-chair"' in page
    assert "Menade du" in page


def test_every_result_is_reached_once_by_cursors(client: Client, world: World) -> None:
    many = [PIECE | {"serialNumber": f"C-{number:04}", "modelPassport": world.model} for number in range(50)]
    assert client.post("/submissions", many, world.tokens["maker"]).status == 201
    address: str | None = f"/search?model={world.model}"
    codes: list[str] = []
    parts = 0
    while address:
        body = client.get(address).json()
        codes += [each["code"] for each in body["results"]]
        assert (">More results<" in client.page(address).text) is ("next" in body)
        address, parts = body.get("next"), parts + 1
    assert parts == 3
    assert len(codes) == len(set(codes)) == body["total"] == 51


def test_the_page_keeps_the_question(client: Client, world: World, task: str) -> None:
    query = urlencode({"q": "stol <b>", "kind": "office-chair", "has": "netWeight", "max[netWeight]": "20"})
    page = client.page(f"/search?{query}").text
    assert 'value="stol &lt;b&gt;"' in page
    assert 'name="kind" value="office-chair" checked' in page
    assert 'type="hidden" name="has" value="netWeight"' in page
    assert 'name="max[netWeight]" value="20"' in page


def test_the_answer_is_as_described(client: Client, world: World) -> None:
    from jsonschema import Draft202012Validator

    operation = client.get("/openapi.json").json()["paths"]["/search"]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert {"q", "kind", "min", "max", "has", "cursor"} <= {each["name"] for each in operation["parameters"]}
    for query in ("", "q=ekstol", "q=nothing-like-it"):
        body = client.get(f"/search?{query}").json()
        Draft202012Validator(schema).validate(body)
        assert set(body) <= set(schema["properties"])
        assert all(set(each) == set(schema["properties"]["results"]["items"]["properties"]) for each in body["results"])


def test_the_lag_is_a_metric(client: Client, world: World) -> None:
    assert client.post("/submissions", {**MODEL, "netWeight": 7.6}, world.tokens["maker"]).status == 201
    assert "passport_search_lag_documents 0.0" not in client.get("/metrics").text
    client.get("/search")
    assert "passport_search_lag_documents 0.0" in client.get("/metrics").text


def test_a_page_and_json_are_negotiated(client: Client, world: World) -> None:
    assert client.page("/search")["content-type"].startswith("text/html")
    assert json.loads(client.get("/search").body)["total"] > 0
    assert client.get("/search", "text/turtle").status == 406


def test_unknown_parameters_are_refused_to_programs_and_told_to_people(client: Client, world: World) -> None:
    for query, name in (("granularity=item", "granularity"), ("q=ekstol&limit=5", "limit"), ("min[]=2", "min[]")):
        got = client.get(f"/search?{query}")
        assert got.status == 400
        assert name in got.json()["detail"]
        assert "level" in got.json()["detail"]
    page = client.page("/search?q=ekstol&utm_source=letter&lang=en")
    assert page.status == 200
    assert "ignored them: utm_source." in page.text
    assert f"/passports/{world.model}" in page.text
    assert "ignored them" not in client.page("/search?q=ekstol&lang=en").text


@pytest.mark.parametrize(
    "spelling",
    [
        "{base}/passports/{code}",
        "{base}/passports/{code}?lang=sv",
        "{base}/passports/{code}/versions/1",
        "passport.example/p/{code}",
        "{base}/p/{code}",
        "https://old-host.example/passports/{code}/",
        "{low}",
        "{parted}",
    ],
)
def test_an_address_and_a_code_in_any_spelling_find_their_product(client: Client, world: World, spelling: str) -> None:
    for code in (world.piece, world.model):
        parted = f"{code[:4]}-{code[4:8]}-{code[8:]}"
        text = spelling.format(base="https://passport.example", code=code, low=code.lower(), parted=parted)
        assert found(client, urlencode({"q": text})) == [code], text


def test_a_gs1_address_finds_its_piece_and_an_unknown_one_nothing(client: Client, world: World) -> None:
    assert found(client, urlencode({"q": f"https://id.example{world.gs1}"})) == [world.piece]
    for text in ("https://passport.example/passports/7KX94M2QZ", "https://passport.example/search", "http://[", "/"):
        assert found(client, urlencode({"q": text})) == [], text


def test_a_second_try_keeps_the_words_that_fit_and_says_so(client: Client, world: World, task: str) -> None:
    page = client.page("/search?q=ekstol+zielona&lang=en")
    assert "What follows has “ekstol”, but not “zielona”." in page.text
    assert f"/passports/{world.model}" in page.text
    body = client.get("/search?q=ekstol+zielona&level=model").json()
    assert (body["total"], body["results"]) == (0, [])
    assert (body["instead"]["q"], body["instead"]["leftOut"], body["instead"]["total"]) == ("ekstol", ["zielona"], 1)
    assert client.get(body["instead"]["search"].removeprefix("https://passport.example")).json()["total"] == 1
    body = client.get("/search?" + urlencode({"q": "ekstol kontorsstol zielona"})).json()
    assert body["instead"]["q"] == "kontorsstol", "the name of a kind goes before other words"
    assert "instead" not in client.get("/search?q=zielona+zebra").json()
    assert "instead" not in client.get("/search?q=zielona").json()


def test_facets_come_from_the_groups_and_are_described(client: Client) -> None:
    names = {each["name"]: each for each in client.get("/openapi.json").json()["paths"]["/search"]["get"]["parameters"]}
    assert {
        "material",
        "environment",
        "label",
        "certificate",
        "fibre",
        "maker",
        "brand",
        "level",
        "min",
    } <= names.keys()
    assert "material-class" in names["material"]["description"]
    assert client.get("/search?" + "&".join(f"brand=b{number}" for number in range(21))).status == 400
    assert client.get(f"/search?brand={'b' * 201}").status == 400
