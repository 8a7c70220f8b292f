"""Pictures and documents: who may keep them, what they must be, how they are found again."""

import hashlib
from collections.abc import Callable

import pytest

from passport.errors import Forbidden, Malformed, NotFound, TooLarge
from passport.model.access import Caller, Role, Scope
from passport.service.media import MEDIA_BYTES, find, keep, media_type_of
from passport.service.system import System

KINDS = {
    "image/png": b"\x89PNG\r\n\x1a\n" + b"\0" * 20,
    "image/jpeg": b"\xff\xd8\xff\xe0" + b"\0" * 20,
    "image/webp": b"RIFF\x10\0\0\0WEBPVP8 ",
    "application/pdf": b"%PDF-1.7\n",
}


def test_what_is_kept_is_found_by_its_digest(system: System, caller: Callable[[str], Caller]) -> None:
    for kind, data in KINDS.items():
        digest = keep(system, data, f"{kind}; charset=x", caller("maker"))
        assert digest == hashlib.sha256(data).hexdigest()
        assert keep(system, data, None, caller("town")) == digest
        assert find(system, digest) == find(system, f"sha256-{digest}") == (data, kind)


def test_anything_else_is_refused_whatever_it_is_called(system: System, caller: Callable[[str], Caller]) -> None:
    vector = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    for data in (b"", vector, b"<html>", b"GIF89a", b"\x89PNG", b"RIFF\0\0\0\0WAVE", b"MZ"):
        assert media_type_of(data) is None
        for kind in (None, "image/png", "image/svg+xml", "text/html"):
            with pytest.raises(Malformed):
                keep(system, data, kind, caller("maker"))
        with pytest.raises(NotFound):
            find(system, hashlib.sha256(data).hexdigest())


def test_a_type_that_the_bytes_do_not_have_is_refused(system: System, caller: Callable[[str], Caller]) -> None:
    for kind in ("image/jpeg", "text/html", "", "image/svg+xml"):
        with pytest.raises(Malformed):
            keep(system, KINDS["image/png"], kind, caller("maker"))


def test_size_and_sender_are_bounded(system: System, caller: Callable[[str], Caller]) -> None:
    whole = KINDS["image/png"].ljust(MEDIA_BYTES, b"\0")
    assert keep(system, whole, "image/png", caller("maker"))
    with pytest.raises(TooLarge):
        keep(system, whole + b"\0", "image/png", caller("maker"))
    reader = Caller("t", "maker", Role.SUPPLIER, frozenset({Scope.READ}))
    for other in (reader, caller("watch")):
        with pytest.raises(Forbidden):
            keep(system, KINDS["image/png"], "image/png", other)
    with pytest.raises(NotFound):
        find(system, "0" * 64)
