"""A town with a desk: organisations that sign in, browsers that send forms as their pages have them, and pieces."""

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest

from passport.model.access import Role
from passport.ports import Organisation
from passport.service.organisations import add_organisation
from passport.service.system import System
from passport.settings import Settings
from passport.web.app import create_app
from passport.web.pages import Pages
from passport.wiring import create_system
from tests.web.conftest import BASE, LEGACY, Client, Got, _token

FORM = "application/x-www-form-urlencoded"
SITE = {"origin": BASE, "sec-fetch-site": "same-origin"}


@dataclass
class Browser:
    """A browser that is signed in: its cookie goes along, and forms are sent as their page has them."""

    client: Client
    cookie: str
    language: str = "en"
    seen: list[str] = field(default_factory=list)

    def get(self, path: str) -> Got:
        return self.client.page(path, cookie=self.cookie, accept_language=self.language)

    def send(self, path: str, fields: Mapping[str, str | list[str]], **headers: str) -> Got:
        body = urlencode(fields, doseq=True).encode()
        lines = {"content-type": FORM, "cookie": self.cookie, "accept": "text/html", **SITE, **headers}
        return self.client.send("POST", path, {"accept-language": self.language, **lines}, body)

    def hidden(self, path: str) -> dict[str, str]:
        """The hidden fields of the form at an address."""
        page = self.get(path)
        assert page.status == 200, page.text
        main = page.text.partition("<main")[2]
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', main))

    def act(self, code: str, act: str, **fields: Any) -> Got:
        path = f"/passports/{code}/acts/{act}"
        return self.send(path, {**self.hidden(path), **fields})

    def acts(self, code: str) -> list[str]:
        return re.findall(r'class="acts__act[^"]*" href="([^"]+)"', self.get(f"/passports/{code}").text)


@dataclass(frozen=True)
class Town:
    client: Client
    tokens: Mapping[str, str]
    system: System

    def browser(self, slug: str, language: str = "en") -> Browser:
        got = self.client.send(
            "POST", "/sign-in", {"content-type": FORM, **SITE}, urlencode({"token": self.tokens[slug]}).encode()
        )
        return Browser(self.client, got["set-cookie"].partition(";")[0], language)

    def pieces(self, number: int, owner: str = "town") -> list[str]:
        sent = [{**LEGACY, "owner": owner, "inventoryNumber": secrets.token_hex(4)} for _ in range(number)]
        made = self.client.post("/submissions", sent, self.tokens[owner])
        assert made.status == 201, made.text
        return [each["code"] for each in made.json()["passports"]]

    def life(self, code: str) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = self.client.get(f"/passports/{code}/events").json()["events"]
        return events


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, web_settings: Settings) -> Iterator[Town]:
    settings = web_settings.model_copy(update={"data": tmp_path_factory.mktemp("desk") / "store"})
    running = create_system(settings)
    system = running.system
    client = Client(create_app(system, Pages(system.published, base=system.base), settings=settings))
    for slug, name, role, kind in (
        ("town", "Exempelby kommun", Role.OWNER, "municipality"),
        ("village", "Eksempelby Kommune", Role.OWNER, "municipality"),
        ("workshop", "Verkstan", Role.REPAIRER, "workshop"),
        ("watch", "Marknadskontrollen", Role.AUTHORITY, "authority"),
        ("hostile", '"><img src=x onerror=alert(1)>', Role.OWNER, "company"),
    ):
        add_organisation(system, Organisation(slug, name, role, kind))
    tokens = {slug: _token(system, slug) for slug in ("town", "village", "workshop", "watch", "hostile")}
    yield Town(client, tokens, system)
    client.close()
    running.store.close()


@pytest.fixture(scope="module")
def owner(town: Town) -> Browser:
    return town.browser("town")


@pytest.fixture(scope="module")
def other(town: Town) -> Browser:
    return town.browser("village", "da")


@pytest.fixture
def code(town: Town) -> str:
    return town.pieces(1)[0]


def saved(got: Got) -> str:
    assert got.status == 303, (got.status, re.sub(r"<[^>]+>|\s+", " ", got.text.partition("<main")[2]))
    return got["location"].removeprefix(BASE)


def multipart(fields: Mapping[str, str], name: str, picture: bytes) -> tuple[str, bytes]:
    mark = "x" * 30
    parts = [
        f'--{mark}\r\ncontent-disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--{mark}\r\ncontent-disposition: form-data; name="{name}"; filename="a.png"\r\ncontent-type: image/png'
    parts.append(head.encode() + b"\r\n\r\n" + picture + b"\r\n")
    return f"multipart/form-data; boundary={mark}", b"".join(parts) + f"--{mark}--\r\n".encode()


def send_from(browser: Browser, path: str, kind: str, body: bytes) -> Got:
    headers = {"content-type": kind, "cookie": browser.cookie, "accept": "text/html", **SITE}
    return browser.client.send("POST", path, headers, body)
