"""Submitted bytes to documents: JSON, NDJSON or JSON-LD, read so strictly that no two readers can differ about them."""

import codecs
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import orjson

from passport.codecs import jsonld
from passport.codecs.decoding import CAREFUL, FAST, Doubled, Doubtful, Wrong
from passport.codecs.pointers import excerpt, pointer
from passport.errors import TooLarge, Unreadable, UnsupportedMedia
from passport.model.report import Finding, Severity, collect
from passport.published import Published

_JSON: Final = frozenset({"application/json", "text/json"})
_LINES: Final = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})
_LINKED: Final = "application/ld+json"
_BLANK: Final = " \t\r\n"
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What no XML may hold (XML 1.0, production 2), and so no RDF/XML of a passport."""
_CONTROL_SIGNS: Final = (b"\\u00", b"\\b", b"\\f", b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_FOLDED: Final = ("granularity", "profile", "productGroup")
_UNSAID: Final = frozenset({"", "application/octet-stream", "text/plain"})
_KINDS: Final = _JSON | _LINES | _UNSAID | {_LINKED}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one submission may hold: bytes in all, documents, depth of nesting, characters of one string.

    ``document`` bounds the bytes of one document as JSON without white space, with ``OBJECT`` for each object in it:
    so the signed form, where objects have addresses, stays well below what verifiers read.
    """

    size: int = 20 * 1024 * 1024
    documents: int = 10_000
    depth: int = 64
    string: int = 100_000
    document: int = 1024 * 1024


OBJECT: Final = 256
"""Bytes that the address of a nested object may take in the signed document."""


@dataclass(frozen=True, slots=True)
class Raw:
    """One document as submitted, before any check of its content.

    ``index`` is its zero-based place in the submission, ``line`` its line (from 1) where there is one document a line.
    Numbers with a fraction are ``Decimal``, whole ones ``int``. ``digest`` is the SHA-256 of the value in one canonical
    spelling: equal for equal content, whatever the white space and the order of members. ``context`` is the JSON-LD
    context that the document stated, which is not part of its content. The names of level, profile and product group
    stand in lower case, however they were written.
    """

    index: int
    value: dict[str, Any]
    line: int | None
    digest: bytes
    context: str | None = None


def read(data: bytes, *, media_type: str | None, limits: Limits, published: Published | None = None) -> tuple[Raw, ...]:
    """The documents of a submission.

    Raises ``TooLarge`` beyond ``limits``, ``UnsupportedMedia`` for another media type, and ``Unreadable`` with the
    reading faults of all documents. ``published`` (by default what this program carries) is needed for JSON-LD only.
    """
    kind = _kind(media_type)
    if len(data) > limits.size:
        raise TooLarge("The submission has too many bytes.", limit=limits.size, found=len(data))
    text = _decoded(data)
    documents = list(_lines(text, limits) if kind in _LINES else _whole(text, limits))
    faults: list[Finding] = []
    linked = kind == _LINKED
    for each in documents:
        if each.faults:
            faults.extend(each.faults)
        elif not linked:
            linked = jsonld.is_linked(each.value)
    _stop_at(faults, len(documents))
    if not documents:
        _stop_at([_finding("no-documents")], 1)
    if linked:
        documents = _unlinked(documents, kind == _LINKED, published or Published.load())
        _bound(len(documents), limits)
    _stop_at(list(_too_large(documents, limits)), len(documents))
    return tuple(Raw(index, each.value, each.line, each.digest, each.context) for index, each in enumerate(documents))


def digest_of(value: object) -> bytes:
    """SHA-256 over the canonical spelling of a JSON value."""
    return hashlib.sha256(spelled(value)).digest()


def spelled(value: object) -> bytes:
    """The canonical spelling of a JSON value: sorted members, no white space, numbers without padding."""
    return orjson.dumps(value, default=_number, option=orjson.OPT_SORT_KEYS)


@dataclass(slots=True)
class _Read:
    """One document on its way: its value, or what is wrong with its spelling.

    ``doubtful`` when its canonical spelling has a sign that control characters leave there, and other text can too.
    """

    value: Any
    line: int | None
    digest: bytes
    faults: tuple[Finding, ...] = ()
    weight: int = 0
    doubtful: bool = False
    context: str | None = None


def _finding(code: str, at: str = "", document: int = 0, found: str | None = None, **values: str) -> Finding:
    return Finding(code, Severity.ERROR, at, document, found, values)


def _stop_at(faults: list[Finding], documents: int) -> None:
    if faults:
        report = collect(faults, documents=documents)
        raise Unreadable("The submission cannot be read.", report.findings)


@lru_cache(maxsize=64)
def _kind(media_type: str | None) -> str:
    kind, _, parameters = (media_type or "").partition(";")
    kind = kind.strip().lower()
    charset = parameters.lower().partition("charset=")[2].strip(' "')
    if charset not in {"", "utf-8", "utf8"} or kind not in _KINDS:
        raise UnsupportedMedia("Documents are read as JSON, NDJSON or JSON-LD in UTF-8.", found=excerpt(media_type))
    return kind


def _decoded(data: bytes) -> str:
    body = data.removeprefix(codecs.BOM_UTF8)
    try:
        return body.decode()
    except UnicodeDecodeError as fault:
        line = body.count(b"\n", 0, fault.start) + 1
        _stop_at([_finding("text-not-utf8", found=f"0x{body[fault.start]:02X}", line=str(line))], 1)
        raise


def _bound(documents: int, limits: Limits) -> None:
    if documents > limits.documents:
        raise TooLarge("The submission has too many documents.", limit=limits.documents, found=documents)


def _too_large(documents: list[_Read], limits: Limits) -> Iterator[Finding]:
    for index, each in enumerate(documents):
        if each.weight > limits.document:
            values = {"limit": str(limits.document), "weight": str(OBJECT)}
            yield _finding("document-too-large", "", index, str(each.weight), **values)


def _whole(text: str, limits: Limits) -> Iterator[_Read]:
    """The documents of one JSON text: an object, an array of objects, or (whatever its media type) objects by line."""
    stripped = text.strip(_BLANK)
    if not stripped:
        return
    try:
        value, sure = _load(stripped, limits)
    except json.JSONDecodeError as fault:
        if fault.msg == "Extra data" and _is_object(stripped.partition("\n")[0]):
            yield from _lines(text, limits)
        else:
            line = text[: len(text) - len(text.lstrip(_BLANK))].count("\n") + fault.lineno
            yield _Read(None, None, b"", (_syntax(fault, 0, line),))
        return
    if not isinstance(value, list):
        yield _judged(value, sure, 0, None, limits)
        return
    _bound(len(value), limits)
    for index, document in enumerate(value):
        yield _judged(document, sure, index, None, limits)


def _lines(text: str, limits: Limits) -> Iterator[_Read]:
    index = 0
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip(_BLANK)
        if not stripped:
            continue
        _bound(index + 1, limits)
        try:
            value, sure = _load(stripped, limits)
        except json.JSONDecodeError as fault:
            yield _Read(None, number, b"", (_syntax(fault, index, number),))
        else:
            yield _judged(value, sure, index, number, limits)
        index += 1


def _is_object(text: str) -> bool:
    try:
        return isinstance(CAREFUL.decode(text), dict)
    except (json.JSONDecodeError, RecursionError):
        return False


def _syntax(fault: json.JSONDecodeError, document: int, line: int) -> Finding:
    found = excerpt(fault.doc[fault.pos : fault.pos + 20]) or None
    return _finding("json-syntax", "", document, found, line=str(line), column=str(fault.colno))


def _load(text: str, limits: Limits) -> tuple[Any, bool]:
    """The value of one JSON text, and whether the fast reader is sure of it.

    An unsure value has ``Wrong`` and ``Doubled`` where the fast reader stumbled, or passes a limit somewhere.
    """
    try:
        value = FAST.decode(text)
    except Doubtful:
        return _load_with_care(text)
    except RecursionError:
        return Wrong("json-too-deep", ""), False
    small = len(text) <= limits.string and text.count("{") + text.count("[") <= limits.depth
    return value, small or _fits(value, limits)


def _load_with_care(text: str) -> tuple[Any, bool]:
    try:
        return CAREFUL.decode(text), False
    except RecursionError:
        return Wrong("json-too-deep", ""), False


def _fits(value: Any, limits: Limits) -> bool:
    """Whether depth and strings of a value keep to the limits; one pass, level by level."""
    level = [value]
    for _ in range(limits.depth):
        inner = []
        for outer in level:
            for each in outer.values() if type(outer) is dict else outer if type(outer) is list else ():
                kind = type(each)
                if kind is str:
                    if len(each) > limits.string:
                        return False
                elif kind is dict or kind is list:
                    inner.append(each)
        if not inner:
            return True
        level = inner
    return False


def _judged(value: Any, sure: bool, index: int, line: int | None, limits: Limits) -> _Read:
    """One document: refused when it is no object or misspelt somewhere, else with its digest."""
    if not isinstance(value, dict | Wrong):
        return _Read(None, line, b"", (_finding("json-not-object", "", index, excerpt(value)),))
    if sure:
        try:
            read = _weighed(value, line)
        except TypeError:
            """A lone surrogate: the walk below says where."""
        else:
            if not read.doubtful:
                return read
    faults = tuple(_misspellings(value, index, limits))
    return _Read(value, line, b"", faults) if faults else _weighed(value, line)


def _weighed(value: Any, line: int | None, context: str | None = None) -> _Read:
    """A document with its digest and weight. A lone surrogate raises ``TypeError``."""
    _fold(value)
    text = spelled(value)
    doubtful = (b"\\" in text or b"\xef\xbf" in text) and any(sign in text for sign in _CONTROL_SIGNS)
    weight = len(text) + OBJECT * text.count(b"{")
    digest = hashlib.sha256(text).digest()
    return _Read(value, line, digest, weight=weight, doubtful=doubtful, context=context)


def _fold(document: dict[str, Any]) -> None:
    """Put the names that choose the schemas of a document in lower case: all are published so, and few type them so."""
    for name in _FOLDED:
        written = document.get(name)
        if type(written) is str and not written.islower():
            document[name] = written.lower()


def _misspellings(document: Any, index: int, limits: Limits) -> Iterator[Finding]:
    """Everything in a document that the fast reader stumbled over, each with its pointer."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), document)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, Wrong):
            yield _finding(value.code, pointer(place), index, value.text or None, limit=str(limits.depth))
        elif isinstance(value, str):
            yield from _text_faults(value, pointer(place), index, limits)
        elif isinstance(value, dict | list):
            if len(place) >= limits.depth:
                yield _finding("json-too-deep", pointer(place[:8]), index, limit=str(limits.depth))
                return
            yield from _name_faults(value, place, index)
            inner = value.items() if isinstance(value, dict) else enumerate(value)
            waiting.extend(((*place, key), each) for key, each in inner)


def _text_faults(value: str, at: str, index: int, limits: Limits) -> Iterator[Finding]:
    if len(value) > limits.string:
        yield _finding("json-string-too-long", at, index, excerpt(value), limit=str(limits.string))
    if _has_surrogate(value):
        yield _finding("json-lone-surrogate", at, index, excerpt(value))
    if (control := _CONTROL.search(value)) is not None:
        yield _finding("json-control-character", at, index, f"U+{ord(control[0]):04X}")


def _name_faults(value: Any, place: tuple[str | int, ...], index: int) -> Iterator[Finding]:
    if isinstance(value, Doubled):
        for name in value.names:
            yield _finding("json-duplicate-member", pointer((*place, name)), index, excerpt(name))
    if isinstance(value, dict):
        for name in value:
            if _has_surrogate(name):
                yield _finding("json-lone-surrogate", pointer(place), index, excerpt(name))
            elif (control := _CONTROL.search(name)) is not None:
                yield _finding("json-control-character", pointer(place), index, f"U+{ord(control[0]):04X}")


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _unlinked(documents: list[_Read], declared: bool, published: Published) -> list[_Read]:
    """The plain documents that JSON-LD documents say; the nodes of one JSON text belong together, lines do not."""
    plain: list[_Read] = []
    effort = jsonld.Effort()
    faults: list[Finding] = []
    together: list[dict[str, Any]] = []
    for index, each in enumerate(documents):
        value = jsonld.without_context(each.value, published)
        if value is not None and (value is not each.value or not declared):
            plain.append(_weighed(value, each.line, each.value.get("@context")))
        elif each.line is None:
            together.append(each.value)
        else:
            found = jsonld.to_submission([each.value], published, document=index, effort=effort)
            faults.extend(found.findings)
            plain.extend(_found(found, each.line))
    if together:
        found = jsonld.to_submission(together, published, effort=effort)
        faults.extend(found.findings)
        plain.extend(_found(found, None))
    _stop_at(faults, len(documents))
    return plain


def _found(found: jsonld.Found, line: int | None) -> list[_Read]:
    return [_weighed(value, line, own) for value, own in zip(found.documents, found.contexts, strict=True)]


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value.normalize():f}")
    raise TypeError(type(value).__name__)
