"""Draws the pictures of the examples: one flat illustration for each type of furniture and a damage, as PNG.

They show a type, not the maker's product, so that no picture of anybody else is needed. Run it with
``python examples/media/draw.py``; the submissions name each picture by its SHA-256, so run the tests afterwards.
"""

from collections.abc import Callable
from math import cos, pi, sin
from pathlib import Path

from paper import SHADOW, Sheet

_WOOD, _WOOD_DARK, _WOOD_LIGHT = "#c89b68", "#a87b4b", "#dcb78a"
_STEEL, _STEEL_DARK, _STEEL_LIGHT = "#9aa3ab", "#6f7881", "#c3c9ce"
_INK, _INK_LIGHT = "#3a4550", "#56636f"
_BLUE, _BLUE_DARK, _BLUE_LIGHT = "#3f6a8a", "#2f526c", "#5b87a8"
_RED, _RED_DARK = "#b4533f", "#8f3f30"
_GREEN, _GREEN_DARK, _GREEN_LIGHT = "#4f7a64", "#3b5f4d", "#7fa58f"
_OCHRE, _OCHRE_DARK = "#d09a3c", "#ad7c28"
_WHITE, _WHITE_DARK, _GREY = "#fcfbf9", "#dcd9d3", "#b9b6b0"


def office_chair(sheet: Sheet) -> None:
    sheet.shadow(across=180, y=530)
    sheet.bar([(400, 300), (400, 360)], 26, _INK)
    for x, y in ((268, 500), (532, 500), (330, 524), (470, 524)):
        sheet.bar([(400, 462), (x, y - 14)], 15, _STEEL_DARK)
        sheet.disc(x, y, 15, 15, _INK)
        sheet.disc(x, y, 6, 6, _STEEL_LIGHT)
    sheet.bar([(400, 462), (400, 506)], 15, _STEEL)
    sheet.disc(400, 522, 15, 15, _INK)
    sheet.disc(400, 522, 6, 6, _STEEL_LIGHT)
    sheet.block(386, 380, 414, 466, _STEEL, round_by=4)
    sheet.block(390, 380, 397, 466, _STEEL_LIGHT)
    sheet.block(362, 372, 438, 402, _INK, round_by=8)
    for side in (-1, 1):
        x = 400 + side * 138
        sheet.bar([(400 + side * 70, 378), (x, 372), (x, 296)], 13, _INK)
        sheet.block(x - 20, 278, x + 20, 298, _INK_LIGHT, round_by=9)
    sheet.block(302, 82, 498, 312, _BLUE_DARK, round_by=46)
    sheet.block(312, 88, 488, 300, _BLUE, round_by=40)
    sheet.block(330, 104, 470, 150, _BLUE_LIGHT, round_by=22)
    sheet.bar([(336, 236), (464, 236)], 4, _BLUE_DARK)
    sheet.block(280, 326, 520, 386, _BLUE_DARK, round_by=28)
    sheet.block(284, 320, 516, 368, _BLUE, round_by=24)


def shell_chair(sheet: Sheet) -> None:
    sheet.shadow(across=185, y=528)
    for side in (-1, 1):
        sheet.bar([(400 + side * 84, 352), (400 + side * 98, 496)], 10, _STEEL_DARK)
    _shell(sheet, _RED, _RED_DARK)
    for side in (-1, 1):
        sheet.bar([(400 + side * 96, 398), (400 + side * 132, 526)], 12, _STEEL)
        sheet.disc(400 + side * 133, 530, 9, 6, _INK)


def recycled_chair(sheet: Sheet) -> None:
    sheet.shadow(across=185, y=528)
    for side in (-1, 1):
        sheet.bar([(400 + side * 88, 350), (400 + side * 112, 500)], 11, _INK)
    _shell(sheet, _GREEN, _GREEN_DARK)
    upper = ((330, 150, 34), (428, 132, 46), (376, 196, 58), (446, 232, 38), (318, 246, 30))
    lower = ((340, 340, 60), (440, 348, 52))
    for x, y, length in upper + lower:
        sheet.bar([(x, y), (x + length, y - 8)], 5, _GREEN_LIGHT)
    for side in (-1, 1):
        sheet.bar([(400 + side * 60, 402), (400 + side * 104, 402), (400 + side * 136, 526)], 12, _INK_LIGHT)


def _shell(sheet: Sheet, colour: str, dark: str) -> None:
    sheet.area([(296, 300), (312, 120), (488, 120), (504, 300)], colour)
    sheet.block(308, 96, 492, 160, colour, round_by=34)
    sheet.area([(296, 296), (504, 296), (530, 374), (270, 374)], dark)
    sheet.area([(302, 312), (498, 312), (526, 374), (274, 374)], colour)
    sheet.block(268, 364, 532, 394, dark, round_by=15)
    sheet.block(268, 360, 532, 384, colour, round_by=12)


def armchair(sheet: Sheet) -> None:
    sheet.shadow(across=215, y=528)
    for side in (-1, 1):
        sheet.bar([(400 + side * 120, 420), (400 + side * 132, 504)], 16, _WOOD_DARK)
    for side in (-1, 1):
        sheet.block(400 + side * 136 - 24, 92, 400 + side * 136 + 24, 250, _OCHRE_DARK, round_by=22)
    sheet.block(272, 66, 528, 380, _OCHRE_DARK, round_by=48)
    sheet.block(286, 76, 514, 372, _OCHRE, round_by=42)
    sheet.block(310, 92, 490, 158, "#dbac57", round_by=28)
    sheet.bar([(306, 250), (494, 250)], 4, _OCHRE_DARK)
    sheet.block(262, 352, 538, 432, _OCHRE_DARK, round_by=26)
    sheet.block(266, 342, 534, 404, _OCHRE, round_by=26)
    for side in (-1, 1):
        x = 400 + side * 162
        sheet.bar([(x, 300), (x + side * 4, 524)], 18, _WOOD_DARK)
        sheet.bar([(400 + side * 150, 276), (x + side * 14, 296)], 24, _WOOD)
        sheet.bar([(x, 450), (400 + side * 20, 450)], 14, _WOOD_DARK)
    sheet.bar([(240, 450), (560, 450)], 14, _WOOD)


def cabinet(sheet: Sheet) -> None:
    sheet.shadow(across=235, y=532)
    sheet.area([(560, 84), (612, 66), (612, 508), (560, 526)], _GREY)
    sheet.area([(220, 84), (272, 66), (612, 66), (560, 84)], _WHITE)
    sheet.block(220, 84, 560, 526, _WHITE_DARK)
    for top, bottom in ((96, 176), (184, 264)):
        sheet.block(232, top, 548, bottom, _WHITE, round_by=4)
        sheet.bar([(360, top + 26), (420, top + 26)], 9, _STEEL)
    for left, right, handle in ((232, 386, 370), (394, 548, 410)):
        sheet.block(left, 272, right, 504, _WHITE, round_by=4)
        sheet.bar([(handle, 330), (handle, 384)], 9, _STEEL)
    sheet.block(220, 510, 560, 526, _STEEL_DARK)
    sheet.block(244, 110, 320, 130, _BLUE_LIGHT, round_by=3)
    sheet.block(244, 198, 320, 218, _BLUE_LIGHT, round_by=3)


def tree_bench(sheet: Sheet) -> None:
    sheet.disc(400, 500, 300, 56, SHADOW)
    for x, y, size in ((400, 130, 118), (312, 168, 84), (490, 166, 88), (360, 92, 76), (446, 88, 72)):
        sheet.disc(x, y, size, size * 0.82, _GREEN_LIGHT)
    for x, y, size in ((430, 150, 78), (340, 176, 58), (486, 186, 52)):
        sheet.disc(x, y, size, size * 0.72, _GREEN)
    for angle in (200, 340):
        x = 400 + 228 * cos(angle * pi / 180)
        sheet.bar([(x, 400), (x, 456)], 11, _STEEL_DARK)
    sheet.disc(400, 416, 250, 78, _WOOD_DARK)
    sheet.disc(400, 406, 250, 78, _WOOD)
    sheet.disc(400, 402, 108, 31, _WOOD_DARK)
    for ring in (145, 180, 215):
        _ring(sheet, ring, ring * 0.31)
    for step in range(6):
        angle = (step * 60 + 30) * pi / 180
        inner = (400 + 108 * cos(angle), 404 + 32 * sin(angle))
        sheet.bar([inner, (400 + 249 * cos(angle), 406 + 77 * sin(angle))], 4, _WOOD_DARK)
    sheet.disc(400, 404, 100, 27, SHADOW)
    sheet.area([(366, 412), (380, 250), (366, 180), (434, 180), (420, 250), (438, 412)], "#8a6d55")
    sheet.disc(402, 411, 36, 11, "#8a6d55")
    for angle in (20, 70, 110, 160):
        x = 400 + 236 * cos(angle * pi / 180)
        y = 418 + 72 * sin(angle * pi / 180)
        sheet.bar([(x, y), (x, y + 58)], 12, _STEEL)
        sheet.disc(x, y + 60, 16, 5, _STEEL_DARK)


def _ring(sheet: Sheet, across: float, down: float) -> None:
    turn = [step * pi / 60 for step in range(121)]
    sheet.bar([(400 + across * cos(angle), 405 + down * sin(angle)) for angle in turn], 3, _WOOD_DARK)


def picnic_table(sheet: Sheet) -> None:
    sheet.shadow(across=310, y=520, down=30)
    for side in (-1, 1):
        inner, outer = 400 + side * 132, 400 + side * 150
        sheet.bar([(inner, 262), (outer, 500)], 13, _STEEL_DARK)
    sheet.area([(196, 318), (604, 318), (614, 340), (186, 340)], _WOOD_DARK)
    _slats(sheet, top=214, bottom=292, narrow=196, wide=262, count=6)
    sheet.block(138, 290, 662, 310, _WOOD_DARK, round_by=3)
    for side in (-1, 1):
        upper, lower = 400 + side * 176, 400 + side * 206
        sheet.bar([(upper, 310), (lower, 508)], 16, _STEEL)
        sheet.bar([(upper + side * 8, 392), (400 + side * 130, 392)], 12, _STEEL)
        sheet.disc(lower, 511, 24, 7, _STEEL_DARK)
    _slats(sheet, top=386, bottom=424, narrow=258, wide=284, count=3)
    sheet.block(116, 422, 684, 438, _WOOD_DARK, round_by=3)


def _slats(sheet: Sheet, *, top: float, bottom: float, narrow: float, wide: float, count: int) -> None:
    for index in range(count):
        upper = top + (bottom - top) * index / count
        lower = top + (bottom - top) * (index + 1) / count - 3
        first = narrow + (wide - narrow) * index / count
        last = narrow + (wide - narrow) * (index + 1) / count
        colour = _WOOD_LIGHT if index % 2 else _WOOD
        sheet.area([(400 - first, upper), (400 + first, upper), (400 + last, lower), (400 - last, lower)], colour)


def wooden_chair(sheet: Sheet) -> None:
    sheet.shadow(across=185, y=530)
    for side in (-1, 1):
        sheet.bar([(400 + side * 96, 110), (400 + side * 92, 350), (400 + side * 104, 496)], 17, _WOOD_DARK)
    sheet.block(298, 92, 502, 152, _WOOD, round_by=16)
    sheet.block(306, 98, 494, 118, _WOOD_LIGHT, round_by=9)
    sheet.block(304, 206, 496, 250, _WOOD, round_by=12)
    sheet.bar([(312, 452), (488, 452)], 11, _WOOD_DARK)
    sheet.area([(302, 316), (498, 316), (530, 378), (270, 378)], _BLUE)
    sheet.area([(306, 316), (494, 316), (500, 328), (300, 328)], _BLUE_LIGHT)
    sheet.block(266, 370, 534, 396, _BLUE_DARK, round_by=12)
    sheet.block(272, 392, 528, 412, _WOOD_DARK, round_by=4)
    for side in (-1, 1):
        sheet.bar([(400 + side * 112, 404), (400 + side * 124, 524)], 19, _WOOD)


def torn_cover(sheet: Sheet) -> None:
    """The seat of the wooden chair from above, as somebody who mends it would photograph it."""
    sheet.shadow(across=300, y=520, down=30)
    for side in (-1, 1):
        sheet.bar([(400 + side * 215, 60), (400 + side * 235, 150)], 34, _WOOD_DARK)
    sheet.block(140, 120, 660, 500, _BLUE_DARK, round_by=60)
    sheet.block(152, 128, 648, 480, _BLUE, round_by=54)
    sheet.block(190, 156, 610, 220, _BLUE_LIGHT, round_by=30)
    sheet.area([(300, 470), (372, 388), (436, 352), (470, 340), (452, 384), (410, 430), (392, 478)], _OCHRE)
    sheet.area([(318, 470), (380, 402), (440, 362), (424, 396), (392, 436), (378, 476)], "#e2b866")
    for x, y in ((330, 424), (402, 362), (458, 346)):
        sheet.bar([(x, y), (x - 26, y - 16)], 4, _BLUE_DARK)


def desk(sheet: Sheet) -> None:
    sheet.shadow(across=300, y=528)
    for side in (-1, 1):
        x = 400 + side * 190
        sheet.block(x - 17, 286, x + 17, 500, _STEEL, round_by=3)
        sheet.block(x - 11, 286, x + 11, 396, _STEEL_LIGHT, round_by=3)
        sheet.block(x - 62, 500, x + 62, 520, _STEEL_DARK, round_by=8)
    sheet.block(210, 300, 590, 318, _STEEL_DARK, round_by=4)
    sheet.area([(176, 216), (624, 216), (690, 272), (110, 272)], _WOOD_LIGHT)
    sheet.area([(176, 216), (624, 216), (632, 223), (168, 223)], "#e6c8a1")
    sheet.block(110, 270, 690, 292, _WOOD, round_by=4)
    sheet.block(560, 298, 600, 310, _INK, round_by=4)


def bookcase(sheet: Sheet) -> None:
    sheet.shadow(across=215, y=540)
    sheet.block(230, 56, 570, 536, _WOOD_DARK, round_by=3)
    tops = (72, 186, 300, 414)
    for top in tops:
        sheet.block(246, top, 554, top + 102, "#8c6439")
        sheet.area([(246, top), (554, top), (540, top + 14), (260, top + 14)], "#75522d")
    for top in (56, *(value + 102 for value in tops)):
        sheet.block(230, top, 570, top + 14, _WOOD, round_by=2)
    shelves = {
        72: ((266, 70, _BLUE), (290, 80, _RED), (314, 64, _OCHRE), (338, 76, _GREEN)),
        186: ((460, 72, _INK_LIGHT), (486, 80, _GREEN_LIGHT), (512, 66, _RED)),
        300: ((268, 62, _OCHRE), (294, 78, _BLUE_LIGHT)),
    }
    for top, books in shelves.items():
        for left, tall, colour in books:
            sheet.block(left, top + 102 - tall, left + 20, top + 102, colour, round_by=2)
    sheet.block(230, 530, 570, 542, _WOOD_DARK)


def sofa(sheet: Sheet) -> None:
    sheet.shadow(across=320, y=524, down=26)
    for x in (150, 650):
        sheet.bar([(x, 452), (x, 516)], 16, _WOOD_DARK)
    sheet.block(120, 160, 680, 420, _GREEN_DARK, round_by=30)
    for left, right in ((132, 396), (404, 668)):
        sheet.block(left, 168, right, 350, _GREEN, round_by=26)
        sheet.block(left + 24, 182, right - 24, 222, _GREEN_LIGHT, round_by=18)
        sheet.block(left + 6, 326, right - 6, 410, _GREEN_DARK, round_by=18)
        sheet.block(left + 6, 320, right - 6, 388, _GREEN, round_by=20)
    sheet.block(110, 396, 690, 456, _GREEN_DARK, round_by=12)
    for left in (76, 662):
        sheet.block(left, 256, left + 62, 462, _GREEN_DARK, round_by=24)
        sheet.block(left + 6, 250, left + 56, 320, _GREEN, round_by=22)


def bed(sheet: Sheet) -> None:
    sheet.shadow(across=330, y=510, down=30)
    sheet.block(150, 120, 650, 400, _WOOD_DARK, round_by=10)
    sheet.block(162, 132, 638, 390, _WOOD, round_by=6)
    sheet.bar([(400, 140), (400, 300)], 4, _WOOD_DARK)
    sheet.area([(178, 286), (622, 286), (690, 430), (110, 430)], _WHITE)
    for left in (204, 412):
        sheet.block(left, 254, left + 184, 312, _WHITE_DARK, round_by=24)
        sheet.block(left + 4, 250, left + 180, 302, _WHITE, round_by=22)
    sheet.area([(160, 326), (640, 326), (694, 440), (106, 440)], _BLUE)
    sheet.area([(160, 326), (640, 326), (646, 340), (154, 340)], _BLUE_LIGHT)
    sheet.block(104, 430, 696, 470, _WOOD, round_by=4)
    sheet.block(104, 462, 696, 474, _WOOD_DARK)
    for x in (122, 678):
        sheet.block(x - 13, 470, x + 13, 510, _WOOD_DARK, round_by=3)


def acoustic_screen(sheet: Sheet) -> None:
    sheet.shadow(across=300, y=518, down=24)
    for x in (190, 610):
        sheet.block(x - 52, 500, x + 52, 514, _STEEL_DARK, round_by=6)
        sheet.block(x - 7, 460, x + 7, 506, _STEEL, round_by=2)
    sheet.block(120, 96, 680, 470, _STEEL_LIGHT, round_by=16)
    sheet.block(132, 108, 668, 458, _INK_LIGHT, round_by=10)
    for index in range(8):
        left = 144 + index * 65
        sheet.block(left, 122, left + 52, 444, _BLUE if index % 2 else _BLUE_LIGHT, round_by=8)


def park_bench(sheet: Sheet) -> None:
    sheet.disc(400, 500, 320, 40, SHADOW)
    for side in (-1, 1):
        x = 400 + side * 230
        sheet.bar([(x + side * 6, 190), (x, 380), (x + side * 4, 490)], 14, _RED_DARK)
        sheet.bar([(x, 380), (x + side * 34, 490)], 14, _RED)
        sheet.bar([(x - side * 26, 300), (x + side * 26, 300), (x + side * 30, 384)], 11, _RED)
    for top in (176, 216, 256):
        sheet.block(120, top, 680, top + 30, _WOOD, round_by=4)
        sheet.block(120, top, 680, top + 7, _WOOD_LIGHT, round_by=3)
    for index, top in enumerate((340, 360, 382)):
        sheet.block(124 - index * 9, top, 676 + index * 9, top + 17, _WOOD, round_by=3)
        sheet.block(124 - index * 9, top + 12, 676 + index * 9, top + 17, _WOOD_DARK)


def metal_chair(sheet: Sheet) -> None:
    sheet.shadow(across=180, y=530)
    for side in (-1, 1):
        sheet.bar([(400 + side * 92, 110), (400 + side * 90, 350), (400 + side * 106, 500)], 15, _STEEL_DARK)
    sheet.bar([(308, 112), (360, 92), (440, 92), (492, 112)], 16, _STEEL)
    for x in (356, 400, 444):
        sheet.bar([(x, 100), (x, 316)], 13, _STEEL)
        sheet.bar([(x - 3, 108), (x - 3, 310)], 3, _STEEL_LIGHT)
    sheet.area([(304, 312), (496, 312), (524, 384), (276, 384)], _STEEL)
    sheet.area([(316, 320), (484, 320), (500, 364), (300, 364)], _STEEL_LIGHT)
    sheet.block(272, 378, 528, 400, _STEEL_DARK, round_by=10)
    for height in (446, 470):
        sheet.bar([(292, height), (508, height)], 8, _STEEL_DARK)
    for side in (-1, 1):
        sheet.bar([(400 + side * 114, 396), (400 + side * 130, 524)], 16, _STEEL)


def dresser(sheet: Sheet) -> None:
    sheet.shadow(across=320, y=500, down=24)
    for x in (132, 668):
        sheet.block(x - 9, 448, x + 9, 494, _OCHRE_DARK, round_by=2)
    sheet.area([(110, 196), (150, 172), (650, 172), (690, 196)], _WOOD_LIGHT)
    sheet.block(104, 194, 696, 452, _WOOD_DARK, round_by=4)
    for index in range(4):
        left = 116 + index * 143
        sheet.block(left, 206, left + 137, 440, _WOOD, round_by=3)
        handle = left + (120 if index % 2 == 0 else 17)
        sheet.bar([(handle, 290), (handle, 356)], 7, _OCHRE)
    sheet.block(104, 444, 696, 456, _OCHRE_DARK)


def dining_table(sheet: Sheet) -> None:
    sheet.shadow(across=310, y=520, down=26)
    for side in (-1, 1):
        sheet.bar([(400 + side * 216, 270), (400 + side * 218, 462)], 20, _WOOD_DARK)
    sheet.block(130, 288, 670, 312, _WOOD_DARK, round_by=4)
    sheet.area([(186, 214), (614, 214), (694, 274), (106, 274)], _WHITE)
    sheet.bar([(400, 215), (400, 272)], 3, _WHITE_DARK)
    sheet.block(104, 272, 696, 292, _WOOD, round_by=4)
    for side in (-1, 1):
        sheet.bar([(400 + side * 236, 300), (400 + side * 268, 306), (400 + side * 272, 516)], 22, _WOOD_LIGHT)


def round_table(sheet: Sheet) -> None:
    sheet.disc(400, 516, 220, 30, SHADOW)
    for x, y in ((270, 486), (530, 486), (300, 520), (500, 520)):
        sheet.bar([(400, 462), (x, y)], 14, _STEEL_DARK if y < 500 else _STEEL)
        sheet.disc(x, y + 6, 11, 6, _INK)
    sheet.block(385, 250, 415, 476, _INK, round_by=6)
    sheet.block(389, 250, 396, 470, _INK_LIGHT)
    sheet.disc(400, 262, 290, 64, _INK)
    sheet.disc(400, 252, 290, 64, "#7a5233")
    sheet.disc(400, 247, 280, 58, "#8d6240")


def school_desk(sheet: Sheet) -> None:
    sheet.shadow(across=240, y=526)
    for side in (-1, 1):
        sheet.bar([(400 + side * 150, 300), (400 + side * 154, 474)], 13, _STEEL_DARK)
    sheet.block(236, 306, 564, 372, _STEEL_DARK, round_by=6)
    sheet.block(248, 314, 552, 356, _INK, round_by=4)
    sheet.area([(232, 234), (568, 234), (616, 290), (184, 290)], _BLUE_LIGHT)
    sheet.block(180, 288, 620, 308, _BLUE, round_by=9)
    for side in (-1, 1):
        x = 400 + side * 190
        sheet.bar([(x, 308), (x + side * 6, 410)], 20, _STEEL)
        sheet.bar([(x + side * 6, 400), (x + side * 12, 518)], 13, _STEEL_LIGHT)
        sheet.disc(x + side * 12, 522, 12, 6, _INK)


PICTURES: dict[str, Callable[[Sheet], None]] = {
    "office-chair": office_chair,
    "shell-chair": shell_chair,
    "recycled-chair": recycled_chair,
    "armchair": armchair,
    "cabinet": cabinet,
    "tree-bench": tree_bench,
    "picnic-table": picnic_table,
    "wooden-chair": wooden_chair,
    "torn-cover": torn_cover,
    "desk": desk,
    "bookcase": bookcase,
    "sofa": sofa,
    "bed": bed,
    "acoustic-screen": acoustic_screen,
    "park-bench": park_bench,
    "metal-chair": metal_chair,
    "dresser": dresser,
    "dining-table": dining_table,
    "round-table": round_table,
    "school-desk": school_desk,
}


def main() -> None:
    folder = Path(__file__).parent
    for name, draw in PICTURES.items():
        sheet = Sheet()
        draw(sheet)
        sheet.save(folder / f"{name}.png")


if __name__ == "__main__":
    main()
