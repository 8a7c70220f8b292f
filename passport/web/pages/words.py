"""Names of fields and codes in one language, from the published vocabulary, and values as readable text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from urllib.parse import quote

from babel import Locale
from markupsafe import Markup, escape

from passport.codecs.catalogues import Catalogue, catalogue
from passport.errors import NotFound
from passport.model.languages import FALLBACK
from passport.published import Published
from passport.web.pages import formats

CATALOGUE = "pages"
"""The name of the catalogues of what stands in templates and pages."""

_MOST = 10_000
"""Words kept at once: names in documents are no bounded set."""


@dataclass(frozen=True, slots=True)
class Text:
    """One readable value. ``lang`` is set where it differs from the page's, ``href`` where it is a link.

    In a template it stands for itself: escaped, with its language marked, as a link if it is one.
    """

    value: str
    lang: str = ""
    href: str = ""
    note: str = ""

    def __html__(self) -> str:
        """The value as HTML; templates call this instead of escaping the object."""
        shown: str = escape(self.value)
        lang = f' lang="{escape(self.lang)}"' if self.lang else ""
        if self.href:
            shown = f'<a class="govuk-link" href="{escape(self.href)}" rel="noopener nofollow"{lang}>{shown}</a>'
        elif lang:
            shown = f"<span{lang}>{shown}</span>"
        return f'{shown} <span class="note">({escape(self.note)})</span>' if self.note else shown


def listed(texts: Sequence[Text]) -> Markup:
    """Values as HTML: one by itself, several as a list."""
    if len(texts) == 1:
        return Markup(texts[0].__html__())  # noqa: S704 - escaped there
    items = "".join(f"<li>{text.__html__()}</li>" for text in texts)
    return Markup(f'<ul class="plain-list">{items}</ul>')  # noqa: S704 - escaped there


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means: its label, which leads to the page of the code, and its definition."""

    label: Text
    definition: Text


class Words:
    """The words of one language; made once for each and kept, because every page asks for the same labels."""

    def __init__(self, published: Published, language: str) -> None:
        self.language = language
        self.texts: Catalogue = catalogue(language, CATALOGUE)
        self._published = published
        self._fields: dict[str, str] = {}
        self._codes: dict[tuple[str, str], Text] = {}
        self._meanings: dict[tuple[str, str], Meaning | None] = {}

    def field(self, name: str) -> str:
        """What a field is called; its own name when the vocabulary has no term for it."""
        found = self._fields.get(name)
        if found is None:
            term = self._published.terms().get(name)
            found = self._published.label(name, self.language) if term else name
            self._fields[name] = found
        return found

    def code(self, code_list: str, code: str) -> Text:
        """What a code is called; the code itself when the list lacks it."""
        key = code_list, code
        found = self._codes.get(key)
        if found is None:
            found = self._named(code_list, code)
            if len(self._codes) < _MOST:
                self._codes[key] = found
        return found

    def codes(self, code_list: str) -> tuple[str, ...]:
        """The codes of a list, in its order."""
        return tuple(self._published.code_list(code_list).codes)

    def group(self, code_list: str, code: str) -> str:
        """The group of a list that a code belongs to; empty without one."""
        found = self._published.code_list(code_list).codes.get(code)
        return (found.group or "") if found is not None else ""

    def _named(self, code_list: str, code: str) -> Text:
        try:
            labels = self._published.code_list(code_list).codes[code].labels
        except (KeyError, NotFound):
            return Text(code)
        if self.language in labels:
            return Text(labels[self.language])
        return Text(labels.get(FALLBACK, code), FALLBACK if FALLBACK in labels else "")

    def meaning(self, code_list: str, code: str) -> Text | None:
        """The definition of a code; None where it has none that says more than its label."""
        found = self.explained(code_list, code)
        return found.definition if found else None

    def explained(self, code_list: str, code: str) -> Meaning | None:
        """What a code means; None where nothing says more than its label."""
        key = code_list, code
        if key not in self._meanings:
            found = self._explained(code_list, code)
            if len(self._meanings) >= _MOST:
                return found
            self._meanings[key] = found
        return self._meanings[key]

    def _explained(self, code_list: str, code: str) -> Meaning | None:
        try:
            definitions = self._published.code_list(code_list).codes[code].definitions
        except (KeyError, NotFound):
            return None
        label = self.code(code_list, code)
        language = self.language if self.language in definitions else FALLBACK
        definition = definitions.get(language, "")
        if definition.rstrip(".").casefold() in ("", label.value.rstrip(".").casefold()):
            return None
        path = f"/vocab/codes/{code_list}/{quote(code, safe='')}"
        return Meaning(
            Text(label.value, label.lang, path), Text(definition, "" if language == self.language else language)
        )

    def about(self, name: str) -> Meaning | None:
        """What a field means, for those who do not know its name; None for a name without a term."""
        key = "", name
        if key not in self._meanings:
            term = self._published.terms().get(name)
            language = self.language if term and self.language in term.comments else FALLBACK
            comment = term.comments.get(language, "") if term else ""
            lang = "" if language == self.language else language
            self._meanings[key] = (
                Meaning(Text(self.field(name), href=f"/vocab/{name}"), Text(comment, lang)) if comment else None
            )
        return self._meanings[key]

    def said(self, values: Sequence[Mapping[str, str]]) -> tuple[Text, ...]:
        """A language list in the reader's language, else English, else the language that stands first."""
        if not values:
            return ()
        order = {self.language: 0, FALLBACK: 1}
        chosen = min((str(each["language"]) for each in values), key=lambda tag: order.get(tag.partition("-")[0], 2))
        lang = "" if chosen.partition("-")[0] == self.language else chosen
        return tuple(Text(each["value"], lang) for each in values if each["language"] == chosen)

    def quantity(self, value: object, unit: str | None) -> str:
        """A number with its unit as this language writes both."""
        shown = formats.number(value, self.language)
        if unit is None:
            return shown
        if unit == "year":
            return self.texts.ngettext("%(number)s year", "%(number)s years", _whole(value)) % {"number": shown}
        if unit == "cycle":
            return self.texts.ngettext("%(number)s cycle", "%(number)s cycles", _whole(value)) % {"number": shown}
        if unit == "%":
            return f"{shown}%" if self.language == "en" else f"{shown}{formats.NBSP}%"
        return f"{shown}{formats.NBSP}{unit.replace('CO2', 'CO₂')}"

    def yes_or_no(self, value: object) -> str:
        """A truth value as a word."""
        return self.texts.gettext("Yes") if value is True else self.texts.gettext("No")

    def date(self, value: object) -> str:
        """A date or time in the language's form."""
        return formats.date(value, self.language)

    def country(self, code: str) -> str:
        """A country's name from its ISO 3166-1 code."""
        return self._countries.get(code, code)

    def tongue(self, tag: str) -> str:
        """A language's name from its tag."""
        return self._tongues.get(tag.partition("-")[0], tag)

    @cached_property
    def _countries(self) -> Mapping[str, str]:
        return dict(_locale(self.language).territories)

    @cached_property
    def _tongues(self) -> Mapping[str, str]:
        return dict(_locale(self.language).languages)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 2
