"""The public data as a dataset: a dated snapshot, its files, what is counted in it, and what was struck out."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of a snapshot, as it is kept.

    ``rows`` counts its statements or, of a table, its rows without the header. A compressed one says what is in it:
    ``plain_size`` and ``plain_digest`` (SHA-256, hexadecimal, as ``digest``), which are those of the file else.
    """

    name: str
    media_type: str
    size: int
    digest: str
    rows: int
    plain_size: int
    plain_digest: str

    @property
    def packed(self) -> bool:
        """Whether it is kept as gzip."""
        return self.name.endswith(".gz")


@dataclass(frozen=True, slots=True)
class Statistics:
    """What was counted while a snapshot was written: statements, named graphs, subjects by graph, passports, events.

    ``classes`` counts the entities by class IRI, ``properties`` the statements by property IRI.
    """

    triples: int
    graphs: int
    entities: int
    passports: int
    events: int
    classes: Mapping[str, int] = field(hash=False)
    properties: Mapping[str, int] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The public data as of one signed checkpoint of the log: its ``size``, ``root`` (base64) and ``origin``.

    ``issued`` is when it was made, ``first`` and ``last`` the times of the first and the last document that it knows.
    ``stamp`` tells whether another one would say the same. ``erased`` are the documents whose content was gone before.
    ``published`` are the SHA-256 digests of the published schemas, contexts and vocabulary that it was made with.
    """

    name: str
    issued: str
    licence: str
    origin: str
    size: int
    root: str
    first: str
    last: str
    stamp: str
    statistics: Statistics
    files: tuple[DataFile, ...]
    erased: frozenset[str] = frozenset()
    published: Mapping[str, str] = field(default_factory=dict, hash=False)

    def file(self, name: str) -> DataFile | None:
        """The file of that name."""
        return next((each for each in self.files if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Released:
    """A snapshot of which all files but manifest and checkpoint were taken away at ``at``, to make room."""

    name: str
    at: str


@dataclass(frozen=True, slots=True)
class Struck:
    """A snapshot whose files were taken away at ``at``, because documents that it knew were erased.

    ``acts`` are the addresses of the events by which that was done; each says its reason.
    """

    name: str
    issued: str
    at: str
    acts: tuple[str, ...]
