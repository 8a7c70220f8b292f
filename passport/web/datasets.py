"""Operations for the public data as data sets: the catalogue, snapshots and their files, and where to find it all."""

from functools import cached_property, partial
from gzip import GzipFile
from typing import Annotated, BinaryIO, Final, cast

from anyio import to_thread
from fastapi import Path, Request, Response

from passport.codecs import catalogue, manifests
from passport.codecs.catalogue import Catalogue
from passport.codecs.forms import LINKED, RDF_XML, TRIPLES, TURTLE
from passport.errors import NotFound
from passport.model.dataset import Snapshot
from passport.published import VOCAB
from passport.published.namespaces import WIKIDATA
from passport.service import snapshots
from passport.service.organisations import SERVICE
from passport.web import negotiation
from passport.web.answers import HTML, JSON, Content, Header, Scope, header, redirect, reply, respond
from passport.web.pages import kinds
from passport.web.pages.datasets import DataPage
from passport.web.sending import sending
from passport.web.site import NEGOTIATED, Operation, Site

_CATALOGUE: Final = (*catalogue.OFFERS, HTML)
_SNAPSHOT: Final = (JSON, TURTLE, LINKED, TRIPLES, RDF_XML, HTML)
_BYTES: Final = "application/octet-stream"
_GZIP: Final = "application/gzip"
_SOON: Final = "public, max-age=60"
_DAY: Final = "public, max-age=86400, immutable"
"""For a day: files of a snapshot never change, but they may have to go."""

_TABLE, _PACKED = ".csv", ".gz"
_MOST = 1000
Name = Annotated[str, Path(max_length=20, description="The date of a snapshot, such as 2026-03-01 or 2026-03-01-2.")]
File = Annotated[str, Path(max_length=100, description="A file of its manifest; of a table also without .gz.")]


class Datasets:
    """The data for those who want all of it."""

    def __init__(self, site: Site, *, days: int) -> None:
        """``days`` are those between two snapshots; 0 when none are made by themselves."""
        self._site = site
        self._system = site.system
        self._days = days

    def operations(self) -> tuple[Operation, ...]:
        """The rows of the route table."""
        tag = "Research"
        gone = (304, 404, 406, 410)
        return (
            Operation("data", "GET", "/data", self.data, tag, _CATALOGUE, refuses=(304, 406)),
            Operation("data-latest", "GET", "/data/latest", self.latest, tag, (HTML,), status=302, refuses=(404,)),
            Operation("snapshot", "GET", "/data/{name}", self.snapshot, tag, _SNAPSHOT, refuses=gone),
            Operation(
                "snapshot-file",
                "GET",
                "/data/{name}/{file}",
                self.file,
                tag,
                (_BYTES,),
                refuses=(206, 304, 404, 410, 416),
            ),
            Operation("void", "GET", "/.well-known/void", self.void, tag, (TURTLE,), status=303),
        )

    async def data(self, request: Request) -> Response:
        """The public data: what it is, its licence, its snapshots, and how to query it (DCAT-AP 3.0.1 and VoID)."""
        return await to_thread.run_sync(self._data, request.scope)

    def _data(self, scope: Scope) -> Response:
        media_type = self._site.chosen(scope, _CATALOGUE)
        told = self._told()
        if media_type == HTML:
            struck, released = tuple(snapshots.struck_out(self._system)), tuple(snapshots.released(self._system))
            view = DataPage(told.newest, told.names, struck, told.licence, told.publisher, self._days, released)
            return respond(self._site.page(scope, lambda language: self._site.pages.datasets.data(language, view)))
        body = catalogue.catalogue(told, media_type)
        return respond(reply(Content(body, media_type, cache=_SOON, negotiated=NEGOTIATED), scope))

    def _told(self) -> Catalogue:
        """What the catalogue is made of, as it is now."""
        system = self._system
        newest = snapshots.newest(system)
        first = next(iter(system.history.products(level=None, after=None, limit=1)), None)
        began = next(iter(system.history.scan(0, 1)), None) if system.history.size() else None
        return Catalogue(
            base=system.base,
            publisher=self._publisher,
            licence=system.licence,
            words=self._site.pages.datasets.wording(),
            names=snapshots.names(system)[:_MOST],
            newest=newest,
            example=None if first is None else system.passport_address(first.code),
            shapes=tuple(f"{VOCAB}shapes/{name}" for name in system.published.shapes()),
            since="" if began is None else began.document.at,
            links=system.published.links_to(WIKIDATA),
        )

    @cached_property
    def _publisher(self) -> str:
        """Who publishes: the service's own organisation by its name, and the address of the service with it."""
        found = self._system.parties.organisation(SERVICE)
        name = found.name if found is not None and found.name != "This service" else kinds.SERVICE
        return f"{name} ({self._site.base.partition('://')[2]})"

    async def latest(self, request: Request) -> Response:
        """To the newest snapshot."""
        newest = await to_thread.run_sync(snapshots.newest, self._system)
        if newest is None:
            raise NotFound("There is no snapshot yet.")
        return respond(redirect(f"{self._site.base}/data/{newest.name}", 302, (b"cache-control", _SOON.encode())))

    async def snapshot(self, request: Request, name: Name) -> Response:
        """All public data as of one checkpoint of the log: its files with their sizes and checksums. It never changes.

        If the content of a document in it must be erased by law it is withdrawn: 410 says when, and what follows. Where
        its files are not kept any longer 410 says what it was; its manifest and its checkpoint stay where they are.
        """
        return await to_thread.run_sync(self._snapshot, request.scope, name)

    def _snapshot(self, scope: Scope, name: str) -> Response:
        found = snapshots.find(self._system, name)
        media_type = self._site.chosen(scope, _SNAPSHOT)
        more = self._beside(found)
        if media_type == HTML:
            render = partial(self._site.pages.datasets.snapshot, snapshot=found, publisher=self._publisher)
            return respond(self._site.page(scope, render, *more))
        if media_type == JSON:
            body = manifests.manifest(found, base=self._site.base)
        else:
            body = catalogue.of_snapshot(self._told(), found, media_type)
        return respond(reply(Content(body, media_type, cache=_SOON, negotiated=NEGOTIATED, more=more), scope))

    def _beside(self, found: Snapshot) -> tuple[Header, ...]:
        licence = f'<{found.licence}>; rel="license"'
        return ((b"link", f'{licence}, <{self._site.base}/data>; rel="collection"'.encode("ascii", "ignore")),)

    async def file(self, request: Request, name: Name, file: File) -> Response:
        """One file of a snapshot, also in parts (`Range`). Tables are there packed and, without `.gz`, not packed."""
        return await to_thread.run_sync(self._file, request.scope, name, file)

    def _file(self, scope: Scope, name: str, file: str) -> Response:
        if file == manifests.MANIFEST:
            body = manifests.manifest(snapshots.record(self._system, name), base=self._site.base)
            return respond(reply(Content(body, JSON, cache=_DAY), scope))
        if file.endswith(_TABLE):
            return self._unpacked(scope, name, file)
        found, kept, opened = snapshots.open_file(self._system, name, file)
        media_type = _GZIP if kept.packed else kept.media_type
        more = (*self._beside(found), _saved(name, file)) if kept.packed else self._beside(found)
        return sending(opened, scope, size=kept.size, tag=kept.digest, media_type=media_type, cache=_DAY, more=more)

    def _unpacked(self, scope: Scope, name: str, file: str) -> Response:
        """A table as CSV: the packed bytes for who takes those, else unpacked on the way."""
        found, kept, opened = snapshots.open_file(self._system, name, f"{file}{_PACKED}")
        more: tuple[Header, ...] = (*self._beside(found), _saved(name, file), (b"vary", b"Accept-Encoding"))
        packed = negotiation.takes_gzip(header(scope, b"accept-encoding"))
        tag = f"{kept.plain_digest}-z" if packed else kept.plain_digest
        if packed:
            more = (*more, (b"content-encoding", b"gzip"))
        plain = opened if packed else cast(BinaryIO, _Unpacking(opened))
        return sending(plain, scope, size=None, tag=tag, media_type=kept.media_type, cache=_DAY, more=more)

    async def void(self, request: Request) -> Response:
        """To the description of the data (VoID, clause 7.2)."""
        return respond(redirect(f"{self._site.base}/data", 303))


class _Unpacking(GzipFile):
    """A packed file, read unpacked; it is closed with it."""

    def __init__(self, packed: BinaryIO) -> None:
        super().__init__(fileobj=packed, mode="rb")
        self._packed = packed

    def close(self) -> None:
        """Close both."""
        super().close()
        self._packed.close()


def _saved(name: str, file: str) -> Header:
    """Under which name browsers save it: names of snapshots and files have nothing that could end the line."""
    return (b"content-disposition", f'attachment; filename="{name}-{file}"'.encode("ascii"))
