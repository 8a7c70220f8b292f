r"""What can be told of a SPARQL query before any parser sees it, and which ones no parser may see (T21, T22).

Native parsers and planners have no limits of their own: a few kilobytes of nested braces overflow their stack, a few
hundred triple patterns keep the planner busy for ever. So a query is cut into tokens here, in linear time, in plain
Python, and counted. Strings, IRIs and comments are skipped (SPARQL 1.1, clauses 19.4 and 19.8).

Parsers differ where a token ends, and what they would see is what counts: Oxigraph reads ``trueSERVICE`` as two words,
``SERVICE:x`` as a word and a name, and ``?a<?b)SERVICE#>`` as a comparison where the longest token is an IRI. Each of
these is refused too. So is ``\u0022``: a parser that replaces escapes first (clause 19.2) ends the string there.
"""

import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from passport.errors import QueryRefused, QueryWrong
from passport.model.query import Form, Outline, Undeclared
from passport.published.namespaces import namespace


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of each there may be in a query; see ``REASONS``.

    ``sources`` are how names of graphs begin that ``FROM`` may name (None: any that are on the web); relative ones are
    below the first. ``fetches`` is whether the engine is somebody else's: it might fetch graphs, and nobody knows what
    it takes relative ones to be below.
    """

    length: int = 32 * 1024
    nesting: int = 48
    groups: int = 300
    separators: int = 600
    operators: int = 400
    patterns: int = 150
    sources: tuple[str, ...] | None = None
    fetches: bool = False


EMBEDDED: Final = Limits()
"""For an engine in a process that can be killed."""

STRICT: Final = Limits(
    length=16 * 1024, nesting=24, groups=150, separators=300, operators=150, patterns=60, fetches=True
)
"""For a server that others share: nothing stands behind the guard."""

REASONS: Final = {
    "length": "The query is too long.",
    "nesting": "Braces, brackets and parentheses are nested too deeply.",
    "groups": "There are too many braces, brackets and parentheses.",
    "separators": "There are too many full stops, semicolons and commas.",
    "operators": "There are too many operators.",
    "patterns": "There are too many triple patterns.",
    "service": "This endpoint does not ask other endpoints: SERVICE is not allowed.",
    "update": "This endpoint is read-only: updates are not allowed.",
    "escape": "Unicode escapes are allowed only in strings and IRIs, and never for a character that would end one.",
    "characters": "The query has characters that no text may have.",
    "source": "FROM names a graph that this service does not have. Nothing is fetched from elsewhere.",
}
"""Why a query is refused; the numbers are those of ``Limits``, in characters for ``length``."""


_UPDATES: Final = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")
_FORMS: Final = {"SELECT": Form.TABLE, "ASK": Form.TRUTH, "CONSTRUCT": Form.GRAPH, "DESCRIBE": Form.GRAPH}
_PROLOGUE: Final = frozenset({"BASE", "PREFIX", "VERSION"})
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_HARMLESS: Final = re.compile(r"(?:https?|urn):", re.IGNORECASE)
_PLAIN: Final = re.compile(r"\\(.)")
_TOLD: Final = 200
_ENDING_ESCAPE: Final = re.compile(r"\\(?:u|U0000)00(?:0[aAdD]|2[27]|3[cCeE]|5[cC])")
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_EXPRESSIONS: Final = re.compile(r"FILTER|BIND|SELECT|HAVING|BY")
_ESCAPE: Final = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_TOKEN: Final = re.compile(
    rf"""
      (?P<comment>   \#[^\r\n]*+ )
    | (?P<string>    '{{3}}(?:[^'\\]|\\.|'(?!''))*+'{{3}} | "{{3}}(?:[^"\\]|\\.|"(?!""))*+"{{3}}
                   | '(?:[^'\\\r\n]|\\.)*+' | "(?:[^"\\\r\n]|\\.)*+" )
    | (?P<quote>     ['"] )
    | (?P<iri>       <(?:[^<>"{{}}|^`\\\x00-\x20]|{_ESCAPE})*+> )
    | (?P<variable>  [?$]\w++ )
    | (?P<tag>       @[A-Za-z]++(?:-[A-Za-z0-9]++)*+ )
    | (?P<type>      \^\^ )
    | (?P<node>      _:\w(?:[\w.\-·]*[\w\-·])? )
    | (?P<number>    (?:\d++(?:\.\d++)?|\.\d++)(?:[eE][+-]?\d++)? )
    | (?P<name>      (?:[^\W\d_][\w·]*+(?:[.\-]++[\w·]++){{0,16}}+)?+:
                     (?:(?:[\w:\-·]|%[0-9A-Fa-f]{{2}}|\\[^uU\s])
                        (?:\.++(?=[\w:\-·%\\])|[\w:\-·]|%[0-9A-Fa-f]{{2}}|\\[^uU\s])*+)?+ )
    | (?P<word>      [^\W\d_][\w·]*+ )
    | (?P<open>      [({{\[] )
    | (?P<close>     [)}}\]] )
    | (?P<separator> [.;,] )
    | (?P<operator>  \|\||&&|[+*/|^!\-] )
    | (?P<less>      < )
    | (?P<escape>    \\[uU] )
    """,
    re.VERBOSE | re.DOTALL,
)
_TERMS: Final = frozenset({"string", "iri", "variable", "tag", "node", "number", "name", "close"})
_TOP, _GROUP, _NODE, _LIST, _EXPRESSION, _ROWS = "top", "group", "node", "list", "expression", "rows"


def check(text: str, *, limits: Limits = EMBEDDED) -> Outline:
    """Refuse what no parser may see; tell what can be told of the rest.

    Raises ``QueryRefused`` with a ``reason`` of ``REASONS``, and what was ``found`` and its ``limit`` where it is a
    number; ``QueryWrong`` for a string without an end. A graph of others that ``FROM`` names is told and no reason to
    refuse where nothing fetches it: the request may name another data set, which goes first.
    """
    if len(text) > limits.length:
        raise _too_much("length", len(text), limits.length)
    if _SURROGATE.search(text):
        raise _refused("characters")
    if _ENDING_ESCAPE.search(text):
        raise _refused("escape")
    reading = _Reading(text, limits)
    reading.read()
    return Outline(reading.form, reading.own_dataset, reading.undeclared, reading.foreign)


def _foreign(iri: str) -> QueryRefused:
    return QueryRefused(REASONS["source"], reason="source", found=iri[:_TOLD])


def check_source(iri: str) -> None:
    """Refuse a graph that is named as if a file or anything else were to be read. Raises ``QueryRefused``."""
    if _SCHEME.match(iri) and not _HARMLESS.match(iri):
        raise _foreign(iri)


class _Reading:
    """One walk along the tokens of a query."""

    def __init__(self, text: str, limits: Limits) -> None:
        self.form: Form | None = None
        self.own_dataset = False
        self.undeclared: Undeclared | None = None
        self.foreign: QueryRefused | None = None
        self._declared: dict[str, str] = {}
        self._naming: str | None = None
        self._base = limits.sources[0] if limits.sources and not limits.fetches else ""
        self._declaring = self._basing = False
        self._text, self._limits = text, limits
        self._found: Counter[str] = Counter()
        self._frames: list[tuple[str, bool, bool]] = []
        self._frame, self._expected, self._rows = _TOP, False, False
        self._operation = ""
        self._before = ""
        self._from = False

    def read(self) -> None:
        """Walk. Raises as ``check`` says."""
        at = 0
        while token := _TOKEN.search(self._text, at):
            kind, word = token.lastgroup or "", token[0]
            at = token.end()
            if kind == "comment":
                continue
            if kind == "iri" and self._frame == _EXPRESSION and self._before in _TERMS:
                kind, at = "less", token.start() + 1
            step = _STEPS.get(kind)
            if step is not None:
                step(self, word, token.start())
            if self._frame == _LIST and kind in _TERMS and kind != "close":
                self._add("patterns")
            if kind != "word":
                self._from = self._declaring = self._basing = False
            if kind != "name":
                self._naming = None
            self._before = kind

    def _open(self, bracket: str, _at: int) -> None:
        self._frames.append((self._frame, self._expected, self._rows))
        if len(self._frames) > self._limits.nesting:
            raise _too_much("nesting", len(self._frames), self._limits.nesting)
        self._frame = self._inside(bracket)
        self._expected = self._rows = False
        if self._frame != _ROWS:
            self._add("groups")
        if self._frame in {_GROUP, _NODE}:
            self._add("patterns")

    def _inside(self, bracket: str) -> str:
        if self._rows or self._frame == _ROWS:
            return _ROWS
        if bracket == "{":
            return _GROUP
        if bracket == "[":
            return _NODE
        return _EXPRESSION if self._expected or self._frame in {_TOP, _EXPRESSION} else _LIST

    def _close(self, bracket: str, _at: int) -> None:
        if self._frames:
            self._frame, expected, rows = self._frames.pop()
            self._expected, self._rows = expected and bracket == ")", rows and bracket == ")"

    def _separate(self, _sign: str, _at: int) -> None:
        self._add("separators")
        if self._frame in {_GROUP, _NODE}:
            self._add("patterns")

    def _operate(self, sign: str, _at: int) -> None:
        if self._frame != _ROWS:
            self._add("operators")
        if sign in "/^" and self._frame in {_GROUP, _NODE}:
            self._add("patterns")

    def _count_number(self, digits: str, at: int) -> None:
        if digits.startswith("."):
            self._separate(digits, at)

    def _name(self, name: str, at: int) -> None:
        prefix = name.partition(":")[0]
        if "SERVICE" in prefix.upper():
            raise _refused("service")
        self._naming = prefix if self._declaring else None
        if self._declaring:
            self._declared[prefix] = ""
        elif prefix not in self._declared and self.undeclared is None:
            self.undeclared = Undeclared(prefix, *self._place(at), _declaration(prefix))
        if self._from and (self._limits.fetches or prefix in self._declared):
            self._check_source(self._declared.get(prefix, "") + _PLAIN.sub(r"\1", name[len(prefix) + 1 :]))

    def _iri(self, iri: str, _at: int) -> None:
        if self._naming is not None:
            self._declared[self._naming] = self._meant(iri)
        elif self._basing:
            self._base = self._meant(iri)
        elif self._from:
            self._check_source(self._meant(iri))

    def _meant(self, iri: str) -> str:
        """The IRI that a reference between angle brackets stands for."""
        reference = _unescaped(iri[1:-1])
        with suppress(ValueError):
            return reference if _SCHEME.match(reference) else urljoin(self._base, reference)
        return reference

    def _check_source(self, iri: str) -> None:
        allowed = self._limits.sources
        check_source(iri)
        if allowed is not None and not iri.startswith(allowed):
            self.foreign = self.foreign or _foreign(iri)
            if self._limits.fetches:
                raise self.foreign

    def _word(self, word: str, _at: int) -> None:
        word = word.upper()
        if "SERVICE" in word:
            raise _refused("service")
        self._declaring, self._basing = word == "PREFIX", word == "BASE"
        if not self._operation and word not in _PROLOGUE:
            self._operation = word
            if word.startswith(_UPDATES):
                raise _refused("update")
            self.form = _FORMS.get(word)
        if _EXPRESSIONS.search(word):
            self._expected = True
        if "VALUES" in word:
            self._rows = True
        if "FROM" in word:
            self.own_dataset = self._from = True

    def _end_wrongly(self, _quote: str, at: int) -> None:
        line, column = self._place(at)
        raise QueryWrong("The string that begins here does not end.", line=line, column=column)

    def _place(self, at: int) -> tuple[int, int]:
        return self._text.count("\n", 0, at) + 1, at - self._text.rfind("\n", 0, at)

    def _refuse_escape(self, _escape: str, _at: int) -> None:
        raise _refused("escape")

    def _add(self, what: str) -> None:
        self._found[what] += 1
        most = getattr(self._limits, what)
        if self._found[what] > most:
            raise _too_much(what, self._found[what], most)


_STEPS: Final = {
    "open": _Reading._open,
    "close": _Reading._close,
    "separator": _Reading._separate,
    "operator": _Reading._operate,
    "less": _Reading._operate,
    "number": _Reading._count_number,
    "name": _Reading._name,
    "iri": _Reading._iri,
    "word": _Reading._word,
    "quote": _Reading._end_wrongly,
    "escape": _Reading._refuse_escape,
}


def _declaration(prefix: str) -> str:
    meaning = namespace(prefix)
    return f"PREFIX {prefix}: <{meaning}>" if meaning else ""


def _unescaped(iri: str) -> str:
    return re.sub(_ESCAPE, lambda found: chr(int(found[0][2:], 16) % 0x110000), iri)


def _refused(reason: str) -> QueryRefused:
    return QueryRefused(REASONS[reason], reason=reason)


def _too_much(reason: str, found: int, limit: int) -> QueryRefused:
    return QueryRefused(REASONS[reason], reason=reason, found=found, limit=limit)
