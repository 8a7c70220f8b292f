"""Questions of the public graph about a term or a code: the worked queries that use it, and one of its own."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from passport.codecs import workedqueries
from passport.codecs.catalogues import catalogue
from passport.codecs.workedqueries import CATALOGUE, WorkedQuery
from passport.published import Published
from passport.web.pages.reference import Entry, Part
from passport.web.pages.words import Text, Words

_PREFIX: Final = re.compile(r"PREFIX\s+([A-Za-z]*):\s*<([^>]+)>")
_NAME: Final = re.compile(r"<([^<>\s]+)>|\b([A-Za-z]+):([A-Za-z][A-Za-z0-9_-]*)")
_USING = """\
SELECT DISTINCT ?passport WHERE {{
  GRAPH ?passport {{ {pattern} }}
}}
LIMIT 100
"""


def of_term(words: Words, published: Published, iri: str) -> tuple[Part, ...]:
    """Questions that use a property or class."""
    return _part(words, published, iri, f"?thing <{iri}> ?value")


def of_code(words: Words, published: Published, iri: str) -> tuple[Part, ...]:
    """Questions that use a code."""
    return _part(words, published, iri, f"?thing ?property <{iri}>")


def _part(words: Words, published: Published, iri: str, pattern: str) -> tuple[Part, ...]:
    _ = words.texts.gettext
    titles = catalogue(words.language, CATALOGUE)
    using = [each for each, named in _worked(published.examples()) if iri in named]
    entries = [
        Entry(
            Text(titles.gettext(each.title), href=f"/data/tables/{each.name}"),
            lines=(Text(titles.gettext(each.question)),),
        )
        for each in using
    ]
    own = urlencode({"query": _USING.format(pattern=pattern)})
    entries.append(Entry(Text(_("All passports that use it"), href=f"/sparql?{own}"), lines=(Text(_("As a query")),)))
    return (Part(Text(_("Questions to the data")), tuple(entries)),)


@lru_cache(maxsize=4)
def _worked(folder: Path) -> tuple[tuple[WorkedQuery, frozenset[str]], ...]:
    """The worked queries of a folder of examples, each with the IRIs that it names."""
    return tuple((each, frozenset(_named(each.text))) for each in workedqueries.published(folder).values())


def _named(text: str) -> set[str]:
    prefixes = dict(_PREFIX.findall(text))
    return {whole or prefixes.get(prefix, "") + local for whole, prefix, local in _NAME.findall(text)}
