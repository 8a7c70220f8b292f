"""Fixtures that every room's tests share: a real system on SQLite in a temporary folder, and callers of each role."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from passport.model.access import Caller, Role, Scope
from passport.ports import Organisation
from passport.published import Published
from passport.service.organisations import add_organisation
from passport.service.system import System
from passport.settings import Settings
from passport.wiring import Running, create_system

BASE = "https://passport.example"
SECRET = "a signing secret for tests, long enough"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="count every skipped test as a failure, as CI does")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report: Any = yield
    if item.config.getoption("--no-skips") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and --no-skips is given: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    report: Any = yield
    if collector.config.getoption("--no-skips") and report.outcome == "skipped":
        report.outcome = "failed"
    return report


class HandClock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def forward(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture(scope="session")
def published() -> Published:
    return Published.load()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "store", base_url=BASE, signing_secret=SECRET)


@pytest.fixture
def running(settings: Settings, clock: HandClock) -> Iterator[Running]:
    from dataclasses import replace

    made = create_system(settings)
    running = Running(replace(made.system, clock=clock), made.store, made.settings)
    for slug, name, role, kind, prefixes in (
        ("maker", "Exempel Möbler AB", Role.SUPPLIER, "maker", ("9526543",)),
        ("rival", "Anden Møbelfabrik A/S", Role.SUPPLIER, "maker", ()),
        ("town", "Exempelby kommun", Role.OWNER, "municipality", ()),
        ("watch", "Marknadskontrollen", Role.AUTHORITY, "authority", ()),
    ):
        add_organisation(running.system, Organisation(slug, name, role, kind, prefixes=prefixes))
    yield running
    made.close()


@pytest.fixture
def system(running: Running) -> System:
    return running.system


@pytest.fixture
def caller(system: System) -> Callable[[str], Caller]:
    def of(slug: str) -> Caller:
        organisation = system.parties.organisation(slug)
        assert organisation is not None
        return Caller(f"token of {slug}", slug, organisation.role, frozenset({Scope.SUBMIT, Scope.READ}))

    return of
