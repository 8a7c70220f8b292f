"""A store with a mark in every restricted member: of passports of each level and events of each type."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from passport.errors import Refusal
from passport.model.access import Caller, Role, Scope
from passport.model.events import ENDINGS, EventType
from passport.model.passport import Kind, Tier
from passport.ports import Delegation, Organisation
from passport.service import erasure, media, withdrawal
from passport.service.organisations import add_organisation, create_token
from passport.service.submissions import Outcome, submit
from passport.service.system import System
from passport.settings import Settings
from passport.web.app import create_app
from passport.web.pages import Pages
from passport.wiring import Running, create_system
from tests.web.canaries import Canaries
from tests.web.conftest import BASE, GTIN, PNG, SECRET, Client

BATCH: Mapping[str, Any] = {"granularity": "batch", "modelPassport": GTIN, "batchNumber": "B-17"}
FOUND: Mapping[str, Any] = {
    "granularity": "item",
    "category": "desk",
    "isSecondHandLegacy": True,
    "condition": {"grade": "C", "assessedOn": "2024-01-01"},
}
FULL: Mapping[str, Any] = {
    "granularity": "model",
    **json.loads((Path(__file__).parent / "pages" / "full.json").read_bytes()),
}
"""A model that says everything."""
PRESENT = {"contained": "yes"}
IMPORTER = {"name": "Importer ApS", "address": {"city": "Eksempelby", "country": "DK"}}
TOLD: Mapping[str, Mapping[str, Any]] = {
    "inspected": {"condition": {"grade": "B"}, "components": ["seat"]},
    "conditionAssessed": {"condition": {"grade": "B"}},
    "repaired": {
        "repairTypes": ["replace-part-reused"],
        "partsUsed": [{"partOrigin": "new", "materials": [{"materialClass": "wood-solid", "massShare": 100}]}],
        "replacedComponents": [
            {
                "componentId": "seat",
                "mass": "2.4",
                "materials": [{"materialClass": "wood-solid", "massShare": 100}],
                "coatings": [{"coatingType": "waterborne"}],
            }
        ],
        "workMinutes": 20,
    },
    "offered": {"askingPrice": {"amount": "10", "currency": "SEK"}, "until": "2031-01-01"},
    "dismantled": {"parts": [{"componentId": "seat", "mass": "1.5", "grade": "B"}]},
    "recycled": {"route": "material-recycling", "masses": [{"materialClass": "wood-solid", "mass": "5"}]},
}
"""What is put into events for everybody to see, so that there is something beside the marks."""
ORDINARY = (
    *("puttingIntoService", "inspected", "conditionAssessed", "maintained", "cleaned", "repaired", "partsReplaced"),
    *("upgraded", "refurbished", "preparedForReuse", "relocated", "lent", "returned", "offered", "reserved"),
    *("withdrawn", "lost", "found", "collected"),
)
PUBLIC = (
    ("maker", Role.SUPPLIER, "maker"),
    ("town", Role.OWNER, "municipality"),
    ("village", Role.OWNER, "municipality"),
    ("upholsterer", Role.REFURBISHER, "workshop"),
    ("watch", Role.AUTHORITY, "authority"),
)


@dataclass
class Corpus:
    """A running system, its client, and who and what is in it."""

    running: Running
    client: Client
    canaries: Canaries
    hidden: Mapping[str, str]
    codes: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    submissions: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    transfers: list[str] = field(default_factory=list)

    @property
    def system(self) -> System:
        return self.running.system

    def caller(self, slug: str) -> Caller:
        organisation = self.system.parties.organisation(slug)
        assert organisation is not None
        return Caller("", slug, organisation.role, frozenset(Scope))

    def send(self, by: str, *documents: Mapping[str, Any]) -> Outcome:
        body = json.dumps(list(documents)).encode()
        done = submit(self.system, body=body, media_type="application/json", caller=self.caller(by))
        self.submissions.append(str(done.location))
        return done

    def act(self, by: str, type_: str, *pieces: str, **members: Any) -> Outcome:
        """Record an event with a mark in each of its restricted members."""
        event = {"eventType": type_, **TOLD.get(type_, {}), **members}
        if pieces:
            event["products"] = [self.codes[each] for each in pieces]
        for name, party in (("receiver", "owner"), ("borrower", "holder"), ("reservedFor", "owner")):
            if type_ == {"receiver": "transferOffered", "borrower": "lent", "reservedFor": "reserved"}[name]:
                event.setdefault(name, self.hidden[party])
        if type_ == "collected":
            event.setdefault("collector", self.hidden["recycler"])
        if type_ in {"repaired", "partsReplaced", "upgraded", "refurbished"}:
            event.setdefault("repairer", self.hidden["repairer"])
        return self.send(by, self.canaries.filled_in("event", event))

    def offer(self, by: str, piece: str, **members: Any) -> str:
        transfer = self.act(by, "transferOffered", piece, **members).recorded[0].transfer
        assert transfer is not None
        self.transfers.append(transfer)
        return transfer

    def piece(self, name: str, *, owner: str, by: str = "town", **members: Any) -> str:
        """A piece with a mark in each of its restricted members."""
        document = self.canaries.filled_in("item", {**FOUND, "owner": owner, "availability": "inStorage", **members})
        self.codes[name] = self.send(by, document).issued[0].code
        return self.codes[name]

    def restricted(self) -> list[Any]:
        """Every document that is not for everybody."""
        found = [each for code in self.codes.values() for each in self.system.history.documents(code)]
        return [each for each in found if each.tier is not Tier.PUBLIC]

    def events(self) -> list[Any]:
        """The public document of every event."""
        kept = [each for code in self.codes.values() for each in self.system.history.documents(code, kind=Kind.EVENT)]
        return [each for each in kept if each.tier is Tier.PUBLIC]


def corpus(folder: Path) -> Corpus:
    """Tell the whole story into a new store."""
    settings = Settings(
        data=folder / "store",
        base_url=BASE,
        signing_secret=SECRET,
        failures_per_minute=1_000_000,
        misses_per_minute=1_000_000,
        writes_per_minute=1_000_000,
    )
    running = create_system(settings)
    system = running.system
    canaries = Canaries(system.published)
    hidden = {}
    for role in (Role.OWNER, Role.HOLDER, Role.REPAIRER, Role.REFURBISHER, Role.RECYCLER):
        name = role.value.rpartition("-")[2]
        slug = canaries.word(Tier.LEGITIMATE_INTEREST, f"slug of the hidden {name}")
        called = canaries.word(Tier.LEGITIMATE_INTEREST, f"name of the hidden {name}")
        add_organisation(system, Organisation(slug, f"Firm {called}", role, "company", public=False))
        hidden[name] = slug
    for slug, role, kind in PUBLIC:
        prefixes = ("9526543",) if slug == "maker" else ()
        add_organisation(system, Organisation(slug, slug.title(), role, kind, prefixes=prefixes))
    client = Client(create_app(system, Pages(system.published, base=system.base), settings=settings))
    made = Corpus(running, client, canaries, hidden)
    for role in Role:
        add_organisation(system, Organisation(f"stranger-{role}", f"Stranger {role}", role, "company"))
    for slug in ("maker", "town", "upholsterer", "village", *(f"stranger-{role}" for role in Role)):
        made.tokens[slug] = create_token(
            system, slug, scopes={Scope.READ, Scope.SUBMIT}, label="test", valid_for=timedelta(days=2)
        ).secret
    _passports(made)
    _ordinary(made)
    _transfers(made)
    _ends(made)
    _refused(made)
    _erased(made)
    return made


def _passports(made: Corpus) -> None:
    fill = made.canaries.filled_in
    present = dict.fromkeys(("phthalates", "halogenatedPolymers", "pfas", "bisphenolA"), PRESENT)
    model = {**FULL, **present, "substancesOfConcern": FULL["substancesOfConcern"][:1], "importer": IMPORTER}
    model["components"] = [_coated(each) for each in FULL["components"]]
    made.codes["model"] = made.send("maker", fill("model", model)).issued[0].code
    batch = {**BATCH, **{name: model[name] for name in ("components", "substancesOfConcern", "importer", "timber")}}
    made.codes["batch"] = made.send("maker", fill("batch", batch)).issued[0].code
    made.piece(
        "made",
        owner="maker",
        by="maker",
        gtin=GTIN,
        serialNumber="A-1",
        modelPassport=GTIN,
        batchPassport=made.codes["batch"],
        isSecondHandLegacy=False,
    )
    for weight in ("47.5", "48.5"):
        made.send("maker", fill("model", {**model, "netWeight": weight}))
    for type_ in ("manufactured", "placedOnMarket", "madeAvailable"):
        made.act("maker", type_, "made")


def _coated(component: Mapping[str, Any]) -> dict[str, Any]:
    """A component whose coatings are hazardous, so that it may be said why."""
    return {**component, "coatings": [{"coatingType": "powder", "hazardClassified": True}]}


def _ordinary(made: Corpus) -> None:
    refurbisher = made.hidden["refurbisher"]
    made.piece("shown", owner="upholsterer")
    made.piece("hidden", owner=refurbisher)
    for type_ in ORDINARY:
        made.act("upholsterer", type_, "shown")
        made.act(refurbisher, type_, "hidden")
    picture = media.keep(made.system, PNG, "image/png", made.caller("upholsterer"), restricted=True)
    made.pictures.append(picture.url)
    made.canaries.meant[picture.digest.removeprefix("sha256:")] = (Tier.LEGITIMATE_INTEREST, "a picture's digest")
    photo = {"url": picture.url, "digest": picture.digest, "alternativeText": [{"value": "Seat", "language": "en"}]}
    first = made.act("upholsterer", "inspected", "shown", photos=[photo])
    made.act(
        "upholsterer",
        "inspected",
        "shown",
        supersedes=first.recorded[0].event,
        correctionReason="incorrect-data",
    )
    begun = made.system.now()
    made.system.parties.add_delegation(
        Delegation(
            "d1",
            "upholsterer",
            made.hidden["repairer"],
            frozenset({EventType.CLEANED}),
            begun,
            "2099-01-01T00:00:00Z",
            begun,
        )
    )
    made.act(made.hidden["repairer"], "cleaned", "shown")


def _transfers(made: Corpus) -> None:
    owner = made.hidden["owner"]
    for name in ("given", "open", "refused", "kept", "answered", "private", "declared"):
        made.piece(name, owner="upholsterer")
    made.act(owner, "ownershipTransferred", transfer=made.offer("upholsterer", "given"))
    made.act(owner, "relocated", "given")
    made.offer("upholsterer", "open")
    made.act(owner, "transferRefused", transfer=made.offer("upholsterer", "refused"))
    made.act("upholsterer", "transferWithdrawn", transfer=made.offer("upholsterer", "kept"))
    subject = {"transferSubject": "responsibility"}
    responsible = made.offer("town", "answered", receiver="village", **subject)
    made.act("village", "responsibilityTransferred", transfer=responsible)
    for name, back in (("private", True), ("declared", False)):
        done = made.act("upholsterer", "ownershipTransferred", name, receiver="private-party")
        secret = json.loads(done.body)["events"][0]["claimSecret"]
        made.canaries.meant[secret] = (Tier.OWNER, "a claim secret")
        more = {"claimSecret": secret} if back else {}
        made.act(owner, "ownershipTransferred", name, **more)


def _ends(made: Corpus) -> None:
    parties = ("upholsterer", made.hidden["refurbisher"])
    for number, type_ in enumerate(sorted({*ENDINGS, EventType.PARTS_HARVESTED})):
        name, owner = f"end-{type_}", parties[number % 2]
        old = made.piece(name, owner=owner)
        members = {}
        if type_ is EventType.REMANUFACTURED:
            made.piece("new", owner=owner, previousPassports=[f"{BASE}/passports/{old}"])
            members = {"outputs": [made.codes["new"]]}
        made.act(owner, type_, name, **members)
    made.piece("withdrawn", owner=parties[1])
    withdrawal.withdraw(
        made.system, made.codes["withdrawn"], reason="Registered twice.", caller=made.caller(parties[1])
    )


def _refused(made: Corpus) -> None:
    """Submissions whose findings quote what they said."""
    word = made.canaries.word(Tier.OWNER, "a refused value")
    for document in (
        {**FOUND, "condition": {"grade": word}},
        {"eventType": "cleaned", "products": [word]},
        {"eventType": "lent", "products": [made.codes["hidden"]], "borrower": word},
    ):
        try:
            made.send("town", document)
        except Refusal as refusal:
            made.submissions.append(str(getattr(refusal, "submission", "")))
        else:
            raise AssertionError(document)


def _erased(made: Corpus) -> None:
    restricted = [each for each in made.restricted() if each.code == made.codes["shown"] and each.kind is Kind.EVENT]
    for tier in (Tier.LEGITIMATE_INTEREST, Tier.OWNER):
        last = [each for each in restricted if each.tier is tier][-1]
        erasure.erase(made.system, last.id, reason="A person was described in it")
    inspected = [each for each in made.events() if each.code == made.codes["shown"]][-3]
    erasure.erase(made.system, inspected.id, reason="Somebody could be recognised")
    first = made.system.history.version(made.codes["model"], 1)
    assert first is not None
    erasure.erase(made.system, first.id, reason="It named a person")
