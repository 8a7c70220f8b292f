"""Filling a store with the examples over HTTP: the submissions of each organisation, and the story of some pieces."""

import http.client
import json
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from passport.errors import Malformed

HOST: Final = "http://localhost/"
"""What stands in the examples for the address of the service."""
_MEDIA_TYPES: Final = {".png": "image/png", ".jpg": "image/jpeg", ".pdf": "application/pdf"}
_KINDS: Final = {".json": "application/json", ".ndjson": "application/x-ndjson"}


def story_of(examples: Path) -> Mapping[str, Any]:
    """The story of the examples: its steps in order, and what of it is worth showing."""
    return tomllib.loads((examples / "story" / "story.toml").read_text(encoding="utf-8"))


class Filling:
    """Sends examples to a running service, each as the organisation that it is of.

    ``token`` gives an organisation's token. What was sent before is answered as it was then, so that a filling that was
    broken off goes on.
    """

    def __init__(self, examples: Path, base: str, token: Callable[[str], str]) -> None:
        self._examples = examples
        self._base = base
        self._token = token
        self._kept: dict[bytes, bytes] = {}
        self._decided: dict[bytes, bytes] = {}
        parts = urlsplit(base)
        self._connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=60)

    def fill(self, slug: str, groups: tuple[str, ...]) -> None:
        """Send the submissions of one organisation, those of each product group in the order of their names."""
        for group in groups:
            for file in sorted((self._examples / group / slug).glob("*.*json")):
                self._submit(slug, file)

    def tell(self) -> None:
        """Send the story, one step after the other."""
        for step in story_of(self._examples)["step"]:
            if "delegate" in step:
                until = datetime.now(UTC) + timedelta(days=step["days"])
                asked = {"delegate": step["delegate"], "events": step["events"], "until": f"{until:%Y-%m-%dT%H:%M:%SZ}"}
                self._post("/delegations", json.dumps(asked).encode(), "application/json", step["by"])
            else:
                file = self._examples / "story" / step["file"]
                self._remember(file.stem, self._submit(step["by"], file))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _submit(self, slug: str, file: Path) -> dict[str, Any]:
        read = file.read_bytes()
        self._send_media(slug, read, observed=_of_events_alone(read, _KINDS[file.suffix]))
        body = read
        for placeholder, decided in (self._decided | self._kept).items():
            body = body.replace(placeholder, decided)
        body = body.replace(HOST.encode(), f"{self._base}/".encode())
        answer: dict[str, Any] = json.loads(
            self._post("/submissions", body, _KINDS[file.suffix], slug, key=file.relative_to(self._examples).as_posix())
        )
        return answer

    def _send_media(self, slug: str, named: bytes, *, observed: bool) -> None:
        """Send the pictures that a submission names; each gets a new digest when it is made anew."""
        path = "/media?tier=legitimate-interest" if observed else "/media"
        for data, media_type in media_named(self._examples, named):
            digest = sha256(data).hexdigest().encode()
            if digest not in self._kept:
                answer = json.loads(self._post(path, data, media_type, slug))
                self._kept[digest] = answer["digest"].removeprefix("sha256:").encode()

    def _remember(self, name: str, answer: dict[str, Any]) -> None:
        """Keep what the service decided about the events of a step, for the steps that answer or correct it."""
        events = answer.get("events", ())
        if not events:
            return
        decided = {f'{HOST}events/{name}"': f'{events[0]["event"]}"'}
        for each in events:
            if "transfer" in each:
                decided.setdefault(f'{HOST}transfers/{name}"', f'{each["transfer"]}"')
            if "claimSecret" in each:
                decided.setdefault(f"claim-secret-of-{name}", each["claimSecret"])
        self._decided |= {placeholder.encode(): said.encode() for placeholder, said in decided.items()}

    def _post(self, path: str, body: bytes, media_type: str, slug: str, *, key: str | None = None) -> bytes:
        headers = {"Content-Type": media_type, "Authorization": f"Bearer {self._token(slug)}"}
        if key is not None:
            headers["Idempotency-Key"] = f"demo {key}"
        self._connection.request("POST", path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status not in {200, 201}:
            print(text.decode(), file=sys.stderr)
            raise Malformed(f"The example {key or path} was refused with status {answer.status}.")
        return text


def _of_events_alone(body: bytes, media_type: str) -> bool:
    """Whether a submission holds nothing but events, whose photos are not for everybody."""
    if media_type != _KINDS[".json"]:
        return False
    value = json.loads(body)
    return all("eventType" in each for each in (value if isinstance(value, list) else [value]))


def media_named(examples: Path, named: bytes) -> Iterator[tuple[bytes, str]]:
    """The pictures and documents whose digest some submissions name, with their media types."""
    if b"/media/" not in named:
        return
    for file in sorted((examples / "media").iterdir()):
        if file.suffix in _MEDIA_TYPES:
            data = file.read_bytes()
            if sha256(data).hexdigest().encode() in named:
                yield data, _MEDIA_TYPES[file.suffix]
