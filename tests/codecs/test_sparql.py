"""The guard before any SPARQL parser: what it refuses and lets pass, and that nothing makes it stumble (T21, T22)."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.codecs.sparql import EMBEDDED, REASONS, STRICT, Limits, check
from passport.errors import QueryRefused, QueryWrong
from passport.model.query import Form, Outline, Undeclared
from passport.published import VOCAB

EXAMPLES = Path(__file__).parents[2] / "examples" / "queries"
FORBIDDEN = (
    "SERVICE",
    "service",
    "INSERT DATA",
    "LOAD",
    "{{{{{{{{",
    "((((",
    "||||",
    "FROM <file:///x>",
    "a . b ; c , d",
)


def refused(text: str, limits: Limits = EMBEDDED) -> dict[str, object]:
    with pytest.raises(QueryRefused) as found:
        check(text, limits=limits)
    return dict(found.value.values)


LEGITIMATE = (
    "SELECT * { ?s ?p ?o }",
    "select distinct ?s where { ?s a <http://x/service> }",
    "ASK {}",
    "DESCRIBE <http://x/a>",
    "DESCRIBE ?x { ?x a <b> }",
    "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 10 OFFSET 5",
    "CONSTRUCT { ?s <p> [ <q> ( 1 2.0 3e4 'x'@en \"y\"^^<z> ) ] } WHERE { ?s ?p ?o }",
    "PREFIX ex: <http://x/> SELECT ?service $load { ?service ex:service ?load . $load ex:SERVICE 'SERVICE' }",
    "BASE <http://x/> PREFIX : <#> SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s :a/:b*|^:c+ ?o ; !(:d|^:e)? ?f , ?g }",
    (
        "SELECT ?m (AVG(?y) AS ?years) { ?e <p> ?m . BIND((YEAR(?a) - YEAR(?b)) * 1.0 AS ?y) FILTER(?y < 50 && !?z) }"
        " GROUP BY ?m HAVING (COUNT(*) > 3 || SUM(?y) <= 10) ORDER BY DESC(?years) ?m"
    ),
    "SELECT * { { ?s ?p 1 } UNION { ?s ?p -1 } MINUS { ?s ?p +2 } OPTIONAL { GRAPH ?g { ?s ?q ?o } } }",
    "SELECT * { VALUES (?a ?b) { (1 -2) (UNDEF 'x') } FILTER NOT EXISTS { ?a ?p ?b } }",
    "SELECT * { ?s ?p ?o } VALUES ?s { <a> <b> }",
    "SELECT * FROM <http://x/g> FROM NAMED <h> FROM NAMED <urn:uuid:1> { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * { { SELECT ?s (MAX(?o) AS ?m) { ?s ?p ?o } GROUP BY ?s } FILTER(REGEX(STR(?s), '^http://x/', 'i')) }",
    "SELECT ('''SERVICE \\' ' '' x''' AS ?x) (\"\"\"a \" \"\" SERVICE\"\"\" AS ?y) {} # SERVICE { { {",
    "SELECT ('\\u00e5' AS ?x) { <http://x/\\u00e5> ?p \"\\\\u0041\" }",
    "SELECT * { ?s ex.a-b:c.d%20\\-e ?o . _:b.1 ?p _:c }",
    "SELECT (IF(?a < ?b, <http://x/a>, <http://x/b>) AS ?c) { FILTER(<http://x/f>(?a) IN (1, 2) && ?a<3) }",
    "SELECT * { ?s ?p 'Möbel' ; ?väg ?o }",
)


@pytest.mark.parametrize("text", LEGITIMATE)
def test_lets_pass_what_people_ask(text: str) -> None:
    check(text)
    check(text, limits=STRICT)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.rq")), ids=lambda path: path.stem)
def test_lets_the_worked_examples_pass_everywhere(path: Path) -> None:
    assert check(path.read_text(encoding="utf-8"), limits=STRICT).form is not None


@pytest.mark.parametrize(
    ("text", "outline"),
    [
        ("SELECT * {}", Outline(Form.TABLE, own_dataset=False)),
        ("# ASK\nPREFIX ask: <x> BASE <y> select*{}", Outline(Form.TABLE, own_dataset=False)),
        ("ask{}", Outline(Form.TRUTH, own_dataset=False)),
        ("CONSTRUCT {} FROM <x> {}", Outline(Form.GRAPH, own_dataset=True)),
        ("describe <from>", Outline(Form.GRAPH, own_dataset=False)),
        ("PREFIX ex: <x> SELECT ?from { ?from ex:from 'FROM' }", Outline(Form.TABLE, own_dataset=False)),
        ("", Outline(None, own_dataset=False)),
        ("nonsense", Outline(None, own_dataset=False)),
    ],
)
def test_tells_what_can_be_told(text: str, outline: Outline) -> None:
    assert check(text) == outline


@pytest.mark.parametrize(
    ("text", "undeclared"),
    [
        ("PREFIX fp: <x:> SELECT * { ?a fp:b 'c:d'@e, _:c, <e:f> }", None),
        ("prefix a.b: <x:>\nBASE <b:> prefix : <y:> SELECT * { ?a a.b:c ?d ; :e ?f } # g:h", None),
        ("SELECT *\n{ ?a fp:b ?c }", Undeclared("fp", 2, 6, f"PREFIX fp: <{VOCAB}>")),
        ("PREFIX fp: <x:> ASK { ?a fp:b ?c ; fpp:d ?e }", Undeclared("fpp", 1, 36, "")),
        ("PREFIX fp: <x:> ASK { ?a fp:b/:c|^fp:d ?e }", Undeclared("", 1, 31, "")),
        ("DESCRIBE fp:a PREFIX fp: <x:>", Undeclared("fp", 1, 10, f"PREFIX fp: <{VOCAB}>")),
    ],
)
def test_finds_the_prefix_that_is_not_declared(text: str, undeclared: Undeclared | None) -> None:
    assert check(text).undeclared == undeclared


@pytest.mark.parametrize(
    ("text", "reason", "found", "limit"),
    [
        ("x" * 101, "length", 101, 100),
        ("{" * 20, "nesting", 5, 4),
        ("SELECT (" + "()" * 20, "groups", 7, 6),
        ("SELECT (f(" + "1," * 20, "separators", 11, 10),
        ("SELECT (" + "1+" * 20, "operators", 9, 8),
        ("ASK {" + "?s ?p ?o." * 8, "patterns", 6, 5),
    ],
)
def test_counts(text: str, reason: str, found: int, limit: int) -> None:
    limits = Limits(length=100, nesting=4, groups=6, separators=10, operators=8, patterns=5)
    assert refused(text, limits) == {"reason": reason, "found": found, "limit": limit}


@pytest.mark.parametrize(
    "text",
    [
        "ASK { ?s ?p " + "[] , " * 160,
        "ASK { ?s ?p ( " + "?x " * 160,
        "ASK { ?s " + "<p>/" * 160,
        "ASK { ?s (" + "<p>/" * 160,
        "ASK { ?s ?p ?o " + ".5 ?p ?o" * 160,
        "ASK { ?s ?p ?o" + "; ?p ?o" * 160,
        "ASK { " + "{ ?s ?p ?o } " * 160,
        "SELECT * { FILTER EXISTS { " + "?s ?p ?o . " * 160,
    ],
)
def test_counts_triple_patterns_however_they_are_written(text: str) -> None:
    assert refused(text)["reason"] == "patterns"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { VALUES ?x { " + "-1 " * 5000 + "} }",
        "SELECT * { VALUES (?x ?y) { " + "(1 2) " * 3000 + "} }",
        "SELECT * { ?s ?p ?o FILTER(?o IN (" + ", ".join(["'x'"] * 500) + ")) }",
    ],
)
def test_lets_long_lists_of_values_pass(text: str) -> None:
    check(text)


def test_names_of_reasons_are_told() -> None:
    assert set(REASONS) >= {"length", "nesting", "groups", "separators", "operators", "patterns"}
    assert refused("SELECT * { SERVICE <x> {} }") == {"reason": "service"}


OURS = Limits(sources=("http://x/", "http://y/"))
FOREIGN = (
    ("SELECT * FROM <http://elsewhere.example/g> {}", "http://elsewhere.example/g"),
    ("SELECT * FROM <http://x/g> FROM NAMED # here\n <HTTP://x/g> {}", "HTTP://x/g"),
    ("PREFIX x: <http://elsewhere.example/> SELECT * FROM x:g {}", "http://elsewhere.example/g"),
    ("PREFIX x: <http://x/> PREFIX x: <http:> SELECT * FROM x:\\/\\/z\\/g {}", "http://z/g"),
    ("PREFIX x: # of others\n <http://elsewhere.example/> SELECT * FROM NAMED x: {}", "http://elsewhere.example/"),
    ("BASE <http://elsewhere.example/> SELECT * FROM <g> {}", "http://elsewhere.example/g"),
    ("BASE <http://elsewhere.example/> PREFIX x: <a/> SELECT * FROM x:g {}", "http://elsewhere.example/a/g"),
    ("SELECT * FROM <\\u0068ttp://elsewhere.example/g> {}", "http://elsewhere.example/g"),
    ("SELECT * FROM <http://x> {}", "http://x"),
    ("SELECT * FROM <http://[> {}", "http://["),
)
OWN = (
    "SELECT * FROM <http://x/g> FROM NAMED <http://y/g> { ?from <http://elsewhere.example/> 1 }",
    "PREFIX x: <http://x/> SELECT * FROM x:g { ?a <http://elsewhere.example/> x:b }",
    "BASE <http://y/a/> PREFIX x: <../> SELECT * FROM x:g FROM <b> {}",
    "PREFIX : <http://x/> BASE <http://elsewhere.example/> SELECT * FROM :g {}",
)


def foreign(text: str) -> object:
    """The graph of others that a query names in FROM."""
    found = check(text, limits=OURS).foreign
    return found and found.values["found"]


@pytest.mark.parametrize(("text", "named"), FOREIGN)
def test_t22_a_graph_of_others_that_from_names_is_told_and_refused_where_it_might_be_fetched(
    text: str, named: str
) -> None:
    assert foreign(text) == named
    assert refused(text, replace(OURS, fetches=True)) == {"reason": "source", "found": named}


@pytest.mark.parametrize("text", OWN)
def test_from_may_name_what_is_ours_however_it_is_written(text: str) -> None:
    assert foreign(text) is None
    assert check(text, limits=replace(OURS, fetches=True)).foreign is None


def test_relative_names_of_graphs_are_below_the_endpoint_and_refused_where_nobody_knows() -> None:
    text = "SELECT * FROM <g> {}"
    assert foreign(text) is None
    assert refused(text, replace(OURS, fetches=True)) == {"reason": "source", "found": "g"}
    assert foreign("SELECT * FROM <//elsewhere.example/g> {}") == "http://elsewhere.example/g"


def test_a_prefix_that_is_not_declared_is_no_graph_of_others_but_may_be_one_to_another_server() -> None:
    text = "SELECT * FROM x:g {}"
    assert foreign(text) is None
    assert refused(text, replace(OURS, fetches=True))["reason"] == "source"


def test_refuses_lone_surrogates() -> None:
    assert refused("ASK { ?s ?p '\ud800' }")["reason"] == "characters"


def test_says_where_a_string_begins_that_does_not_end() -> None:
    with pytest.raises(QueryWrong) as wrong:
        check("ASK {\n  ?s ?p 'x }")
    assert wrong.value.values == {"line": 2, "column": 9}


NO_IRI = str.maketrans("", "", "<>{}|^`\\ ")
hidden = st.lists(st.sampled_from([*FORBIDDEN, "x", " ", "#", "å"]), max_size=20).map("".join)


@given(hidden)
def test_never_looks_into_strings_comments_and_iris(said: str) -> None:
    for text in (
        f"ASK {{ ?s ?p '{said}' }}",
        f'ASK {{ ?s ?p "{said}"@en }}',
        f"ASK {{ ?s ?p '''{said}\n''' }}",
        f'ASK {{ ?s ?p """\n{said}""" }}',
        f"ASK {{}} # {said}\n",
        f"ASK {{ <http://x/{said.translate(NO_IRI)}> ?p 1 }}",
    ):
        assert check(text) == Outline(Form.TRUTH, own_dataset=False)


@given(st.text(max_size=300))
def test_never_stumbles_over_any_text(text: str) -> None:
    with suppress(QueryRefused, QueryWrong):
        check(text)


pieces = st.lists(
    st.sampled_from(
        [
            "SELECT",
            "*",
            "{",
            "}",
            "(",
            ")",
            "[",
            "]",
            "?x",
            "<a>",
            "<",
            ">",
            '"',
            "'",
            '"""',
            "'''",
            "\\",
            "\\u",
            "\\u0022",
            "#",
            "\n",
            "SERVICE",
            ":",
            "ex:",
            "_:b",
            "@en",
            "^^",
            "||",
            ".",
            ";",
            ",",
            "1",
            ".5",
            "VALUES",
            "FILTER",
            "FROM",
            "é",
            "·",
            "-",
        ]
    )
)


@given(pieces, st.sampled_from(["", " "]))
def test_never_stumbles_over_pieces_of_queries(words: list[str], between: str) -> None:
    with suppress(QueryRefused, QueryWrong):
        check(between.join(words))


@given(pieces)
def test_never_lets_the_keyword_pass_where_it_stands_alone(words: list[str]) -> None:
    """After anything that is whole in itself the word is seen, whatever stands before."""
    before = " ".join(word for word in words if word not in {'"', "'", '"""', "'''", "#", "<", "\\"})
    with pytest.raises((QueryRefused, QueryWrong)):
        check(before + "\nSERVICE <http://x/> { ?s ?p ?o }")


@pytest.mark.parametrize(
    "piece",
    [
        "a.",
        "a-",
        "a·",
        "a",
        ":",
        "a:",
        "<",
        "<a",
        "?",
        "@",
        "\\",
        '"',
        '\\"',
        "'''",
        "'''\\",
        "#",
        "# \n",
        "%",
        "_:a",
        "_:",
        "1.",
        ".1",
        "^",
        "(",
        "a b ",
    ],
)
def test_is_done_soon_with_long_repetitions(piece: str) -> None:
    """Counted by what the work grows: twice the text must not take four times the steps (it would not end)."""
    text = piece * (Limits().length // len(piece))
    for before in ("", "SELECT * { ", "SELECT (", "'", '"'):
        with suppress(QueryRefused, QueryWrong):
            check(before + text[len(before) :])
