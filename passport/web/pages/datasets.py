"""The pages of the public data: what is in it, and one snapshot; how to download, check and cite it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from passport.codecs import extracts, manifests
from passport.codecs.catalogue import Wording
from passport.model.dataset import DataFile, Released, Snapshot, Struck
from passport.web.pages import formats
from passport.web.pages.rendering import Render
from passport.web.pages.words import Words

MOST: Final = 60
"""Snapshots that the page lists; all are in the catalogue."""

_COUNTED: Final = 20
_MACHINE: Final = ("application/json", "text/turtle", "application/ld+json", "application/rdf+xml")
_TURTLE, _TABLE = ".ttl.gz", ".csv.gz"
_STEPS: Final = ("B", "kB", "MB", "GB", "TB")
_MEANT_IN_BIBTEX: Final = str.maketrans("", "", "{}\\%&#$_~^\"'")


@dataclass(frozen=True, slots=True)
class DataPage:
    """What the page of the data shows: the newest snapshot, the names of all, those withdrawn, and the licence.

    ``released`` are those whose files are not kept any longer; ``names`` are without them.
    """

    newest: Snapshot | None
    names: Sequence[str]
    struck: Sequence[Struck]
    licence: str
    publisher: str
    days: int
    released: Sequence[Released] = ()


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as a page lists it. ``plain`` is the address at which it is unpacked."""

    name: str
    href: str
    meaning: str
    size: str
    rows: str
    digest: str
    plain: str


class DatasetPages:
    """The pages, in each language."""

    def __init__(self, words: Mapping[str, Words], render: Render, *, base: str) -> None:
        self._words = words
        self._render = render
        self._base = base

    def wording(self) -> Wording:
        """The words of the catalogue, in all languages."""
        made = {language: self._told(words) for language, words in self._words.items()}
        return Wording(**{name: {language: told[name] for language, told in made.items()} for name in made["en"]})

    def _told(self, words: Words) -> dict[str, str]:
        _ = words.texts.gettext
        host = urlsplit(self._base).netloc
        return {
            "title": _("Public product passports of %(host)s") % {"host": host},
            "description": _(
                "Everything public that product passports say here, as linked data, tables and snapshots."
            ),
            "dataset": _("Public product passports and events"),
            "about": _(
                "What products are, what they consist of, and what happened to them: owners and holders by kind only, "
                "repairs, reuse, and how they ended. Nothing restricted and no personal data."
            ),
            "snapshot": _("Public product passports and events, snapshot {date}"),
            "feed": _("Changes as a feed"),
            "sparql": _("Queries in SPARQL 1.1"),
            "rest": _("The service's interface"),
        }

    def data(self, lang: str, view: DataPage) -> str:
        """What the data is, how fresh, under which licence, and how to download, query, cite and check it."""
        words = self._words[lang]
        newest = view.newest
        return self._render(
            "data.html",
            lang,
            newest=newest,
            facts=self._facts(words, newest) if newest else (),
            files=self._files(words, newest) if newest else (),
            names=[(name, words.date(name[:10]), name[11:]) for name in view.names[:MOST]],
            more=max(0, len(view.names) - MOST),
            struck=[(each.name, words.date(each.name[:10]), each.name[11:]) for each in view.struck[:MOST]],
            released=[(each.name, words.date(each.name[:10]), each.name[11:]) for each in view.released[:MOST]],
            licence=view.licence,
            licence_name=licence_name(view.licence),
            days=view.days,
            machine=_MACHINE[1:],
            cite=self._cite(words, view.publisher, newest) if newest else "",
        )

    def snapshot(self, lang: str, snapshot: Snapshot, *, publisher: str) -> str:
        """One snapshot: its files, how to check and how to cite it."""
        words = self._words[lang]
        return self._render(
            "snapshot.html",
            lang,
            snapshot=snapshot,
            date=words.date(snapshot.name[:10]),
            number=snapshot.name[11:],
            facts=self._facts(words, snapshot),
            files=self._files(words, snapshot),
            licence_name=licence_name(snapshot.licence),
            licence=snapshot.licence,
            cite=self._cite(words, publisher, snapshot),
            bibtex=self._bibtex(publisher, snapshot),
            commands=self._commands(snapshot),
            machine=_MACHINE,
            classes=_most(words, snapshot.statistics.classes),
            properties=_most(words, snapshot.statistics.properties),
        )

    def _facts(self, words: Words, snapshot: Snapshot) -> list[tuple[str, str]]:
        _ = words.texts.gettext
        told = snapshot.statistics
        shown = [
            (_("Passports"), told.passports),
            (_("Events"), told.events),
            (_("Statements (triples)"), told.triples),
            (_("Signed documents in the log"), snapshot.size),
        ]
        period = (words.date(each[:10]) for each in (snapshot.first, snapshot.last) if each)
        facts = [(label, formats.number(str(value), words.language)) for label, value in shown]
        return [*facts, (_("Recorded"), " – ".join(dict.fromkeys(period)))]

    def _files(self, words: Words, snapshot: Snapshot) -> list[FileRow]:
        rows = [self._row(words, snapshot, each) for each in sorted(snapshot.files, key=_order)]
        href = f"/data/{snapshot.name}/{manifests.MANIFEST}"
        _ = words.texts.gettext
        own = FileRow(
            manifests.MANIFEST, href, _("Sizes, checksums and counts of all files, for programs"), "", "", "", ""
        )
        return [*rows, own]

    def _row(self, words: Words, snapshot: Snapshot, file: DataFile) -> FileRow:
        here = f"/data/{snapshot.name}/{file.name}"
        return FileRow(
            file.name,
            here,
            _meaning(words, file.name),
            size(file.size, words.language),
            _counted(words, file),
            file.digest,
            here.removesuffix(".gz") if file.name.endswith(_TABLE) else "",
        )

    def _commands(self, snapshot: Snapshot) -> str:
        """How a file is fetched and checked in a shell; empty without any."""
        file = next((each for each in snapshot.files if each.packed), None)
        if file is None:
            return ""
        address = f"{self._base}/data/{snapshot.name}/{file.name}"
        return f'curl -O {address}\necho "{file.digest}  {file.name}" | sha256sum -c'

    def _cite(self, words: Words, publisher: str, snapshot: Snapshot) -> str:
        _ = words.texts.gettext
        title = _("Public product passports and events, snapshot {date}").format(date=snapshot.name)
        year = snapshot.issued[:4]
        return f"{publisher} ({year}): {title}. {self._base}/data/{snapshot.name} ({licence_name(snapshot.licence)})"

    def _bibtex(self, publisher: str, snapshot: Snapshot) -> str:
        name = publisher.translate(_MEANT_IN_BIBTEX)
        host = urlsplit(self._base).netloc.translate(_MEANT_IN_BIBTEX)
        lines = (
            f"@misc{{{''.join(each for each in host if each.isalnum())}-{snapshot.name},",
            f"  author = {{{{{name}}}}},",
            f"  title = {{Public product passports and events, snapshot {snapshot.name}}},",
            f"  year = {{{snapshot.issued[:4]}}},",
            f"  howpublished = {{{self._base}/data/{snapshot.name}}},",
            f"  note = {{Log of {snapshot.size} documents; {licence_name(snapshot.licence)}}},",
            "}",
        )
        return "\n".join(lines)


def _order(file: DataFile) -> tuple[int, str]:
    """Tables first, which most people open, that of passports before all; then linked data; then what is beside."""
    ends = (f"{extracts.PASSPORTS.name}{_TABLE}", f"{extracts.EVENTS.name}{_TABLE}", _TABLE, _TURTLE, ".nq.gz")
    return next((place for place, end in enumerate(ends) if file.name.endswith(end)), len(ends)), file.name


def _counted(words: Words, file: DataFile) -> str:
    """How much is in a file."""
    if not file.packed:
        return ""
    number = formats.number(str(file.rows), words.language)
    if file.name.endswith(_TABLE):
        told = words.texts.ngettext("one row", "%(number)s rows", file.rows)
    else:
        told = words.texts.ngettext("one statement", "%(number)s statements", file.rows)
    return told.replace("%(number)s", number)


def _meaning(words: Words, name: str) -> str:
    _ = words.texts.gettext
    known = {
        "passports.csv.gz": _("Table: what each product is, its condition and mass now, its kind of owner"),
        "materials.csv.gz": _("Table: the materials that passports state, by component"),
        "composition-now.csv.gz": _("Table: what each product consists of now, after all repairs"),
        "events.csv.gz": _("Table: what happened to products, when and by whom in which role"),
        "all.nq.gz": _("Everything as linked data (N-Quads), one named graph for each passport and its events"),
        "shared.ttl.gz": _("The vocabulary, the code lists with their labels, and the organisations (Turtle)"),
        "csv-metadata.json": _("What each column of the tables means (CSV on the Web, in English)"),
        "checkpoint": _("The signed checkpoint of the log that the snapshot stands for"),
    }
    if name not in known and name.endswith(_TURTLE):
        return _("Passports and events of one product group as linked data (Turtle)")
    return known.get(name, "")


def _most(words: Words, counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """The most frequent of what was counted."""
    found = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:_COUNTED]
    return [(iri, formats.number(str(number), words.language)) for iri, number in found]


def size(number: int, language: str) -> str:
    """A number of bytes as people read it, in steps of a thousand."""
    value, step = float(number), 0
    while value >= 1000 and step < len(_STEPS) - 1:
        value, step = value / 1000, step + 1
    shown = f"{value:.1f}" if step and value < 100 else f"{value:.0f}"
    return f"{formats.number(shown, language)}{formats.NBSP}{_STEPS[step]}"


def licence_name(iri: str) -> str:
    """What a licence is called; its address where that tells nothing."""
    parts = iri.rstrip("/").split("/")
    if "creativecommons.org" in iri and len(parts) > 2:
        kind, version = parts[-2], parts[-1]
        return f"CC0 {version}" if kind == "zero" else f"CC {kind.upper()} {version}"
    return iri
