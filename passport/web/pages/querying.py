"""The page to ask the linked data: a form, worked examples, the answer, and what data there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import Final
from urllib.parse import urlencode

from passport.codecs import workedqueries
from passport.codecs.catalogues import catalogue
from passport.codecs.workedqueries import WorkedQuery
from passport.errors import NotDrawable, Refusal
from passport.model.query import Form, Generation
from passport.published import Published
from passport.web.pages import depicting, formats, graphmodel, mistakes, plots, rows
from passport.web.pages.depicting import Picture
from passport.web.pages.rendering import ASSETS, Render, marked
from passport.web.pages.rows import PREFIXES, Reader
from passport.web.pages.sayings import said
from passport.web.pages.words import Words

PATH: Final = "/sparql"
READ: Final = rows.READ
"""Bytes of an answer that the page looks at."""

EDITOR: Final = ("built/yasgui.min.css", "built/yasgui.min.js")
"""The files of the editor that is laid over the form; the build may have left them out."""

EDITOR_STYLE: Final = "sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk="
"""The digest of the one style element that the editor's table makes: a policy can allow it and no other."""

_NAMES: Final[Mapping[Form, Mapping[str, str]]] = {
    Form.TABLE: {"csv": "CSV", "json": "JSON", "xml": "XML", "tsv": "TSV"},
    Form.TRUTH: {"json": "JSON", "xml": "XML"},
    Form.GRAPH: {"turtle": "Turtle", "ntriples": "N-Triples", "jsonld": "JSON-LD", "rdf": "RDF/XML"},
}
_FIRST: Final = """SELECT ?passport ?name WHERE {
  ?passport a fp:ProductPassport ;
            fp:modelName ?name .
}
LIMIT 20
"""
_USED: Final = ("fp", "schema", "epcis", "prov", "skos", "xsd")


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as it was sent, with the data set that the request named."""

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of it.

    ``body`` is SPARQL results in JSON, or Turtle for a graph; ``whole`` says that it was not cut. ``seconds`` is how
    long it took.
    """

    form: Form
    body: bytes
    whole: bool
    seconds: float
    generation: Generation


class QueryPages:
    """The pages at ``/sparql``, in every language."""

    def __init__(self, published: Published, words: Mapping[str, Words], page: Render, *, base: str) -> None:
        """``page`` renders a template in a language; ``base`` is the service's address without a slash at its end."""
        self._published = published
        self._words = words
        self._page = page
        self._base = base
        self._readers = {language: Reader(each, published, base) for language, each in words.items()}
        editor = all((ASSETS / name).is_file() for name in EDITOR)
        self._editor = [marked(ASSETS, name) for name in EDITOR] if editor else []
        self._own = {name: marked(ASSETS, f"querying.{name}") for name in ("css", "js")}

    @property
    def style_sources(self) -> tuple[str, ...]:
        """What the policy of this page must allow as style beside our own files; nothing without the editor."""
        return (f"'{EDITOR_STYLE}'",) if self._editor else ()

    @property
    def examples(self) -> tuple[WorkedQuery, ...]:
        """The published example queries, by name."""
        return tuple(workedqueries.published(self._published.examples()).values())

    def form(self, lang: str, asked: Asked | None = None, refusal: Refusal | None = None) -> str:
        """The form, with a query to begin with or the one that was refused, and what is wrong with it."""
        words = self._words[lang]
        wrong = mistakes.told(words, asked.text if asked else "", refusal) if refusal is not None else {}
        return self._shown(words, asked, **wrong)

    def result(self, lang: str, asked: Asked, answered: Answered) -> str:
        """The form with the answer below it."""
        words = self._words[lang]
        return self._shown(words, asked, **self._answer(words, asked, answered))

    def picture(self, lang: str, body: bytes, *, whole: bool) -> str:
        """The picture of a table, SPARQL results in JSON, as a file. Raises ``NotDrawable``."""
        table = self._readers[lang].rows(body, whole=whole)
        return plots.alone(depicting.picture(self._words[lang], table).svg, lang)

    def _shown(self, words: Words, asked: Asked | None, **values: object) -> str:
        text = asked.text if asked else _beginning()
        return self._page(
            "sparql.html",
            words.language,
            text=text,
            height=min(max(len(text.splitlines()) + 2, 12), 28),
            kept=_dataset(asked) if asked else (),
            examples=self._examples(words),
            formats=[
                (Form.TABLE, {**_NAMES[Form.TABLE], "svg": words.texts.gettext("Picture (SVG)")}),
                (Form.GRAPH, _NAMES[Form.GRAPH]),
            ],
            prefixes=PREFIXES,
            editor=self._editor,
            own=self._own,
            endpoint=self._base + PATH,
            editor_words=editor_words(words),
            **graphmodel.values(words, self._base),
            **values,
        )

    def _examples(self, words: Words) -> list[dict[str, str]]:
        """The examples with labels in the reader's language, by their titles."""
        told = catalogue(words.language, workedqueries.CATALOGUE).gettext
        shown = [
            {
                "title": told(each.title),
                "question": told(each.question),
                "href": f"{address(Asked(without_head(each.in_language(words.language))))}#result",
                "table": f"/data/tables/{each.name}",
            }
            for each in self.examples
        ]
        return sorted(shown, key=lambda each: each["title"].casefold())

    def _answer(self, words: Words, asked: Asked, answered: Answered) -> dict[str, object]:
        found = answered.generation
        values: dict[str, object] = {
            "form": answered.form.value,
            "seconds": formats.number(_seconds(answered.seconds), words.language),
            "generation": found,
            "made": words.date(found.made),
            "links": [(name, address(asked, format=key)) for key, name in _NAMES[answered.form].items()],
            "permanent": self._base + address(asked),
        }
        if answered.form is Form.TABLE:
            table = self._readers[words.language].rows(answered.body, whole=answered.whole)
            values |= {"table": table, "numeric": rows.numeric(table), **_pictured(words, table)}
            values["picture_file"] = address(asked, format="svg", lang=words.language)
        elif answered.form is Form.TRUTH:
            values["truth"] = rows.truth(answered.body)
        else:
            values["graph"] = rows.lines(answered.body, whole=answered.whole)
        return values


def _pictured(words: Words, table: rows.Rows) -> Mapping[str, Picture | str | None]:
    """The picture of a table, or why there is none."""
    try:
        return {"picture": depicting.picture(words, table)}
    except NotDrawable as refusal:
        return {"unpictured": said(words, refusal.detail)}


def without_head(text: str) -> str:
    """A worked query without the comments at its head, which the page shows by themselves."""
    every = text.splitlines(keepends=True)
    return "".join(dropwhile(lambda line: line.startswith("#") or not line.strip(), every))


def address(asked: Asked, **more: str) -> str:
    """The path that asks this again, as it may stand in a link."""
    return f"{PATH}?{urlencode([('query', asked.text), *_dataset(asked), *more.items()])}"


def editor_words(words: Words) -> Mapping[str, str]:
    """What the editor's views say in English, in the language of the page."""
    _ = words.texts.gettext
    return {
        "Table": _("Table"),
        "Response": _("Raw answer"),
        "Simple view": _("Without datatypes"),
        "Ellipse": _("Long values cut"),
        "Filter query results": _("Filter the rows"),
        "Page size: ": _("Rows on a page:"),
        "All": _("All"),
        "Download result": _("Download as CSV"),
        "Picture": _("Picture"),
        "drawing": _("The picture is being drawn."),
        "file": _("Picture (SVG)"),
        "needs": _("A picture needs a column of numbers, and names, dates or other numbers beside it."),
        "True": _("Yes"),
        "False": _("No"),
        "info": _("Rows _START_ to _END_ of _TOTAL_"),
        "infoEmpty": _("No rows"),
        "infoFiltered": _("(of _MAX_)"),
        "zeroRecords": _("No row has this."),
        "emptyTable": _("Nothing in the data fits this query."),
        "rows": _("{rows} rows in {seconds} seconds."),
        "time": _("Answered in {seconds} seconds."),
    }


def _dataset(asked: Asked) -> Sequence[tuple[str, str]]:
    default = [("default-graph-uri", each) for each in asked.default_graphs]
    return (*default, *(("named-graph-uri", each) for each in asked.named_graphs))


def _beginning() -> str:
    return "".join(f"PREFIX {each}: <{PREFIXES[each]}>\n" for each in _USED) + "\n" + _FIRST


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f}" if seconds >= 1 else f"{max(seconds, 0.001):.3f}"
