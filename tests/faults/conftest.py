import importlib.util
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from passport.codecs.documents import inner
from passport.model.access import Role
from passport.model.passport import Tier
from passport.ports import Organisation
from passport.service.organisations import add_organisation, create_token
from passport.settings import Settings
from passport.wiring import create_system, open_system
from tests.conftest import BASE

_HERE = Path(__file__).parent


def _loaded(path):
    name = f"passport_tests_{path.stem}"
    if name not in sys.modules:
        specification = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def samples():
    """Small real passports through the ports: the module ``tests/adapters/sample_history.py``."""
    return _loaded(_HERE.parent / "adapters" / "sample_history.py")


@pytest.fixture(scope="session")
def helper():
    """The modules of this folder that are no tests, by name."""
    return lambda name: _loaded(_HERE / f"{name}.py")


@pytest.fixture(scope="session")
def child(helper):
    """The module of the child programs."""
    return helper("submitting")


@pytest.fixture(scope="session")
def serving(helper):
    """The module that starts and kills real servers."""
    return helper("server")


class Towns:
    """One store of each kind with one organisation in it, for all drills, and the real server on it."""

    def __init__(self, folder, child, serving):
        self._folder, self._child, self._serving = folder, child, serving
        self._made, self._servers = {}, {}

    def town(self, kind, database=None):
        """The settings of the store, and the organisation's token."""
        if kind not in self._made:
            self._made[kind] = self._new(kind, database)
        return self._made[kind]

    def server(self, kind):
        """The server, with two worker processes. Who kills it starts it again."""
        if kind not in self._servers:
            self._servers[kind] = self._serving.Server(self.town(kind)[0])
            self._servers[kind].start()
        return self._servers[kind]

    def close(self):
        """Kill the servers that run."""
        while self._servers:
            self._servers.popitem()[1].kill()

    def _new(self, kind, database):
        settings = Settings(
            data=self._folder / kind, base_url=BASE, signing_secret=self._child.SECRET, database=database
        )
        running = create_system(settings)
        system = running.system
        add_organisation(system, Organisation("town", "Exempelby kommun", Role.OWNER, "municipality"))
        scopes = self._child.CALLER.scopes
        token = create_token(system, "town", scopes=scopes, label="test", valid_for=timedelta(days=1))
        running.close()
        return settings, token.secret


@pytest.fixture(scope="session")
def towns(tmp_path_factory, child, serving):
    """The stores of the drills, each made when it is first asked for."""
    made = Towns(tmp_path_factory.mktemp("faults"), child, serving)
    yield made
    made.close()


@pytest.fixture(scope="session")
def town_database(towns, databases):
    """The database of the drills on PostgreSQL."""
    made = databases.with_store()
    yield made
    towns.close()
    databases.drop(made)


@pytest.fixture
def town(request, towns, store_kind):
    """The settings of the store of that kind, and its organisation's token."""
    if store_kind == "sqlite":
        return towns.town(store_kind)
    return towns.town(store_kind, request.getfixturevalue("town_database"))


@pytest.fixture
def server(town, towns, store_kind):
    """The real server on that store."""
    return towns.server(store_kind)


@pytest.fixture
def stored(town):
    """Gives how often each inventory number is in the store, and the codes of its pieces, read beside the server."""

    def rows():
        running = open_system(town[0])
        try:
            return inventory(running.system)
        finally:
            running.close()

    return rows


def inventory(system):
    """The codes of the pieces with each inventory number: of whole submissions, not only of public documents."""
    found = {}
    for product in system.history.products(level=None, after=None, limit=1_000_000):
        for document in system.history.documents(product.code):
            if document.tier is Tier.OWNER:
                number = inner(document.payload, document.start)["inventoryNumber"]
                found.setdefault(number, []).append(product.code)
    return found


@pytest.fixture
def towns_people():
    """Adds the organisation of the drills to a store."""
    return lambda system: add_organisation(system, Organisation("town", "Exempelby kommun", Role.OWNER, "municipality"))
