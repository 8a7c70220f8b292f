"""Rules about documents and images that a passport refers to: said what they are, before anybody opens them."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

from passport.model.report import Finding
from passport.published import Field, Published
from passport.validation.forms import EVERY, Form
from passport.validation.rules.registry import rule
from passport.validation.screening import Schema
from passport.validation.subject import Place, Subject

_WORDLESS: Final = ("image/", "audio/", "video/", "model/", "font/")
_ENDINGS: Final[Mapping[str, frozenset[str]]] = {
    "pdf": frozenset({"application/pdf"}),
    "html": frozenset({"text/html", "application/xhtml+xml"}),
    "htm": frozenset({"text/html", "application/xhtml+xml"}),
    "png": frozenset({"image/png"}),
    "jpg": frozenset({"image/jpeg"}),
    "jpeg": frozenset({"image/jpeg"}),
    "gif": frozenset({"image/gif"}),
    "webp": frozenset({"image/webp"}),
    "avif": frozenset({"image/avif"}),
    "svg": frozenset({"image/svg+xml"}),
    "mp4": frozenset({"video/mp4"}),
    "txt": frozenset({"text/plain"}),
    "csv": frozenset({"text/csv"}),
    "zip": frozenset({"application/zip"}),
    "docx": frozenset({"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}),
    "xlsx": frozenset({"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}),
}
"""Endings of file names that mean one thing, and their media types."""
_DOCUMENT: Final = frozenset({"url", "contentType", "language"})
_IMAGE: Final = frozenset({"url", "contentType", "alternativeText"})


def _is_image(field: Field) -> bool:
    return {each.name for each in field.fields} >= _IMAGE


def _is_document(field: Field) -> bool:
    return {each.name for each in field.fields} >= _DOCUMENT and not _is_image(field)


@lru_cache(maxsize=16)
def _holders(published: Published, group: str, version: str, level: Form) -> tuple[frozenset[str], frozenset[str]]:
    """The members that hold documents, and those that hold images."""
    documents: set[str] = set()
    images: set[str] = set()
    _hold(published.shape(group, version, level.value).fields, documents, images)
    return frozenset(documents), frozenset(images)


def _hold(fields: tuple[Field, ...], documents: set[str], images: set[str]) -> None:
    for each in fields:
        if _is_image(each):
            images.add(each.name)
        elif _is_document(each):
            documents.add(each.name)
        else:
            _hold(each.fields, documents, images)


def _linked(subject: Subject) -> list[tuple[Place, str, Mapping[str, Any]]]:
    """Every object with an address, with its place and the member that holds it."""
    found: list[tuple[Place, str, Mapping[str, Any]]] = []
    _collect(subject.value, "", (), found)
    return found


def _collect(value: Any, name: str, place: Place, found: list[tuple[Place, str, Mapping[str, Any]]]) -> None:
    if isinstance(value, dict):
        if "url" in value:
            found.append((place, name, value))
        for inner, member in value.items():
            if isinstance(member, dict | list) and inner != "extensions":
                _collect(member, inner, (*place, inner), found)
    else:
        for number, each in enumerate(value):
            if isinstance(each, dict | list):
                _collect(each, name, (*place, number), found)


def _lacking(value: Mapping[str, Any]) -> list[str]:
    """What a document does not say of itself. Pictures and films have no language."""
    if "contentType" in value and "language" in value:
        return []
    media = value.get("contentType")
    wordless = isinstance(media, str) and media.startswith(_WORDLESS)
    return [name for name in ("contentType", "language") if name not in value and not (wordless and name == "language")]


def _described(field: Field, published: Published) -> Schema | None:
    return {"required": ["contentType", "language"]} if _is_document(field) else None


@rule("document-undescribed", levels=EVERY, sieve=_described)
def document_undescribed(subject: Subject) -> Iterator[Finding]:
    """A document says its media type and language (ESPR 9(1); DPP-DAT-011; V45): SHOULD, else one opens it to see.

    Whether the address answers is not tried: checks never reach out to the network.
    """
    documents, _ = _holders(subject.facts.published, subject.group, subject.version, subject.level)
    for place, name, each in subject.once(_linked):
        lacking = _lacking(each) if name in documents else []
        if lacking:
            yield subject.finding("document-undescribed", place, field=", ".join(lacking))


@lru_cache(maxsize=4096)
def _fitting(url: str) -> frozenset[str]:
    """The media types that the ending of an address means; none where it has no ending that means one."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return frozenset()
    return _ENDINGS.get(path.rpartition("/")[2].rpartition(".")[2].lower(), frozenset())


def _expected(value: Mapping[str, Any], image: bool) -> str:
    """What the media type should have been; empty where nothing speaks against it."""
    media, url = value.get("contentType"), value.get("url")
    if not isinstance(media, str) or not isinstance(url, str):
        return ""
    if image and not media.startswith("image/"):
        return "image/…"
    fitting = _fitting(url)
    return " / ".join(sorted(fitting)) if fitting and media not in fitting else ""


_OTHER_ENDING: Final = {"not": {"pattern": f"(?i)[./]({'|'.join(_ENDINGS)})($|[?#])"}}
_PAIRED: Final = [
    {"contentType": {"const": media}, "url": {"pattern": rf"^[^?#]*\.{ending}$"}}
    for ending, types in _ENDINGS.items()
    for media in types
]


def _matched(field: Field, published: Published) -> Schema | None:
    """Nothing said, another ending, or the media type that the ending means: the likeliest first."""
    if _is_image(field):
        pairs = [each for each in _PAIRED if each["contentType"]["const"].startswith("image/")]
        other = {"contentType": {"pattern": "^image/"}, "url": _OTHER_ENDING}
    elif _is_document(field):
        pairs, other = _PAIRED, {"url": _OTHER_ENDING}
    else:
        return None
    ways = [{"properties": each} for each in (other, *pairs)]
    return {"anyOf": [{"not": {"required": ["contentType"]}}, *ways]}


@rule("media-type-mismatch", levels=EVERY, sieve=_matched)
def media_type_mismatch(subject: Subject) -> Iterator[Finding]:
    """A media type fits the ending of the address, and an image is one (rows 17 and 76; V45): SHOULD, readers use it.

    What an address answers is decided by its server and not by its ending (RFC 9110 clause 8.3), hence a warning.
    """
    documents, images = _holders(subject.facts.published, subject.group, subject.version, subject.level)
    held = documents | images
    for place, name, each in subject.once(_linked):
        expected = _expected(each, name in images) if name in held else ""
        if expected:
            yield subject.finding(
                "media-type-mismatch", (*place, "contentType"), each["contentType"], expected=expected
            )
