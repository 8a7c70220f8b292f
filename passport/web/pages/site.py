"""All pages of the service, one method each: values in, a whole HTML page out."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from passport.errors import Refusal
from passport.ports import Key, Organisation
from passport.web.pages.rendering import Renderer
from passport.web.pages.views import Document, LabelRow, ModelRow, Outcome, PassportPage

if TYPE_CHECKING:
    from passport.published import Published


class Pages:
    """The pages; ``lang`` is one of ``passport.web.languages.LANGUAGES``. Made once, used by all requests."""

    def __init__(self, published: "Published", *, base: str, service_name: str = "Furniture passport") -> None:
        """``base`` is the service's address without a slash at its end."""
        self._published = published
        self._base = base.rstrip("/")
        self._renderer = Renderer({"service_name": service_name, "base": self._base})

    def _page(self, template: str, lang: str, **values: object) -> str:
        return self._renderer.render(template, lang, **values)

    def home(self, lang: str) -> str:
        """What this is, and a door for each audience."""
        return self._page("home.html", lang)

    def passport(self, lang: str, view: PassportPage) -> str:
        """A passport, for somebody standing before the furniture with a phone."""
        return self._page("plain.html", lang, title=view.reading.code)

    def verification(self, lang: str, view: PassportPage) -> str:
        """Whether the signature holds: each check, its result and what it means."""
        return self._page("plain.html", lang, title=view.reading.code)

    def events(self, lang: str, view: PassportPage) -> str:
        """The public history of a passport."""
        return self._page("plain.html", lang, title=view.reading.code)

    def event(self, lang: str, document: Document) -> str:
        """One event."""
        return self._page("plain.html", lang, title=str(document.get("eventType", "")))

    def models(self, lang: str, rows: Sequence[ModelRow], next_cursor: str | None) -> str:
        """A list of model passports, with the address of the next part."""
        return self._page("plain.html", lang, title="", rows=rows, next_cursor=next_cursor)

    def submit(self, lang: str, outcome: Outcome | None = None, refusal: Refusal | None = None) -> str:
        """The form to submit passports, and what became of a submission sent with it."""
        return self._page("plain.html", lang, title="", outcome=outcome, refusal=refusal)

    def organisation(self, lang: str, org: Organisation, keys: Sequence[Key]) -> str:
        """An organisation that issues passports, with its public keys."""
        return self._page("plain.html", lang, title=org.name, keys=keys)

    def organisations(self, lang: str, orgs: Sequence[Organisation]) -> str:
        """All organisations."""
        return self._page("plain.html", lang, title="", orgs=orgs)

    def problem(self, lang: str, code: str) -> str:
        """One finding or problem type explained; KeyError if there is none of that code."""
        return self._page("plain.html", lang, title=code)

    def problems(self, lang: str) -> str:
        """All findings and problem types."""
        return self._page("plain.html", lang, title="")

    def refusal(self, lang: str, status: int, refusal: Refusal) -> str:
        """A request that cannot be done, and what to do now; values used: ``code``, ``groups``, ``reason``, ``at``."""
        return self._page("plain.html", lang, title=refusal.code, status=status)

    def labels(self, lang: str, rows: Sequence[LabelRow]) -> str:
        """A sheet of QR labels to print, with the codes as text."""
        return self._page("plain.html", lang, title="", rows=rows)

    def schemas(self, lang: str) -> str:
        """All published schemas."""
        return self._page("plain.html", lang, title="")

    def schema(self, lang: str, iri: str) -> str:
        """One schema by IRI, its fields as a table; KeyError if there is none."""
        return self._page("plain.html", lang, title=iri)

    def vocab(self, lang: str) -> str:
        """The vocabulary: all terms and code lists."""
        return self._page("plain.html", lang, title="")

    def term(self, lang: str, name: str) -> str:
        """One term of the vocabulary; KeyError if there is none."""
        return self._page("plain.html", lang, title=name)

    def code_list(self, lang: str, name: str) -> str:
        """One code list with its codes; KeyError if there is none."""
        return self._page("plain.html", lang, title=name)

    def concept(self, lang: str, name: str, code: str) -> str:
        """One code of the code list ``name``; KeyError if there is none."""
        return self._page("plain.html", lang, title=code)

    def contexts(self, lang: str) -> str:
        """All JSON-LD contexts."""
        return self._page("plain.html", lang, title="")

    def context(self, lang: str, iri: str) -> str:
        """One JSON-LD context by IRI; KeyError if there is none."""
        return self._page("plain.html", lang, title=iri)

    def linkset(self, lang: str, linkset: Mapping[str, object]) -> str:
        """The links of one product (RFC 9264 linkset document) as a page."""
        return self._page("plain.html", lang, title="", linkset=linkset)

    def docs(self, lang: str, openapi: Mapping[str, object]) -> str:
        """Every operation of the service, from its OpenAPI document."""
        return self._page("plain.html", lang, title="", openapi=openapi)

    def accessibility(self, lang: str) -> str:
        """The accessibility statement."""
        return self._page("plain.html", lang, title="")
