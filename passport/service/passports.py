"""From placed documents to issued passports: codes, headers, references to models, opening events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from passport.codecs import state as states
from passport.codecs.canonical import Canonical, canonical
from passport.model.events import EventType
from passport.model.identifiers import normalise_gtin, under_prefix
from passport.model.lifecycle import fold
from passport.model.naming import code_key
from passport.model.passport import Document, Kind, Level, ModelReference, Product, Tier
from passport.model.shortcode import draw
from passport.model.state import PRIVATE_PARTY, State
from passport.ports import Organisation, Writing
from passport.published import Group, Published
from passport.service.issuance import Draft, Issuing, new_id, salted
from passport.service.placing import Place
from passport.service.system import System

DPP_SCHEMA = "EN 18223:2026"


class Happened(StrEnum):
    """What a document of a submission did."""

    CREATED = "created"
    REVISED = "revised"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Issued:
    """What became of one document: the product's code, key and newest version."""

    document: int
    outcome: Happened
    code: str
    key: str
    version: int
    verified: bool | None


@dataclass(slots=True)
class _Made:
    product: Product
    digest: bytes


class Issuer:
    """Issues the documents of one submission: models first, then batches, then pieces, so that they can refer."""

    def __init__(
        self, system: System, writing: Writing, issuing: Issuing, organisation: Organisation, *, at: str
    ) -> None:
        self._system = system
        self._writing = writing
        self._issuing = issuing
        self._organisation = organisation
        self._at = at
        self._made: dict[int, _Made] = {}
        self._versions: dict[tuple[str, int], bytes] = {}
        self._operators: dict[str, str | None] = {}
        self._dids: dict[str, str] = {}
        self._verifications: dict[str, bool] = {}
        self._references: dict[tuple[str, int], Mapping[str, str]] = {}
        self._specifications: dict[tuple[Group, Level, str | None], Sequence[str]] = {}
        self._owners: dict[str, Organisation | None] = {}

    def issue(self, places: Sequence[Place]) -> tuple[Issued, ...]:
        """Issue everything; what is unchanged is left alone. Results are in the order of the submission."""
        codes = iter(self._codes(sum(each.existing is None for each in places)))
        self._issuing.reserve(sum(not each.unchanged for each in places))
        results: dict[int, Issued] = {}
        for level in Level:
            for each in places:
                if each.level is level:
                    results[each.raw.index] = self._one(each, next(codes) if each.existing is None else None)
        return tuple(results[index] for index in sorted(results))

    def made(self, place: int) -> Product:
        """The product that the document at that place of the submission is about, as it is issued."""
        return self._made[place].product

    def _codes(self, number: int) -> list[str]:
        codes: dict[str, None] = {}
        while len(codes) < number:
            drawn = {draw() for _ in range(number - len(codes))} - codes.keys()
            codes.update(dict.fromkeys(drawn - self._writing.taken(drawn)))
        return sorted(codes)

    def _one(self, place: Place, code: str | None) -> Issued:
        if place.unchanged and place.existing is not None:
            product = place.existing
            self._made[place.raw.index] = _Made(product, self._digest(product.code, product.version))
            return _issued(place, Happened.UNCHANGED, product)
        product, digest = self._version(place, self._next(place, code or ""))
        self._made[place.raw.index] = _Made(product, digest)
        return _issued(place, Happened.REVISED if place.existing is not None else Happened.CREATED, product)

    def _next(self, place: Place, code: str) -> Product:
        """The product as its next version finds it: new, or as stored with what the submission changes."""
        existing = place.existing
        if existing is not None:
            return replace(
                existing,
                operator=self._operator(place, existing.operator),
                model=self._model(place, existing.model),
                submitted=place.submitted,
                verified=self._verified(place, existing.key),
                state_version=existing.state_version + 1,
            )
        key = place.key or code_key(code)
        return Product(
            code=code,
            key=key,
            level=place.level,
            group=place.group.name,
            issuer=self._organisation.slug,
            operator=self._operator(place, self._organisation.slug),
            version=0,
            seq=0,
            head=b"",
            current=-1,
            submitted=place.submitted,
            model=self._model(place, None),
            verified=self._verified(place, key),
        )

    def _verified(self, place: Place, key: str) -> bool | None:
        """Whether the GTIN that the passport shows is under a prefix of its issuer; None where it shows none."""
        if "gtin" in place.raw.value:
            gtin = normalise_gtin(place.raw.value["gtin"])
        elif key.startswith("01/"):
            gtin = key[3:17]
        else:
            return None
        if gtin not in self._verifications:
            self._verifications[gtin] = under_prefix(gtin, self._organisation.prefixes)
        return self._verifications[gtin]

    def _operator(self, place: Place, otherwise: str) -> str:
        stated = place.raw.value.get("economicOperatorId")
        if stated is None:
            return otherwise
        if stated not in self._operators:
            self._operators[stated] = next(
                (
                    each.slug
                    for each in self._system.parties.organisations()
                    if stated in each.identifiers or stated == self._system.did(each.slug)
                ),
                None,
            )
        return self._operators[stated] or otherwise

    def _version(self, place: Place, product: Product) -> tuple[Product, bytes]:
        version = product.version + 1
        value = place.raw.value
        plan = self._system.plans[place.group.name, place.group.version, place.level]
        event_id = "" if plan.opening.isdisjoint(value) else new_id()
        content = canonical(
            value,
            plan=plan,
            iri=self._system.passport_address(product.code),
            event=f"{self._system.base}/events/{event_id}",
            replaced=self._replaced(place, product),
        )
        drafts = self._passport_drafts(place, product, content, version)
        state = None
        if content.opening:
            drafts += self._opening_drafts(product, content, event_id)
            state = _opened(content, event_id, self._at)
        context = place.group.credential_context
        product, digest = self._issuing.issue(product, drafts, version=version, context=context, state=state)
        self._versions[product.code, version] = digest
        return product, digest

    def _replaced(self, place: Place, product: Product) -> dict[str, Any]:
        value = place.raw.value
        replaced: dict[str, Any] = dict.fromkeys(_HEADER)
        if product.model is not None:
            replaced["modelPassport"] = self._reference(product.model)
        if "gtin" in value:
            replaced["gtin"] = normalise_gtin(value["gtin"])
        if place.batch is not None:
            batch = self._made[place.batch].product if isinstance(place.batch, int) else place.batch
            replaced["batchPassport"] = self._system.passport_address(batch.code)
        return replaced

    def _reference(self, model: ModelReference) -> Mapping[str, str]:
        """How passports refer to a version of a model; the pieces of a submission share a few models."""
        said = self._references.get((model.code, model.version))
        if said is None:
            said = self._references[model.code, model.version] = {
                "id": self._system.version_address(model.code, model.version),
                "passport": self._system.passport_address(model.code),
                "digest": f"sha256:{model.digest.hex()}",
            }
        return said

    def _passport_drafts(self, place: Place, product: Product, content: Canonical, version: int) -> list[Draft]:
        restricted = [
            Draft(new_id(), Kind.PASSPORT, tier, salted({**self._brief(product, version, tier), **part}))
            for tier, part in content.passport.items()
            if tier is not Tier.PUBLIC
        ]
        header = self._header(place, product, version)
        if restricted:
            header["restrictedDocuments"] = self._listed(restricted)
        body = {**header, **content.passport.get(Tier.PUBLIC, {})}
        return [Draft(new_id(), Kind.PASSPORT, Tier.PUBLIC, body), *restricted]

    def _header(self, place: Place, product: Product, version: int) -> dict[str, Any]:
        value = place.raw.value
        header: dict[str, Any] = {
            "digitalProductPassportId": self._system.passport_address(product.code),
            "uniqueProductIdentifier": self._system.product_address(product.key),
            "granularity": product.level,
            "dppSchemaVersion": DPP_SCHEMA,
            "dppStatus": product.standing,
            "lastUpdated": self._at,
            "issuedAt": self._first(product.code) if version > 1 else self._at,
            "economicOperatorId": value.get("economicOperatorId") or self._did(product.operator),
            "contentSpecificationIds": self._specified(place.group, product.level, value.get("profile")),
            "shortCode": product.code,
            "version": version,
        }
        if version > 1:
            header["previousVersion"] = self._system.version_address(product.code, version - 1)
        if product.verified is not None:
            header["gtinVerified"] = product.verified
        return header

    def _did(self, slug: str) -> str:
        if slug not in self._dids:
            self._dids[slug] = self._system.did(slug)
        return self._dids[slug]

    def _specified(self, group: Group, level: Level, profile: str | None) -> Sequence[str]:
        """The schemas that a document was checked against."""
        told = self._specifications.get((group, level, profile))
        if told is None:
            told = _specifications(self._system.published, group, level, profile)
            self._specifications[group, level, profile] = told
        return told

    def _brief(self, product: Product, version: int, tier: Tier) -> dict[str, Any]:
        return {
            "digitalProductPassportId": self._system.passport_address(product.code),
            "uniqueProductIdentifier": self._system.product_address(product.key),
            "shortCode": product.code,
            "version": version,
            "tier": tier,
        }

    def _opening_drafts(self, product: Product, content: Canonical, event_id: str) -> list[Draft]:
        address = f"{self._system.base}/events/{event_id}"
        about: dict[str, Any] = {
            "id": address,
            "eventType": EventType.CREATED,
            "eventTime": self._at,
            "recordedAt": self._at,
            "product": self._system.product_address(product.key),
            "passport": self._system.passport_address(product.code),
            "actorRole": self._organisation.role,
        }
        restricted = [
            Draft(new_id(), Kind.EVENT, tier, salted({**about, "tier": tier, **self._for(tier, content), **part}))
            for tier, part in content.opening.items()
            if tier is not Tier.PUBLIC
        ]
        public = {**about, **self._owner_type(content), **content.opening.get(Tier.PUBLIC, {})}
        if restricted:
            public["restrictedDocuments"] = self._listed(restricted)
        return [Draft(event_id, Kind.EVENT, Tier.PUBLIC, public), *restricted]

    def _for(self, tier: Tier, content: Canonical) -> dict[str, str]:
        """For whom a document is that only the owner may see: without an owner here, for who submits it."""
        if tier is not Tier.OWNER:
            return {}
        owner = _owner(content)
        return {"audience": self._organisation.slug if owner in (None, PRIVATE_PARTY) else str(owner)}

    def _owner_type(self, content: Canonical) -> dict[str, str]:
        owner = _owner(content)
        if owner is None:
            return {}
        if owner == PRIVATE_PARTY:
            return {"ownerType": PRIVATE_PARTY}
        if owner not in self._owners:
            self._owners[owner] = self._system.parties.organisation(owner)
        organisation = self._owners[owner]
        return {"ownerType": organisation.kind} if organisation else {}

    def _listed(self, drafts: Sequence[Draft]) -> list[dict[str, str]]:
        return [{"id": f"{self._system.base}/credentials/{draft.id}", "tier": draft.tier} for draft in drafts]

    def _model(self, place: Place, before: ModelReference | None) -> ModelReference | None:
        if place.model is None:
            return before
        if isinstance(place.model, int):
            made = self._made[place.model]
            model, digest = made.product, made.digest
        else:
            model, digest = place.model, b""
        if before is not None and before.code == model.code:
            return before
        return ModelReference(model.code, model.version, digest or self._digest(model.code, model.version))

    def _digest(self, code: str, version: int) -> bytes:
        if (code, version) not in self._versions:
            self._versions[code, version] = self._kept(code, version).digest
        return self._versions[code, version]

    def _first(self, code: str) -> str:
        """When the first version of a passport was issued."""
        return self._kept(code, 1).at

    def _kept(self, code: str, version: int) -> Document:
        document = self._writing.version(code, version)
        if document is None:
            raise LookupError(f"version {version} of {code} is missing from the history")
        return document


_HEADER = (
    *("granularity", "profile", "productGroup", "uniqueProductIdentifier", "economicOperatorId"),
    *("modelPassport", "batchPassport"),
)
"""Fields that stand in the header, in the service's own words, or nowhere."""


def _specifications(published: Published, group: Group, level: Level, profile: str | None) -> list[str]:
    names = [level.value, *([f"profiles/{profile}"] if profile else [])]
    return [published.schema_iri(group.name, group.version, name) for name in names]


def _owner(content: Canonical) -> str | None:
    return next((part["owner"] for part in content.opening.values() if "owner" in part), None)


def _opened(content: Canonical, event_id: str, at: str) -> State:
    about = {"id": event_id, "eventType": EventType.CREATED, "eventTime": at}
    return fold(State(), states.event_of(states.merged([about, *content.opening.values()])))


def _issued(place: Place, outcome: Happened, product: Product) -> Issued:
    return Issued(place.raw.index, outcome, product.code, product.key, product.version, product.verified)
