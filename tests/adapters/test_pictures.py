"""Pictures made anew: what is left of the bytes that were sent, what is refused, and what it costs to find out."""

import random
import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from passport.adapters.pictures import EDGE, PIXELS, PillowPictures
from passport.errors import Malformed, TooLarge
from passport.ports import Pictures

SECRET = b"59.3293 N 18.0686 E Kalle Karlsson <script>"
RED, BLUE = (200, 20, 20), (20, 20, 200)


def _memory(name: str) -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0])


@pytest.fixture
def peak():
    """Tells how many KiB of memory were needed at most since it was asked last."""
    reset = Path("/proc/self/clear_refs")
    if not reset.exists():
        pytest.skip("the peak of memory is told by Linux alone")
    before = 0

    def grown() -> int:
        nonlocal before
        found = _memory("VmHWM") - before
        reset.write_text("5")
        before = _memory("VmRSS")
        return found

    grown()
    return grown


@pytest.fixture(scope="module")
def pictures() -> PillowPictures:
    return PillowPictures()


def scene(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (size[0] // 2, 0, size[0], size[1]))
    return picture.convert(mode)


def written(picture: Image.Image, kind: str, **options) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def opened(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


def exif(orientation: int = 1) -> Image.Exif:
    found = Image.Exif()
    found[0x0112] = orientation
    found[0x010E] = SECRET.decode()
    found.get_ifd(0x8825)[1] = "N"
    return found


def near(pixel, colour) -> bool:
    return all(abs(one - other) < 30 for one, other in zip(pixel, colour, strict=False))


def test_it_is_what_the_port_promises(pictures):
    assert {name for name in vars(Pictures) if not name.startswith("_")} <= set(dir(pictures))


def profile() -> bytes:
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return made + SECRET


def loaded() -> dict[str, bytes]:
    """Pictures that carry a place, a name, a profile and a comment, with something else behind their end."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", SECRET.decode())
    texts.add_itxt("XML:com.adobe.xmp", SECRET.decode(), zip=False)
    more = {"exif": exif(), "icc_profile": profile()}
    return {
        "JPEG": written(scene(), "JPEG", comment=SECRET, xmp=SECRET, **more),
        "PNG": written(scene(), "PNG", pnginfo=texts, **more),
        "WEBP": written(scene(), "WEBP", xmp=SECRET, **more),
    }


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_the_pixels_is_left(pictures, kind):
    sent = loaded()[kind] + b"PK\x03\x04" + SECRET
    assert sent.count(SECRET) >= 3
    for still in pictures.renew(sent, edges=(20,)):
        assert SECRET not in still.data
        assert b"PK\x03\x04" not in still.data
        found = opened(still.data)
        assert not found.getexif()
        assert not {"exif", "xmp", "icc_profile", "comment", "Comment", "XML:com.adobe.xmp"} & found.info.keys()
    whole = pictures.renew(sent)[0]
    assert whole.media_type == f"image/{kind.lower()}"
    assert (whole.width, whole.height) == opened(whole.data).size == (60, 40)
    assert near(opened(whole.data).convert("RGB").getpixel((5, 20)), RED)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_same_bytes_give_the_same_bytes(pictures, kind):
    sent = loaded()[kind]
    assert pictures.renew(sent, edges=(20,)) == PillowPictures().renew(sent, edges=(20,))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_stands_as_it_was_taken(pictures, kind):
    whole = pictures.renew(written(scene(), kind, exif=exif(6)))[0]
    assert (whole.width, whole.height) == (40, 60)
    upright = opened(whole.data).convert("RGB")
    assert near(upright.getpixel((20, 5)), RED)
    assert near(upright.getpixel((20, 55)), BLUE)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_broken_metadata_say_nothing(pictures):
    sent = written(scene(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + SECRET)
    whole = pictures.renew(sent)[0]
    assert (whole.width, whole.height) == (60, 40)
    assert SECRET not in whole.data


def test_large_ones_are_made_smaller_and_small_ones_never_larger(pictures):
    whole, small, large = pictures.renew(written(scene((4000, 1000)), "JPEG"), edges=(320, 1280))
    assert (whole.width, whole.height) == (EDGE, EDGE // 4)
    assert [(each.width, each.height, each.media_type) for each in (small, large)] == [
        (320, 80, "image/webp"),
        (1280, 320, "image/webp"),
    ]
    assert [(each.width, each.height) for each in pictures.renew(written(scene(), "PNG"), edges=(320,))] == [
        (60, 40),
        (60, 40),
    ]


@pytest.mark.parametrize(
    ("kind", "mode", "kept"),
    [
        ("JPEG", "CMYK", "RGB"),
        ("JPEG", "L", "L"),
        ("PNG", "1", "L"),
        ("PNG", "LA", "RGB"),
        ("PNG", "P", "P"),
        ("PNG", "RGBA", "RGB"),
        ("WEBP", "RGBA", "RGB"),
    ],
)
def test_every_way_to_keep_colours_becomes_one_that_browsers_show(pictures, kind, mode, kept):
    source = (
        scene(mode="RGB").quantize(4)
        if mode == "P"
        else scene().convert("L").convert("LA")
        if mode == "LA"
        else scene(mode=mode)
    )
    whole, small = pictures.renew(written(source, kind), edges=(20,))
    assert opened(whole.data).mode == kept
    assert opened(small.data).size == (20, 13)
    if mode in ("CMYK", "P", "RGBA"):
        assert near(opened(whole.data).convert("RGB").getpixel((5, 20)), RED)


def test_what_is_see_through_stays_so(pictures):
    clear = scene(mode="RGBA")
    clear.putpixel((0, 0), (0, 0, 0, 0))
    palette = scene().quantize(4)
    for sent in (written(clear, "PNG"), written(clear, "WEBP", lossless=True), written(palette, "PNG", transparency=0)):
        whole, small = pictures.renew(sent, edges=(20,))
        assert opened(whole.data).mode == opened(small.data).mode == "RGBA"
        assert opened(whole.data).getchannel("A").getextrema()[0] == 0


@pytest.mark.parametrize("value", [0, 20_000, 40_000, 65_535])
def test_sixteen_bits_are_scaled_not_cut(pictures, value):
    grey = Image.new("I;16", (8, 8), value)
    assert opened(pictures.renew(written(grey, "PNG"))[0].data).getpixel((0, 0)) == value >> 8
    deep = b"".join(b"\0" + struct.pack(">HHH", value, 0, 65_535) * 8 for _ in range(8))
    assert opened(pictures.renew(png(8, 8, deep, depth=16))[0].data).getpixel((0, 0)) == (value >> 8, 0, 255)


def png(width: int, height: int, rows: bytes, *, depth: int = 8, more: bytes = b"") -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + more + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def webp(kind: bytes, body: bytes) -> bytes:
    chunk = kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def jpeg_of(width: int, height: int) -> bytes:
    """A small JPEG whose header says that it is that large."""
    data = bytearray(written(scene((16, 16)), "JPEG"))
    place = data.index(b"\xff\xc0")
    data[place + 5 : place + 9] = struct.pack(">HH", height, width)
    return bytes(data)


HUGE = {
    "png": png(50_000, 50_000, b"\0"),
    "jpeg": jpeg_of(50_000, 50_000),
    "webp extended": webp(b"VP8X", b"\0\0\0\0" + (16_382).to_bytes(3, "little") * 2 + b"\0" * 8),
    "webp lossless": webp(b"VP8L", b"\x2f" + struct.pack("<I", 0x3FFF | 0x3FFF << 14) + b"\0" * 16),
    "webp": webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 16_383, 16_383) + b"\0" * 16),
    "one line too long": png(PIXELS["PNG"] + 1, 1, b"\0"),
}


@pytest.mark.parametrize("sent", HUGE.values(), ids=HUGE)
def test_t10_a_header_that_promises_too_many_pixels_is_enough_to_refuse(pictures, sent, peak):
    assert len(sent) < 20_000
    with pytest.raises(TooLarge):
        pictures.renew(sent)
    assert peak() < 32 * 1024, "KiB"


def test_t10_texts_that_unpack_to_very_much_are_not_unpacked(pictures, peak):
    packed = zlib.compress(b"A" * 100_000_000)
    text = b"Comment\0\0" + packed
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    peak()
    with pytest.raises(Malformed):
        pictures.renew(png(8, 8, b"\0" * 25 * 8, more=chunk))
    assert peak() < 64 * 1024, "KiB"


def test_a_picture_of_the_most_pixels_is_kept(pictures):
    whole = pictures.renew(written(Image.new("L", (5_000, 5_000), 90), "PNG", compress_level=1))[0]
    assert (whole.width, whole.height) == (EDGE, EDGE)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_moving_pictures_are_refused(pictures, kind):
    frames = [Image.new("RGB", (8, 8), (shade, 0, 0)) for shade in (0, 120, 250)]
    with pytest.raises(Malformed, match="Moving"):
        pictures.renew(written(frames[0], kind, save_all=True, append_images=frames[1:]))


def test_of_several_pictures_in_one_jpeg_the_first_is_kept(pictures):
    sent = written(scene(), "MPO", save_all=True, append_images=[Image.new("RGB", (60, 40), (0, 200, 0))])
    whole = pictures.renew(sent)[0]
    assert whole.media_type == "image/jpeg"
    assert len(whole.data) < len(sent)
    assert near(opened(whole.data).getpixel((5, 20)), RED)
    assert getattr(opened(whole.data), "n_frames", 1) == 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_a_picture_that_ends_too_early_is_refused(pictures, kind, share):
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    sent = written(noise, kind)
    with pytest.raises(Malformed):
        pictures.renew(sent[: int(len(sent) * share)])


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\xff\xd8\xff",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7\n",
        written(scene(), "GIF"),
        written(scene(), "BMP"),
        written(scene(), "TIFF"),
        b"RIFF\0\0\0\0WEBP",
        b"\0\0\0\x18ftypheic" + b"\0" * 100,
    ],
)
def test_what_is_of_another_kind_is_refused(pictures, sent):
    with pytest.raises(Malformed):
        pictures.renew(sent)


def test_a_file_of_two_kinds_is_kept_as_its_picture_alone(pictures):
    page = b"<html><script>alert(1)</script>"
    gif = b"GIF89a/*" + page
    for sent in (
        written(scene(), "JPEG", comment=page),
        written(scene(), "PNG") + b"%PDF-1.7\n" + page,
        written(scene(), "WEBP") + gif,
    ):
        assert page in sent
        data = pictures.renew(sent)[0].data
        assert page not in data
        assert b"%PDF" not in data
        assert b"GIF89a" not in data


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_spoilt_bytes_are_a_picture_or_a_refusal_and_never_a_fault(pictures):
    draw = random.Random(4)
    for sent in loaded().values():
        for _ in range(60):
            spoilt = bytearray(sent)
            for _ in range(draw.randint(1, 8)):
                spoilt[draw.randrange(len(spoilt))] = draw.randrange(256)
            try:
                whole = pictures.renew(bytes(spoilt))[0]
            except (Malformed, TooLarge):
                continue
            assert SECRET not in whole.data
