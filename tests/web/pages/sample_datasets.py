"""A snapshot for the tests of pages."""

from passport.errors import SnapshotReleased, SnapshotWithdrawn
from passport.model.dataset import DataFile, Released, Snapshot, Statistics, Struck
from passport.web.pages.datasets import DataPage

_SIZES = {
    "all.nq.gz": ("application/n-quads", 19_606_338, 1_669_292),
    "furniture.ttl.gz": ("text/turtle", 10_167_561, 1_651_071),
    "shared.ttl.gz": ("text/turtle", 172_362, 18_221),
    "passports.csv.gz": ("text/csv", 371_692, 11_900),
    "materials.csv.gz": ("text/csv", 2_714, 142),
    "composition-now.csv.gz": ("text/csv", 94_323, 18_015),
    "events.csv.gz": ("text/csv", 2_026_275, 62_721),
    "csv-metadata.json": ("application/csvm+json", 9_120, 1),
    "checkpoint": ("text/plain", 188, 1),
}
SNAPSHOT = Snapshot(
    name="2026-11-21-2",
    issued="2026-11-21T02:00:00Z",
    licence="https://creativecommons.org/licenses/by/4.0/",
    origin="passport.example/log",
    size=66_000,
    root="QkutwqCh4vOVBTHGDhGDfhgxUiXkmNfSBYD0eO9upvo=",
    first="2026-01-15T08:00:00Z",
    last="2026-11-21T01:59:00Z",
    stamp="a1",
    statistics=Statistics(
        1_669_292,
        11_964,
        262_684,
        11_900,
        62_721,
        {"https://schema.org/IndividualProduct": 11_700, "https://schema.org/ProductModel": 200},
        {"https://w3id.org/furniturepassport/eventType": 62_721},
    ),
    files=tuple(
        DataFile(name, kind, size, "5e" * 32, rows, size * 9, "e5" * 32) for name, (kind, size, rows) in _SIZES.items()
    ),
)
STRUCK = Struck("2026-03-01", "2026-03-01T02:00:00Z", "2026-05-04T10:00:00Z", ("https://p.example/events/1",))
DATA = DataPage(
    SNAPSHOT,
    ("2026-11-21-2", "2026-11-21", "2026-11-20"),
    (STRUCK,),
    SNAPSHOT.licence,
    "Lund (p.example)",
    1,
    (Released("2026-03-02", "2026-11-21T02:00:00Z"),),
)
NOTHING = DataPage(None, (), (), SNAPSHOT.licence, "Lund (p.example)", 7)
LET_GO = SnapshotReleased(
    "The files of this snapshot have been removed.",
    at="2026-11-21T02:00:00Z",
    issued="2026-03-02T02:00:00Z",
    size=12_000,
    root=SNAPSHOT.root,
    manifest="https://p.example/data/2026-03-02/manifest.json",
    checkpoint="https://p.example/data/2026-03-02/checkpoint",
    following="https://p.example/data/2026-11-21-2",
)
GONE = SnapshotWithdrawn(
    "This snapshot was withdrawn.", at=STRUCK.at, acts=STRUCK.acts, following="https://p.example/data/2026-03-02"
)
