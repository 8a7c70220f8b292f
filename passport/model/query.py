"""Questions to the graph: what is asked, in which form an answer may come, and which generation answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from passport.errors import QueryRefused


class Form(StrEnum):
    """What a query gives (SPARQL 1.1, clause 16): a table, a yes or no, or a graph (``CONSTRUCT``, ``DESCRIBE``)."""

    TABLE = "table"
    TRUTH = "truth"
    GRAPH = "graph"


@dataclass(frozen=True, slots=True)
class Question:
    """One SPARQL 1.1 query, and how its answer may be written.

    ``base`` is the IRI that relative ones are resolved against. ``formats`` is the media type to write by form; a form
    that is not in it is refused with ``NotAcceptable``. ``default_graphs`` and ``named_graphs`` are the dataset that
    the request asks for, which goes before ``FROM`` (SPARQL 1.1 Protocol, clause 2.1.4); when both are None the
    default graph is the union of all graphs.
    """

    text: str
    base: str
    formats: Mapping[Form, str] = field(hash=False)
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Generation:
    """The state of the graph that queries see. It never changes; a newer one takes its place.

    ``number`` counts up; ``position`` is the log position up to which, not including, everything is in it; ``made`` is
    when it was made (RFC 3339 UTC); ``quads`` how many statements it has, None where that is not known.
    """

    number: int
    position: int
    made: str
    quads: int | None = None


@dataclass(frozen=True, slots=True)
class Undeclared:
    """A prefix that seems to be used without a declaration, and the place where it is used first.

    ``declaration`` would declare it; empty where nobody knows what the prefix is to mean.
    """

    prefix: str
    line: int
    column: int
    declaration: str


@dataclass(frozen=True, slots=True)
class Outline:
    """What can be told of a query before it is parsed.

    ``form`` is what it gives, None where that cannot be told; ``own_dataset`` is whether it names graphs itself
    (``FROM``). ``undeclared`` explains why an engine refuses the query; it is no reason to refuse one. ``foreign``
    is why it is refused, for a graph of others that it names so, unless the request names the data set.
    """

    form: Form | None
    own_dataset: bool
    undeclared: Undeclared | None = None
    foreign: QueryRefused | None = None
