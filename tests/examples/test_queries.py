"""The worked queries: each gives what is expected of it on every engine, and what the documents themselves say."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pyoxigraph
import pytest

from passport.codecs import sparql, workedqueries
from passport.codecs.catalogues import catalogue
from passport.codecs.workedqueries import CATALOGUE, PLOTS, WorkedQuery
from passport.errors import QueryRefused
from passport.model.languages import LANGUAGES
from passport.published import VOCAB
from passport.published.namespaces import WIKIDATA
from passport.service.composition import composed, composition_document
from passport.service.tables import rows_of
from tests.conftest import SparqlServer
from tests.examples import asking
from tests.examples.asking import Piece

EVERY = asking.queries()
NAMES = list(EVERY)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Mapping[str, bytes], Sequence[Piece]]]:
    running = asking.filled(tmp_path_factory.mktemp("queries") / "store")
    yield asking.graphs(running.system), asking.pieces(running.system)
    running.close()


@pytest.fixture(scope="module")
def store(world: tuple[Mapping[str, bytes], Sequence[Piece]]) -> pyoxigraph.Store:
    return asking.store_of(world[0])


@pytest.fixture(scope="module")
def pieces(world: tuple[Mapping[str, bytes], Sequence[Piece]]) -> Sequence[Piece]:
    return [each for each in world[1] if each.product.group == "furniture"]


def expected(name: str) -> list[dict[str, str | None]]:
    found: list[dict[str, str | None]] = json.loads((asking.EXPECTED / f"{name}.json").read_text("utf-8"))
    return found


def test_there_are_at_least_twelve_and_each_has_its_answer_beside_it() -> None:
    assert len(NAMES) >= 12
    assert {file.stem for file in asking.EXPECTED.glob("*.json")} == set(NAMES)
    assert {each.plot.kind for each in EVERY.values()} == PLOTS.keys()


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_is_the_expected_one(store: pyoxigraph.Store, name: str) -> None:
    rows = asking.answer(store, EVERY[name])
    assert rows
    assert asking.written(EVERY[name], rows) == (asking.EXPECTED / f"{name}.json").read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_no_default_graph_is_needed(store: pyoxigraph.Store, name: str) -> None:
    assert asking.answer(store, EVERY[name], union=False) == asking.answer(store, EVERY[name])


def test_another_server_gives_the_same_answers(
    world: tuple[Mapping[str, bytes], Sequence[Piece]], sparql_server: SparqlServer, store: pyoxigraph.Store
) -> None:
    quads = "\n".join(f"GRAPH <{name}> {{ {triples.decode()} }}" for name, triples in world[0].items() if triples)
    sparql_server.send(f"INSERT DATA {{ {quads} }}")
    for query in EVERY.values():
        asked = Request(f"{sparql_server.query}?{urlencode({'query': query.text})}")
        asked.add_header("Accept", "application/sparql-results+json")
        with urlopen(asked) as answering:
            assert rows_of(query, answering.read()) == asking.answer(store, query), query.name


@pytest.mark.parametrize("name", NAMES)
def test_only_names_follow_the_language(store: pyoxigraph.Store, name: str) -> None:
    query = EVERY[name]
    texts = {number for number, each in enumerate(query.columns) if each.kind == "text"}
    english = asking.answer(store, query)
    for language in LANGUAGES:
        told = asking.answer(store, query, language)
        assert len(told) == len(english)
        for one, other in zip(english, told, strict=True):
            assert [x for n, x in enumerate(one) if n not in texts] == [
                x for n, x in enumerate(other) if n not in texts
            ]
        if "LANG(" in query.text and language != "en":
            assert told != english


def test_other_languages_are_refused_before_they_stand_in_a_query() -> None:
    for language in ('en" || true || "', "xx", "", "EN"):
        with pytest.raises(ValueError, match="no language"):
            EVERY["end-of-life"].in_language(language)


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_every_text_is_translated_and_nothing_else_is(language: str) -> None:
    messages = {each for query in EVERY.values() for each in query.messages}
    assert catalogue(language, CATALOGUE).texts.keys() == messages


@pytest.mark.parametrize("name", NAMES)
def test_columns_are_what_the_query_selects(store: pyoxigraph.Store, name: str) -> None:
    found = store.query(EVERY[name].text)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    assert [each.value for each in found.variables] == [each.name for each in EVERY[name].columns]


HEAD = (asking.QUERIES / "end-of-life.rq").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# Title: ", "# "),
        ("# Question: ", "# Asked: "),
        ("# Plot: bars; label=endingName; value=mass", "# Plot: pie; label=endingName; value=mass"),
        ("; value=mass", ""),
        ("value=mass", "value=endingName"),
        ("value=mass", "value=nothing"),
        ("# Column mass: kg; Mass", "# Column mass: stone; Mass"),
        ("# Column mass: kg; Mass", "# Column mass: kg"),
        ("; End; ending", "; End; elsewhere"),
    ],
)
def test_a_head_that_does_not_fit_is_refused(old: str, new: str) -> None:
    assert old in HEAD
    with pytest.raises(ValueError, match="broken: "):
        workedqueries.read("broken", HEAD.replace(old, new, 1))


# What follows reckons the answers again, from the documents alone.


def standing(piece: Piece) -> list[Mapping[str, Any]]:
    """The events that nothing corrects, without those that only take others back."""
    corrected = {each.get("supersedes") for each in piece.events}
    return [
        each for each in piece.events if each["id"] not in corrected and each.get("correctionReason") != "did-not-occur"
    ]


def of(piece: Piece, *kinds: str) -> list[Mapping[str, Any]]:
    return [each for each in standing(piece) if each["eventType"] in kinds]


def moment(event: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(str(event["eventTime"]))


def months(first: datetime, then: datetime) -> int:
    return 12 * (then.year - first.year) + then.month - first.month


def years(first: datetime, then: datetime) -> int:
    return then.year - first.year - ((then.month, then.day) < (first.month, first.day))


def tenth(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.1'), ROUND_HALF_UP).normalize():f}"


def models(pieces: Sequence[Piece]) -> dict[str, Mapping[str, Any]]:
    return {each.passport["digitalProductPassportId"]: each.passport for each in pieces}


def model_of(piece: Piece, known: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    own = piece.passport
    if "batchPassport" in own and "modelPassport" not in own:
        own = known[own["batchPassport"]]
    return known.get(own.get("modelPassport", {}).get("passport"))


def code(code_list: str, value: str) -> str:
    return f"{VOCAB}codes/{code_list}/{value}"


Reckoned = Mapping[tuple[str | None, ...], tuple[str | None, ...]]


def age_at_first_repair(pieces: Sequence[Piece]) -> Reckoned:
    known, ages = models(pieces), defaultdict(list)
    for piece in pieces:
        made, repairs, model = of(piece, "manufactured"), of(piece, "repaired", "partsReplaced"), model_of(piece, known)
        if made and repairs and model:
            ages[model["category"]].append(months(min(map(moment, made)), min(map(moment, repairs))))
    return {
        (code("furniture-category", kind),): (
            str(len(each)),
            str(min(each)),
            tenth(Decimal(sum(each)) / len(each)),
            str(max(each)),
        )
        for kind, each in ages.items()
    }


def time_between_repairs(pieces: Sequence[Piece]) -> Reckoned:
    known, times, many = models(pieces), defaultdict(list), Counter[str]()
    for piece in pieces:
        model, repairs = model_of(piece, known), sorted(map(moment, of(piece, "repaired", "partsReplaced")))
        found = [months(one, next(later for later in repairs if later > one)) for one in repairs if one < repairs[-1]]
        if model and found:
            times[model["category"]] += found
            many[model["category"]] += 1
    return {
        (code("furniture-category", kind),): (
            str(many[kind]),
            str(len(each)),
            str(min(each)),
            tenth(Decimal(sum(each)) / len(each)),
            str(max(each)),
        )
        for kind, each in times.items()
    }


def chains_of_owners(pieces: Sequence[Piece]) -> Reckoned:
    found = Counter[tuple[str, str, str]]()
    for piece in pieces:
        chain = sorted(of(piece, "ownershipTransferred"), key=moment)
        for step, each in enumerate(chain, start=1):
            before, now = code("owner-type", each["previousOwnerType"]), code("owner-type", each["ownerType"])
            found[str(step), before, now] += 1
    return {key: (str(count),) for key, count in found.items()}


def condition_by_age(pieces: Sequence[Piece]) -> Reckoned:
    found = Counter[tuple[str, str]]()
    for piece in pieces:
        for made in of(piece, "manufactured"):
            for each in standing(piece):
                if "grade" in each.get("condition", {}):
                    grade = code("condition-grade", each["condition"]["grade"])
                    found[str(years(moment(made), moment(each))), grade] += 1
    return {key: (str(count),) for key, count in found.items()}


def faults_by_age(pieces: Sequence[Piece]) -> Reckoned:
    found = Counter[tuple[str, str]]()
    for piece in pieces:
        for made in of(piece, "manufactured"):
            for each in standing(piece):
                if "cause" in each:
                    found[str(years(moment(made), moment(each))), code("defect", each["cause"])] += 1
    return {key: (str(count),) for key, count in found.items()}


def length_of_loans(pieces: Sequence[Piece]) -> Reckoned:
    found = Counter[tuple[str, str]]()
    for piece in pieces:
        for loan in of(piece, "lent"):
            back = [moment(each) for each in of(piece, "returned") if moment(each) >= moment(loan)]
            if back and "holderType" in loan:
                found[str(months(moment(loan), min(back))), code("owner-type", loan["holderType"])] += 1
    return {key: (str(count),) for key, count in found.items()}


def corrections(pieces: Sequence[Piece]) -> Reckoned:
    stood, fell = Counter[str](), Counter[str]()
    for piece in pieces:
        corrected = {each.get("supersedes") for each in piece.events}
        fell.update(each["eventType"] for each in piece.events if each["id"] in corrected)
        stood.update(each["eventType"] for each in standing(piece))
    return {
        (code("event-type", kind),): (
            str(stood[kind] + fell[kind]),
            str(fell[kind]),
            tenth(Decimal(1000 * fell[kind]) / (stood[kind] + fell[kind])),
        )
        for kind in stood
    }


def work_of_repairs(pieces: Sequence[Piece]) -> Reckoned:
    took = defaultdict(list)
    for piece in pieces:
        for each in standing(piece):
            for kind in each.get("repairTypes", ()) if "workMinutes" in each else ():
                took[code("repair-type", kind)].append(each["workMinutes"])
    return {
        (kind,): (str(len(each)), tenth(Decimal(sum(each)) / len(each)), str(max(each))) for kind, each in took.items()
    }


def what_passports_tell(pieces: Sequence[Piece]) -> Reckoned:
    every = [each.passport for each in pieces if each.passport["granularity"] == "model"]
    fields = [str(each["field"]).removeprefix(VOCAB) for each in expected("what-passports-tell")]
    told = {field: sum(field in each for each in every) for field in fields}
    return {
        (VOCAB + field,): (str(count), str(len(every)), tenth(Decimal(100 * count) / len(every)))
        for field, count in told.items()
    }


def kept_in_use(pieces: Sequence[Piece]) -> Reckoned:
    ways = ("ownershipTransferred", "refurbished", "remanufactured", "preparedForReuse")
    known, found = models(pieces), defaultdict(list)
    for piece in pieces:
        batch = known.get(piece.passport.get("batchPassport"))
        now = composed(piece.passport, piece.events, batch=batch, model=model_of(piece, known))
        mass = composition_document(now).get("mass")
        happened = [each for each in of(piece, *ways) if each.get("previousOwnerType") != "maker"]
        for year, way in {(str(moment(each).year), code("event-type", each["eventType"])) for each in happened}:
            found[year, way].append(mass and Decimal(mass))
    told = {key: [mass for mass in each if mass is not None] for key, each in found.items()}
    masses = {key: f"{sum(each).normalize():f}" if each else None for key, each in told.items()}
    return {key: (str(len(each)), masses[key]) for key, each in found.items()}


def end_of_life(pieces: Sequence[Piece]) -> Reckoned:
    ends = ("remanufactured", "dismantled", "recycled", "energyRecovered", "disposed", "destroyed")
    found = Counter(code("event-type", of(piece, *ends)[-1]["eventType"]) for piece in pieces if of(piece, *ends))
    return {(ending,): (str(count),) for ending, count in found.items()}


@pytest.mark.parametrize(
    ("name", "keys", "values", "reckon"),
    [
        ("age-at-first-repair", ("kind",), ("pieces", "youngest", "months", "oldest"), age_at_first_repair),
        (
            "time-between-repairs",
            ("kind",),
            ("pieces", "intervals", "shortest", "months", "longest"),
            time_between_repairs,
        ),
        ("chains-of-owners", ("step", "from", "to"), ("pieces",), chains_of_owners),
        ("condition-by-age", ("years", "grade"), ("assessments",), condition_by_age),
        ("faults-by-age", ("years", "fault"), ("repairs",), faults_by_age),
        ("length-of-loans", ("months", "holder"), ("loans",), length_of_loans),
        ("corrections", ("event",), ("recorded", "corrected", "rate"), corrections),
        ("work-of-repairs", ("repair",), ("repairs", "minutes", "longest"), work_of_repairs),
        ("what-passports-tell", ("field",), ("models", "all", "share"), what_passports_tell),
        ("kept-in-use-by-year", ("year", "way"), ("pieces", "mass"), kept_in_use),
        ("end-of-life", ("ending",), ("pieces",), end_of_life),
    ],
)
def test_the_answer_is_what_the_documents_say(
    pieces: Sequence[Piece],
    name: str,
    keys: tuple[str, ...],
    values: tuple[str, ...],
    reckon: Callable[[Sequence[Piece]], Reckoned],
) -> None:
    answered = {tuple(row[each] for each in keys): tuple(row[each] for each in values) for row in expected(name)}
    assert answered == dict(reckon(pieces))


def test_recycled_shares_weigh_by_mass() -> None:
    graph = "https://passport.example/passports/X"
    model = "https://passport.example/passports/M"
    lines = [
        f"<{model}> <https://schema.org/manufacturer> <{model}#m> .",
        f'<{model}#m> <https://schema.org/name> "M" .',
    ]
    named = {model: "\n".join(lines).encode()}
    for number, (mass, share) in enumerate((("10", "50"), ("30", "10"), ("60", None))):
        address = f"{graph}{number}"
        decimal = "http://www.w3.org/2001/XMLSchema#decimal"
        said = [
            f"<{address}> <{VOCAB}granularity> <{VOCAB}codes/granularity/item> .",
            f'<{address}> <{VOCAB}productGroup> "furniture" .',
            f"<{address}> <{VOCAB}model> <{model}> .",
            f"<{address}> <{VOCAB}now> <{address}#now> .",
            f'<{address}#now> <{VOCAB}mass> "{mass}"^^<{decimal}> .',
        ]
        if share:
            said.append(f'<{address}#now> <{VOCAB}recycledShare> "{share}"^^<{decimal}> .')
        named[address] = "\n".join(said).encode()
    query: WorkedQuery = EVERY["recycled-share-by-maker"]
    assert asking.answer(asking.store_of(named), query) == (("M", "3", "100", "40", "8", "20"),)


def test_the_part_of_a_join_with_wikidata_that_is_asked_here_names_its_items(store: pyoxigraph.Store) -> None:
    """Who joins sends the first ``SERVICE`` here; this service itself follows none."""
    text = (asking.ROOT / "examples" / "research" / "with-wikidata.rq").read_text("utf-8")
    head, _, rest = text.partition("SELECT")
    group = rest.partition("SERVICE <http://127.0.0.1:8000/sparql> {")[2].partition("  SERVICE <")[0]
    found = store.query(head + group.rpartition("}")[0], use_default_graph_as_union=True)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    rows = {str(row["item"].value): int(row["pieces"].value) for row in found}
    assert f"{WIKIDATA}Q11427" in rows
    assert all(iri.startswith(f"{WIKIDATA}Q") and number > 0 for iri, number in rows.items())
    with pytest.raises(QueryRefused):
        sparql.check(text)
