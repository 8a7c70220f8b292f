"""Pages of reference: what is published, how the service is used from outside, and its own books."""

from collections.abc import Mapping
from dataclasses import replace

from passport.model.languages import FALLBACK
from passport.published import Published, Use
from passport.service.feed import Part
from passport.web.pages import attesting, constraints, fields, following, inquiries, interop, logbook, reference
from passport.web.pages.fields import Seen
from passport.web.pages.rendering import Render
from passport.web.pages.words import Words


class ReferencePages:
    """Pages of one form: a heading, an introduction, facts, and parts with entries."""

    def __init__(self, published: Published, words: Mapping[str, Words], render: Render) -> None:
        """``render`` renders a template in a language."""
        self._published = published
        self._words = words
        self._render = render

    def _of(self, lang: str) -> Words:
        return self._words.get(lang) or self._words[FALLBACK]

    def _shown(self, lang: str, content: reference.Reference) -> str:
        return self._render(
            "reference.html",
            lang,
            heading=content.heading,
            intro=content.intro,
            facts=content.facts,
            parts=content.parts,
            up=content.up,
            machine=content.machine,
        )

    def schemas(self, lang: str, *, folder: str = "") -> str:
        """All published schemas, or those of a folder such as ``furniture/1.0``."""
        return self._shown(lang, reference.schemas(self._of(lang), self._published, folder))

    def schema(self, lang: str, iri: str) -> str:
        """One schema by IRI, with its fields; ``NotFound`` if there is none."""
        return self._shown(lang, reference.schema(self._of(lang), self._published, iri))

    def vocab(self, lang: str) -> str:
        """The vocabulary: all terms and code lists."""
        return self._shown(lang, reference.vocabulary(self._of(lang), self._published))

    def shape_files(self, lang: str) -> str:
        """All files of SHACL shapes."""
        return self._shown(lang, constraints.listing(self._of(lang), self._published))

    def shapes(self, lang: str, name: str) -> str:
        """One file of SHACL shapes in words; ``NotFound`` if there is none."""
        return self._shown(lang, constraints.shapes(self._of(lang), self._published, name))

    def field(self, lang: str, use: Use, seen: Seen | None) -> str:
        """One field of a schema; ``seen`` is a passport that has it."""
        return self._shown(lang, fields.field(self._of(lang), self._published, use, seen))

    def term(self, lang: str, name: str, seen: Seen | None = None) -> str:
        """One term of the vocabulary; ``NotFound`` if there is none."""
        words = self._of(lang)
        content = reference.term(words, self._published, name)
        use = next(fields.uses(self._published, name), None)
        shown = fields.shown_in(words, self._published, use.path[0], seen) if use is not None else ()
        asked = inquiries.of_term(words, self._published, self._published.term(name).iri)
        parts = (*fields.where(words, self._published, name), *shown, *asked)
        return self._shown(lang, replace(content, parts=parts))

    def code_list(self, lang: str, name: str, seen: Seen | None = None) -> str:
        """One code list with its codes; ``NotFound`` if there is none."""
        words = self._of(lang)
        content = reference.code_list(words, self._published, name)
        use = next(fields.listing(self._published, name), None)
        shown = fields.shown_in(words, self._published, use.path[0], seen) if use is not None else ()
        parts = (*content.parts, *fields.listed_in(words, self._published, name), *shown)
        return self._shown(lang, replace(content, parts=parts))

    def concept(self, lang: str, name: str, code: str, seen: Seen | None = None) -> str:
        """One code of the code list ``name``; ``NotFound`` or KeyError if there is none."""
        words = self._of(lang)
        content = reference.concept(words, self._published, name, code)
        iri = self._published.code_list(name).codes[code].iri
        parts = (
            *fields.coded(words, self._published, name, code, seen),
            *inquiries.of_code(words, self._published, iri),
        )
        return self._shown(lang, replace(content, parts=parts))

    def contexts(self, lang: str) -> str:
        """All JSON-LD contexts."""
        return self._shown(lang, reference.contexts(self._of(lang), self._published))

    def context(self, lang: str, iri: str) -> str:
        """One JSON-LD context by IRI; ``NotFound`` if there is none."""
        return self._shown(lang, reference.context(self._of(lang), self._published, iri))

    def linkset(self, lang: str, linkset: Mapping[str, object]) -> str:
        """The links of one product (RFC 9264 linkset document) as a page."""
        return self._shown(lang, interop.linkset(self._of(lang), linkset))

    def docs(self, lang: str, openapi: Mapping[str, object]) -> str:
        """Every operation of the service, from its OpenAPI document."""
        return self._shown(lang, interop.docs(self._of(lang), openapi))

    def credential(self, lang: str, view: attesting.CredentialPage) -> str:
        """What is public of one signed document."""
        return self._shown(lang, attesting.credential(self._of(lang), view))

    def transfer(self, lang: str, view: attesting.TransferPage) -> str:
        """What became of a hand-over, for who has nothing to answer."""
        return self._shown(lang, attesting.transfer(self._of(lang), view))

    def log(self, lang: str, view: logbook.LogPage) -> str:
        """The log: what it proves, how to check it, and what it cannot prove."""
        return self._shown(lang, logbook.page(self._of(lang), view))

    def feed(self, lang: str, part: Part) -> str:
        """What became public lately, or one part of everything that ever did."""
        return self._shown(lang, following.page(self._of(lang), part))
