"""Placing: which product each document of a submission is about, and whether its sender may speak of it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from passport.codecs.strictjson import Raw
from passport.model.naming import code_key, own_key, reference_key
from passport.model.passport import Level, Product, Standing
from passport.model.report import Finding, Severity
from passport.ports import Writing

TAKEN = "identity-taken"


@dataclass(frozen=True, slots=True)
class Place:
    """One document with what is known of its product before anything is issued.

    ``key`` is None for a product that gets its identity now; ``existing`` is the product as stored; ``model`` the
    place in this submission, or the stored product, of the model that a batch or piece is made to. ``submitted``
    recognises the same submission again.
    """

    raw: Raw
    level: Level
    key: str | None
    existing: Product | None
    model: int | Product | None
    submitted: bytes

    @property
    def unchanged(self) -> bool:
        """Whether exactly this was accepted last time."""
        return self.existing is not None and self.existing.submitted == self.submitted


@dataclass(frozen=True, slots=True)
class Placing:
    """All documents of a submission in their places, or the findings that stand in the way."""

    places: tuple[Place, ...]
    findings: tuple[Finding, ...]


def place(
    raws: Sequence[Raw], writing: Writing, *, base: str, organisation: str, opening: Mapping[Level, frozenset[str]]
) -> Placing:
    """Find the products of all documents in one look-up, and everything that forbids issuing them.

    Documents with findings of their own may be among them: those without a level have no place. ``opening`` names the
    fields of each level that carry state, which a revision must leave out.
    """
    keys = [own_key(raw.value, base=base) for raw in raws]
    levels = [_level(raw) for raw in raws]
    models = [_model_key(raw, base) for raw in raws]
    wanted = {key for key in (*keys, *(key for key in models if isinstance(key, str))) if key is not None}
    stored = writing.products(wanted) if wanted else {}
    within = _models_within(raws, keys, stored)
    places = tuple(
        Place(
            raw=raw,
            level=level,
            key=key,
            existing=stored.get(key) if key else None,
            model=_model(model, stored, within),
            submitted=_submitted(raw, model, raws, keys, stored),
        )
        for raw, key, level, model in zip(raws, keys, levels, models, strict=True)
        if level is not None
    )
    return Placing(places, tuple(_obstacles(places, organisation=organisation, opening=opening)))


def _level(raw: Raw) -> Level | None:
    try:
        return Level(raw.value["granularity"])
    except (KeyError, ValueError, TypeError):
        return None


def _model_key(raw: Raw, base: str) -> str | int | None:
    reference = raw.value.get("modelPassport")
    if isinstance(reference, str):
        if reference.startswith("#"):
            return int(reference[1:]) if reference[1:].isdigit() else None
        return reference_key(reference, base=base)
    if _level(raw) is not Level.MODEL and isinstance(raw.value.get("gtin"), str):
        return reference_key(raw.value["gtin"], base=base)
    return None


def _models_within(raws: Sequence[Raw], keys: Sequence[str | None], stored: Mapping[str, Product]) -> Mapping[str, int]:
    """The models among the documents, by every key that a reference may mean them with."""
    within: dict[str, int] = {}
    for index, key in enumerate(keys):
        if key is not None and _level(raws[index]) is Level.MODEL:
            existing = stored.get(key)
            names = (key,) if existing is None else (key, existing.key, code_key(existing.code))
            within.update(dict.fromkeys(names, index))
    return within


def _submitted(
    raw: Raw, model: str | int | None, raws: Sequence[Raw], keys: Sequence[str | None], stored: Mapping[str, Product]
) -> bytes:
    """What recognises the same submission: its content and, for ``#3``, which product that is, not its number."""
    if not isinstance(model, int) or model >= len(raws):
        return raw.digest
    key = keys[model]
    existing = stored.get(key) if key is not None else None
    meant = existing.code if existing is not None else key or raws[model].digest.hex()
    return hashlib.sha256(raw.digest + meant.encode()).digest()


def _model(model: str | int | None, stored: Mapping[str, Product], within: Mapping[str, int]) -> int | Product | None:
    if isinstance(model, int):
        return model
    if model is None:
        return None
    return within.get(model, stored.get(model))


def _obstacles(
    places: Sequence[Place], *, organisation: str, opening: Mapping[Level, frozenset[str]]
) -> Iterator[Finding]:
    yield from duplicates(
        (each.raw, code_key(each.existing.code) if each.existing is not None else each.key) for each in places
    )
    for each in places:
        if each.existing is not None:
            yield from _against(each, each.existing, organisation=organisation, opening=opening[each.level])
        elif each.key is not None and each.key.startswith("p/"):
            yield _finding("product-unknown", each.raw, "/uniqueProductIdentifier")


def duplicates(named: Iterable[tuple[Raw, str | None]]) -> Iterator[Finding]:
    """A finding for each document that is about the same product as one before it, by what they are named with."""
    seen: dict[str, int] = {}
    for raw, name in named:
        if name is None:
            continue
        if name in seen:
            yield _finding("identity-duplicate", raw, _pointer(raw), other=str(seen[name]))
        seen.setdefault(name, raw.index)


def _against(place: Place, existing: Product, *, organisation: str, opening: frozenset[str]) -> Iterator[Finding]:
    if organisation not in {existing.issuer, existing.operator}:
        yield _finding(TAKEN, place.raw, _pointer(place.raw))
    elif existing.standing is not Standing.ACTIVE:
        yield _finding("identity-withdrawn", place.raw, _pointer(place.raw))
    elif existing.level is not place.level:
        yield _finding("level-changed", place.raw, "/granularity", level=existing.level)
    elif not place.unchanged:
        for name in place.raw.value:
            if name in opening:
                yield _finding("state-on-revision", place.raw, f"/{name}")


def _pointer(raw: Raw) -> str:
    names = ("uniqueProductIdentifier", "serialNumber", "batchNumber", "giai", "grai", "gtin")
    return next((f"/{name}" for name in names if name in raw.value), "")


def _finding(code: str, raw: Raw, pointer: str, **values: str) -> Finding:
    found = raw.value.get(pointer.removeprefix("/")) if pointer else None
    return Finding(code, Severity.ERROR, pointer, raw.index, str(found)[:200] if found is not None else None, values)
