"""The wheel holds everything, and the program runs from it with the source tree out of reach; so does the demo of its
own tests.
"""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.packaging.wheels import built, unpacked

NEEDED = (
    "passport/_data/schemas/furniture/1.0/model.json",
    "passport/_data/schemas/furniture/1.0/group.json",
    "passport/_data/schemas/workwear/0.1/codes/garment-type.ttl",
    "passport/_data/schemas/workwear/0.1/context.jsonld",
    "passport/_data/examples/workwear/demoklader/01-arbetsbyxa.json",
    "passport/_data/vocab/furniture-passport.ttl",
    "passport/_data/vocab/contexts/passport-1.0.jsonld",
    "passport/_data/examples/organisations.toml",
    "passport/_data/examples/story/story.toml",
    "passport/web/templates/passport.html",
    "passport/web/assets/plain.css",
    "passport/locale/pl/LC_MESSAGES/pages.po",
    "passport/py.typed",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("wheel"))


def test_everything_travels_in_the_wheel(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in NEEDED if name not in names] == []
    assert any("licence" in name.lower() or "license" in name.lower() for name in names)
    assert not any(name.startswith(("tests/", "node_modules/", "schemas/")) for name in names)


def test_a_wheel_built_offline_holds_pages_data_and_licences(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"passport/web/assets/site.css", "passport/web/assets/icon.svg", "passport/web/templates/base.html"} <= names
    vocabulary = {name.split("/")[3] for name in names if name.startswith("passport/_data/vocab/")}
    assert vocabulary == {"furniture-passport.ttl", "codes", "contexts", "shapes"}
    assert {f"passport/locale/{language}/LC_MESSAGES/pages.po" for language in ("sv", "da", "pl")} <= names
    assert not any("node_modules" in name or name.startswith("frontend") for name in names)


def test_the_program_runs_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    environment = unpacked(wheel, tmp_path / "site")
    program = "import passport.published as p; print(p.__file__); print(p.Published.load().examples())"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert all(line.startswith(str(tmp_path / "site")) for line in done.stdout.splitlines())
