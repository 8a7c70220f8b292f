"""Labels: every form is read back by an independent reader, and says the code in clear."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from passport.codecs import glyphs
from passport.codecs.label import LEVELS, QUIET_ZONE, Level, address, matrix, png, svg
from passport.model.shortcode import ALPHABET, complete, grouped

CODE = complete("7KX94M2Q")
URL = address("https://pass.example.org", CODE)
CHROMIUM = Path("/usr/bin/chromium")
SVG = "{http://www.w3.org/2000/svg}"


def read(image: Image.Image) -> str:
    (found,) = zxingcpp.read_barcodes(image)
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    return str(found.text)


def drawn(document: bytes, pixels: int) -> Image.Image:
    """The SVG's own path, drawn into a picture with ``pixels`` a module."""
    root = ElementTree.fromstring(document)
    width, height = (int(each) for each in root.attrib["viewBox"].split()[2:])
    image = Image.new("L", (width * pixels, height * pixels), 255)
    (path,) = root.iter(f"{SVG}path")
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path.attrib["d"]):
        box = (int(x) * pixels, int(y) * pixels, (int(x) + int(run)) * pixels, (int(y) + 1) * pixels)
        image.paste(0, box)
    return image


def test_the_address_on_a_label_is_in_capitals_unless_the_base_has_a_path() -> None:
    assert address("https://pass.example.org", CODE) == f"HTTPS://PASS.EXAMPLE.ORG/P/{CODE}"
    assert address("http://127.0.0.1:8000", CODE) == f"HTTP://127.0.0.1:8000/P/{CODE}"
    assert address("https://example.org/Pass", CODE) == f"HTTPS://EXAMPLE.ORG/Pass/P/{CODE}"


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("module", [1, 2, 3, 8, 40])
def test_every_png_is_read_back(level: Level, module: int) -> None:
    image = Image.open(io.BytesIO(png(URL, CODE, module=module, level=level)))
    assert image.mode == "1"
    enlarged = image.convert("L").resize((image.width * 3, image.height * 3), Image.Resampling.NEAREST)
    assert read(enlarged if module == 1 else image.convert("L")) == URL


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("module", [0.25, 0.9, 1, 5])
def test_every_svg_is_read_back(level: Level, module: float) -> None:
    assert read(drawn(svg(URL, CODE, module=module, level=level), pixels=4)) == URL


@settings(max_examples=25, deadline=None)
@given(st.text(ALPHABET, min_size=8, max_size=8).map(complete), st.sampled_from(LEVELS))
def test_any_code_is_read_back_from_both_forms(code: str, level: Level) -> None:
    url = address("https://pass.example.org", code)
    assert read(Image.open(io.BytesIO(png(url, code, module=4, level=level))).convert("L")) == url
    assert read(drawn(svg(url, code, level=level), pixels=3)) == url


def test_a_url_in_small_letters_is_read_back_too() -> None:
    url = "https://pass.example.org/01/09506000134352/21/a%2Fb"
    assert read(Image.open(io.BytesIO(png(url, CODE))).convert("L")) == url


def test_the_asked_error_correction_is_used_and_not_raised() -> None:
    """Sizes planned in advance: capitals keep an address of this length at version 3 (29 modules) with level Q."""
    url = "HTTPS://PASS.GOTEBORG.SE/P/7KX9-4M2Q-Z"
    assert [len(matrix(url, level)) for level in LEVELS] == [25, 25, 29, 33]
    for level in LEVELS:
        (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png(url, CODE, level=level))).convert("L"))
        assert found.ec_level == level


@pytest.mark.parametrize("module", [2, 5])
def test_the_quiet_zone_is_four_modules_on_every_side(module: int) -> None:
    image = Image.open(io.BytesIO(png(URL, CODE, module=module))).convert("L")
    side = (len(matrix(URL)) + 2 * QUIET_ZONE) * module
    assert image.width == side
    dark = image.crop((0, 0, side, side)).point(lambda value: 255 - value).getbbox()
    assert dark == (4 * module, 4 * module, side - 4 * module, side - 4 * module)


@pytest.mark.parametrize("module", [1, 2, 8, 20])
def test_the_code_in_clear_stands_under_the_symbol_of_a_png(module: int) -> None:
    image = Image.open(io.BytesIO(png(URL, CODE, module=module))).convert("L")
    top = (len(matrix(URL)) + 2 * QUIET_ZONE) * module
    below = image.crop((0, top, image.width, image.height)).point(lambda value: 255 - value)
    left, upper, right, lower = below.getbbox() or pytest.fail("no text under the symbol")
    expected = glyphs.rows(grouped(CODE))
    scale = (lower - upper) // glyphs.HEIGHT
    assert right - left == len(expected[0]) * scale
    points = tuple(
        tuple(below.getpixel((left + x * scale, upper + y * scale)) == 255 for x in range(len(expected[0])))
        for y in range(glyphs.HEIGHT)
    )
    assert points == expected


def test_an_svg_has_one_path_a_name_and_the_code_as_text() -> None:
    root = ElementTree.fromstring(svg(URL, CODE))
    assert len(list(root.iter(f"{SVG}path"))) == 1
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == f"QR {grouped(CODE)}"
    assert root.findtext(f"{SVG}title") == f"QR {grouped(CODE)}"
    assert root.findtext(f"{SVG}text") == grouped(CODE)
    assert root.attrib["width"] == "33.3mm"
    assert b"style" not in svg(URL, CODE)


def test_runs_are_merged() -> None:
    modules = matrix(URL)
    runs = sum(len(re.findall("#+", "".join("#" if dark else "." for dark in row))) for row in modules)
    assert svg(URL, CODE).count(b"v1h-") == runs
    assert len(svg(URL, CODE)) < 8000


def test_equal_arguments_give_equal_bytes() -> None:
    first = (svg(URL, CODE), png(URL, CODE))
    for function in (matrix, svg, png):
        function.cache_clear()
        assert function.cache_info().maxsize is not None
    assert (svg(URL, CODE), png(URL, CODE)) == first


def test_every_symbol_of_a_code_has_its_own_glyph() -> None:
    shapes = {glyphs.rows(symbol) for symbol in ALPHABET + "-"}
    assert len(shapes) == 33
    assert all(len(shape) == glyphs.HEIGHT and {len(row) for row in shape} == {glyphs.WIDTH} for shape in shapes)
    with pytest.raises(KeyError):
        glyphs.rows("u")


@pytest.mark.parametrize("module", [0, 41, -1])
def test_a_png_has_bounds(module: int) -> None:
    with pytest.raises(ValueError, match="pixels"):
        png(URL, CODE, module=module)


@pytest.mark.parametrize("module", [0.0, 0.2, 5.1, float("nan"), float("inf")])
def test_an_svg_has_bounds(module: float) -> None:
    with pytest.raises(ValueError, match="millimetres"):
        svg(URL, CODE, module=module)


@pytest.mark.parametrize("url", ["", "https://é.example/", "A" * 401])
def test_what_is_no_address_for_a_label(url: str) -> None:
    with pytest.raises(ValueError, match="ASCII"):
        matrix(url)


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser.new_page(viewport={"width": 300, "height": 300})
        browser.close()


@pytest.mark.browser
@pytest.mark.parametrize("level", LEVELS)
def test_a_browser_draws_an_svg_that_is_read_back(level: Level, page: Any, tmp_path: Path) -> None:
    file = tmp_path / "label.svg"
    file.write_bytes(svg(URL, CODE, level=level))
    page.goto(file.as_uri())
    assert read(Image.open(io.BytesIO(page.screenshot())).convert("L")) == URL
