"""Flat tables of the public data: which columns they have, and their rows, from the statements about one product."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson
import pyoxigraph

from passport.codecs.forms import parsed
from passport.published.namespaces import DCTERMS, EPCIS, SCHEMA, TYPE, VOCAB

_JOINED: Final = "; "
_CODES: Final = f"{VOCAB}codes/"
_STANDING: Final = {
    f"{VOCAB}LifeEvent": "counts",
    f"{VOCAB}CorrectedEvent": "corrected",
    f"{VOCAB}Cancellation": "cancellation",
}

Term = pyoxigraph.NamedNode | pyoxigraph.Literal
Said = Mapping[str, Sequence[Term]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what stands in it, and by which properties it is reached from the subject of the row.

    A name of a property without a scheme is one of our vocabulary. ``instead`` is the path where the first one leads
    nowhere. ``inherited``: a piece or batch that does not say it has it from its model.
    """

    name: str
    meaning: str
    path: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the name of its file without ending, what a row is, and its columns."""

    name: str
    meaning: str
    columns: tuple[Column, ...]

    @property
    def header(self) -> tuple[str, ...]:
        """The first line."""
        return tuple(each.name for each in self.columns)


PASSPORTS: Final = Table(
    "passports",
    "One row for each passport that is not withdrawn, of a model, a batch or a piece, as it is now.",
    (
        Column("passport", "Address of the passport"),
        Column("product", "Address that identifies the product", ("product",)),
        Column("granularity", "model, batch or item", ("granularity",)),
        Column("product_group", "Product group, such as furniture", ("productGroup",)),
        Column("model", "Passport of the model that it was made to", ("model",)),
        Column("category", "Kind of furniture, a code", ("category",), inherited=True),
        Column("name", "Name, in English where there is one", ("modelName",), ("itemName",), inherited=True),
        Column("manufacturer", "Name of the maker", (f"{SCHEMA}manufacturer", f"{SCHEMA}name"), inherited=True),
        Column(
            "manufacturer_country",
            "Country of the maker, two letters",
            (f"{SCHEMA}manufacturer", f"{SCHEMA}address", f"{SCHEMA}addressCountry"),
            inherited=True,
        ),
        Column("brand", "Brand", ("brand",), inherited=True),
        Column("gtin", "GTIN of 14 digits", (f"{SCHEMA}gtin",)),
        Column("production_country", "Country of production, two letters", ("productionCountry",), inherited=True),
        Column("manufacturing_date", "Year and month, or day, of production", (f"{SCHEMA}productionDate",)),
        Column("made_afterwards", "true: in use before it had a passport", ("isSecondHandLegacy",)),
        Column("issued", "When the passport was first issued (UTC)", (f"{DCTERMS}issued",)),
        Column("version", "Version of the passport", (f"{SCHEMA}version",)),
        Column("net_weight_kg", "Weight as stated by the maker, kg", ("netWeight",), inherited=True),
        Column(
            "recycled_content_percent",
            "Recycled content as stated by the maker, per cent of mass",
            ("recycledContent", "total"),
            inherited=True,
        ),
        Column("mass_now_kg", "Mass of what it consists of now, kg", ("now", "mass")),
        Column("recycled_share_now_percent", "Recycled share of the mass now, per cent", ("now", "recycledShare")),
        Column(
            "recycled_share_known_percent",
            "Per cent of the mass of which the recycled share is told",
            ("now", "recycledShareKnown"),
        ),
        Column("owner_type", "Kind of owner now, a code", ("now", "ownerType")),
        Column("owner_country", "Country of the owner where it is public", ("now", "ownerCountry")),
        Column("holder_type", "Kind of holder now, a code", ("now", "holderType")),
        Column("availability", "Whether others can have it, a code, where it is public", ("now", "availability")),
        Column("grade", "Condition, a code", ("now", "grade")),
        Column("assessed_on", "Day on which the condition was assessed", ("now", "assessedOn")),
        Column("times_repaired", "How many repairs are recorded and stand", ("now", "timesRepaired")),
        Column("last_repaired", "When it was last repaired (UTC)", ("now", "lastRepaired")),
        Column("ended", "When its life ended (UTC)", ("now", "ended")),
        Column("ending", "How it ended: the type of the event", ("now", "ending")),
    ),
)
MATERIALS: Final = Table(
    "materials",
    "One row for each material that a passport document states, by component where it names them.",
    (
        Column("passport", "Address of the passport that states it"),
        Column("component", "Identifier of the component in the passport; empty: of the whole product"),
        Column("component_function", "What the component does, a code"),
        Column("component_mass_kg", "Mass of one such component, kg"),
        Column("component_quantity", "How many of them; empty: one"),
        Column("material_class", "Class of material, a code", ("materialClass",)),
        Column("material_detail", "The material more closely, in the maker's words", ("materialDetail",)),
        Column("mass_share_percent", "Share of the mass of the component or product, per cent", ("massShare",)),
        Column("mass_kg", "Mass, kg, where it is stated", ("mass",)),
        Column("recycled_percent", "Recycled content of the material, per cent", ("recycledContent", "total")),
        Column("renewable_percent", "Renewable content of the material, per cent", ("renewableContent",)),
    ),
)
COMPOSITION: Final = Table(
    "composition-now",
    "One row for each class of material that a model or piece consists of now, after all repairs.",
    (
        Column("passport", "Address of the passport"),
        Column("granularity", "model or item", ("granularity",)),
        Column("category", "Kind of furniture, a code", ("category",), inherited=True),
        Column("material_class", "Class of material, a code"),
        Column("mass_share_percent", "Share of the mass, per cent"),
        Column("mass_kg", "Mass, kg, where it can be told"),
    ),
)
EVENTS: Final = Table(
    "events",
    "One row for each public event, also of withdrawn passports. Count those whose standing is counts.",
    (
        Column("event", "Address of the event"),
        Column("passport", "Address of the passport", ("passport",)),
        Column("product", "Address that identifies the product", ("product",)),
        Column("event_type", "What happened, a code", ("eventType",)),
        Column("event_time", "When it happened (UTC)", (f"{EPCIS}eventTime",)),
        Column("recorded_at", "When it was recorded (UTC)", (f"{EPCIS}recordTime",)),
        Column("standing", "counts; corrected by a later event; or cancellation of an earlier one"),
        Column("corrected_by", "Address of the event that corrects it", ("correctedBy",)),
        Column("actor_role", "Role of who recorded it, a code", ("actorRole",)),
        Column("owner_type", "Kind of owner after it, a code", ("ownerType",)),
        Column("previous_owner_type", "Kind of owner before it, a code", ("previousOwnerType",)),
        Column("repair_types", "What was repaired, codes", ("repairTypes",)),
        Column("cause", "What was wrong, a code", ("cause",)),
        Column("grade", "Condition found, a code", ("condition", "grade")),
        Column("work_minutes", "Working time, minutes", ("workMinutes",)),
        Column("parts_used", "How many kinds of parts were put in"),
    ),
)
TABLES: Final = (PASSPORTS, MATERIALS, COMPOSITION, EVENTS)
"""All tables."""


def metadata() -> bytes:
    """What the rows and columns of the tables are, as metadata of CSV on the Web."""
    tables = [
        {
            "url": f"{table.name}.csv",
            "dc:description": table.meaning,
            "tableSchema": {
                "columns": [{"titles": each.name, "dc:description": each.meaning} for each in table.columns]
            },
        }
        for table in TABLES
    ]
    value = {"@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}], "tables": tables}
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


class Described:
    """The statements about one product, by subject and property."""

    __slots__ = ("_said", "address")

    def __init__(self, address: str) -> None:
        """``address`` is that of the passport. Nothing is said yet."""
        self.address = address
        self._said: dict[str, dict[str, list[Term]]] = {}

    @classmethod
    def of(cls, address: str, triples: bytes) -> "Described":
        """What N-Triples say."""
        made = cls(address)
        for each in parsed(triples):
            made.add(each)
        return made

    def add(self, triple: pyoxigraph.Triple) -> None:
        """Take in one statement."""
        thing, subject = triple.object, triple.subject
        if isinstance(thing, pyoxigraph.NamedNode | pyoxigraph.Literal) and isinstance(subject, pyoxigraph.NamedNode):
            self._said.setdefault(subject.value, {}).setdefault(triple.predicate.value, []).append(thing)

    def about(self, subject: str) -> Said:
        """What is said of a subject, by property."""
        return self._said.get(subject, {})

    def of_class(self, name: str) -> Iterator[str]:
        """The subjects of a class of our vocabulary."""
        wanted = pyoxigraph.NamedNode(VOCAB + name)
        return (subject for subject, said in self._said.items() if wanted in said.get(TYPE, ()))

    def value(self, subject: str, path: Sequence[str]) -> str:
        """What the path of properties leads to, as a cell; empty where it leads nowhere."""
        found: Sequence[Term] = ()
        for place, name in enumerate(path):
            found = self.about(subject).get(_full(name), ())
            if not found:
                return ""
            if place < len(path) - 1:
                subject = found[0].value
        return cell(found)

    def follow(self, subject: str, name: str) -> Iterator[str]:
        """The IRIs that a property of our vocabulary leads to."""
        return (each.value for each in self.about(subject).get(_full(name), ()))


Inherit = Callable[[str, str], str]
"""Gives a cell of the model of a product: by the model's address and the name of the column in ``passports``."""


def _full(name: str) -> str:
    return name if "://" in name else VOCAB + name


def cell(found: Sequence[Term]) -> str:
    """Values as one cell: of a code its name, of texts in languages the English one, of several all of them."""
    spoken = {each.language: each.value for each in found if isinstance(each, pyoxigraph.Literal) and each.language}
    if spoken:
        return spoken.get("en") or spoken[min(spoken)]
    return _JOINED.join(_plain(each) for each in found)


def _plain(each: Term) -> str:
    if isinstance(each, pyoxigraph.NamedNode) and each.value.startswith(_CODES):
        return each.value.rpartition("/")[2]
    return each.value


def rows(product: Described, inherit: Inherit) -> Iterator[tuple[Table, tuple[str, ...]]]:
    """The rows of all tables about one product."""
    address = product.address
    granularity = product.value(address, ("granularity",))
    if granularity:
        model = product.value(address, ("model",))

        def told(table: Table) -> Iterator[str]:
            for column in table.columns[1:]:
                if column.path:
                    own = product.value(address, column.path) or product.value(address, column.instead)
                    yield inherit(model, column.name) if not own and column.inherited and model else own

        yield PASSPORTS, (address, *told(PASSPORTS))
        yield from ((MATERIALS, row) for row in _materials(product))
        common = tuple(told(COMPOSITION))
        for now in product.follow(address, "now"):
            yield from ((COMPOSITION, (address, *common, *share)) for share in _shares(product, now))
    yield from ((EVENTS, row) for row in _events(product))


def _shares(product: Described, now: str) -> Iterator[tuple[str, ...]]:
    for each in sorted(product.follow(now, "contains")):
        yield tuple(product.value(each, (name,)) for name in ("materialClass", "massShare", "mass"))


def _materials(product: Described) -> Iterator[tuple[str, ...]]:
    address = product.address
    last = MATERIALS.columns[5:]
    for material in product.follow(address, "materials"):
        yield (address, "", "", "", "", *(product.value(material, each.path) for each in last))
    for component in product.follow(address, "components"):
        names = ("componentId", "function", "mass", "quantity")
        first = (address, *(product.value(component, (name,)) for name in names))
        for material in product.follow(component, "materials"):
            yield (*first, *(product.value(material, each.path) for each in last))


def _events(product: Described) -> Iterator[tuple[str, ...]]:
    for name, standing in _STANDING.items():
        for event in product.of_class(name.removeprefix(VOCAB)):
            said = (product.value(event, each.path) if each.path else standing for each in EVENTS.columns[1:-1])
            yield (event, *said, str(len(list(product.follow(event, "partsUsed")))))
