"""Operations for anybody who scans, reads or browses."""

from collections.abc import Sequence
from enum import IntEnum
from functools import partial
from typing import Annotated

from anyio import to_thread
from fastapi import Path, Query, Request, Response

from passport.codecs import label
from passport.model.passport import Document, Level, Product, Standing
from passport.ports import Reading
from passport.proofs.jose import Verification
from passport.service import links, media, resolution
from passport.service.erasure import require_content
from passport.web import cursors, negotiation
from passport.web.answers import HTML, JSON, Answer, Content, Scope, raw_path, redirect, reply, respond
from passport.web.cursors import PAGE_LENGTH, Cursor
from passport.web.gathering import label_row, model_row, version_page
from passport.web.ledger import proof_link
from passport.web.pages.kinds import SERVICE
from passport.web.remembering import TIMES, Remembering, asks
from passport.web.representations import DOCUMENT, GRAPHS, represent
from passport.web.resolver import OFFERS, Reader, settled
from passport.web.site import PERMANENT, UNFROZEN, Operation, Site

Code = Annotated[str, Path(max_length=64, description="The short code; any case, with or without dashes.")]
Typed = Annotated[str, Query(max_length=200, description="A short code, or an address that ends with it.")]
Number = Annotated[int, Path(ge=1, le=1_000_000, description="The version, counted from 1.")]
Millimetres = Annotated[float, Query(ge=0.25, le=5, description="Side of one module of the symbol, in millimetres.")]
Pixels = Annotated[int, Query(ge=1, le=40, description="Side of one module of the symbol, in pixels.")]
Correction = Annotated[str, Query(pattern="^[LMQHlmqh]$", description="Error correction level: L, M, Q or H.")]

SHEET_LENGTH = 60
_MODELS, _LABELS = "models", "labels"
_DAY = "public, max-age=86400"
_LEVELS: dict[str, label.Level] = {level: level for level in label.LEVELS}
_SANDBOX = (b"content-security-policy", b"default-src 'none'; sandbox")
_UNLISTED = (b"x-robots-tag", b"noindex")
_PRIVATE = "private, no-cache"


class Edge(IntEnum):
    """The small forms of a picture, as a query names them."""

    SMALL, LARGE = media.EDGES


class Visitors:
    """Reading, for people and their machines."""

    def __init__(self, site: Site, reader: Reader) -> None:
        """``reader`` answers the hot reads."""
        self._site = site
        self._system = site.system
        self._reader = reader
        self._remembering = Remembering(site)

    def operations(self) -> tuple[Operation, ...]:
        """The rows of the route table."""
        scan, browse = "Scan and read", "Browse"
        pages = (JSON, HTML)
        return (
            Operation("home", "GET", "/", self.home, browse, pages, refuses=(406,)),
            Operation("find", "GET", "/find", self.find, scan, (HTML,), status=303, refuses=(400, 404)),
            Operation(
                "passport",
                "GET",
                "/passports/{code}",
                self.passport,
                scan,
                OFFERS,
                refuses=(308, 400, 401, 404, 406, 410, 429),
                parameters=TIMES,
            ),
            Operation("product", "GET", "/p/{code}", self.product, scan, OFFERS, refuses=(404, 406, 410)),
            Operation(
                "product-by-gs1",
                "GET",
                "/01/{key:path}",
                self.by_key,
                scan,
                (JSON,),
                status=307,
                refuses=(300, 400, 404),
            ),
            Operation(
                "passport-version",
                "GET",
                "/passports/{code}/versions/{number}",
                self.version,
                scan,
                OFFERS,
                refuses=(404, 406),
            ),
            Operation(
                "verification",
                "GET",
                "/passports/{code}/verification",
                self.verification,
                scan,
                pages,
                refuses=(404, 406),
            ),
            Operation(
                "qr-svg", "GET", "/passports/{code}/qr.svg", self.svg, scan, ("image/svg+xml",), refuses=(400, 404)
            ),
            Operation("qr-png", "GET", "/passports/{code}/qr.png", self.png, scan, ("image/png",), refuses=(400, 404)),
            Operation("qr-sheet", "GET", "/labels", self.labels, scan, pages, refuses=(400, 404, 406)),
            Operation(
                "media",
                "GET",
                "/media/{digest}",
                self.media,
                scan,
                ("image/png", "image/jpeg", "image/webp", "application/pdf"),
                refuses=(400, 401, 404, 429),
            ),
            Operation("models", "GET", "/models", self.models, browse, pages, refuses=(400, 406)),
        )

    async def home(self, request: Request) -> Response:
        """What this service is, and where each audience begins."""
        base = self._site.base
        doors = {
            "name": SERVICE,
            "models": f"{base}/models",
            "organisations": f"{base}/organisations",
            "feed": f"{base}/feed",
            "submissions": f"{base}/submissions",
            "data": f"{base}/data",
            "sparql": f"{base}/sparql",
            "schemas": f"{base}/schemas",
            "vocabulary": f"{base}/vocab",
            "openapi": f"{base}/openapi.json",
            "resolver": f"{base}/.well-known/gs1resolver",
        }
        found = (
            f'<{base}/data>; rel="describedby"; type="text/turtle"',
            f'<{base}/.well-known/void>; rel="http://rdfs.org/ns/void#inDataset"',
            f'<{base}/openapi.json>; rel="service-desc"; type="application/vnd.oai.openapi+json"',
            f'<{base}/docs>; rel="service-doc"; type="text/html"',
            f'<{base}/sitemap.xml>; rel="sitemap"; type="application/xml"',
        )
        more = (b"link", ", ".join(found).encode("ascii"))
        return respond(self._site.either(request.scope, doors, self._site.pages.home, more))

    async def find(self, request: Request, code: Typed) -> Response:
        """To the passport of a code as somebody typed it, or of the address that a scanner showed."""
        found = resolution.code_of(code.strip().rstrip("/").rpartition("/")[2])
        return respond(redirect(self._system.passport_address(found), 303, (b"cache-control", b"no-store")))

    async def passport(self, request: Request, code: Code) -> Response:
        """A product's passport in its newest version, or as it was.

        `?view=merged` adds those of its batch and its model, its state and what it consists of; `?at=` tells what was
        true at a time, `?known=` what was known then.
        """
        query = request.scope["query_string"]
        if asks(query):
            found = resolution.code_of(code)
            if found != code:
                return respond(redirect(links.with_query(self._system.passport_address(found), query), 308))
            return await self._remembering.passport(request, found)
        return respond(await settled(self._reader.passport(request.scope, raw_path(request.scope))))

    async def product(self, request: Request, code: Code) -> Response:
        """A product by its short code: answers with its passport. `?linkType=linkset` lists what is known of it."""
        if asks(request.scope["query_string"]):
            return await self._remembering.passport(request, code)
        return respond(await settled(self._reader.product(request.scope, raw_path(request.scope))))

    async def by_key(self, request: Request, key: str) -> Response:
        """A product by its GS1 key (GS1 Digital Link), under `/01`, `/8003`, `/8004`, `/414` and `/417` alike.

        Answers with a redirect to the default link, or to the link that `?linkType=` asks for.
        """
        return respond(self._reader.by_key(request.scope, raw_path(request.scope)))

    async def version(self, request: Request, code: Code, number: Number) -> Response:
        """One version of a passport, permanent: also after later versions, and after a withdrawal."""
        kept = require_content(self._system, resolution.version(self._system, code, number))
        if self._site.chosen(request.scope, OFFERS) == HTML:
            view = version_page(self._system, kept)
            everything = negotiation.unfolded(request.scope["query_string"])
            return respond(
                self._site.page(
                    request.scope, lambda language: self._site.pages.passport(language, view, unfolded=everything)
                )
            )
        return await self._document(request, kept)

    async def _document(self, request: Request, kept: Document) -> Response:
        """The signed forms stay as they are for good; those in RDF follow a context that is not frozen yet."""
        media_type = self._site.chosen(request.scope, DOCUMENT)
        cache = UNFROZEN if media_type in GRAPHS else PERMANENT
        more = (proof_link(self._system.version_address(kept.code, kept.version)),)
        content = await to_thread.run_sync(partial(represent, self._system, kept, media_type, cache=cache, more=more))
        return respond(reply(content, request.scope))

    def _newest(self, code: str) -> int:
        product = self._system.history.product(resolution.code_of(code))
        return product.version if product is not None else 1

    async def verification(self, request: Request, code: Code) -> Response:
        """Whether the signature of the newest version holds: each check of it, done now."""
        kept = resolution.version(self._system, code, self._newest(code))

        def render(language: str) -> str:
            return self._site.pages.verification(language, version_page(self._system, kept))

        checked = resolution.check_signature(self._system, kept)
        value = {
            "credential": f"{self._site.base}/credentials/{kept.id}",
            "issuer": self._system.did(kept.issuer),
            "revoked": checked.revoked,
            "verification": _plain(checked.verification),
            "log": {
                "position": kept.position,
                "proof": f"{self._system.version_address(kept.code, kept.version)}/proof",
                "checkpoint": f"{self._site.base}/log/checkpoint",
            },
        }
        return respond(self._site.either(request.scope, value, render))

    async def svg(self, request: Request, code: Code, module: Millimetres = 0.9, level: Correction = "Q") -> Response:
        """The QR code of a product as SVG, with its code in clear."""
        reading = resolution.passport(self._system, code)
        url = label.address(self._site.base, reading.code)
        draw = partial(label.svg, url, reading.code, module=round(module, 2), level=_LEVELS[level.upper()])
        body = await to_thread.run_sync(draw)
        return respond(reply(Content(body, "image/svg+xml", cache=_DAY, more=(_SANDBOX,)), request.scope))

    async def png(self, request: Request, code: Code, module: Pixels = 8, level: Correction = "Q") -> Response:
        """The QR code of a product as PNG, with its code in clear."""
        reading = resolution.passport(self._system, code)
        url = label.address(self._site.base, reading.code)
        draw = partial(label.png, url, reading.code, module=module, level=_LEVELS[level.upper()])
        body = await to_thread.run_sync(draw)
        return respond(reply(Content(body, "image/png", cache=_DAY), request.scope))

    async def labels(
        self,
        request: Request,
        code: Annotated[list[str] | None, Query(max_length=SHEET_LENGTH, description="Codes to print.")] = None,
        cursor: Cursor = None,
    ) -> Response:
        """A sheet of QR codes to print: of the codes given, else of all products in the order of their codes."""
        after = cursors.take(_LABELS, cursor)
        return respond(await to_thread.run_sync(self._sheet, request.scope, code or (), after))

    def _sheet(self, scope: Scope, codes: Sequence[str], after: str | None) -> Answer:
        """Drawing many symbols takes longer than the event loop should wait: this runs in a thread."""
        following = None
        if codes:
            readings = [resolution.passport(self._system, each) for each in codes]
        else:
            products = self._system.history.products(level=None, after=after, limit=SHEET_LENGTH)
            following = cursors.give(_LABELS, products[-1].code) if len(products) == SHEET_LENGTH else None
            readings = self._readings(products)
        rows = [label_row(self._system, reading) for reading in readings]
        listed = [
            {
                "code": row.code,
                "url": row.url,
                "name": row.names[0]["value"] if row.names else "",
                "names": row.names,
                "svg": f"{self._system.passport_address(row.code)}/qr.svg",
            }
            for row in rows
        ]
        value = {"labels": listed, **self._next(_LABELS, following)}
        return self._site.either(scope, value, lambda language: self._site.pages.labels(language, rows, following))

    def _next(self, path: str, cursor: str | None) -> dict[str, str]:
        return {"next": f"{self._site.base}/{path}?cursor={cursor}"} if cursor else {}

    def _readings(self, products: Sequence[Product]) -> list[Reading]:
        readings = (self._system.history.read(each.code) for each in products if each.standing is Standing.ACTIVE)
        return [reading for reading in readings if reading is not None]

    async def media(
        self,
        request: Request,
        digest: Annotated[str, Path(pattern="^(sha256-)?[0-9a-f]{64}$")],
        edge: Annotated[Edge | None, Query(description="A small form: its longer edge in pixels.")] = None,
    ) -> Response:
        """A picture or document by the SHA-256 of its bytes. Those that only restricted documents name need a token."""
        restricted = media.is_restricted(self._system, digest)
        caller = await self._site.door.known(request.scope) if restricted else None
        data, media_type = await to_thread.run_sync(partial(media.find, self._system, digest, caller=caller, edge=edge))
        content = Content(
            data,
            media_type,
            tag=digest if edge is None else f"{digest}-{edge:d}",
            cache=_PRIVATE if restricted else PERMANENT,
            negotiated=("Authorization", "Cookie") if restricted else (),
            more=(_SANDBOX, _UNLISTED) if restricted else (_SANDBOX,),
        )
        return respond(reply(content, request.scope))

    async def models(self, request: Request, cursor: Cursor = None) -> Response:
        """The models that have a passport, in parts."""
        products = self._system.history.products(
            level=Level.MODEL, after=cursors.take(_MODELS, cursor), limit=PAGE_LENGTH
        )
        following = cursors.give(_MODELS, products[-1].code) if len(products) == PAGE_LENGTH else None
        readings = self._readings(products)
        rows = [model_row(self._system, reading) for reading in readings]
        base = self._site.base
        value = {
            "models": [
                {
                    "code": row.code,
                    "passport": f"{base}/passports/{row.code}",
                    "issuer": row.issuer,
                    "modelName": row.document.get("modelName"),
                    "category": row.document.get("category"),
                }
                for row in rows
            ],
            **self._next(_MODELS, following),
        }
        return respond(
            self._site.either(request.scope, value, lambda language: self._site.pages.models(language, rows, following))
        )


def _plain(verification: Verification) -> dict[str, object]:
    return {
        "verdict": verification.verdict,
        "key": verification.kid,
        "keyRevoked": verification.key_revoked,
        "checks": [
            {"number": each.number, "name": each.name, "outcome": each.outcome, "detail": each.detail}
            for each in verification.checks
        ],
    }
