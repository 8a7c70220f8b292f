"""Which revisions of the schema this program has, told from the migration scripts without loading Alembic."""

from pathlib import Path

SCRIPTS = Path(__file__).with_name("migrations")


def known_revisions(scripts: Path) -> tuple[str, ...]:
    """All revisions, oldest first: the four digits in the names of the scripts."""
    return tuple(sorted(path.name[1:5] for path in (scripts / "versions").glob("r[0-9][0-9][0-9][0-9]_*.py")))
