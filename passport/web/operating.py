"""Operations for running it, and about it: health, metrics, its own description, language, statements, files."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from anyio import to_thread
from fastapi import Query, Request, Response

from passport.errors import Damaged, StoreFailing
from passport.model.languages import FALLBACK, LANGUAGES
from passport.service import log
from passport.web.answers import HTML, JSON, Answer, Content, address, json_body, reply, respond
from passport.web.files import Files
from passport.web.metrics import Metrics
from passport.web.pages.rendering import ASSETS
from passport.web.site import Operation, Site, language_cookie

_NO_STORE = (b"cache-control", b"no-store")
_TEXT = "text/plain"
_METRICS = b"text/plain; version=0.0.4; charset=utf-8"

Language = Annotated[str, Query(alias="lang", max_length=2, description=f"One of {', '.join(LANGUAGES)}.")]
Back = Annotated[str, Query(alias="to", max_length=500, description="Path to go back to, on this service.")]


class Operating:
    """What keepers of the service ask, and what every page links to."""

    def __init__(self, site: Site, *, metrics: Metrics, openapi: Callable[[], Mapping[str, Any]]) -> None:
        """``openapi`` gives the OpenAPI document."""
        self._site = site
        self._metrics = metrics
        self._openapi = openapi
        self._files = Files(ASSETS)

    def operations(self) -> tuple[Operation, ...]:
        """The rows of the route table."""
        run, about = "Run", "About"
        return (
            Operation("health", "GET", "/healthz", self.health, run),
            Operation("ready", "GET", "/readyz", self.ready, run, refuses=(503,)),
            Operation("metrics", "GET", "/metrics", self.metrics, run, (_TEXT,)),
            Operation("openapi", "GET", "/openapi.json", self.openapi, about),
            Operation("docs", "GET", "/docs", self.docs, about, (HTML,)),
            Operation("accessibility", "GET", "/accessibility", self.accessibility, about, (HTML,)),
            Operation("language", "GET", "/language", self.language, about, (HTML,), status=303, refuses=(400,)),
            Operation(
                "asset", "GET", "/assets/{path:path}", self.asset, about, ("application/octet-stream",), refuses=(404,)
            ),
        )

    async def health(self, request: Request) -> Response:
        """Whether this process answers."""
        return respond(_plain({"status": "ok"}))

    async def ready(self, request: Request) -> Response:
        """Whether it can do its work: the store answers.

        `signing` tells whether the signing keys are open; `log` is `ok`, or why no checkpoints are published.
        """
        try:
            now = await to_thread.run_sync(log.standing, self._site.system)
        except (OSError, Damaged) as wrong:
            raise StoreFailing("The store does not answer.") from wrong
        state = {"documents": now.size, "signing": self._site.system.signer.unlocked, "log": now.trouble or "ok"}
        return respond(_plain({"status": "ready", **state}))

    async def metrics(self, request: Request) -> Response:
        """Counts and times of this worker process, for Prometheus."""
        text = await to_thread.run_sync(self._metrics.text)
        return respond(Answer(200, ((b"content-type", _METRICS), _NO_STORE), text))

    async def openapi(self, request: Request) -> Response:
        """This description: every operation of the service (OpenAPI 3.1)."""
        return respond(reply(Content(json_body(self._openapi()), JSON), request.scope))

    async def docs(self, request: Request) -> Response:
        """The same as a page."""
        return respond(
            self._site.page(request.scope, lambda language: self._site.pages.references.docs(language, self._openapi()))
        )

    async def accessibility(self, request: Request) -> Response:
        """The accessibility statement."""
        return respond(self._site.page(request.scope, self._site.pages.accessibility))

    async def language(self, request: Request, lang: Language = FALLBACK, to: Back = "/") -> Response:
        """Remember a language in a cookie and go back to a page of this service."""
        wish = lang if lang in LANGUAGES else FALLBACK
        place = self._site.base + (to if own_path(to) else "/")
        cookie = language_cookie(wish, secure=self._site.base.startswith("https:"))
        return respond(Answer(303, ((b"location", address(place)), cookie, _NO_STORE)))

    async def asset(self, request: Request, path: str) -> Response:
        """A file that the pages need."""
        return respond(self._files.answer(path, request.scope))


def own_path(to: str) -> bool:
    """Whether a path to go back to stays here: it begins with one slash, and browsers read no host into it."""
    return to.startswith("/") and not to.startswith("//") and "\\" not in to and to.isprintable()


def _plain(value: object) -> Answer:
    return Answer(200, ((b"content-type", JSON.encode()), _NO_STORE), json_body(value))
