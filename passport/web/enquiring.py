"""Questions on their way to the graph and answers on their way back, with what HTTP says of them."""

import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import blake2b
from time import perf_counter
from typing import Final

from anyio import to_thread
from fastapi import Request, Response

from passport.errors import NotAcceptable, QueriesBusy, QueryStopped, Refusal
from passport.model.query import Form, Generation, Question
from passport.ports import Answering
from passport.service.system import System
from passport.web.answers import Answer, Header, content_type, header, line, matches, respond
from passport.web.guard import LIMITED, Disconnected
from passport.web.limits import client_of
from passport.web.questions import Wish
from passport.web.site import NEGOTIATED
from passport.web.streaming import Call, Gathered, Presence, Streamed, Threads, gathered

CACHE: Final = "public, max-age=0, must-revalidate"
UNLISTED: Final[Header] = (b"x-robots-tag", b"noindex")
VARY: Final[Header] = (b"vary", b"Accept")

Note = Callable[[str, float], None]
"""Is told how a query ended, and how many seconds it took until then."""

_MOVING: Final = re.compile(r"(?i)\b(?:now|rand|uuid|struuid|bnode)(?:\s++|#[^\r\n]*+)*+\(")
_FILE: Final[Header] = (b"content-disposition", b'inline; filename="answer.svg"')
_SHOWN: Final = 4 * 1024 * 1024


class Enquirer:
    """Asks the graph for requests. The event loop waits for nothing."""

    def __init__(self, system: System, note: Note) -> None:
        self._queries = system.queries
        self._threads = Threads()
        self._note = note

    async def generation(self) -> Generation | None:
        """What a question would be answered from now."""
        return await self._threads.quickly(self._queries.generation)

    async def told(self, request: Request, question: Question, wish: Wish, *more: Header) -> Response:
        """The answer as it comes; nothing is asked where the client has it already, or wants its header lines alone."""
        unasked = await self._unasked(request, question, wish, *more)
        if unasked is not None:
            return unasked
        started = perf_counter()
        presence, client = Presence(request.receive), _client(request)
        answering = await self._begun(request, client, presence, question, started)
        return Streamed(
            answering,
            _said(request, question, wish, answering, *more),
            presence=presence,
            threads=self._threads,
            client=client,
            ended=lambda how: self._note(how, perf_counter() - started),
        )

    async def drawn(
        self, request: Request, question: Question, wish: Wish, draw: Callable[[Gathered], bytes]
    ) -> Response:
        """What ``draw`` makes of the beginning of the answer, or of all of it; raises what it raises."""
        unasked = await self._unasked(request, question, wish)
        if unasked is not None:
            return unasked
        found = await self.whole(request, question)
        body = await to_thread.run_sync(draw, found)
        return respond(Answer(200, tuple(_said(request, question, wish, found)), body))

    async def _unasked(self, request: Request, question: Question, wish: Wish, *more: Header) -> Response | None:
        """What can be answered without asking: that the client has it already, and header lines alone."""
        scope = request.scope
        if scope["method"] == "GET" and (scope.get("head") or header(scope, b"if-none-match")):
            generation = await self.generation()
            if generation is not None:
                lines = [*_lines(question, wish, generation), *more]
                tag = dict(lines).get(b"etag")
                if tag is not None and matches(header(scope, b"if-none-match"), tag):
                    self._note("unchanged", 0.0)
                    return respond(Answer(304, tuple(lines)))
                if scope.get("head"):
                    return _head([*await self._kind(question, wish), *lines])
        return None

    async def form(self, question: Question) -> Form | None:
        """What a question gives, as far as can be told without asking it. Raises as ``ports.Queries.form`` does."""
        return await self._threads.quickly(partial(self._queries.form, question))

    async def _kind(self, question: Question, wish: Wish) -> list[Header]:
        """How the answer to a question would be written, as far as can be told without asking it."""
        form = await self.form(question)
        if form is None:
            return []
        if form not in wish.called:
            raise NotAcceptable(
                f"The answer to this query is a {form}; it is not written in any form that is accepted."
            )
        return [(b"content-type", content_type(wish.called[form]))]

    async def whole(self, request: Request, question: Question) -> Gathered:
        """The beginning of an answer, or all of it."""
        started = perf_counter()
        presence, client = Presence(request.receive), _client(request)
        answering = await self._begun(request, client, presence, question, started)
        how = "left"
        try:
            reading = self._threads.run(partial(gathered, answering, _SHOWN))
            found = await presence.during(reading, partial(self._threads.quickly, answering.close))
            how = "answered"
        except Refusal as refusal:
            how = refusal.code
            _mark(request, refusal)
            raise
        finally:
            self._threads.leave(client)
            presence.close()
            self._note(how, perf_counter() - started)
        return found

    async def _begun(
        self, request: Request, client: str, presence: Presence, question: Question, started: float
    ) -> Answering:
        """The answer's beginning. The client has a place among the threads for it from now on."""
        call = Call()

        def ask(heard: Callable[[Answering], object]) -> Answering:
            return self._queries.ask(question, client=client, heard=heard)

        try:
            self._threads.enter(client)
        except Refusal as refusal:
            self._note(refusal.code, perf_counter() - started)
            _mark(request, refusal)
            presence.close()
            raise
        try:
            made = self._threads.run(partial(call.make, ask))
            answering = await presence.during(made, partial(self._threads.quickly, call.give_up))
            if answering is None:
                raise Disconnected
        except BaseException as wrong:
            how = wrong.code if isinstance(wrong, Refusal) else "left" if isinstance(wrong, Disconnected) else "fault"
            self._note(how, perf_counter() - started)
            _mark(request, wrong)
            self._threads.leave(client)
            presence.close()
            raise
        return answering


def _mark(request: Request, wrong: BaseException) -> None:
    """Let the log know that a stranger's query passed a limit: nothing is wrong with the service."""
    if isinstance(wrong, QueryStopped | QueriesBusy):
        request.scope[LIMITED] = True


def _client(request: Request) -> str:
    return client_of(request.client.host if request.client else None)


def _said(request: Request, question: Question, wish: Wish, found: Answering | Gathered, *more: Header) -> list[Header]:
    """The header lines of an answer."""
    kind = (b"content-type", content_type(wish.called[found.form]))
    lines = [kind, *_lines(question, wish, found.generation), *more]
    return lines if request.scope["method"] == "GET" else [each for each in lines if each[0] != b"etag"]


def _lines(question: Question, wish: Wish, generation: Generation) -> list[Header]:
    """What is said of every answer. One that differs each time has no entity tag, and is kept nowhere."""
    lines = [VARY, UNLISTED, (b"x-graph-position", b"%d" % generation.position)]
    if wish.language:
        language = (b"content-language", line(wish.language))
        lines = [(b"vary", line(", ".join(NEGOTIATED))), *lines[1:], language, _FILE]
    if _MOVING.search(question.text):
        return [*lines, (b"cache-control", b"no-store")]
    return [*lines, (b"etag", _tag(question, wish, generation)), (b"cache-control", CACHE.encode("ascii"))]


def _tag(question: Question, wish: Wish, generation: Generation) -> bytes:
    """A strong entity tag: of this generation, this question, and these ways to write its answer."""
    about = (
        generation.number,
        generation.position,
        generation.made,
        question.text,
        sorted(wish.called.items()),
        wish.language,
        question.default_graphs,
        question.named_graphs,
    )
    digest = blake2b(json.dumps(about).encode(), digest_size=12).hexdigest()
    return b'"g%d-%b"' % (generation.number, digest.encode("ascii"))


def _head(lines: Sequence[Header]) -> Response:
    """The header lines of an answer that nobody asked for: without its length, which only asking would tell."""
    response = Response()
    response.raw_headers = list(lines)
    return response
