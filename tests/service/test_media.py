"""Pictures and documents: who may keep them, what they must be, how they are found again, and by whom."""

import hashlib
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from passport.errors import Forbidden, Malformed, NotFound, TooLarge
from passport.model.access import Caller, Role, Scope
from passport.service.media import EDGES, MEDIA_BYTES, find, is_restricted, keep, media_type_of
from passport.service.system import System

PLACE = b"59.3293 N 18.0686 E"
Who = Callable[[str], Caller]


def photo(kind: str, **options: object) -> bytes:
    file = BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((1500, 500)).save(file, kind, **options)
    return file.getvalue()


KINDS = {f"image/{kind.lower()}": photo(kind) + PLACE for kind in ("PNG", "JPEG", "WEBP")}
PAPER = b"%PDF-1.7\n"


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_kept_made_anew_and_found_by_its_digest(system: System, caller: Who, kind: str) -> None:
    kept = keep(system, KINDS[kind], f"{kind}; charset=x", caller("maker"))
    assert keep(system, KINDS[kind], None, caller("town")) == kept
    digest = kept.digest.removeprefix("sha256:")
    assert kept.url == f"{system.base}/media/{digest}"
    assert (kept.media_type, kept.width, kept.height) == (kind, 1500, 500)
    data, media_type = find(system, digest)
    assert (data, media_type) == find(system, f"sha256-{digest}")
    assert media_type == kind
    assert hashlib.sha256(data).hexdigest() == digest
    assert PLACE in KINDS[kind]
    assert PLACE not in data


def test_small_forms_are_kept_with_it(system: System, caller: Who) -> None:
    kept = keep(system, KINDS["image/jpeg"], None, caller("maker"))
    digest = kept.digest.removeprefix("sha256:")
    assert kept.thumbnails == {edge: f"{kept.url}?edge={edge}" for edge in EDGES}
    for edge in EDGES:
        data, media_type = find(system, digest, edge=edge)
        assert media_type == "image/webp"
        assert Image.open(BytesIO(data)).size == (edge, {320: 107, 1280: 427}[edge])
        assert find(system, hashlib.sha256(data).hexdigest()) == (data, media_type)
    paper = keep(system, PAPER, "application/pdf", caller("maker"))
    assert (paper.thumbnails, paper.width) == ({}, 0)
    assert find(system, paper.digest.removeprefix("sha256:"), edge=320) == (PAPER, "application/pdf")


def test_anything_else_is_refused_whatever_it_is_called(system: System, caller: Who) -> None:
    vector = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    for data in (b"", vector, b"<html>", b"GIF89a", b"\x89PNG", b"RIFF\0\0\0\0WAVE", b"MZ"):
        assert media_type_of(data) is None
        for kind in (None, "image/png", "image/svg+xml", "text/html"):
            with pytest.raises(Malformed):
                keep(system, data, kind, caller("maker"))
        with pytest.raises(NotFound):
            find(system, hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif"])
def test_pictures_of_phones_that_browsers_cannot_show_are_refused_with_what_to_do(
    system: System, caller: Who, brand: bytes
) -> None:
    for stated in ("image/heic", None):
        with pytest.raises(Malformed, match="JPEG"):
            keep(system, b"\0\0\0\x18ftyp" + brand + b"\0" * 40, stated, caller("maker"))


def test_a_type_that_the_bytes_do_not_have_is_refused(system: System, caller: Who) -> None:
    for kind in ("image/jpeg", "text/html", "", "image/svg+xml"):
        with pytest.raises(Malformed):
            keep(system, KINDS["image/png"], kind, caller("maker"))


def test_size_and_sender_are_bounded(system: System, caller: Who) -> None:
    whole = PAPER.ljust(MEDIA_BYTES, b"\0")
    assert keep(system, whole, "application/pdf", caller("maker"))
    with pytest.raises(TooLarge):
        keep(system, whole + b"\0", None, caller("maker"))
    reader = Caller("t", "maker", Role.SUPPLIER, frozenset({Scope.READ}))
    for other in (reader, caller("watch")):
        with pytest.raises(Forbidden):
            keep(system, KINDS["image/png"], "image/png", other)
    with pytest.raises(NotFound):
        find(system, "0" * 64)


def test_t07_a_photo_of_an_event_is_found_by_nobody_without_a_right(system: System, caller: Who) -> None:
    kept = keep(system, KINDS["image/jpeg"], None, caller("town"), restricted=True)
    digest = kept.digest.removeprefix("sha256:")
    assert is_restricted(system, f"sha256-{digest}")
    student = Caller("t", "school", Role.RESEARCHER, frozenset({Scope.READ}))
    sender = Caller("t", "town", Role.OWNER, frozenset({Scope.SUBMIT}))
    small = hashlib.sha256(find(system, digest, caller=caller("town"), edge=320)[0]).hexdigest()
    for other in (None, student, sender):
        for edge in (None, *EDGES):
            with pytest.raises(NotFound):
                find(system, digest, caller=other, edge=edge)
        with pytest.raises(NotFound):
            find(system, small, caller=other)
    for edge in (None, *EDGES):
        assert find(system, digest, caller=caller("watch"), edge=edge)
    keep(system, KINDS["image/jpeg"], None, caller("maker"))
    assert find(system, digest)
    assert find(system, small)
