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


@pytest.fixture(scope="session")
def town(tmp_path_factory, child):
    """The settings of a store with one organisation in it, and that organisation's token: one for all drills."""
    settings = Settings(
        data=tmp_path_factory.mktemp("faults") / "store", base_url="http://127.0.0.1:1", signing_secret=child.SECRET
    )
    running = create_system(settings)
    add_organisation(running.system, Organisation("town", "Exempelby kommun", Role.OWNER, "municipality"))
    token = create_token(
        running.system, "town", scopes=child.CALLER.scopes, label="test", valid_for=timedelta(days=1)
    ).secret
    running.close()
    return settings, token


@pytest.fixture(scope="session")
def server(town, serving):
    """The real server on that store, with two worker processes. Who kills it starts it again."""
    made = serving.Server(town[0]).start()
    yield made
    made.kill()


@pytest.fixture
def stored(town):
    """How often each inventory number is in the store, and the codes of its pieces, read beside the server."""

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
