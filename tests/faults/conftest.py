import importlib.util
import sys
from pathlib import Path

import pytest

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
