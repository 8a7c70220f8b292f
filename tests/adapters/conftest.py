import importlib.util
import sys
from pathlib import Path

import pytest


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


@pytest.fixture(params=["sqlite"])
def store(request, samples, tmp_path):
    """An empty store of each kind, with one organisation and its key; another adapter is another parameter."""
    made = {"sqlite": samples.new_store}[request.param](tmp_path / "data")
    yield made
    made.close()
