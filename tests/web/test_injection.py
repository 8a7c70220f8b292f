"""T29: hostile text in every parameter and document is data, and no SQL is put together from values."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

import passport
from passport.settings import Settings
from tests.web.conftest import LEGACY, Client, World
from tests.web.live import filled

SQL = (
    "'",
    "''",
    '"',
    "' OR '1'='1",
    "'; DROP TABLE document; --",
    "1; ATTACH DATABASE '/tmp/x' AS x",
    "' UNION SELECT digest FROM token --",
    "%",
    "_",
    "%' ESCAPE '",
    "\\",
    "* NEAR/0 (",
    '"unclosed',
    "$.a[*]",
    "$[?(@.x)]",
    ":code",
    "?1",
    "@p",
    "\x00",
    "' || (SELECT hex(randomblob(9))) || '",
    "9" * 400,
    "-1",
    "NULL",
    "１",
)
SEGMENT = re.compile(r"\{[^}]+\}")
HEADERS = ("accept", "accept-language", "cookie", "if-none-match", "authorization", "idempotency-key", "content-type")


GENERAL = ("lang", "linkType", "unheard-of")
"""Parameters that every operation is sent, whether it knows them or not."""


def _requests(document: Mapping[str, Any], *, turns: int) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every operation of the OpenAPI document with each hostile text in each of its own parameters, one at a time.

    Where all operations do the same, each is sent one text in ``turns``, and its neighbours the others.
    """
    operations = [(path, *each) for path, item in document["paths"].items() for each in item.items()]
    for turn, (path, method, operation) in enumerate(operations):
        names = [each["name"] for each in operation.get("parameters", []) if each["in"] == "query"]
        for number, text in enumerate(SQL):
            escaped = quote(text, safe="")
            for place in SEGMENT.findall(path):
                others = SEGMENT.sub("000000001", path.replace(place, escaped))
                yield method.upper(), others, {}
            plain = SEGMENT.sub("000000001", path)
            common = (turn + number) % turns == 0
            for name in (*names, *(GENERAL if common else ())):
                yield method.upper(), f"{plain}?{name}={escaped}", {}
            for name in HEADERS if common and text in SQL[:8] else ():
                yield method.upper(), plain, {name: text.encode("utf-8").decode("latin-1")}


@pytest.fixture(scope="module", autouse=True)
def _graph(web_settings: Settings) -> None:
    """Something to ask for."""
    filled(web_settings, {"urn:example:graph": b"<urn:example:a> <urn:example:b> <urn:example:c> .\n"})


@pytest.mark.parametrize("turns", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_t29_hostile_texts_in_every_parameter_find_and_change_nothing(
    client: Client, world: World, store_rows: Callable[[], Mapping[str, Any]], turns: int
) -> None:
    client.get("/log/checkpoint")  # who asks for a proof has one made
    before = store_rows()
    sent = 0
    for method, target, headers in _requests(client.get("/openapi.json").json(), turns=turns):
        got = client.send(method, target, headers, b"{}" if method == "POST" else b"")
        assert got.status < 500, (method, target, headers)
        assert got.status >= 400 or "000000001" not in target, (method, target, headers)
        assert got.status >= 400 or not target.startswith("/labels?code="), target
        sent += 1
    assert sent >= 1000
    assert store_rows() == before


@pytest.mark.parametrize("text", SQL)
def test_t29_hostile_texts_in_documents_are_data_or_findings(
    client: Client, world: World, store_rows: Callable[[], Mapping[str, Any]], text: str
) -> None:
    before = store_rows()
    plain = {name: each for name, each in LEGACY.items() if name not in {"owner", "availability"}}
    for name in (
        "uniqueProductIdentifier",
        "giai",
        "grai",
        "gtin",
        "serialNumber",
        "modelPassport",
        "owner",
        "category",
    ):
        got = client.post("/submissions?dry_run=1", {**plain, name: text}, world.tokens["town"])
        assert got.status in ((400,) if "\x00" in text else (200, 422)), (name, got.text)
    for reason in ({"reason": ""}, {"reason": 1}, {text: "x"}):
        assert client.post(f"/passports/{world.piece}/withdrawal", reason, world.tokens["maker"]).status == 400
    assert store_rows() == before
    if "\x00" in text:
        return
    key = f"t29 {SQL.index(text)}"
    kept = {**LEGACY, "inventoryNumber": text[:60], "extensions": {f"x{text[:60]}": text[:60]}}
    made = client.post("/submissions", kept, world.tokens["town"], idempotency_key=key)
    assert made.status == 201, made.text
    code = made.json()["passports"][0]["code"]
    assert client.get(f"/passports/{code}").json()["extensions"] == {f"x{text[:60]}": text[:60]}
    after = store_rows()
    assert len(after["document"]) == len(before["document"]) + 4
    assert len(after["product"]) == len(before["product"]) + 1
    assert set(before["document"]) < set(after["document"])


STATEMENT = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|(CREATE|DROP|ALTER)\s+(TABLE|INDEX|TRIGGER)"
    r"|ATTACH\s+DATABASE|PRAGMA\s|MATCH\s+\?|COPY\s+\S+\s+FROM)",
    re.S,
)
RUNS_SQL = {"execute", "executemany", "executescript", "exec_driver_sql", "text"}


def _built(node: ast.AST) -> bool:
    """Whether an expression puts a text together: f-string with values, %, + or format."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(each, ast.FormattedValue) for each in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        return any(isinstance(each, ast.Constant | ast.JoinedStr) for each in ast.walk(node))
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"


def _faults(module: str, tree: ast.AST) -> Iterator[str]:
    """Where a module holds SQL although it should not, or puts it together from values."""
    adapter = module.startswith(("adapters/sql/", "adapters/search/"))
    docstrings = {
        id(each.body[0].value)
        for each in ast.walk(tree)
        if isinstance(each, ast.Module | ast.ClassDef | ast.FunctionDef)
        and each.body
        and isinstance(each.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            if not adapter and STATEMENT.search(node.value):
                yield f"{module}:{node.lineno} SQL outside the adapter"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            if name in RUNS_SQL and node.args and _built(node.args[0]) and not _fixed(node.args[0]):
                yield f"{module}:{node.lineno} SQL put together from values"
        elif isinstance(node, ast.JoinedStr) and STATEMENT.search(ast.unparse(node)) and _put_in(node) - FIXED:
            yield f"{module}:{node.lineno} SQL put together in an f-string"


def _fixed(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) and _put_in(node) <= FIXED


FIXED = frozenset({"table", "order", "condition", "conditions", "lookup", "WORDS[level]"})
"""What stands in the SQL of the search index: names of its own tables, and conditions made of them and of ``?``."""


def _put_in(node: ast.JoinedStr) -> set[str]:
    """What an f-string puts in: names, or the text of what is more than a name."""
    return {ast.unparse(each.value) for each in node.values if isinstance(each, ast.FormattedValue)}


TRIGGERS = {"adapters/sql/sqlite.py": 3, "adapters/sql/postgresql/schema.py": 1}
"""Where the statements stand that make the triggers of a new store, and how many texts they are made of."""


def test_t29_no_sql_is_put_together_from_values() -> None:
    """Statically: SQL stands in the adapters alone; only the triggers of a new store are named by a fixed list."""
    root = Path(passport.__file__).parent
    found = [
        fault
        for path in sorted(root.rglob("*.py"))
        for fault in _faults(path.relative_to(root).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert Counter(each.partition(":")[0] for each in found) == TRIGGERS


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("service/a.py", "x = 'SELECT code FROM product'"),
        ("web/a.py", "def f(c):\n    c.execute(f'{c}')"),
        ("adapters/sql/a.py", "def f(c, n):\n    c.execute('SELECT 1 FROM a WHERE b = %s' % n)"),
        ("adapters/sql/a.py", "def f(c, n):\n    return f'DELETE FROM {n}'"),
        ("adapters/sql/a.py", "def f(c, n):\n    c.execute('x {}'.format(n))"),
    ],
)
def test_t29_negative_control_the_static_check_sees_planted_faults(module: str, source: str) -> None:
    assert list(_faults(module, ast.parse(source)))
