"""What is public of a product as statements of one named graph, and the graphs that all of them share.

A graph holds what the signed documents say, and what is worked out of them: types, versions, who did what (PROV-O),
which events count, and what is true of the product now. Nothing of any other tier enters it (T07).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from passport.codecs import rdf
from passport.codecs import state as states
from passport.codecs.composition import composition_json
from passport.codecs.documents import context_of, inner
from passport.codecs.forms import TRIPLES
from passport.codecs.statements import literal, named
from passport.codecs.telling import Told
from passport.codecs.vocabularies import convert
from passport.model.naming import id_at
from passport.model.passport import Document, Kind, Level, Product, Standing, Tier
from passport.model.state import PRIVATE_PARTY, State
from passport.ports import Organisation, Reading
from passport.published import Published
from passport.published.namespaces import PROV, SCHEMA, VOCAB, XSD
from passport.service import composition, resolution
from passport.service.lives import past_of
from passport.service.organisations import SERVICE
from passport.service.past import PUBLIC_AVAILABILITY, state_of
from passport.service.relations import owner_of
from passport.service.system import System

FORM: Final = "1"
"""Changes with what is made of documents here: the graph then begins anew."""

_PRODUCTS: Final = {
    Level.MODEL: f"{SCHEMA}ProductModel",
    Level.BATCH: f"{SCHEMA}Product",
    Level.ITEM: f"{SCHEMA}IndividualProduct",
}
_WEIGHED: Final = frozenset({"components", "materials", "netWeight", "recycledContent"})


def graph_name(system: System, code: str) -> str:
    """The IRI of the graph of one product: the address of its passport."""
    return system.passport_address(code)


def graph_of(system: System, code: str, *, size: int | None = None) -> bytes:
    """What is public of one product, as N-Triples; empty where there is nothing.

    With ``size`` as it was when the log had that many documents. For many products make one ``Linked``.
    """
    return Linked(system).graph(code, size=size)


def shared(system: System) -> Mapping[str, bytes]:
    """The graphs beside those of products by name, as N-Triples: the vocabulary, the code lists, the organisations."""
    return {**_vocabularies(system.published), f"{system.base}/organisations": organisations(system)}


@lru_cache(maxsize=2)
def _vocabularies(published: Published) -> Mapping[str, bytes]:
    graphs = {VOCAB: convert(published.vocabulary(), TRIPLES)}
    for name in published.code_lists():
        graphs[f"{VOCAB}codes/{name}"] = convert(published.file("codes", name), TRIPLES)
    return graphs


def organisations(system: System) -> bytes:
    """What is public of all organisations, as N-Triples: the graph that the address of their list names."""
    public = (each for each in system.parties.organisations() if each.public and each.slug != SERVICE)
    return b"".join(organisation(system, each) for each in public)


def organisation(system: System, one: Organisation) -> bytes:
    """What is public of one organisation whose name is, as N-Triples; of the service itself its name alone."""
    told = Told(organisation_address(system, one.slug))
    told.of_type(f"{PROV}Organization", f"{SCHEMA}Organization")
    told.say(f"{SCHEMA}name", literal(one.name))
    if one.slug != SERVICE:
        told.say(f"{VOCAB}ownerType", _code("owner-type", one.kind))
    if one.country is not None:
        told.say(f"{SCHEMA}addressCountry", literal(one.country))
    return told.written()


def organisation_address(system: System, slug: str) -> str:
    """The IRI of an organisation."""
    return f"{system.base}/organisations/{slug}"


def _code(code_list: str, code: str) -> str | None:
    return named(f"{VOCAB}codes/{code_list}/{code}")


def _decimal(value: str | None) -> str | None:
    return None if value is None else literal(value, f"{XSD}decimal")


def _time(value: str | None) -> str | None:
    return None if value is None else literal(value, f"{XSD}dateTime")


@dataclass(frozen=True, slots=True)
class _Event:
    """One public event, and what it says."""

    document: Document
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Product:
    """One product as of a size of the log: its public versions, its public events, and its state."""

    product: Product
    versions: tuple[Document, ...]
    events: tuple[_Event, ...]
    state: State
    size: int | None


class Linked:
    """Makes the graphs of products. Keeps what they share (models, organisations): one is good for one pass."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._models: dict[tuple[str, int, int | None], Mapping[str, Any] | None] = {}
        self._parties: dict[str, Organisation | None] = {}
        self._inherited: dict[object, bytes] = {}

    def graph(self, code: str, *, size: int | None = None) -> bytes:
        """The graph of one product, as ``graph_of`` says."""
        found = self._found(code, size)
        if found is None or not found.versions:
            return b""
        return b"".join((*self._passport(found), *self._versions(found), *self._events(found)))

    def _found(self, code: str, size: int | None) -> _Product | None:
        product = self._system.history.product(code)
        if product is None:
            return None
        every = self._system.history.documents(code)
        kept = [each for each in every if size is None or each.position < size]
        public = [each for each in kept if each.tier is Tier.PUBLIC]
        history = self._system.history
        if len(kept) == len(every):
            state = states.from_text(product.state)
        else:
            state = state_of([past.event for past in past_of([e for e in kept if e.kind is Kind.EVENT], history)])
        versions = tuple(each for each in public if each.kind is Kind.PASSPORT)
        lived = [each for each in public if each.kind is Kind.EVENT]
        return _Product(product, versions, self._lived(lived), state, size)

    def _lived(self, events: Sequence[Document]) -> tuple[_Event, ...]:
        """Public events with what they say; of erased ones what still counts."""
        if all(each.payload for each in events):
            return tuple(_Event(each, inner(each.payload, each.start)) for each in events)
        return tuple(_Event(each.documents[0], each.said) for each in past_of(events, self._system.history))

    def _passport(self, found: _Product) -> Iterator[bytes]:
        product, newest = found.product, found.versions[-1]
        address = self._system.passport_address(product.code)
        told = Told(address)
        told.of_type(f"{VOCAB}ProductPassport")
        if found.state.standing is Standing.ARCHIVED or not newest.payload:
            told.say(f"{VOCAB}dppStatus", _code("dpp-status", Standing.ARCHIVED))
            yield told.written()
            return
        document = inner(newest.payload, newest.start)
        context = context_of(newest.payload).decode()
        yield rdf.triples(document, published=self._system.published, context=context)
        reading = resolution.reading_of(product, newest)
        thing = str(document["uniqueProductIdentifier"])
        told.say(f"{VOCAB}product", named(thing))
        told.say(f"{VOCAB}productGroup", literal(product.group))
        told.say(f"{VOCAB}now", named(f"{address}#now"))
        if reading.model_code is not None:
            told.say(f"{VOCAB}model", named(self._system.passport_address(reading.model_code)))
        yield told.written()
        about = Told(thing)
        about.of_type(_PRODUCTS[product.level])
        about.say(f"{SCHEMA}hasDigitalProductPassport", named(address))
        yield about.written()
        yield self._now(found, f"{address}#now")
        if reading.level is not Level.BATCH:
            yield self._consists(found, document, reading, f"{address}#now")

    def _now(self, found: _Product, address: str) -> bytes:
        told = Told(address)
        told.of_type(f"{VOCAB}CurrentState")
        if found.product.level is not Level.ITEM:
            return told.written()
        state = found.state
        owner = owner_of(state, found.product.issuer)
        told.say(f"{VOCAB}ownerType", self._kind(owner))
        party = self._party(owner)
        if party is not None and party.public and party.country is not None:
            told.say(f"{VOCAB}ownerCountry", literal(party.country))
        told.say(f"{VOCAB}holderType", self._kind(state.holder))
        if state.availability in PUBLIC_AVAILABILITY:
            told.say(f"{VOCAB}availability", _code("availability", str(state.availability)))
        told.say(f"{VOCAB}grade", state.grade and _code("condition-grade", state.grade))
        told.say(f"{VOCAB}assessedOn", state.assessed_on and literal(state.assessed_on, f"{XSD}date"))
        told.say(f"{VOCAB}timesRepaired", literal(str(state.repairs), f"{XSD}integer"))
        told.say(f"{VOCAB}lastRepaired", _time(state.repaired))
        told.say(f"{VOCAB}ended", _time(state.ended))
        told.say(f"{VOCAB}ending", state.ending and _code("event-type", state.ending))
        return told.written()

    def _kind(self, slug: str | None) -> str | None:
        if slug == PRIVATE_PARTY:
            return _code("owner-type", PRIVATE_PARTY)
        party = self._party(slug)
        return _code("owner-type", party.kind) if party is not None else None

    def _party(self, slug: str | None) -> Organisation | None:
        """An organisation by its slug; the service itself is none, nor is a private party."""
        if slug is None or slug == SERVICE:
            return None
        if slug not in self._parties:
            self._parties[slug] = self._system.parties.organisation(slug)
        return self._parties[slug]

    def _consists(self, found: _Product, document: Mapping[str, Any], reading: Reading, address: str) -> bytes:
        """What it consists of now: mostly that of its model, which is reckoned once."""
        said = [each.said for each in found.events]
        changed = any(composition.changes(each) for each in said)
        key = (reading.model_code, reading.model_version, document.get("batchPassport"))
        if changed or not _WEIGHED.isdisjoint(document):
            return self._composed(found, document, reading, said, address)
        if key not in self._inherited:
            self._inherited[key] = self._composed(found, document, reading, [], _PLACE)
        return self._inherited[key].replace(_PLACE.encode(), address.encode())

    def _composed(
        self,
        found: _Product,
        document: Mapping[str, Any],
        reading: Reading,
        events: Sequence[Mapping[str, Any]],
        address: str,
    ) -> bytes:
        batch = resolution.batch_of(self._system, reading, size=found.size)
        now = composition.composed(document, events, batch=batch, model=self._model(reading, found.size))
        said = composition_json(now.composition, None)
        told = Told(address)
        told.say(f"{VOCAB}mass", _decimal(said.get("mass")))
        recycled = said.get("recycledContent", {})
        told.say(f"{VOCAB}recycledShare", _decimal(recycled.get("total")))
        told.say(f"{VOCAB}recycledShareKnown", _decimal(recycled.get("knownShare")))
        parts = [told]
        for each in said.get("materials", ()):
            place = f"{address}.{each['materialClass']}"
            told.say(f"{VOCAB}contains", named(place))
            part = Told(place)
            part.of_type(f"{VOCAB}MaterialShare")
            part.say(f"{VOCAB}materialClass", _code("material-class", each["materialClass"]))
            part.say(f"{VOCAB}massShare", _decimal(each.get("massShare")))
            part.say(f"{VOCAB}mass", _decimal(each.get("mass")))
            parts.append(part)
        return b"".join(each.written() for each in parts)

    def _model(self, reading: Reading, size: int | None) -> Mapping[str, Any] | None:
        if reading.model_code is None or reading.model_version is None:
            return None
        key = (reading.model_code, reading.model_version, size)
        if key not in self._models:
            self._models[key] = resolution.model_of(self._system, reading, size=size)
        return self._models[key]

    def _versions(self, found: _Product) -> Iterator[bytes]:
        address = self._system.passport_address(found.product.code)
        for document in found.versions:
            told = Told(f"{address}/versions/{document.version}")
            told.of_type(f"{PROV}Entity")
            told.say(f"{PROV}specializationOf", named(address))
            if document.version > 1:
                told.say(f"{PROV}wasRevisionOf", named(f"{address}/versions/{document.version - 1}"))
            told.say(f"{PROV}generatedAtTime", _time(document.at))
            issuer = self._party(document.issuer)
            if issuer is not None and issuer.public:
                told.say(f"{PROV}wasAttributedTo", named(organisation_address(self._system, issuer.slug)))
            told.say(f"{SCHEMA}version", literal(str(document.version), f"{XSD}integer"))
            told.say(f"{VOCAB}digest", literal(f"sha256:{document.digest.hex()}"))
            yield told.written()

    def _events(self, found: _Product) -> Iterator[bytes]:
        corrections = {
            id_at(str(each.said["supersedes"])): str(each.said["id"])
            for each in found.events
            if each.said.get("supersedes") is not None and each.said.get("id") is not None
        }
        for event in found.events:
            document = event.document
            if document.payload:
                context = context_of(document.payload, Kind.EVENT).decode()
                yield rdf.triples(event.said, published=self._system.published, context=context)
                yield _event(event.said, corrections.get(document.id))


_PLACE: Final = "urn:x-place:now"


def _event(said: Mapping[str, Any], corrected: str | None) -> bytes:
    """Who did what, and whether it counts."""
    told = Told(str(said["id"]))
    told.of_type(f"{PROV}Activity")
    if corrected is not None:
        told.of_type(f"{VOCAB}CorrectedEvent")
        told.say(f"{VOCAB}correctedBy", named(corrected))
    elif said.get("correctionReason") == states.NEVER_HAPPENED:
        told.of_type(f"{VOCAB}Cancellation")
    else:
        told.of_type(f"{VOCAB}LifeEvent")
    told.say(f"{PROV}endedAtTime", _time(said.get("eventTime")))
    told.say(f"{PROV}used", named(str(said.get("product", ""))))
    role = said.get("actorRole")
    if role is None:
        return told.written()
    told.say(f"{PROV}qualifiedAssociation", named(f"{said['id']}#actor"))
    actor = Told(f"{said['id']}#actor")
    actor.say(f"{PROV}hadRole", _code("role", str(role)))
    return told.written() + actor.written()
