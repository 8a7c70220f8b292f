"""JSON-LD submissions (expanded, flattened, or compacted with our context) to plain documents, without any network.

The only module that knows PyLD. PyLD is not thread-safe, so one process-wide lock stands round it; its base IRI is
always null, so that relative addresses stay recognisable; its loader serves packaged contexts and refuses all others.
It is loaded with the first JSON-LD that comes: with the HTTP client that it brings it would be a tenth of what every
process of this program loads.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from passport.codecs.linkednodes import MOST_NODES, Nodes, Plain, rebuild, stating
from passport.codecs.pointers import excerpt, pointer
from passport.model.report import Finding, Severity
from passport.published import CONTEXT, Published

if TYPE_CHECKING:
    from pyld import FrozenDocumentLoader

_LOCK: Final = threading.Lock()


@dataclass(slots=True)
class Effort:
    """What is left of the effort that the JSON-LD of one submission may cost: to be read, and to be written out."""

    reading: int = MOST_NODES
    writing: int = MOST_NODES


@dataclass(frozen=True, slots=True)
class Found:
    """What a JSON-LD text says: plain documents, and findings about what could not be taken over."""

    documents: tuple[dict[str, Any], ...]
    findings: tuple[Finding, ...]
    contexts: tuple[str | None, ...] = ()
    """The context that each document stated; as many as there are documents."""


def is_linked(value: Mapping[str, object]) -> bool:
    """Whether a JSON object has JSON-LD keywords or addresses among its own member names."""
    names = "\0".join(value)
    return "@" in names or "://" in names


def without_context(value: dict[str, Any], published: Published) -> dict[str, Any] | None:
    """The plain document in a JSON object: itself, or without ``@context`` if that is ours. None: it is JSON-LD."""
    if not is_linked(value):
        return value
    stated = value.get("@context")
    if not isinstance(stated, str) or stated not in published.stated_contexts:
        return None
    plain = {name: member for name, member in value.items() if name != "@context"}
    return plain if not any(_linked_names(plain)) else None


def to_submission(
    values: Sequence[dict[str, Any]], published: Published, *, effort: Effort, document: int = 0
) -> Found:
    """The plain documents said by the objects of one JSON-LD text; their nodes belong to one graph.

    ``document`` is the place of the first object in the submission; all texts of it share one ``effort``. Contexts
    other than ours, inline contexts, dropped members, relative addresses and predicates outside the vocabulary are
    findings, never guesses.
    """
    refused = [*_too_many(values, document, effort)] or [*_contexts(values, document, published)]
    if refused:
        return Found((), tuple(refused))
    from pyld.jsonld import JsonLdError

    dropped: list[str] = []
    try:
        expanded = [node for value in values for node in _expanded(value, published, dropped.append)]
    except (JsonLdError, RecursionError) as fault:
        return Found((), (_finding("jsonld-invalid", document, found=excerpt(_reason(fault))),))
    found = [_dropped(name, values, document) for name in dict.fromkeys(dropped)]
    plain = rebuild(Nodes.of(expanded), published, document=document, most=effort.writing)
    effort.writing -= min(plain.written, effort.writing)
    return Found(plain.documents, (*found, *plain.findings, *_nothing(plain, found, document)), plain.contexts)


class _Exact(float):
    """A decimal number on its way through PyLD, which knows only floats; ``text`` is what was written."""

    text: str


def _exact_floats(value: Any) -> Any:
    if isinstance(value, Decimal):
        number = _Exact(value)
        number.text = str(value)
        return number
    if isinstance(value, Mapping):
        return {name: _exact_floats(member) for name, member in value.items()}
    return [_exact_floats(each) for each in value] if isinstance(value, list) else value


def _plain_numbers(value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(value.text if isinstance(value, _Exact) else repr(value))
    if isinstance(value, dict):
        return {name: _plain_numbers(member) for name, member in value.items()}
    return [_plain_numbers(each) for each in value] if isinstance(value, list) else value


def _expanded(value: Mapping[str, Any], published: Published, on_dropped: Callable[[str], None]) -> list[Any]:
    """The nodes of one JSON object, each with the context that the object stated last (JSON-LD itself forgets it)."""
    expanded = _expand(_exact_floats(value), published, on_dropped)
    stated = value.get("@context")
    own = [each for each in (stated if isinstance(stated, list) else [stated]) if isinstance(each, str)]
    return stating(expanded, own[-1], published) if own else expanded


def _expand(value: Any, published: Published, on_dropped: Callable[[str], None]) -> list[dict[str, Any]]:
    from pyld import jsonld

    with _LOCK:
        nodes = jsonld.expand(value, _options(published), on_property_dropped=on_dropped)
    plain: list[dict[str, Any]] = _plain_numbers(nodes)
    return plain


def _options(published: Published) -> dict[str, Any]:
    return {"base": None, "documentLoader": _loader(published)}


@lru_cache(maxsize=4)
def _loader(published: Published) -> "FrozenDocumentLoader":
    from pyld import BUNDLED_CONTEXTS, FrozenDocumentLoader

    ours = {iri: dict(published.context(iri)) for iri in published.context_iris()}
    return FrozenDocumentLoader(documents={**BUNDLED_CONTEXTS, **ours})


def _reason(fault: Exception) -> str:
    return fault.args[0] if fault.args else type(fault).__name__


def _finding(code: str, document: int, at: str = "", found: str | None = None, **values: str) -> Finding:
    return Finding(code, Severity.ERROR, at, document, found, values)


def _linked_names(value: object) -> Iterator[str]:
    for _, name, _ in _members(value):
        if name.startswith("@") or ":" in name:
            yield name


def _members(value: object) -> Iterator[tuple[tuple[str | int, ...], str, object]]:
    """Every member of every object within a value, outermost first: its place, its name, its value."""
    waiting: list[tuple[tuple[str | int, ...], object]] = [((), value)]
    while waiting:
        place, each = waiting.pop()
        if isinstance(each, Mapping):
            for name, member in each.items():
                yield (*place, name), name, member
                waiting.append(((*place, name), member))
        elif isinstance(each, list):
            waiting.extend(((*place, number), inner) for number, inner in enumerate(each))


def _contexts(values: Sequence[Mapping[str, object]], document: int, published: Published) -> Iterator[Finding]:
    """Findings for every context that is not one of ours for submissions by its address (T18, T19)."""
    for index, value in enumerate(values, start=document):
        for place, name, member in _members(value):
            if name != "@context":
                continue
            for each in member if isinstance(member, list) else [member]:
                if not isinstance(each, str):
                    yield _finding("context-inline", index, pointer(place), excerpt(each))
                elif each not in published.stated_contexts:
                    yield _finding("context-unknown", index, pointer(place), excerpt(each), expected=CONTEXT)


def _too_many(values: Sequence[object], document: int, effort: Effort) -> Iterator[Finding]:
    """A finding where there are more objects and values than may be read; the counting stops there (T20)."""
    size = len(values)
    waiting: list[Any] = list(values)
    while waiting and size <= effort.reading:
        each = waiting.pop()
        for member in each.values() if isinstance(each, dict) else each:
            if isinstance(member, list):
                size += len(member)
                waiting.append(member)
            elif isinstance(member, dict):
                size += isinstance(each, dict)
                waiting.append(member)
    if size > effort.reading:
        yield _finding("jsonld-too-many-nodes", document, limit=str(MOST_NODES))
    else:
        effort.reading -= size


def _dropped(name: str, values: Sequence[Mapping[str, object]], document: int) -> Finding:
    for index, value in enumerate(values, start=document):
        for place, member, _ in _members(value):
            if member == name:
                return _finding("jsonld-dropped-term", index, pointer(place), excerpt(name), field=excerpt(name))
    return _finding("jsonld-dropped-term", document, "", excerpt(name), field=excerpt(name))


def _nothing(plain: Plain, found: Sequence[Finding], document: int) -> Iterator[Finding]:
    if not (plain.documents or plain.findings or found):
        yield _finding("jsonld-no-passport", document)
