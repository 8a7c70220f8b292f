"""Placing: which product each document of a submission is about, and whether its sender may speak of it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from passport.codecs.documents import context_of
from passport.codecs.strictjson import Raw
from passport.model.naming import code_key, own_key, reference_key, sibling
from passport.model.passport import Level, Product, Standing
from passport.model.report import Finding, Severity
from passport.ports import Writing
from passport.published import Group
from passport.service.system import Plans

TAKEN = "identity-taken"

Parent: TypeAlias = int | Product | None
"""The model or batch of a document: its place in the submission, or the product as stored."""

_Reference: TypeAlias = str | int | None
"""The key that a reference means, or the place of ``#3`` in the submission."""


@dataclass(frozen=True, slots=True)
class Place:
    """One document with what is known of its product before anything is issued.

    ``key`` is None for a product that gets its identity now; ``existing`` is the product as stored; ``model`` the
    place in this submission, or the stored product, of the model that a batch or piece is made to, ``batch`` likewise
    of the batch that a piece comes from. ``submitted`` recognises the same submission again. ``moved``: it asks, by
    its JSON-LD context, for another version of its group's schema than its passport follows.
    """

    raw: Raw
    group: Group
    level: Level
    key: str | None
    existing: Product | None
    model: Parent
    batch: Parent
    submitted: bytes
    moved: bool

    @property
    def unchanged(self) -> bool:
        """Whether exactly this was accepted last time."""
        return self.existing is not None and self.existing.submitted == self.submitted and not self.moved


@dataclass(frozen=True, slots=True)
class Placing:
    """All documents of a submission in their places, or the findings that stand in the way."""

    places: tuple[Place, ...]
    findings: tuple[Finding, ...]


def place(
    raws: Sequence[Raw],
    writing: Writing,
    *,
    base: str,
    organisation: str,
    groups: Sequence[Group | None],
    plans: Plans,
) -> Placing:
    """Find the products of all documents in one look-up, and everything that forbids issuing them.

    Documents with findings of their own may be among them: those without a level or a group have no place. ``groups``
    are the documents' own; ``plans`` name the fields that carry state, which a revision must leave out.
    """
    keys = [own_key(raw.value, base=base) for raw in raws]
    levels = [_level(raw) for raw in raws]
    models = [_model_key(raw, level, base) for raw, level in zip(raws, levels, strict=True)]
    batches = [_reference(raw, "batchPassport", base) for raw in raws]
    wanted = {key for key in (*keys, *models, *batches) if isinstance(key, str)}
    stored = writing.products(wanted) if wanted else {}
    within = {level: _within(level, levels, keys, stored) for level in (Level.MODEL, Level.BATCH)}
    submitted = [
        _submitted(raw, parents, raws, keys, stored) for raw, *parents in zip(raws, models, batches, strict=True)
    ]
    places = tuple(
        Place(
            raw=raw,
            group=group,
            level=level,
            key=key,
            existing=stored.get(key) if key else None,
            model=_parent(model, stored, within[Level.MODEL]),
            batch=_parent(batch, stored, within[Level.BATCH]),
            submitted=digest,
            moved=_moved(raw, stored.get(key) if key else None, digest, writing),
        )
        for raw, group, key, level, model, batch, digest in zip(
            raws, groups, keys, levels, models, batches, submitted, strict=True
        )
        if level is not None and group is not None
    )
    return Placing(places, tuple(_obstacles(places, organisation=organisation, plans=plans)))


def _moved(raw: Raw, existing: Product | None, submitted: bytes, writing: Writing) -> bool:
    if raw.context is None or existing is None or existing.submitted != submitted:
        return False
    kept = writing.version(existing.code, existing.version)
    return kept is not None and context_of(kept.payload) != raw.context.encode()


_LEVELS: Mapping[str, Level] = {level.value: level for level in Level}


def _level(raw: Raw) -> Level | None:
    stated = raw.value.get("granularity")
    return _LEVELS.get(stated) if isinstance(stated, str) else None


def _model_key(raw: Raw, level: Level | None, base: str) -> _Reference:
    if isinstance(raw.value.get("modelPassport"), str):
        return _reference(raw, "modelPassport", base)
    return _reference(raw, "gtin", base) if level is not Level.MODEL else None


def _reference(raw: Raw, name: str, base: str) -> _Reference:
    reference = raw.value.get(name)
    if not isinstance(reference, str):
        return None
    return sibling(reference) if reference.startswith("#") else reference_key(reference, base=base)


def _within(
    level: Level, levels: Sequence[Level | None], keys: Sequence[str | None], stored: Mapping[str, Product]
) -> Mapping[str, int]:
    """The documents of one level, by every key that a reference may mean them with."""
    within: dict[str, int] = {}
    for index, key in enumerate(keys):
        if key is not None and levels[index] is level:
            existing = stored.get(key)
            names = (key,) if existing is None else (key, existing.key, code_key(existing.code))
            within.update(dict.fromkeys(names, index))
    return within


def _submitted(
    raw: Raw,
    parents: Sequence[_Reference],
    raws: Sequence[Raw],
    keys: Sequence[str | None],
    stored: Mapping[str, Product],
) -> bytes:
    """What recognises the same submission: its content and, for ``#3``, which product that is, not its number."""
    numbers = [parent for parent in parents if isinstance(parent, int) and parent < len(raws)]
    if not numbers:
        return raw.digest
    meant = "".join(_meant(number, raws, keys, stored) for number in numbers)
    return hashlib.sha256(raw.digest + meant.encode()).digest()


def _meant(number: int, raws: Sequence[Raw], keys: Sequence[str | None], stored: Mapping[str, Product]) -> str:
    key = keys[number]
    existing = stored.get(key) if key is not None else None
    return existing.code if existing is not None else key or raws[number].digest.hex()


def _parent(reference: _Reference, stored: Mapping[str, Product], within: Mapping[str, int]) -> Parent:
    if reference is None or isinstance(reference, int):
        return reference
    return within.get(reference, stored.get(reference))


def _obstacles(places: Sequence[Place], *, organisation: str, plans: Plans) -> Iterator[Finding]:
    yield from duplicates(
        (each.raw, code_key(each.existing.code) if each.existing is not None else each.key) for each in places
    )
    groups = {each.raw.index: each.group.name for each in places}
    for each in places:
        if each.model is not None or each.batch is not None:
            yield from _parents(each, groups)
        if each.existing is not None:
            opening = plans[each.group.name, each.group.version, each.level].opening
            yield from _against(each, each.existing, organisation=organisation, opening=opening)
        elif each.key is not None and each.key.startswith("p/"):
            yield _finding("product-unknown", each.raw, "/uniqueProductIdentifier")
        elif "revision" in each.raw.value:
            yield _finding("revision-of-nothing", each.raw, "/revision")


def _parents(place: Place, groups: Mapping[int, str]) -> Iterator[Finding]:
    """Findings for a model or batch that is in another product group; ``groups`` are those of this submission."""
    for name, parent in (("modelPassport", place.model), ("batchPassport", place.batch)):
        group = parent.group if isinstance(parent, Product) else groups.get(-1 if parent is None else parent)
        if group is not None and group != place.group.name:
            pointer = f"/{name}" if name in place.raw.value else "/gtin"
            yield _finding("group-of-parent", place.raw, pointer, groups=group)


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
    elif existing.group != place.group.name:
        stated = "/productGroup" if "productGroup" in place.raw.value else _pointer(place.raw)
        yield _finding("group-changed", place.raw, stated, groups=existing.group)
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
