import functools
import gzip
import importlib.util
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from passport.web.pages.rendering import ASSETS

_samples = Path(__file__).parent.parent / "web" / "pages" / "samples.py"
_spec = importlib.util.spec_from_file_location("page_samples", _samples)
assert _spec is not None
assert _spec.loader is not None
samples = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(samples)

published, pages, make, every_page = samples.published, samples.pages, samples.make, samples.every_page

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-site-isolation-trials",
    "--renderer-process-limit=1",
]
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".txt": "text/plain"}
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"><rect width="640" height="480"/></svg>'


# a click returns before the page it leads to has come: what a test says of a page after it is waited for, as long as
# the click itself would be
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for one file: while one runs, its loop stands in the way of other files' own event loops."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed at /usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS, timeout=2 * PATIENCE)
        for name in ("new_context", "new_page"):
            setattr(browser, name, patient(getattr(browser, name)))
        yield browser
        browser.close()


def patient(opening: Callable[..., Any]) -> Callable[..., Any]:
    """Let what a browser opens wait for pages and their parts as long as ``expect`` does."""

    def opened(**given: Any) -> Any:
        made = opening(**given)
        made.set_default_timeout(PATIENCE)
        return made

    return opened


class Shelf:
    """Pages at addresses of a small local server, with the service's own content security policy."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.plain = False
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, self))
        self.server = server
        self.base = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, shelf: Shelf, *rest: object) -> None:
        self._shelf = shelf
        super().__init__(*rest)

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path in self._shelf.pages:
            self._answer(self._shelf.pages[path].encode(), "text/html; charset=utf-8")
        elif path.startswith("/assets/"):
            self._asset(ASSETS / path.removeprefix("/assets/"))
        elif path.startswith("/media/") or path.endswith("/qr.svg"):
            self._answer(PICTURE, "image/svg+xml")
        else:
            self._answer(b"", "text/plain", 404)

    def _asset(self, file: Path) -> None:
        packed = file.with_name(file.name + ".gz")
        data = packed.read_bytes() if packed.is_file() else gzip.compress(file.read_bytes(), 9)
        self._answer(data, TYPES[file.suffix], 200, "gzip")

    def _answer(self, body: bytes, kind: str, status: int = 200, encoding: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def shelf() -> Iterator[Shelf]:
    shelf = Shelf()
    yield shelf
    shelf.server.shutdown()
    shelf.server.server_close()
