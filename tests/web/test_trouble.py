"""What is answered when the store is busy, full, gone or damaged."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from passport.adapters.sql.store import DATABASE
from passport.errors import Refusal, StoreBusy
from passport.settings import Settings
from passport.web import problems
from passport.web.app import create_app
from passport.web.pages import Pages
from passport.wiring import create_system, open_system
from tests.web.conftest import BASE, LEGACY, Client, World


@pytest.fixture
def unread(tmp_path: Path, web_settings: Settings) -> Iterator[tuple[Client, Path]]:
    """An application on a new store that no worker thread has read yet, and the store's file."""
    settings = web_settings.model_copy(update={"data": tmp_path / "store"})
    create_system(settings).store.close()
    running = open_system(settings)
    system = running.system
    app = create_app(system, Pages(system.published, base=system.base), settings=settings)
    client = Client(app, threads=True)
    yield client, settings.data / DATABASE
    client.close()
    running.store.close()


def test_it_is_not_ready_without_its_store(unread: tuple[Client, Path]) -> None:
    client, file = unread
    file.unlink()
    got = client.get("/readyz")
    assert got.status == 503
    assert got["content-type"] == "application/problem+json"
    assert got.json()["type"] == f"{BASE}/problems/store-failing"
    assert int(got["retry-after"]) > 0
    assert client.get("/healthz").status == 200


def test_t39_it_is_not_ready_with_a_damaged_store(unread: tuple[Client, Path]) -> None:
    client, file = unread
    for each in (file, file.with_name(file.name + "-wal")):
        if each.exists():
            each.write_bytes(b"x" * each.stat().st_size)
    got = client.get("/readyz")
    assert got.status == 503
    assert got["content-type"] == "application/problem+json"


def test_t39_a_damaged_passport_is_named_and_the_others_are_untouched(
    own_world: tuple[World, Client, Settings],
) -> None:
    world, client, settings = own_world
    with closing(sqlite3.connect(settings.data / DATABASE)) as connection, connection:
        connection.execute("UPDATE product SET standing = 'x' WHERE code = ?", (world.legacy,))
    for path in (f"/passports/{world.legacy}", f"/p/{world.legacy}", f"/passports/{world.legacy}/verification"):
        got = client.get(path)
        assert got.status == 500, path
        assert got.json()["type"] == f"{BASE}/problems/damaged"
        assert world.legacy in got.json()["detail"]
    assert client.get(f"/passports/{world.piece}").status == 200


def test_a_full_disk_is_told(own_world: tuple[World, Client, Settings]) -> None:
    world, client, _ = own_world
    database = world.system.history._driver
    with database.transaction() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")
    try:
        got = client.post("/submissions", [LEGACY] * 100, world.tokens["town"])
    finally:
        with database.transaction() as connection:
            connection.execute("PRAGMA max_page_count=1000000")
    assert got.status == 507
    assert got["content-type"] == "application/problem+json"
    assert got.json()["type"] == f"{BASE}/problems/store-full"
    assert client.post("/submissions", LEGACY, world.tokens["town"]).status == 201


def test_a_busy_store_says_when_to_come_back() -> None:
    refused = problems.answer(StoreBusy("Busy."), {"headers": [], "path": "/"}, _NoPage(), BASE)
    assert refused.status == 503
    assert (b"retry-after", b"5") in refused.headers


class _NoPage:
    def refusal(self, lang: str, status: int, refusal: Refusal, /) -> str:
        raise AssertionError
