"""Example passports and every kind of page, for the tests of the pages and of the browser."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from passport.codecs import workedqueries
from passport.codecs.differences import differences
from passport.codecs.documents import Envelope, inner
from passport.errors import Gone, Miswritten, TooMany, Unauthenticated, UnknownCode
from passport.model.access import Role
from passport.model.passport import Kind, Level, Standing, Tier
from passport.model.query import Generation
from passport.model.search import Query
from passport.ports import Key, Organisation, Reading
from passport.proofs import jose
from passport.published import VOCAB, Published, Use
from passport.service.revisions import Revision
from passport.service.tables import Table
from passport.web.pages import (
    ComparisonView,
    EventPage,
    Happened,
    Issued,
    LabelRow,
    ModelRow,
    Outcome,
    Pages,
    PassportPage,
)
from passport.web.pages.fields import Seen, use_at
from passport.web.pages.logbook import LogPage
from passport.web.pages.results import FoundRow, Likely, SearchView
from tests.web.pages.sample_attested import CLOSED, OFFERED, RESTRICTED, SIGNED
from tests.web.pages.sample_datasets import DATA, GONE, LET_GO, NOTHING, SNAPSHOT
from tests.web.pages.sample_documents import (
    BASE,
    BATCH,
    BATCH_CODE,
    EVENT,
    FULL,
    FULL_ITEM,
    ITEM,
    ITEM_CODE,
    MODEL,
    MODEL_CODE,
    OTHER_CODE,
    said,
)
from tests.web.pages.sample_life import LIFE

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CREDENTIAL_CONTEXT = f"{VOCAB}contexts/credential/1.0"

Make = Callable[..., PassportPage]


EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
QUERIES = {
    file.stem: workedqueries.read(file.stem, file.read_text("utf-8"))
    for file in sorted((EXAMPLES.parent.parent / "examples" / "queries").glob("*.rq"))
}
ANSWERED = Generation(7, 66_000, "2026-11-21T12:00:00Z")


def _table(name: str, lang: str) -> Table:
    """A table with the answer that is expected of its query, in English."""
    rows = json.loads((EXAMPLES / "queries" / f"{name}.json").read_text("utf-8"))
    return Table(QUERIES[name], lang, tuple(tuple(row.values()) for row in rows), ANSWERED)


def _found() -> SearchView:
    """Two models and a piece, with every kind of filter in use."""
    asked = Query(
        "chair <b>",
        {"kind": frozenset({"office-chair"}), "has": frozenset({"netWeight"}), "model": frozenset({MODEL_CODE})},
        {"netWeight": (Decimal(2), Decimal("8.5")), "dimensions/seatHeight": (None, Decimal(520))},
    )
    return SearchView(
        asked,
        2300,
        True,
        (
            FoundRow(MODEL_CODE, Level.MODEL, MODEL, None, 1200),
            FoundRow(OTHER_CODE, Level.MODEL, MODEL, None, 1),
            FoundRow(ITEM_CODE, Level.ITEM, ITEM, MODEL, 0),
        ),
        {
            "level": (("model", 2), ("item", 1)),
            "kind": (("office-chair", 2), ("desk", 1)),
            "material": (("textile-wool", 2), ("metal-steel", 1)),
            "maker": (("A maker whose name is long enough to fill more than one line of a telephone", 2), ("B", 1)),
            "group": (("furniture", 3), ("workwear", 1)),
        },
        {
            "netWeight": (Decimal("14.6"), Decimal(40), 3),
            "recycledContent/total": (Decimal(0), Decimal(60), 2),
            "dimensions/width": (Decimal(300), Decimal(2000), 3),
        },
        {"netWeight": "kg", "dimensions/width": "mm", "dimensions/seatHeight": "mm", "recycledContent/total": "%"},
        {"office-chair": {"en": "Office chair", "sv": "Kontorsstol", "da": "Kontorstol", "pl": "Krzesło biurowe"}},
        following="/search?q=chair&cursor=abc",
    )


def _revised(published: Published) -> Revision:
    """A version that corrects a weight and a component, and tells why."""
    reason = said("The scale was wrong.", sv="Vågen visade fel.")
    first, *others = MODEL["components"]
    after = {
        **MODEL,
        "version": 2,
        "netWeight": "15.2",
        "brand": "Lund & Co",
        "components": [{**first, "mass": "5.1"}, *others[1:]],
        "revision": {"id": f"{BASE}/passports/{MODEL_CODE}#revision", "revisionType": "correction", "reason": reason},
    }
    found = differences(MODEL, after, published.shape("furniture", "1.0", "model").fields)
    return Revision(MODEL_CODE, 1, 2, MODEL, after, found)


def _use(published: Published) -> Use:
    found = use_at(published, "furniture/1.0/model/components/materials")
    assert found is not None
    return found


def happened(document: Mapping[str, Any], **known: Any) -> Happened:
    """An event as the pages are given it."""
    public = document.get("actorRole") in ("supplier", "professional-repairer", "recycler")
    return Happened(
        document, **{"issuer": MAKER if public else None, "at": str(document.get("recordedAt", "")), **known}
    )


def event_page(view: PassportPage, place: int = 0) -> EventPage:
    """The page of one event of a piece."""
    event = view.events[place]
    listed = event.document.get("restrictedDocuments", ())
    return EventPage(view, event, view.verification, MAKER, tuple((each["id"], each["tier"]) for each in listed))


MAKER = Organisation("lund", "Lund Möbler AB", Role.SUPPLIER, "maker", "SE", "https://lund.example/")
OFFICE = Organisation("data-office", "Example data office", Role.SUPPLIER, "data-office", "DK")


@pytest.fixture(scope="session")
def published() -> Published:
    return Published.load()


@pytest.fixture(scope="session")
def pages(published: Published) -> Pages:
    return Pages(published, base=BASE)


class Signer:
    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = public

    def signed(self, document: Mapping[str, Any], code: str) -> tuple[bytes, int, jose.Verification]:
        did = "did:web:pass.example.org:organisations:lund"
        envelope = Envelope(base=BASE, issuer=did, issuer_name=MAKER.name, valid_from="2026-11-02T09:30:00Z")
        body, start = envelope.payload(
            document,
            context=CREDENTIAL_CONTEXT,
            own="1",
            kind=Kind.PASSPORT,
            tier=Tier.PUBLIC,
            status=(0, 17),
            product=f"{BASE}/p/{code}",
        )
        head = jose.header_for(f"{did}#key-1")
        token = jose.compact(head, body, self._key.sign(jose.signing_input(head, body)))
        known = jose.VerificationKey(public=self.public, controller=did)
        return body, start, jose.verify(token, lambda kid: known, NOW)


@pytest.fixture(scope="session")
def make() -> Make:
    return maker()


def maker() -> Make:
    """What makes really signed passport pages; ``members`` change those of the example."""
    signer = Signer()

    def made(
        level: str = "model",
        *,
        issuer: Organisation = MAKER,
        versions: int = 1,
        document: Mapping[str, Any] | None = None,
        model: Mapping[str, Any] | None = None,
        events: tuple[Mapping[str, Any], ...] | None = None,
        **members: Any,
    ) -> PassportPage:
        item = level != "model"
        code = ITEM_CODE if level == "item" else BATCH_CODE if item else MODEL_CODE
        value = {**deepcopy(ITEM if item else MODEL), **members} if document is None else dict(document)
        body, start, verification = signer.signed(value, code)
        reading = Reading(
            code=code,
            key=f"p/{code}",
            level=Level(level),
            standing=Standing.ACTIVE,
            version=int(value.get("version", 1)),
            payload=body,
            start=start,
            digest=b"\x00" * 32,
            model_code=MODEL_CODE if item else None,
            model_version=1 if item else None,
        )
        return PassportPage(
            reading=reading,
            document=inner(body, start),
            model_document=(MODEL if model is None else model) if item else None,
            verification=verification,
            versions=versions,
            events=tuple(map(happened, (EVENT,) if item and events is None else events or ())),
            restricted=((f"{BASE}/credentials/2", "owner"),) if item else (),
            issuer=issuer,
            base=BASE,
        )

    return made


LOG = LogPage(
    origin="passport.example/log",
    size=12,
    published=11,
    at="2026-11-21T12:00:00Z",
    checkpoint="passport.example/log\n11\nWqx3\n\n\u2014 passport.example/log 6lGb\n",
    vkeys=("passport.example/log+ea519b92+AepK",),
    witnesses=(),
    stopped=False,
    former=("passport.example/log\n5\nAAAA\n",),
)


@pytest.fixture(scope="session")
def every_page(pages: Pages, published: Published, make: Make) -> Callable[[str], dict[str, str]]:
    """Every kind of page in a language, by a name that tells which; each language is rendered once."""
    report = {
        "documents": 2,
        "ok": False,
        "findings": [
            {
                "code": "gtin-check-digit",
                "severity": "error",
                "document": 0,
                "pointer": "/gtin",
                "found": "09506000134353",
                "expected": "a check digit of 2",
                "message": "The GTIN’s check digit is wrong.",
                "documentation": f"{BASE}/problems/gtin-check-digit",
                "field": f"{BASE}/schemas/furniture/1.0/model/gtin",
            },
            {
                "code": "shares-sum",
                "severity": "warning",
                "document": 1,
                "pointer": "/components/0/materials",
                "found": None,
                "expected": "",
                "message": "The shares add up to 97 %.",
                "documentation": f"{BASE}/problems/shares-sum",
                "field": None,
            },
        ],
        "suppressed": {"shares-sum": 4},
    }
    accepted = Outcome(
        {"documents": 1, "ok": True, "findings": [], "suppressed": {}}, [Issued(MODEL_CODE, 1, MODEL["modelName"])], 1
    )
    key = Key("key-1", "lund", b"\x01" * 32, "2026-01-01T00:00:00Z")
    retired = Key("key-0", "lund", b"\x02" * 32, "2025-01-01T00:00:00Z", retired="2026-01-01T00:00:00Z")
    linkset = {
        "linkset": [
            {
                "anchor": f"{BASE}/01/09506000134352",
                "https://ref.gs1.org/voc/pip": [
                    {
                        "href": f"{BASE}/passports/{MODEL_CODE}",
                        "type": "text/html",
                        "title": "Passport",
                        "hreflang": ["sv"],
                    }
                ],
            }
        ]
    }
    openapi = {
        "info": {"version": "0.1"},
        "paths": {
            "/passports/{code}": {
                "get": {
                    "tags": ["Scan and read"],
                    "description": "The passport.\n\nBy code.",
                    "parameters": [{"name": "code", "in": "path"}],
                    "responses": {"200": {}, "404": {}},
                }
            }
        },
    }
    gone = Gone(
        "Withdrawn.",
        code=MODEL_CODE,
        versions=f"{BASE}/passports/{MODEL_CODE}/versions/1",
        at="2026-11-03T08:00:00Z",
        by="Lund Möbler AB",
        reason=said("Issued twice."),
    )

    @cache
    def all_of(lang: str) -> dict[str, str]:
        model, item = make(), make("item", versions=3)
        made = make("item", document=FULL_ITEM, model=FULL)
        lived = make("item", events=LIFE)
        found = _found()
        less = replace(found.asked, text="chair")
        instead = replace(found, instead=less, left_out=("zielona",), ignored=("utm_source", "limit"))
        two = ((MODEL_CODE, FULL), (OTHER_CODE, MODEL))
        misread = Miswritten("No.", code="7KX9-4M2Q-Y", reason="check")
        code_list = published.code_lists()[0]
        return {
            "home": pages.home(lang),
            "passport-model": pages.passport(lang, model),
            "passport-item": pages.passport(lang, item),
            "passport-full": pages.passport(lang, make(document=FULL), unfolded=True),
            "passport-batched": pages.passport(lang, replace(made, batch_document=BATCH), unfolded=True),
            "search-instead": pages.search(lang, instead),
            "log": pages.references.log(lang, LOG),
            "log-stopped": pages.references.log(
                lang, replace(LOG, published=None, witnesses=("w.example",), stopped=True)
            ),
            "compare": pages.compare(lang, ComparisonView(two, more=True)),
            "compare-form-one": pages.compare(lang, ComparisonView(two[:1], two[1:])),
            "compare-form-wrong": pages.compare(
                lang,
                ComparisonView((), (), ("7KX9-4M2Q-Y", MODEL_CODE), (misread, gone)),
            ),
            "passport-data-office": pages.passport(lang, make(issuer=OFFICE)),
            "verification": pages.verification(lang, item),
            "events": pages.events(lang, lived),
            "event": pages.event(lang, event_page(lived, 3)),
            "event-corrected": pages.event(lang, event_page(lived, 4)),
            "passport-life": pages.passport(lang, replace(lived, at="2026-11-20T10:00:00Z")),
            "changes": pages.changes(lang, _revised(published), MODEL["modelName"]),
            "search": pages.search(lang, _found()),
            "search-nothing": pages.search(
                lang, SearchView(Query("ofice chiar"), 0, False, (), {}, {}, {}, {}, (Likely("office-chair", {}),))
            ),
            "models": pages.models(lang, [ModelRow(MODEL_CODE, MODEL, MAKER.name)], "abc"),
            "submit": pages.submit(lang),
            "submit-findings": pages.submit(lang, Outcome(report)),
            "submit-accepted": pages.submit(lang, accepted),
            "submit-refused": pages.submit(lang, refusal=Unauthenticated("No token.")),
            "organisation": pages.organisation(lang, MAKER, [retired, key]),
            "organisations": pages.organisations(lang, [MAKER, OFFICE]),
            "problems": pages.problems(lang),
            "problem": pages.problem(lang, "unknown-code"),
            "miswritten": pages.refusal(lang, 404, Miswritten("No.", code="7KX9-4M2Q-Y", reason="check")),
            "unknown-code": pages.refusal(lang, 404, UnknownCode("No.", code="7KX94M2QZ")),
            "withdrawn": pages.refusal(lang, 410, gone),
            "too-many": pages.refusal(lang, 429, TooMany("Slow down.", 60)),
            "labels": pages.labels(
                lang, [LabelRow(MODEL_CODE, f"{BASE}/p/{MODEL_CODE}", MODEL["modelName"], "Lund Möbler AB")] * 3
            ),
            "schemas": pages.references.schemas(lang),
            "schema": pages.references.schema(lang, published.schema_iri("furniture", "1.0", "model")),
            "vocab": pages.references.vocab(lang),
            "field": pages.references.field(lang, _use(published), Seen(MODEL_CODE, MODEL)),
            "term": pages.references.term(lang, "netWeight"),
            "code-list": pages.references.code_list(lang, code_list),
            "shapes": pages.references.shape_files(lang),
            "shape": pages.references.shapes(lang, "event-1.0"),
            "concept": pages.references.concept(lang, code_list, next(iter(published.code_list(code_list).codes))),
            "contexts": pages.references.contexts(lang),
            "context": pages.references.context(lang, published.context_iris()[0]),
            "linkset": pages.references.linkset(lang, linkset),
            "credential": pages.references.credential(lang, SIGNED),
            "credential-restricted": pages.references.credential(lang, RESTRICTED),
            "transfer-open": pages.references.transfer(lang, OFFERED),
            "transfer-closed": pages.references.transfer(lang, CLOSED),
            "docs": pages.references.docs(lang, openapi),
            "accessibility": pages.accessibility(lang),
            "data": pages.datasets.data(lang, DATA),
            "data-empty": pages.datasets.data(lang, NOTHING),
            "snapshot": pages.datasets.snapshot(lang, SNAPSHOT, publisher="Lund (p.example)"),
            "snapshot-released": pages.refusal(lang, 410, LET_GO),
            "snapshot-withdrawn": pages.refusal(lang, 410, GONE),
            "tables": pages.tables.tables(lang, tuple(QUERIES.values())),
            "table-empty": pages.tables.table(lang, Table(QUERIES["corrections"], lang, (), ANSWERED)),
            **{
                f"table-{QUERIES[name].plot.kind}": pages.tables.table(lang, _table(name, lang))
                for name in ("end-of-life", "materials-in-use", "kept-in-use-by-year", "work-of-repairs")
            },
        }

    return all_of
