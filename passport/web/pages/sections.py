"""The sections of a passport's page: which rows stand in each, and what its jargon means."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from passport.published import Field, Group
from passport.web.pages.describing import Describer
from passport.web.pages.forms import Row
from passport.web.pages.presenting import Presenter, common
from passport.web.pages.views import Origin, PassportPage
from passport.web.pages.words import Meaning, Text, Words

_OWN = frozenset({"economicOperatorId", "availableUntil", "responsibleSince", "dataCarriers"})
"""What a piece never takes from its batch or its model."""

_PLAIN = frozenset({"presence", "tier", "granularity", "test-result", "evidence-type"})
"""Code lists whose labels say all."""


@dataclass(frozen=True, slots=True)
class Run:
    """Rows that stand together: several lines, or one row with a form of its own."""

    rows: tuple[Row, ...]

    @property
    def form(self) -> str:
        """The name of the form, empty for lines."""
        return type(self.rows[0].form).__name__ if self.rows[0].form else ""


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one part of the page, and what the jargon in it means.

    ``sources``: every row says what backs it, also when that is nothing.
    """

    id: str
    rows: tuple[Row, ...]
    meanings: tuple[Meaning, ...]
    sources: bool

    @property
    def runs(self) -> tuple[Run, ...]:
        """The rows as they stand together."""
        found: list[Run] = []
        for row in self.rows:
            if found and row.form is None and not found[-1].form:
                found[-1] = Run((*found[-1].rows, row))
            else:
                found.append(Run((row,)))
        return tuple(found)

    @property
    def origin(self) -> Origin:
        """Whose passport says all of it; the piece's own where several do."""
        return common(self.rows)

    @property
    def marked(self) -> frozenset[Origin]:
        """Whose passports, beside the piece's own, say a part of it."""
        if self.origin is not Origin.OWN:
            return frozenset()
        return frozenset(row.origin for row in self.rows) - {Origin.OWN}


def section(
    words: Words,
    group: Group,
    name: str,
    fields: Sequence[Field],
    view: PassportPage,
    describers: Sequence[Describer],
) -> Section:
    """One section of the layout of ``group``; ``describers`` are those of the documents of ``view``."""
    for each in describers:
        each.met.clear()
    found = Presenter(words, describers, group.forms).rows(fields)
    rows = tuple(
        _named(_flagged(words, row, view), view) for row in found if row.origin is Origin.OWN or row.name not in _OWN
    )
    sources = any(each.sources for each in group.sections if each.id == name)
    return Section(name, rows, _meanings(words, group, describers, rows), sources)


def _flagged(words: Words, row: Row, view: PassportPage) -> Row:
    """The row; that of a GTIN whose prefix its issuer has not registered with a warning."""
    if row.name != "gtin" or view.documents[row.origin].get("gtinVerified") is not False:
        return row
    doubtful = words.texts.gettext("unverified: the issuer has not shown that this number is theirs to use")
    return replace(row, warning=doubtful)


def _named(row: Row, view: PassportPage) -> Row:
    """The row; that of the responsible operator with the name of an organisation of ours in the place of its DID."""
    if row.name != "economicOperatorId" or view.operator is None:
        return row
    return replace(row, texts=(Text(view.operator.name, href=f"/organisations/{view.operator.slug}"),))


def _meanings(words: Words, group: Group, describers: Sequence[Describer], rows: Sequence[Row]) -> tuple[Meaning, ...]:
    """What the jargon of a section means: its fields first, then the codes that occur in it."""
    fields = [words.about(row.name) for row in rows if row.name in group.explained]
    met = dict.fromkeys(code for each in describers for code in each.met)
    codes = [words.explained(*code) for code in met if code[0] not in _PLAIN]
    return tuple(each for each in (*fields, *codes) if each)
