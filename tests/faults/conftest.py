import importlib.util
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def samples():
    """Small real passports through the ports: the module ``tests/adapters/sample_history.py``."""
    path = Path(__file__).parents[1] / "adapters" / "sample_history.py"
    name = f"passport_tests_{path.stem}"
    if name not in sys.modules:
        specification = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(sys.modules[name])
    return sys.modules[name]
