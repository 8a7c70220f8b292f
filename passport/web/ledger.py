"""Operations for those who do not take our word for it: the log's checkpoints, tiles and proofs."""

from base64 import b64encode
from collections.abc import Callable
from gzip import compress
from typing import Annotated

from anyio import to_thread
from fastapi import Path, Query, Request, Response

from passport.proofs import notes
from passport.proofs.tiles import parse
from passport.service import log, logproofs
from passport.web import negotiation
from passport.web.answers import HTML, JSON, Answer, Content, Header, header, json_body, reply, respond, tag_of
from passport.web.pages.logbook import LogPage
from passport.web.site import PERMANENT, Operation, Site

TEXT, BYTES = "text/plain", "application/octet-stream"
RELATION = "https://c2sp.org/tlog-proof"
"""The link relation from a signed document to its proof."""

_SOON = "public, max-age=2"
_HOUR = "public, max-age=3600"
_LEVEL = 6
Leaf = Annotated[int, Query(ge=0, lt=2**53, description="The number of the leaf, from 0.")]
From = Annotated[int, Query(alias="from", ge=0, lt=2**53, description="The size of the smaller log.")]
Size = Annotated[int | None, Query(ge=0, lt=2**53, description="A size of the log; the newest one by default.")]
To = Annotated[int | None, Query(ge=0, lt=2**53, description="The size of the greater log; the newest by default.")]
Number = Annotated[int, Path(ge=1, le=1_000_000, description="The version, counted from 1.")]
Code = Annotated[str, Path(max_length=64, description="The short code; any case, with or without dashes.")]


def proof_link(address: str) -> Header:
    """The header line that leads from a document at ``address`` to its proof."""
    return (b"link", f'<{address}/proof>; rel="{RELATION}"; type="{TEXT}"'.encode("ascii"))


class Ledger:
    """Tamper evidence for strangers, in the layout of C2SP tlog-tiles."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._system = site.system

    def operations(self) -> tuple[Operation, ...]:
        """The rows of the route table."""
        tag, text = "Log", (TEXT,)
        late = (404, 503)
        return (
            Operation("log", "GET", "/log", self.log, tag, (JSON, HTML), refuses=(406,)),
            Operation("log-checkpoint", "GET", "/log/checkpoint", self.checkpoint, tag, text, refuses=(503,)),
            Operation("log-vkey", "GET", "/log/vkey", self.vkey, tag, text, refuses=(503,)),
            Operation("log-verifier", "GET", "/log/verify.py", self.verifier, tag, ("text/x-python",)),
            Operation("log-tile", "GET", "/log/tile/{path:path}", self.tile, tag, (BYTES,), refuses=(400, 404)),
            Operation("log-inclusion", "GET", "/log/inclusion", self.inclusion, tag, refuses=(400, *late)),
            Operation("log-consistency", "GET", "/log/consistency", self.consistency, tag, refuses=(400, *late)),
            Operation(
                "credential-proof", "GET", "/credentials/{id}/proof", self.of_credential, tag, text, refuses=late
            ),
            Operation("event-proof", "GET", "/events/{id}/proof", self.of_event, tag, text, refuses=late),
            Operation(
                "version-proof",
                "GET",
                "/passports/{code}/versions/{number}/proof",
                self.of_version,
                tag,
                text,
                refuses=late,
            ),
        )

    async def log(self, request: Request) -> Response:
        """The log: its name, size, keys and witnesses, and how to check it."""
        view = await to_thread.run_sync(self._view)
        base = self._site.base
        value = {
            "origin": view.origin,
            "size": view.published,
            "checkpoint": f"{base}/log/checkpoint",
            "tiles": f"{base}/log/tile/",
            "vkeys": view.vkeys,
            "witnesses": view.witnesses,
            "unpublished": view.size - (view.published or 0),
            "stopped": view.stopped,
            "former": view.former,
        }
        return respond(
            self._site.either(request.scope, value, lambda language: self._site.pages.references.log(language, view))
        )

    def _view(self) -> LogPage:
        now = log.standing(self._system)
        published = now.published
        note = notes.parse(published.note) if published else None
        names = {each.name: None for each in note.signatures} if note else {}
        former = self._system.marks.former()
        return LogPage(
            now.origin,
            now.size,
            published.size if published else None,
            published.at if published else "",
            published.note if published else "",
            tuple(log.vkeys(self._system)),
            tuple(self._vouching(names)),
            now.trouble is not None,
            tuple(former[number] for number in sorted(former)),
        )

    def _vouching(self, names: dict[str, None]) -> list[str]:
        known = {notes.verifier(each.vkey).name for each in self._system.witnesses}
        return [name for name in names if name in known]

    async def checkpoint(self, request: Request) -> Response:
        """The newest checkpoint: a signed note (C2SP tlog-checkpoint)."""
        published = await to_thread.run_sync(log.checkpoint, self._system)
        return respond(reply(Content(published.note.encode(), TEXT, cache=_SOON), request.scope))

    async def vkey(self, request: Request) -> Response:
        """The public keys that sign checkpoints now, one a line, the newest first (C2SP signed-note)."""
        await to_thread.run_sync(log.checkpoint, self._system)
        keys = await to_thread.run_sync(log.vkeys, self._system)
        return respond(reply(Content("".join(f"{key}\n" for key in keys).encode(), TEXT, cache=_SOON), request.scope))

    async def verifier(self, request: Request) -> Response:
        """A script that checks a document with its proof, on the reader's own machine."""
        script = self._system.published.examples() / "verify" / "verify.py"
        return respond(reply(Content(script.read_bytes(), "text/x-python", cache=_HOUR), request.scope))

    async def tile(self, request: Request, path: str) -> Response:
        """A piece of the tree (`0/000`, `1/000.p/3`) or of its entries (`entries/000`), which never changes."""
        body = await to_thread.run_sync(logproofs.tile, self._system, path)
        entries = parse(path).level is None
        if not entries:
            return respond(reply(Content(body, BYTES, cache=PERMANENT), request.scope))
        packed = negotiation.takes_gzip(header(request.scope, b"accept-encoding"))
        tag = f"{tag_of(body)}-z" if packed else None
        content = Content(body, BYTES, tag=tag, cache=PERMANENT, negotiated=("Accept-Encoding",))
        answer = reply(content, request.scope)
        return respond(_packed(answer) if packed else answer)

    async def inclusion(self, request: Request, leaf: Leaf, size: Size = None) -> Response:
        """The proof that one leaf is in the log, as JSON; hashes in base64, from the leaf's sibling upwards."""
        found = await to_thread.run_sync(logproofs.inclusion, self._system, leaf, size)
        value = {
            "leaf": found.index,
            "leafHash": _text(found.leaf),
            "size": found.size,
            "root": _text(found.root),
            "hashes": [_text(each) for each in found.hashes],
        }
        return respond(reply(Content(json_body(value), JSON, cache=_SOON), request.scope))

    async def consistency(self, request: Request, old: From, to: To = None) -> Response:
        """The proof that a smaller log is the beginning of a greater one, as JSON; hashes in base64."""
        found = await to_thread.run_sync(logproofs.consistency, self._system, old, to)
        value = {
            "from": found.old,
            "fromRoot": _text(found.old_root),
            "to": found.new,
            "toRoot": _text(found.new_root),
            "hashes": [_text(each) for each in found.hashes],
        }
        return respond(reply(Content(json_body(value), JSON, cache=_SOON), request.scope))

    async def of_credential(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the address
        """The proof that a signed document is in the log (C2SP tlog-proof), of whatever tier, and also when erased."""
        return await self._proof(request, lambda: logproofs.of_credential(self._system, id))

    async def of_event(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the address
        """The proof that a public event is in the log (C2SP tlog-proof)."""
        return await self._proof(request, lambda: logproofs.of_event(self._system, id))

    async def of_version(self, request: Request, code: Code, number: Number) -> Response:
        """The proof that a version of a passport is in the log (C2SP tlog-proof)."""
        return await self._proof(request, lambda: logproofs.of_version(self._system, code, number))

    async def _proof(self, request: Request, make: Callable[[], str]) -> Response:
        """A document newer than the newest checkpoint gets one made for it."""
        body = (await to_thread.run_sync(make)).encode()
        return respond(reply(Content(body, TEXT), request.scope))


def _packed(answer: Answer) -> Answer:
    if answer.status != 200:
        return answer
    body = compress(answer.body, compresslevel=_LEVEL, mtime=0)
    return answer._replace(headers=(*answer.headers, (b"content-encoding", b"gzip")), body=body)


def _text(data: bytes) -> str:
    return b64encode(data).decode()
