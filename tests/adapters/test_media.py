"""Media as files: addressed by digest, checked whenever they are read."""

import hashlib
import stat

import pytest

from passport.adapters.media import FileMedia
from passport.errors import Damaged, Malformed
from passport.ports import Media


@pytest.fixture
def media(tmp_path):
    return FileMedia(tmp_path / "media")


def test_what_was_put_is_what_is_got(media, tmp_path):
    digest = media.put(b"picture", "image/jpeg")
    assert digest == hashlib.sha256(b"picture").hexdigest()
    assert FileMedia(tmp_path / "media").get(digest) == (b"picture", "image/jpeg")
    assert {name for name in vars(Media) if not name.startswith("_")} <= set(dir(media))


def test_the_same_bytes_are_one_file(media, tmp_path):
    digest = media.put(b"picture", "image/jpeg")
    assert media.put(b"picture", "image/png") == digest
    assert media.get(digest) == (b"picture", "image/jpeg")
    files = [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert len(files) == 2


@pytest.mark.parametrize("digest", ["0" * 64, "", "../../etc/passwd", "A" * 64, "0" * 63 + "/"])
def test_what_is_unknown_is_not_there(media, digest):
    assert media.get(digest) is None


def test_t39_changed_bytes_are_never_given(media, tmp_path):
    digest = media.put(b"picture", "image/jpeg")
    file = next(path for path in (tmp_path / "media").rglob(digest) if path.is_file())
    file.write_bytes(b"pictura")
    with pytest.raises(Damaged):
        media.get(digest)
    file.write_bytes(b"picture")
    file.with_suffix(".type").write_bytes(b"text/html\r\nX: y")
    with pytest.raises(Damaged):
        media.get(digest)


@pytest.mark.parametrize("media_type", ["", "image", "image/jpeg\r\nX: y", "text/html; charset=utf-8", "IMAGE/PNG"])
def test_t28_a_media_type_can_carry_no_header(media, media_type):
    with pytest.raises(Malformed):
        media.put(b"x", media_type)
    assert media.get(hashlib.sha256(b"x").hexdigest()) is None


def test_an_interrupted_put_is_finished_by_the_next(media, tmp_path):
    digest = hashlib.sha256(b"picture").hexdigest()
    folder = tmp_path / "media" / digest[:2]
    folder.mkdir(parents=True)
    (folder / f"{digest}.type").write_bytes(b"image/jpeg")
    (folder / f".{digest}.0123").write_bytes(b"pict")
    assert media.get(digest) is None
    media.put(b"picture", "image/png")
    assert media.get(digest) == (b"picture", "image/png")


def test_t07_what_is_restricted_stays_so_until_it_is_put_for_everybody(media, tmp_path):
    digest = media.put(b"photo", "image/jpeg", restricted=True)
    assert media.restricted(digest)
    assert FileMedia(tmp_path / "media").restricted(digest)
    assert media.put(b"photo", "image/jpeg") == digest
    assert not media.restricted(digest)
    media.put(b"photo", "image/jpeg", restricted=True)
    assert not media.restricted(digest), "what everybody has seen is no secret any more"
    assert not media.restricted("0" * 64)
    assert not media.restricted("../../etc/passwd")


def test_small_forms_are_found_by_the_picture_and_the_edge(media, tmp_path):
    digest, small = media.put(b"picture", "image/jpeg"), media.put(b"small", "image/webp")
    assert media.small(digest, 320) is None
    media.shrink(digest, 320, small)
    assert FileMedia(tmp_path / "media").small(digest, 320) == small
    assert media.small(digest, 1280) is None
    assert media.small("../" * 20, 320) is None
    next((tmp_path / "media").rglob("*.320")).write_bytes(b"../../etc/passwd")
    assert media.small(digest, 320) is None
    assert media.get(digest) == (b"picture", "image/jpeg")
