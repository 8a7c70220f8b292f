"""What is wrong with a query, or was with its answer, in the words of a page's reader."""

from collections.abc import Iterator, Mapping
from typing import Final

from passport.errors import QueryStopped, Refusal, ResultTooLarge
from passport.model.languages import FALLBACK
from passport.validation.problems import PROBLEMS
from passport.validation.wording import describe
from passport.web.pages import rows
from passport.web.pages.sayings import said
from passport.web.pages.words import Text, Words

_MEBIBYTE: Final = 1024 * 1024


def told(words: Words, text: str, refusal: Refusal) -> dict[str, object]:
    """What the page shows of a refusal, with its place in the query's ``text``; the engine's own words are English."""
    _ = words.texts.gettext
    explained = describe(refusal.code, words.language) if refusal.code in PROBLEMS else None
    title = explained.title if explained else _("This cannot be done")
    line, column = (_whole(refusal.values.get(each)) for each in ("line", "column"))
    place = _("Line %(line)s, column %(column)s") % {"line": line, "column": column} if line and column else ""
    return {
        "errors": [{"text": ": ".join(each for each in (title, place) if each), "href": "#query"}],
        "wrong": ". ".join(each.rstrip(".") for each in (title, place) if each) + ".",
        "remedy": explained.remedy if explained else "",
        "detail": _detail(words, refusal),
        "quoted": tuple(_quoted(text, line, column)) if line and column else (),
        "line": line or "",
        "column": column or "",
        "problem": refusal.code if explained else "",
    }


def _detail(words: Words, refusal: Refusal) -> Text | None:
    """Why it is refused, in the reader's words where they are ours; the engine's own are English."""
    if refusal.values.get("prefix") is not None:
        return Text(rows.short(_undeclared(words, refusal.values)))
    if limited := _limited(words, refusal):
        return Text(limited)
    detail = said(words, refusal.detail)
    if detail is None or not detail:
        return Text(rows.short(refusal.detail), FALLBACK) if refusal.detail else None
    limit = _whole(refusal.values.get("limit"))
    more = words.texts.gettext("At most %(limit)s are allowed.") % {"limit": limit}
    return Text(rows.short(f"{detail} {more}" if limit else detail))


def _undeclared(words: Words, values: Mapping[str, object]) -> str:
    _ = words.texts.gettext
    told = _("The prefix %(prefix)s: is not declared.") % {"prefix": values["prefix"]}
    declaration = values.get("declaration")
    begin = _("Begin the query with %(declaration)s") % {"declaration": declaration}
    return f"{told} {begin}" if declaration else told


def _limited(words: Words, refusal: Refusal) -> str:
    """Which limit a query or its answer has passed, and how much that is; empty for other refusals."""
    _, values = words.texts.gettext, refusal.values
    if isinstance(refusal, ResultTooLarge):
        size = words.quantity(f"{_whole(values.get('limit')) / _MEBIBYTE:.3g}", "MiB")
        return _("The answer is larger than %(size)s.") % {"size": size}
    if not isinstance(refusal, QueryStopped):
        return ""
    if "seconds" in values:
        return _("The query took longer than %(time)s.") % {"time": words.quantity(f"{values['seconds']:g}", "s")}
    if "mebibytes" in values:
        size = words.quantity(values["mebibytes"], "MiB")
        return _("The query took more than %(size)s of memory.") % {"size": size}
    return ""


def _quoted(text: str, line: int, column: int) -> Iterator[str]:
    """The line of the query that is wrong, and a mark below the place; a long one is cut around it."""
    every = text.splitlines()
    if not 1 <= line <= len(every):
        return
    start = max(0, column - 60)
    yield every[line - 1].replace("\t", " ")[start : start + 100]
    yield " " * (min(column - 1, len(every[line - 1])) - start) + "^"


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
