"""Operations for what is published: schemas, vocabulary, contexts, the digest manifest, and explained problems."""

from collections.abc import Callable
from functools import partial

from fastapi import Request, Response

from passport.codecs import linkset, vocabularies
from passport.codecs.forms import LINKED, RDF_XML, TRIPLES, TURTLE
from passport.errors import NotFound
from passport.published import VOCAB, Published, Use
from passport.validation.problems import PROBLEMS
from passport.validation.recorded import illustrated
from passport.web import problems
from passport.web.answers import HTML, JSON, Content, Scope, json_body, reply, respond
from passport.web.gathering import seen_in
from passport.web.pages import fields
from passport.web.site import NEGOTIATED, UNFROZEN, Operation, Site

SCHEMA = "application/schema+json"
_SCHEMA = (SCHEMA, JSON, HTML)
_CONTEXT = (LINKED, JSON, HTML)
_VOCABULARY = (TURTLE, LINKED, JSON, TRIPLES, RDF_XML, HTML)
_LISTED = (JSON, HTML)


class Publishing:
    """Everything that others build on."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._published = site.system.published
        self._pages = site.pages.references

    def operations(self) -> tuple[Operation, ...]:
        """The rows of the route table."""
        tag = "Published"
        lost = (404, 406)
        return (
            Operation("schemas", "GET", "/schemas", self.schemas, tag, _LISTED, refuses=(406,)),
            Operation("schema", "GET", "/schemas/{path:path}", self.schema, tag, _SCHEMA, refuses=lost),
            Operation("vocab", "GET", "/vocab", self.vocab, tag, _VOCABULARY, refuses=(406,)),
            Operation("vocab-shapes", "GET", "/vocab/shapes", self.shape_files, tag, _LISTED, refuses=(406,)),
            Operation("vocab-shape", "GET", "/vocab/shapes/{name}", self.shapes, tag, _VOCABULARY, refuses=lost),
            Operation("vocab-code-list", "GET", "/vocab/codes/{name}", self.code_list, tag, _VOCABULARY, refuses=lost),
            Operation("vocab-code", "GET", "/vocab/codes/{name}/{code}", self.concept, tag, _VOCABULARY, refuses=lost),
            Operation("vocab-term", "GET", "/vocab/{name}", self.term, tag, _VOCABULARY, refuses=lost),
            Operation("contexts", "GET", "/contexts", self.contexts, tag, _LISTED, refuses=(406,)),
            Operation("context", "GET", "/contexts/{path:path}", self.context, tag, _CONTEXT, refuses=lost),
            Operation("published-manifest", "GET", "/published/manifest.json", self.manifest, tag),
            Operation("problems", "GET", "/problems", self.problems, tag, _LISTED, refuses=(406,)),
            Operation("problem", "GET", "/problems/{code}", self.problem, tag, _LISTED, refuses=lost),
        )

    def _addresses(self, kind: str, iris: tuple[str, ...]) -> list[dict[str, str]]:
        base = self._site.base
        return [{"id": iri, "url": f"{base}/{iri.removeprefix(VOCAB)}"} for iri in iris if f"/{kind}/" in iri]

    async def schemas(self, request: Request) -> Response:
        """All published JSON Schemas (2020-12)."""
        value = {"schemas": self._addresses("schemas", self._published.schema_iris())}
        return respond(self._site.either(request.scope, value, self._pages.schemas))

    async def schema(self, request: Request, path: str) -> Response:
        """One schema under its version, which freezes with version 1.0.0 of this project; a folder lists its own.

        Beside them stand two files about each group: `group` (how it is shown) and `kinds`. Below the schema of a level
        each field has an address of its own: `furniture/1.0/model/components/mass`.
        """
        iri = f"{VOCAB}schemas/{path}".rstrip("/")
        inside = tuple(each for each in self._published.schema_iris() if each.startswith(f"{iri}/"))
        if inside:
            value = {"schemas": self._addresses("schemas", inside)}
            render = partial(self._pages.schemas, folder=path.strip("/"))
            return respond(self._site.either(request.scope, value, render))
        use = fields.use_at(self._published, path)
        if use is not None:
            return self._field(request.scope, use)
        data = self._published.file("schemas", path)
        if iri not in self._published.schema_iris():
            return self._file(request.scope, data, (JSON,), self._pages.schemas)
        return self._file(request.scope, data, _SCHEMA, lambda language: self._pages.schema(language, iri))

    def _field(self, scope: Scope, use: Use) -> Response:
        def render(language: str) -> str:
            return self._pages.field(language, use, seen_in(self._site.system, field=use.field.name))

        return respond(self._site.either(scope, fields.plain(self._published, use), render))

    async def contexts(self, request: Request) -> Response:
        """All published JSON-LD contexts."""
        value = {"contexts": self._addresses("contexts", self._published.context_iris())}
        return respond(self._site.either(request.scope, value, self._pages.contexts))

    async def context(self, request: Request, path: str) -> Response:
        """One JSON-LD context under its version, which freezes with version 1.0.0 of this project."""
        if f"/contexts/{path}" == linkset.CONTEXT_ADDRESS:
            content = Content(linkset.context(), LINKED, cache=UNFROZEN, negotiated=NEGOTIATED)
            return respond(reply(content, request.scope))
        data = self._published.file("contexts", path)
        iri = f"{VOCAB}contexts/{path}"
        return self._file(request.scope, data, _CONTEXT, lambda language: self._pages.context(language, iri))

    def _file(self, scope: Scope, data: bytes, offers: tuple[str, ...], page: Callable[[str], str]) -> Response:
        media_type = self._site.chosen(scope, offers)
        if media_type == HTML:
            return respond(self._site.page(scope, page))
        return respond(reply(Content(data, media_type, cache=UNFROZEN, negotiated=NEGOTIATED), scope))

    async def vocab(self, request: Request) -> Response:
        """The vocabulary: its terms, aligned to schema.org, GS1, UNTP and others."""
        return self._graph(request.scope, self._published.vocabulary(), None, self._pages.vocab)

    async def term(self, request: Request, name: str) -> Response:
        """One term of the vocabulary; or one of the files that the vocabulary consists of, by its name."""
        if name in self._published.vocabularies():
            return self._graph(request.scope, self._published.file("vocab", name), None, self._pages.vocab)
        term = self._published.term(name)
        turtle = self._published.vocabulary()

        def render(language: str) -> str:
            return self._pages.term(language, name, seen_in(self._site.system, field=name))

        return self._graph(request.scope, turtle, term.iri, render)

    async def shape_files(self, request: Request) -> Response:
        """All files of SHACL shapes (core): what must be true of public passports, events and the graph."""
        base, names = self._site.base, self._published.shapes()
        files = [{"id": f"{VOCAB}shapes/{name}", "url": f"{base}/vocab/shapes/{name}"} for name in names]
        return respond(self._site.either(request.scope, {"shapes": files}, self._pages.shape_files))

    async def shapes(self, request: Request, name: str) -> Response:
        """One file of SHACL shapes under its version, which freezes with version 1.0.0 of this project."""
        turtle = self._published.file("shapes", name)
        return self._graph(request.scope, turtle, None, lambda language: self._pages.shapes(language, name))

    async def code_list(self, request: Request, name: str) -> Response:
        """One code list as SKOS, with labels in all interface languages."""
        found = self._published.code_list(name)
        turtle = self._published.file("codes", found.name)

        def render(language: str) -> str:
            use = next(fields.listing(self._published, name), None)
            seen = seen_in(self._site.system, field=use.field.name) if use is not None else None
            return self._pages.code_list(language, name, seen)

        return self._graph(request.scope, turtle, None, render)

    async def concept(self, request: Request, name: str, code: str) -> Response:
        """One code of a code list."""
        concept = self._published.code_list(name).codes.get(code)
        if concept is None:
            raise NotFound("This code list has no such code.", code=code)
        turtle = self._published.file("codes", name)

        def render(language: str) -> str:
            return self._pages.concept(language, name, code, seen_in(self._site.system, code=(name, code)))

        return self._graph(request.scope, turtle, concept.iri, render)

    def _graph(self, scope: Scope, turtle: bytes, subject: str | None, page: Callable[[str], str]) -> Response:
        media_type = self._site.chosen(scope, _VOCABULARY)
        if media_type == HTML:
            return respond(self._site.page(scope, page))
        body = vocabularies.convert(turtle, media_type, subject=subject)
        return respond(reply(Content(body, media_type, cache=UNFROZEN, negotiated=NEGOTIATED), scope))

    async def manifest(self, request: Request) -> Response:
        """Every published file: its address, the media type to ask for, and the SHA-256 digest of its bytes."""
        base, found = self._site.base, self._published.manifest().items()
        files = [
            {"url": f"{base}/{self._published.served_as(path)}", "mediaType": _media_type(path), "sha256": digest}
            for path, digest in found
        ]
        return respond(reply(Content(json_body({"files": files}), JSON, cache=UNFROZEN), request.scope))

    async def problems(self, request: Request) -> Response:
        """Every finding and problem type, by code."""
        base = self._site.base
        value = {"problems": [{"code": code, "url": f"{base}/problems/{code}"} for code in sorted(PROBLEMS)]}
        return respond(self._site.either(request.scope, value, self._site.pages.problems))

    async def problem(self, request: Request, code: str) -> Response:
        """One finding or problem type explained."""
        if code not in PROBLEMS:
            raise NotFound("There is no such finding or problem type.")
        language = self._site.language(request.scope)
        value = {
            "type": f"{self._site.base}/problems/{code}",
            "code": code,
            **_explained(self._published, code, language),
        }
        return respond(
            self._site.either(request.scope, value, lambda language: self._site.pages.problem(language, code))
        )


def _media_type(path: str) -> str:
    """What a published file is served as; ``path`` is that of the manifest."""
    name, _, kind = path.rpartition(".")
    if kind == "json":
        return JSON if name.endswith(("/group", "/kinds")) else SCHEMA
    return LINKED if kind == "jsonld" else TURTLE


def _explained(published: Published, code: str, language: str) -> dict[str, object]:
    problem, words = PROBLEMS[code], illustrated(published, code, language)
    status = next((number for kind, number in problems.STATUS.items() if kind.code == code), None)
    return {
        "title": words.title,
        **({"status": status} if problem.severity is None else {"severity": problem.severity}),
        "message": words.message,
        "expected": words.expected,
        "explanation": words.explanation,
        "remedy": words.remedy,
        "source": words.source,
    }
