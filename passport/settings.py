"""Settings: one table of what can be set, read from the environment and a TOML file; unknown names are refused."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from passport.errors import Malformed

PREFIX = "PASSPORT_"
CONFIG = "PASSPORT_CONFIG"
_UNKNOWN: Final = "there is no such setting"


class Settings(BaseModel):
    """What can be set. Each name is an environment variable in upper case after ``PASSPORT_``, or a member of the file.

    The file is named by ``PASSPORT_CONFIG``; the environment goes before it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Path = Field(Path("passport-data"), description="Folder of the store, the media and the encrypted keys.")
    database: str | None = Field(
        None,
        pattern=r"^postgres(ql)?://",
        repr=False,
        description="The store's PostgreSQL database, postgresql://user@host/name; without it, a file in the folder.",
    )
    base_url: str | None = Field(
        None,
        pattern=r"^https?://[^/?#\s]+(/[^?#\s]*[^/?#\s])?$",
        description="The service's own address. Fixed when the store is created; refused when it disagrees later.",
    )
    signing_secret: str | None = Field(
        None,
        min_length=32,
        repr=False,
        description="Opens the signing keys. Without it the service reads but does not sign.",
    )
    signing_secret_file: Path | None = Field(None, description="A file that holds the signing secret instead.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    workers: int = Field(1, ge=1, le=64, description="Server processes.")
    trusted_proxies: str = Field(
        "", description="Addresses of proxies whose X-Forwarded-* headers are believed, with commas; none by default."
    )
    body_bytes: int = Field(32 * 1024 * 1024, ge=1024, description="Largest body of a request, in bytes.")
    documents: int = Field(10_000, ge=1, description="Most documents in one submission.")
    inbox_days: int = Field(
        90, ge=1, le=36_500, description="How long submissions and remembered answers stay in the inbox, in days."
    )
    failures_per_minute: int = Field(
        10, ge=1, description="Failed sign-ins a minute from one client, in each server process, before it waits."
    )
    misses_per_minute: int = Field(
        1000,
        ge=1,
        description="Misses (404) a minute of one client, in each server process, before it waits.",
    )
    writes_per_minute: int = Field(
        60_000,
        ge=1,
        description="Writing requests a minute from one organisation, in each server process, before it waits.",
    )
    graph: str | None = Field(
        None,
        pattern=r"^https?://\S+( https?://\S+)?$",
        repr=False,
        description="A SPARQL 1.1 server for the graph: its query address, a space, its update address; else a folder.",
    )
    follow: bool = Field(True, description="Let `passport serve` keep the graph up to date in a process of its own.")
    query_processes: int = Field(
        3, ge=1, le=64, description="Queries that each server process answers at once; one client's in all but one."
    )
    query_seconds: int = Field(10, ge=1, le=3600, description="Longest time that a query may take.")
    query_memory: int = Field(1024, ge=256, description="Most memory that a query may take, in MiB.")
    query_bytes: int = Field(64 * 1024 * 1024, ge=1024, description="Largest answer of a query, in bytes.")
    queries_per_minute: int = Field(
        600, ge=1, description="Queries a minute from one client, in each server process, before it waits."
    )
    snapshot_days: int = Field(
        1, ge=0, description="Days between two snapshots of the public data for download; 0: on demand alone."
    )
    snapshot_keep: int | None = Field(
        None, ge=1, description="Newest snapshots whose files are kept; all by default, since papers cite them."
    )
    data_licence: str = Field(
        "https://creativecommons.org/licenses/by/4.0/",
        pattern=r"^https?://[^\s<>\"{}|\\^`]+$",
        description="The licence of the public data, as its address: those who issue passports must have agreed to it.",
    )
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="Least severity that is logged.")
    witnesses: str = Field(
        "",
        description="Witnesses of the log, with commas: the address of each, a space, and its vkey. None by default.",
    )
    stop_seconds: int = Field(20, ge=0, description="How long requests under way may take when the server is stopped.")


def read_settings(environment: Mapping[str, str], *, given: Mapping[str, Any] | None = None) -> Settings:
    """Settings from what was ``given`` (command line), the environment, the file, and the defaults, in this order.

    Raises ``Malformed``, naming each setting that is unknown or wrong, never its value.
    """
    values: dict[str, Any] = {}
    if environment.get(CONFIG):
        values |= _from_file(Path(environment[CONFIG]))
    values |= {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and name != CONFIG
    }
    values |= {name: value for name, value in (given or {}).items() if value is not None}
    try:
        settings = Settings(**values)
    except ValidationError as wrong:
        names = "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {_UNKNOWN if each['type'] == 'extra_forbidden' else each['msg']}"
            for each in wrong.errors()
        )
        raise Malformed(f"Settings are wrong: {names}") from None
    return settings


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as wrong:
        raise Malformed(f"The settings file cannot be read: {wrong.strerror}.") from wrong
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise Malformed(f"The settings file is no TOML: {wrong}.") from wrong


def signing_secret(settings: Settings) -> str | None:
    """The signing secret, from its setting or from its file; None when there is none."""
    if settings.signing_secret is not None:
        return settings.signing_secret
    if settings.signing_secret_file is None:
        return None
    try:
        return settings.signing_secret_file.read_text(encoding="utf-8").strip() or None
    except OSError as wrong:
        raise Malformed(f"The file with the signing secret cannot be read: {wrong.strerror}.") from wrong


def witnesses(settings: Settings) -> list[tuple[str, str]]:
    """The witnesses that are set, as (address, vkey). Raises ``Malformed`` for one that is not written so."""
    found = []
    for each in filter(None, (part.strip() for part in settings.witnesses.split(","))):
        address, _, vkey = each.partition(" ")
        if not address.startswith(("https://", "http://")) or vkey.count("+") < 2 or " " in vkey.strip():
            raise Malformed("A witness is set as its address, a space, and its vkey.")
        found.append((address, vkey.strip()))
    return found


def table() -> list[tuple[str, str, str]]:
    """Each setting as (environment variable, default, what it is), in the order of the table in the README."""
    return [
        (PREFIX + name.upper(), "" if field.default is None else str(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    ]
