"""All pages of the service, one method each: values in, a whole HTML page out."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from passport.codecs import label
from passport.errors import Refusal
from passport.model.languages import FALLBACK, LANGUAGES
from passport.model.shortcode import grouped
from passport.ports import Key, Organisation
from passport.published import Published
from passport.service.revisions import Revision
from passport.web.pages import (
    changes,
    comparison,
    cover,
    kinds,
    markup,
    occurrence,
    problemlist,
    refusals,
    timeline,
    trust,
)
from passport.web.pages.acts import Act
from passport.web.pages.datasets import DatasetPages
from passport.web.pages.deeds import fields_of
from passport.web.pages.delegations import DelegationPages
from passport.web.pages.desk import DeskPages
from passport.web.pages.formats import web_address
from passport.web.pages.querying import QueryPages
from passport.web.pages.references import ReferencePages
from passport.web.pages.rendering import Renderer
from passport.web.pages.results import Results, SearchView
from passport.web.pages.sheet import Sheets, kind_of, name_of, picture_of
from passport.web.pages.tables import TablePages
from passport.web.pages.views import ComparisonView, EventPage, LabelRow, ModelRow, Outcome, PassportPage
from passport.web.pages.words import Text, Words


class Pages:
    """The pages; ``lang`` is one of ``passport.model.languages.LANGUAGES``. Made once, used by all requests."""

    def __init__(self, published: Published, *, base: str) -> None:
        """``base`` is the service's address without a slash at its end."""
        self._published = published
        self._base = base.rstrip("/")
        self._words = {language: Words(published, language) for language in LANGUAGES}
        self._renderer = Renderer({"base": self._base, "switch": ""})
        self._sheets = Sheets(published, self._renderer.render)
        self.desk = DeskPages(self._words, self._page)
        """What a signed-in organisation sees of its own."""
        self.delegations = DelegationPages(self._words, self._page)
        """What it lets others record."""
        self.datasets = DatasetPages(self._words, self._page, base=self._base)
        """The public data to download and cite."""
        self.tables = TablePages(self._words, self._page)
        """The answers to worked queries."""
        self.references = ReferencePages(published, self._words, self._page)
        """What is published, the interface, the log and the feed."""
        self.queries = QueryPages(published, self._words, self._page, base=self._base)
        """Questions to the linked data, and their answers."""
        self._names = {language: kinds.service(words) for language, words in self._words.items()}

    def _page(self, template: str, lang: str, **values: object) -> str:
        language = lang if lang in LANGUAGES else FALLBACK
        return self._renderer.render(template, language, service_name=self._names[language], **values)

    def _of(self, lang: str) -> Words:
        return self._words.get(lang) or self._words[FALLBACK]

    def signed_in(self, lang: str, page: str, organisation: Organisation, word: str) -> str:
        """``page`` with the account of an organisation on top; ``word`` is that of its session."""
        render = self._renderer.render
        return page.replace(
            render("account.html", lang), render("account.html", lang, account=organisation.name, word=word), 1
        )

    def sign_in(self, lang: str, back: str, refusal: Refusal | None = None) -> str:
        """The form to sign in with a token; ``back`` is where to go afterwards, ``refusal`` what was wrong with it."""
        mistakes = _mistakes(self._of(lang), (), refusal, "token")
        return self._page("sign-in.html", lang, switch="/sign-in", back=back, **mistakes)

    def home(self, lang: str) -> str:
        """What this is, and a door for each audience."""
        return self._page("home.html", lang)

    def passport(self, lang: str, view: PassportPage, *, unfolded: bool = False, acts: Sequence[Act] = ()) -> str:
        """A passport, for somebody standing before the furniture with a phone; ``unfolded`` shows every section.

        ``acts`` are what the reader's organisation may do with the piece.
        """
        words = self._of(lang)
        sheet = self._sheets.sheet(words, view, unfolded=unfolded)
        values = cover.values(words, view, fields_of(self._published, view.document), unfolded=unfolded)
        values |= {
            "sheet": sheet,
            "unfolded": unfolded,
            "acts": acts,
            "markup": markup.markup(words, self._sheets, view),
        }
        return self._page("passport.html", lang, **self._about(view), **values)

    def _about(self, view: PassportPage) -> dict[str, Any]:
        path = f"/passports/{view.reading.code}"
        code = grouped(view.reading.code)
        return {"code": code, "path": path, "address": self._base + path, "issuer": view.issuer}

    def verification(self, lang: str, view: PassportPage) -> str:
        """Whether the signature holds: each check, its result and what it means."""
        words = self._of(lang)
        return self._page(
            "verification.html",
            lang,
            **self._about(view),
            seal=trust.seal(words, view.verification, view.issuer),
            steps=trust.steps(words, view.verification),
            kid=view.verification.kid if view.verification else None,
            proof=f"/passports/{view.reading.code}/versions/{view.reading.version}/proof",
        )

    def changes(self, lang: str, found: Revision, names: Sequence[Mapping[str, str]]) -> str:
        """What one version of a passport changed; ``names`` are the language values of its product's name."""
        words = self._of(lang)
        kind, meaning, reason = changes.revision(words, found)
        code = grouped(found.code)
        told = changes.of_product(found.differences)
        return self._page(
            "changes.html",
            lang,
            code=code,
            path=f"/passports/{found.code}",
            name=_called(words, names) if names else Text(code),
            old=found.since,
            new=found.number,
            kind=kind,
            meaning=meaning,
            reason=reason,
            correction=found.corrects,
            lines=changes.lines(words, told, found.before, found.after),
            total=len(told),
            machine="application/json",
        )

    def compare(self, lang: str, view: ComparisonView) -> str:
        """Two models side by side, or the form to name them."""
        template, values = comparison.page(self._of(lang), self._sheets, view, self._base)
        return self._page(template, lang, **values)

    def events(self, lang: str, view: PassportPage, *, skip: int = 0) -> str:
        """The life of a product, page by page; ``skip`` passes over so many of the newest entries."""
        words = self._of(lang)
        documents = tuple(view.documents.values())
        return self._page(
            "events.html",
            lang,
            **self._about(view),
            name=name_of(words, documents, view.reading.code, self._sheets.plan(view.document, view.reading.level)),
            life=timeline.timeline(words, view, fields_of(self._published, view.document), unfolded=True, skip=skip),
            skip=skip,
            most=timeline.MOST,
        )

    def event(self, lang: str, view: EventPage) -> str:
        """One event: everything that the reader may see of it, and what else exists."""
        words = self._of(lang)
        page = view.passport
        plan = self._sheets.plan(page.document, page.reading.level)
        return self._page(
            "event.html",
            lang,
            **self._about(page),
            **occurrence.values(words, view, fields_of(self._published, page.document)),
            name=name_of(words, tuple(page.documents.values()), page.reading.code, plan),
        )

    def models(self, lang: str, rows: Sequence[ModelRow], next_cursor: str | None) -> str:
        """A list of model passports, with the address of the next part."""
        words = self._of(lang)
        return self._page("models.html", lang, rows=[self._model(words, row) for row in rows], next_cursor=next_cursor)

    def _model(self, words: Words, row: ModelRow) -> dict[str, object]:
        document: Mapping[str, Any] = row.document
        maker = document.get("manufacturer")
        plan = self._sheets.plan(document, "model")
        return {
            "code": row.code,
            "name": name_of(words, (document,), row.code, plan),
            "category": kind_of(words, (document,), plan),
            "maker": maker.get("name", "") if isinstance(maker, Mapping) else "",
            "picture": picture_of(words, (document,), self._base),
            "issuer": row.issuer,
        }

    def search(self, lang: str, view: SearchView) -> str:
        """The search form with its filters, and what was found."""
        words = self._of(lang)
        return self._page("search.html", lang, **Results(words, self._published, self._sheets, self._base).values(view))

    def submit(
        self, lang: str, outcome: Outcome | None = None, refusal: Refusal | None = None, *, word: str = ""
    ) -> str:
        """The form to submit passports, and what became of a submission sent with it; each form has its own key.

        ``word`` is that of the session of who is signed in; nobody else sends the form without a token.
        """
        words = self._of(lang)
        report: Mapping[str, Any] = outcome.report if outcome else {}
        findings: Sequence[Mapping[str, Any]] = report.get("findings", ())
        return self._page(
            "submit.html",
            lang,
            switch="/submissions",
            word=word,
            key=secrets.token_urlsafe(16),
            outcome=outcome,
            issued=[(each, _called(words, each.names)) for each in outcome.issued] if outcome else (),
            documents=report.get("documents", 0),
            findings=findings,
            suppressed=report.get("suppressed", {}),
            completeness=[
                {**each, "label": words.code("profile", each["profile"])} for each in report.get("completeness", ())
            ],
            told=len({each["document"] for each in report.get("completeness", ())}),
            changes=kinds.changes(words),
            **_mistakes(words, findings, refusal),
        )

    def organisation(self, lang: str, org: Organisation, keys: Sequence[Key]) -> str:
        """An organisation that issues passports, with its public keys."""
        words = self._of(lang)
        return self._page(
            "organisation.html",
            lang,
            org=org,
            kind=kinds.organisation_kind(words, org.kind),
            data_office=org.kind == kinds.DATA_OFFICE,
            country=words.country(org.country) if org.country else None,
            web=web_address(org.web) if org.web else None,
            keys=[
                {"kid": key.kid, "created": words.date(key.created[:10]), **kinds.key_state(words, key)}
                for key in reversed(keys)
            ],
        )

    def organisations(self, lang: str, orgs: Sequence[Organisation], next_cursor: str | None = None) -> str:
        """A list of organisations, with the address of the next part."""
        words = self._of(lang)
        rows = [
            {
                "slug": org.slug,
                "name": org.name,
                "kind": kinds.organisation_kind(words, org.kind),
                "country": words.country(org.country) if org.country else "",
            }
            for org in orgs
        ]
        return self._page("organisations.html", lang, orgs=rows, next_cursor=next_cursor)

    def problem(self, lang: str, code: str) -> str:
        """One finding or problem type explained; KeyError if there is none of that code."""
        return self._page("problem.html", lang, row=problemlist.explained(self._of(lang), self._published, code))

    def problems(self, lang: str) -> str:
        """All findings and problem types."""
        return self._page("problems.html", lang, parts=problemlist.all_explained(self._of(lang)))

    def refusal(self, lang: str, status: int, refusal: Refusal) -> str:
        """A request that cannot be done, and what to do now."""
        told = refusals.tell(self._of(lang), refusal)
        return self._page(
            "refusal.html",
            lang,
            heading=told.heading,
            paragraphs=told.paragraphs,
            groups=told.groups,
            facts=told.facts,
            ask_code=told.ask_code,
            typed=told.typed,
            status=status,
            problem=refusal.code,
        )

    def labels(self, lang: str, rows: Sequence[LabelRow], next_cursor: str | None = None) -> str:
        """A sheet of QR labels to print, with the codes as text. Drawing the symbols takes milliseconds each."""
        words = self._of(lang)
        drawn = [
            {
                "code": row.code,
                "name": _called(words, row.names),
                "organisation": row.organisation,
                "symbol": Markup(label.svg(label.address(self._base, row.code), row.code).decode()),  # noqa: S704 - ours
            }
            for row in rows
        ]
        return self._page("labels.html", lang, rows=drawn, host=urlsplit(self._base).netloc, next_cursor=next_cursor)

    def accessibility(self, lang: str) -> str:
        """The accessibility statement."""
        return self._page("accessibility.html", lang)


def _called(words: Words, names: Sequence[Mapping[str, str]]) -> Text:
    """A product's name in the reader's language, as far as it has one."""
    return words.said(names)[0] if names else Text("")


def _mistakes(
    words: Words, findings: Sequence[Mapping[str, Any]], refusal: Refusal | None, only: str | None = None
) -> dict[str, object]:
    """The error summary, and the messages at the fields that they belong to; ``only`` names a form's one field."""
    _ = words.texts.gettext
    errors = [
        {"text": str(each["message"]), "href": f"#finding-{place}"}
        for place, each in enumerate(findings, 1)
        if each.get("severity") == "error"
    ]
    if refusal is None:
        return {"errors": errors[:20]}
    told = refusals.tell(words, refusal)
    field = only or ("token" if refusal.code in ("unauthenticated", "forbidden") else "file")
    text = " ".join((told.heading + ".", *(each.value for each in told.paragraphs)))
    message = {"text": text, "visuallyHiddenText": _("Error")}
    return {"errors": [{"text": text, "href": f"#{field}"}], f"{field}_error": message}
