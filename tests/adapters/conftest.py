import importlib.util
import sys
from pathlib import Path

import pytest

from passport.adapters.sql.store import open_store


def _load(path):
    name = f"passport_tests_{path.stem}"
    if name not in sys.modules:
        specification = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(specification)
        sys.modules[name] = module
        specification.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def samples():
    """Small real passports through the ports: the module ``sample_history``."""
    return _load(Path(__file__).with_name("sample_history.py"))


@pytest.fixture
def store(request, store_kind, samples, tmp_path):
    """An empty store with one organisation and its key; of each kind for tests marked ``both_stores``."""
    if store_kind == "sqlite":
        made = samples.new_store(tmp_path / "data")
    else:
        address = request.getfixturevalue("databases").with_store()
        made = samples.furnished(open_store(address))
    yield made
    made.close()
    if store_kind == "postgresql":
        request.getfixturevalue("databases").drop(address)
