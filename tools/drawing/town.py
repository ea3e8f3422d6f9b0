"""Towns: a canal, a night bus, a walled city in March, a hall, a hoarding."""

# Places are counted in ints here and in floats there.
# mypy: disable-error-code="assignment"
# ruff: noqa: PLR0917  # what is drawn stands at a place and has a size: these come first, in order

import math

from drawing.shapes import bird, boat, figure, palm, streak
from drawing.svg import Sheet, mix, picture, smooth


def house(
    sheet: Sheet,
    x: float,
    y: float,
    width: float,
    height: float,
    wall: str,
    *,
    lit: str,
    dark: str,
    roof: str,
    share: float = 0.4,
    kind: int = 0,
) -> None:
    """Draw a town house with its feet at ``y``; ``kind`` chooses its roof."""
    top = y - height
    sheet.box(x, top, width, height, wall)
    sheet.box(x + width * 0.82, top, width * 0.18, height, "#000000", opacity=0.13)
    if kind == 0:
        sheet.area([(x - 8, top), (x + width / 2, top - width * 0.30), (x + width + 8, top)], roof)
    elif kind == 1:
        sheet.box(x - 8, top - 16, width + 16, 18, roof)
        for at in range(int(width / 18)):
            sheet.box(x + at * 18 + 2, top - 34, 7, 18, roof)
    else:
        sheet.path(
            f"M{x - 6},{top}V{top - 20}Q{x + width / 2},{top - width * 0.5} {x + width + 6},{top - 20}V{top}Z",
            roof,
        )
    columns = max(2, int(width / 46))
    rows = max(2, int(height / 78))
    for row in range(rows):
        for column in range(columns):
            wide = width / columns
            px, py = x + wide * (column + 0.5), top + height * (row + 0.26) / rows
            fill = lit if sheet.dice.random() < share else dark
            if kind == 2:
                sheet.path(f"M{px - 10:.0f},{py + 36:.0f}v-26a10,12 0 0,1 20,0v26Z", fill)
            else:
                sheet.box(px - 10, py, 20, 34, fill)
                sheet.box(px - 20, py, 8, 34, mix(roof, wall, 0.3))
                sheet.box(px + 12, py, 8, 34, mix(roof, wall, 0.3))


@picture("canal")
def canal(sheet: Sheet) -> None:
    sheet.ground(sheet.down((0, "#7fb4b8"), (0.5, "#f3e2bd")))
    streak(sheet, 200, 150, 560, 16, "#ffffff", opacity=0.7)
    streak(sheet, 900, 90, 480, 13, "#ffffff", opacity=0.6)
    water = 640
    walls = [
        "#d98a5b",
        "#e9c589",
        "#b5564a",
        "#efe0c2",
        "#7fa08f",
        "#d8a45f",
        "#c46f54",
        "#e8d3a9",
        "#8f6a5c",
        "#e0b58a",
    ]
    row = []
    x = -30.0
    while x < 1640:
        wide = sheet.dice.uniform(104, 176)
        row.append(
            (
                x,
                wide,
                sheet.dice.uniform(210, 400),
                sheet.dice.choice(walls),
                sheet.dice.randrange(3),
            )
        )
        x += wide
    for x, wide, tall, wall, kind in row:
        house(
            sheet,
            x,
            water - 34,
            wide,
            tall,
            wall,
            lit="#fdf0c8",
            dark="#3f4c52",
            roof=mix(wall, "#4a2018", 0.55),
            share=0.35,
            kind=kind,
        )
    # The temple tank's tower behind the roofs, and the church.
    sheet.box(-10, water - 40, 1640, 46, "#6d6255")
    for x in range(0, 1600, 26):
        sheet.box(x, water - 36, 22, 12, mix("#6d6255", "#ffffff", sheet.dice.uniform(0, 0.14)))
    sheet.box(-10, water, 1640, 440, sheet.down((0, "#c7b993"), (0.35, "#5d8b86"), (1, "#173a44")))
    ripple = sheet.ragged(26, 0.012, 9)
    with sheet.group(filter=ripple, opacity=0.5):
        for x, wide, tall, wall, _kind in row:
            sheet.box(x, water + 8, wide, tall * 0.86, sheet.down((0, wall, 0.95), (1, wall, 0)))
            sheet.path(
                f"M{x},{water + 8 + tall * 0.8}h{wide}l{-wide / 2},{wide * 0.3}Z",
                mix(wall, "#4a2018", 0.5),
                opacity=0.25,
            )
    for _ in range(150):
        t = sheet.dice.random()
        y, length = water + 12 + 400 * t, 20 + 130 * t
        sheet.line(
            f"M{sheet.dice.uniform(-40, 1600):.0f},{y:.0f}h{length:.0f}",
            "#eaf0da",
            1.2 + 2.6 * t,
            opacity=0.35,
        )
    # Half of the canal is still filled in: a bank of earth, and diggers at work.
    bank = [
        (1640, 640),
        (1060, 640),
        (1010, 690),
        (1040, 760),
        (1150, 830),
        (1330, 900),
        (1640, 960),
    ]
    sheet.path(smooth(bank) + "L1640,640Z", "#9a6f47")
    sheet.path(
        smooth([(1060, 640), (1010, 690), (1040, 760), (1150, 830), (1330, 900), (1640, 960)])
        + "L1640,1000L1310,930L1120,850L1016,770L990,692Z",
        "#6f4a2d",
    )
    for _ in range(90):
        sheet.disc(
            sheet.dice.uniform(1100, 1600),
            sheet.dice.uniform(655, 830),
            sheet.dice.uniform(2, 6),
            sheet.dice.choice(("#7f5836", "#b98a5c")),
            opacity=0.8,
        )
    ex, ey = 1300, 740
    sheet.box(ex - 90, ey - 16, 180, 30, "#2c2a29", rx=15)
    sheet.box(ex - 74, ey - 66, 130, 52, "#e8a72c")
    sheet.path(f"M{ex - 10},{ey - 66}v-62h66l14,62Z", "#c98a1c")
    sheet.path(f"M{ex},{ey - 72}v-46h48l10,46Z", "#bfdadb")
    sheet.line(
        f"M{ex - 60},{ey - 60}L{ex - 170},{ey - 190}L{ex - 270},{ey - 70}",
        "#e8a72c",
        18,
        stroke_linejoin="round",
    )
    sheet.path(f"M{ex - 296},{ey - 84}l52,-4l8,40q-30,32 -62,6Z", "#3a3632")
    for x, y in ((1440, 770), (1490, 776), (1180, 700)):
        figure(sheet, x, y, 84, "#2c2623")
        sheet.path(f"M{x - 9},{y - 80}a9,9 0 0,1 18,0Z", "#f0c83c")
    boat(sheet, 420, 820, 250, "#1f4a56", "#d9573c", mast="")
    figure(sheet, 470, 800, 110, "#22201f")
    sheet.line("M486,740L380,900", "#22201f", 6)
    palm(sheet, 150, 1080, 420, "#12313a", lean=0.12)
    sheet.grain()


@picture("night-bus")
def night_bus(sheet: Sheet) -> None:
    sheet.ground(sheet.down((0, "#0c1230"), (0.6, "#27305f"), (1, "#141a3a")))
    sheet.disc(1270, 180, 62, "#f5ecd0")
    sheet.disc(1248, 168, 58, "#131a3d")
    # Where people drive on the left, the doors are on the side that this turns to us.
    sheet.raw('<g transform="matrix(-1 0 0 1 1600 0)">')
    for _ in range(120):
        sheet.disc(
            sheet.dice.uniform(0, 1600),
            sheet.dice.uniform(0, 420),
            sheet.dice.uniform(0.7, 2),
            "#dfe6ff",
            opacity=sheet.dice.uniform(0.3, 0.9),
        )
    x = -40.0
    while x < 1640:
        wide, tall = sheet.dice.uniform(120, 210), sheet.dice.uniform(200, 430)
        house(
            sheet,
            x,
            760,
            wide,
            tall,
            sheet.dice.choice(("#232b5a", "#1d2450", "#2b3368", "#202a4f")),
            lit="#f8c65c",
            dark="#141a3c",
            roof="#151b40",
            share=0.2,
            kind=sheet.dice.randrange(3),
        )
        x += wide
    for x in (180, 700, 1240):
        sheet.line(f"M{x},800V470q0,-40 50,-40h40", "#0c1128", 9)
        sheet.area(
            [(x + 66, 436), (x + 118, 436), (x + 330, 800), (x - 140, 800)],
            sheet.slanted((x, 436), (x, 800), (0, "#ffd98a", 0.42), (1, "#ffd98a", 0)),
        )
        sheet.path(f"M{x + 62},430h60l-10,16h-40Z", "#ffe9b0")
    sheet.box(-10, 756, 1640, 50, "#3a3f63")
    sheet.box(-10, 800, 1640, 280, sheet.down((0, "#1c2144"), (1, "#0b0e22")))
    # The bus.
    bx, by, length, tall = 330, 846, 860, 316
    sheet.area(
        [
            (bx + length - 20, by - 90),
            (1640, by - 150),
            (1640, by + 90),
            (bx + length - 20, by - 50),
        ],
        sheet.slanted((bx + length, 0), (1640, 0), (0, "#fff0b8", 0.75), (1, "#fff0b8", 0)),
    )
    sheet.path(
        f"M{bx},{by}V{by - tall + 34}q0,-34 34,-34h{length - 110}q50,0 62,60l14,110V{by}Z",
        "#d8473a",
    )
    sheet.path(f"M{bx},{by}v-96h{length - 6}V{by}Z", "#f3e3c2")
    sheet.box(bx, by - 104, length - 8, 10, "#8e241f")
    for at in range(6):
        px = bx + 34 + at * 112
        sheet.box(px, by - tall + 42, 98, 120, "#ffe4a0", rx=10)
        if at in (0, 2, 3, 5):
            sheet.disc(px + 46, by - tall + 108, 22, "#3b2838")
            sheet.path(f"M{px + 10},{by - tall + 162}q36,-54 74,0Z", "#3b2838")
        sheet.box(px, by - tall + 150, 98, 12, "#c9a25c")
    sheet.path(f"M{bx + 716},{by - tall + 42}h42q28,4 36,40l14,80h-92Z", "#fff1c9", opacity=0.95)
    sheet.box(bx + 716, by - 86, 66, 82, "#b9a27a", rx=4)
    sheet.box(bx + 40, by - tall + 8, 230, 30, "#17131a", rx=4)
    for at in range(19):
        sheet.box(bx + 54 + at * 11, by - tall + 15 + (at * 7 % 3) * 4, 7, 8, "#ffb52e")
    for px in (bx + 180, bx + 640):
        sheet.disc(px, by, 62, "#0a0c18")
        sheet.disc(px, by, 34, "#8d93a8")
        sheet.disc(px, by, 12, "#2a2d3d")
    sheet.oval(bx + length - 20, by - 68, 14, 20, "#fff7d8")
    for _ in range(40):
        px = bx + sheet.dice.uniform(0, length)
        sheet.line(
            f"M{px:.0f},{by + 70 + sheet.dice.uniform(0, 140):.0f}h{sheet.dice.uniform(20, 90):.0f}",
            sheet.dice.choice(("#d8473a", "#f3c46a", "#f3e3c2")),
            3.5,
            opacity=0.32,
        )
    # Those who waited for it.
    for px, h in ((1350, 176), (1420, 150), (1478, 186)):
        figure(sheet, px, 930, h, "#080a1c")
    sheet.path("M1330,842h52v66h-52Z", "#080a1c")
    sheet.oval(1356, 846, 50, 14, "#10152f")
    sheet.line("M1560,940V560", "#080a1c", 12)
    sheet.box(1516, 540, 88, 88, "#2f6fb5", rx=8)
    sheet.box(1534, 568, 52, 34, "#ffffff", rx=6)
    sheet.raw("</g>")
    sheet.grain()


def _spire(
    sheet: Sheet, x: float, y: float, width: float, height: float, wall: str, roof: str, star: str
) -> None:
    """A brick tower in tiers under a pointed green roof."""
    sheet.box(x - width / 2, y - height * 0.55, width, height * 0.55, wall)
    for at in range(int(width / 13)):
        sheet.box(x - width / 2 + at * 13, y - height * 0.585, 8, height * 0.04, wall)
    sheet.box(
        x - width * 0.36, y - height * 0.69, width * 0.72, height * 0.15, mix(wall, "#000000", 0.14)
    )
    sheet.path(
        f"M{x - width * 0.42},{y - height * 0.68}L{x - width * 0.07},{y - height * 0.93}h{width * 0.14}L{x + width * 0.42},{y - height * 0.68}Z",
        roof,
    )
    sheet.path(
        f"M{x},{y - height * 0.93}L{x + width * 0.42},{y - height * 0.68}H{x}Z",
        "#000000",
        opacity=0.2,
    )
    for at in (-0.2, 0.2):
        sheet.path(
            f"M{x + width * at - width * 0.09},{y - height * 0.1}v{-height * 0.28}a{width * 0.09},{width * 0.11} 0 0,1 {width * 0.18},0v{height * 0.28}Z",
            mix(wall, "#000000", 0.35),
        )
    sheet.line(f"M{x},{y - height * 0.92}V{y - height * 0.98}", star, 4)
    sheet.area(
        [
            (
                x + math.cos(math.tau * k / 10 - math.pi / 2) * (15 if k % 2 == 0 else 6),
                y - height + math.sin(math.tau * k / 10 - math.pi / 2) * (15 if k % 2 == 0 else 6),
            )
            for k in range(10)
        ],
        star,
    )


@picture("moscow-march")
def moscow_march(sheet: Sheet) -> None:
    """The river and the wall on a March evening, ice going out."""
    sheet.ground(sheet.down((0, "#5d6f8f"), (0.4, "#b7a9b6"), (0.62, "#f0cdb0")))
    for y, wide in ((140, 700), (210, 520), (300, 800), (90, 420)):
        streak(sheet, sheet.dice.uniform(-100, 1000), y, wide, 18, "#d9cbd0", opacity=0.6)
    for x, wide, tall in (
        (-20, 130, 190),
        (120, 90, 260),
        (214, 160, 150),
        (1180, 140, 170),
        (1330, 80, 330),
        (1416, 200, 180),
    ):
        sheet.box(x, 620 - tall, wide, tall + 20, "#a79cac")
        for row in range(int(tall / 26)):
            for column in range(int(wide / 24)):
                if sheet.dice.random() < 0.3:
                    sheet.box(
                        x + 9 + column * 24, 632 - tall + row * 26, 9, 12, "#f6dfae", opacity=0.8
                    )
    # One of the tall towers of the fifties.
    for wide, tall in ((210, 130), (130, 230), (76, 320), (34, 380)):
        sheet.box(1080 - wide / 2, 640 - tall, wide, tall, "#9b8ea0")
    sheet.area([(1066, 262), (1080, 160), (1094, 262)], "#9b8ea0")
    # Domes behind the wall.
    for x, y, r, dome in (
        (560, 520, 34, "#d9a93f"),
        (628, 486, 46, "#e3b84a"),
        (700, 526, 34, "#d9a93f"),
        (800, 540, 28, "#e3b84a"),
    ):
        sheet.box(x - r * 0.72, y, r * 1.44, 150, "#efe6dc")
        sheet.box(x + r * 0.3, y, r * 0.42, 150, "#000000", opacity=0.1)
        sheet.path(
            f"M{x - r},{y}C{x - r * 1.5},{y - r * 1.2} {x - r * 0.2},{y - r * 1.3} {x},{y - r * 2.1}C{x + r * 0.2},{y - r * 1.3} {x + r * 1.5},{y - r * 1.2} {x + r},{y}Z",
            dome,
        )
        sheet.path(
            f"M{x},{y - r * 2.1}C{x + r * 0.2},{y - r * 1.3} {x + r * 1.5},{y - r * 1.2} {x + r},{y}H{x + r * 0.4}Q{x + r * 0.7},{y - r} {x},{y - r * 2.1}Z",
            "#7a4f12",
            opacity=0.4,
        )
        sheet.line(
            f"M{x},{y - r * 2.1}v{-r * 0.6}M{x - r * 0.2},{y - r * 2.4}h{r * 0.4}", dome, 3.5
        )
    wall = "#9c3f33"
    sheet.box(-10, 600, 1640, 120, wall)
    for x in range(-10, 1640, 30):
        sheet.path(f"M{x},602v-26l8,9l8,-9v26Z", wall)
    sheet.box(-10, 600, 1640, 8, "#f4ece8", opacity=0.85)
    for x in range(20, 1600, 60):
        sheet.path(f"M{x},720v-62a16,20 0 0,1 32,0v62Z", mix(wall, "#000000", 0.22), opacity=0.5)
    _spire(sheet, 300, 722, 104, 430, "#a8473a", "#3f6b58", "#e8503a")
    _spire(sheet, 930, 722, 84, 330, "#a04236", "#3f6b58", "#e8503a")
    _spire(sheet, 1420, 722, 92, 370, "#a8473a", "#3f6b58", "#e8503a")
    sheet.box(-10, 716, 1640, 40, "#6d6670")
    sheet.box(-10, 716, 1640, 10, "#e9e4e6")
    sheet.box(-10, 756, 1640, 330, sheet.down((0, "#b9a4a4"), (0.4, "#5d6c84"), (1, "#27354b")))
    for x, colour in ((300, "#a8473a"), (628, "#e3b84a"), (930, "#a04236"), (1420, "#a8473a")):
        for at in range(22):
            y = 764 + at * 11
            sheet.line(
                f"M{x - 40 + sheet.dice.uniform(-20, 20):.0f},{y}h{sheet.dice.uniform(30, 84):.0f}",
                colour,
                3.4,
                opacity=0.42 - at * 0.015,
            )
    # Ice that drifts.
    for _ in range(46):
        t = sheet.dice.random()
        cx, cy, rx = (
            sheet.dice.uniform(-40, 1640),
            775 + 280 * t,
            22 + 90 * t * sheet.dice.uniform(0.4, 1),
        )
        points = [
            (
                cx + math.cos(math.tau * k / 7) * rx * sheet.dice.uniform(0.7, 1.1),
                cy + math.sin(math.tau * k / 7) * rx * 0.24 * sheet.dice.uniform(0.7, 1.1),
            )
            for k in range(7)
        ]
        sheet.area([(px, py + 3 + 7 * t) for px, py in points], "#8fa2b8")
        sheet.area(points, mix("#dfe4ea", "#ffffff", sheet.dice.random()))
    for x, y in ((470, 330), (520, 312), (556, 338), (1240, 260), (1190, 284)):
        bird(sheet, x, y, 16, "#4a4458")
    sheet.grain()


@picture("empty-front-row")
def empty_front_row(sheet: Sheet) -> None:
    """A hall before the concert: an instrument in the light, chairs left free."""
    sheet.ground("#2a1420")
    for at in range(17):
        x = at * 100 - 20
        sheet.path(
            f"M{x},-10Q{x + 30},400 {x - 8},720H{x + 92}Q{x + 128},400 {x + 100},-10Z",
            sheet.across((0, "#5b1a2b"), (0.5, "#8c2a3a"), (1, "#4a1424")),
        )
    sheet.area(
        [(620, -20), (980, -20), (1330, 760), (270, 760)],
        sheet.slanted((800, -20), (800, 760), (0, "#ffe2a0", 0.55), (1, "#ffe2a0", 0.12)),
    )
    sheet.box(-10, 690, 1640, 120, sheet.down((0, "#b8763f"), (1, "#7a4524")))
    for x in range(-200, 1800, 90):
        sheet.line(f"M{800 + (x - 800) * 0.8:.0f},692L{x},808", "#5f3318", 2.5, opacity=0.7)
    sheet.oval(800, 742, 430, 50, "#ffdf9a", opacity=0.45)
    sheet.box(-10, 806, 1640, 24, "#4a2814")
    # A veena on its carpet.
    sheet.oval(800, 752, 350, 40, "#7c2236")
    sheet.oval(800, 750, 318, 32, "#c2933f")
    sheet.oval(800, 749, 300, 27, "#7c2236")
    sheet.raw('<g transform="rotate(-7 800 700)">')
    sheet.path("M500,676h470v30H500Z", "#5f2c16")
    sheet.path("M500,676h470v8H500Z", "#d9a24a")
    for at in range(21):
        sheet.box(520 + at * 21 * (1 - at * 0.004), 668, 3, 10, "#f2d58a")
    sheet.path("M940,650q150,-44 176,38q6,96 -110,98q-84,-6 -92,-78Z", "#8c4520")
    sheet.path("M964,664q112,-30 130,28q-10,18 -70,20q-60,0 -60,-48Z", "#d99a4e")
    sheet.oval(540, 752, 66, 56, "#b36a2e")
    sheet.oval(524, 738, 30, 22, "#e0a05a", opacity=0.7)
    sheet.path("M506,676q-80,-6 -106,-46q-30,30 -4,62q40,32 110,14Z", "#5f2c16")
    sheet.path("M404,640q-30,-34 -2,-52q22,-6 26,16q-16,-8 -20,2q0,16 20,24Z", "#d9a24a")
    for at in range(4):
        sheet.line(f"M470,{680 + at * 5}L1040,{684 + at * 4}", "#fff3cf", 1.5)
        sheet.line(f"M{452 - at * 15},{676 - at * 10}v-30", "#3a1a0c", 7)
    sheet.raw("</g>")
    # Sound, as it will be.
    for at in range(7):
        points = [
            (
                x,
                430
                - at * 26
                + (18 + at * 7)
                * math.sin(x / (60 + at * 12) + at)
                * math.sin(math.pi * x / 1600) ** 2,
            )
            for x in range(0, 1601, 20)
        ]
        sheet.line(smooth(points), "#ffd98a", 2.6, opacity=0.5 - at * 0.055)
    # Rows of chairs, the first of them kept free.
    for row in range(3):
        y, size, shade = 860 + row * 86, 70 + row * 26, ("#1d0e16", "#150910", "#0d050a")[row]
        for at in range(-1, int(1600 / (size * 1.35)) + 2):
            x = at * size * 1.35 + (row % 2) * size * 0.6
            sheet.path(
                f"M{x},{y + 260}V{y + size * 0.2}q0,{-size * 0.34} {size * 0.34},{-size * 0.34}h{size * 0.34}q{size * 0.34},0 {size * 0.34},{size * 0.34}V{y + 260}Z",
                shade,
            )
            if row == 0:
                sheet.line(
                    f"M{x + size * 0.14:.0f},{y + size * 0.02:.0f}q{size * 0.1:.0f},{-size * 0.12:.0f} {size * 0.3:.0f},{-size * 0.12:.0f}h{size * 0.2:.0f}",
                    "#e0a85a",
                    3,
                    opacity=0.75,
                )
            elif sheet.dice.random() < 0.8:
                sheet.disc(x + size * 0.5, y - size * 0.32, size * 0.27, shade)
                if sheet.dice.random() < 0.5:
                    sheet.disc(x + size * 0.5, y - size * 0.12, size * 0.17, shade)
                    for k in range(5):
                        sheet.disc(
                            x + size * (0.34 + k * 0.08),
                            y - size * 0.08 + 3 * (k % 2),
                            size * 0.045,
                            "#f6efe0",
                        )
    sheet.grain()


@picture("hoarding")
def hoarding(sheet: Sheet) -> None:
    """A painted face on a hoarding, in the dots of print, and the painter on his scaffold."""
    sheet.ground("#f2b53c")
    for at in range(40):
        a, b = math.tau * at / 40, math.tau * (at + 0.5) / 40
        sheet.area(
            [
                (980, 500),
                (980 + 1500 * math.cos(a), 500 + 1500 * math.sin(a)),
                (980 + 1500 * math.cos(b), 500 + 1500 * math.sin(b)),
            ],
            "#ee8f2e",
            opacity=0.75,
        )
    # Hair and neck first, then the face, then the dots that shade it.
    sheet.path(
        "M640,1090Q560,760 640,420Q720,110 1010,90Q1330,110 1390,430Q1420,760 1380,1090Z", "#20141f"
    )
    sheet.path("M860,1090V860h290v230Z", "#b8623a")
    sheet.path("M740,1090q60,-120 180,-130q90,50 180,0q160,20 240,130Z", "#b81f3a")
    face = "M760,430Q770,210 1000,206Q1240,214 1246,440Q1250,640 1160,770Q1080,880 1000,880Q920,876 846,770Q756,640 760,430Z"
    sheet.path(face, "#e39a62")
    with sheet.group(clip_path=sheet.clip(face)):
        for row in range(52):
            for column in range(44):
                x = 750 + column * 12 + (row % 2) * 6
                y = 200 + row * 13.4
                light = ((x - 900) / 300) * 0.9 + ((y - 430) / 600) * 0.5
                r = max(0.0, min(7.4, 6.4 * light))
                if r > 0.7:
                    sheet.disc(x, y, r, "#b3432a")
    sheet.path(
        "M742,470Q730,210 1000,190Q1270,200 1268,480Q1220,300 1090,270Q1000,258 930,300Q800,330 742,470Z",
        "#20141f",
    )
    for x in (890, 1106):
        sheet.path(f"M{x - 66},446Q{x},398 {x + 66},446Q{x},480 {x - 66},446Z", "#fff6e6")
        sheet.disc(x + 6, 440, 25, "#20141f")
        sheet.disc(x + 14, 432, 7, "#ffffff")
        sheet.path(f"M{x - 74},448Q{x},386 {x + 74},444Q{x},404 {x - 74},448Z", "#20141f")
        sheet.path(f"M{x - 82},386Q{x - 10},332 {x + 82},376Q{x},356 {x - 82},386Z", "#20141f")
    sheet.path("M1000,440Q976,560 958,596Q996,628 1042,598", stroke="#8f3422", stroke_width=6)
    sheet.disc(1000, 348, 17, "#b81f3a")
    sheet.path(
        "M900,712Q956,676 1000,694Q1046,676 1104,712Q1046,742 1000,736Q956,742 900,712Z", "#b81f3a"
    )
    sheet.path("M900,712Q1000,806 1104,712Q1046,742 1000,736Q956,742 900,712Z", "#d8324c")
    for x in (768, 1240):
        sheet.disc(x, 640, 17, "#ffd75e")
        sheet.path(f"M{x - 30},668h60l-30,70Z", "#ffd75e")
    for k in range(15):
        x = 800 + k * 28
        sheet.disc(x, 986 + 40 * math.sin(math.pi * k / 14), 15, "#ffd75e")
    for k in range(9):
        sheet.disc(690 + 26 * math.sin(k), 560 + k * 58, 25, "#fff6e6")
        sheet.disc(690 + 26 * math.sin(k), 560 + k * 58, 11, "#f0a43c")
    # The part not painted yet, squared up for copying.
    sheet.area(
        [(-20, -20), (520, -20), (470, 260), (530, 520), (450, 800), (500, 1090), (-20, 1090)],
        "#f5ead2",
    )
    for at in range(0, 560, 70):
        sheet.line(f"M{at},0V1067", "#7d93a3", 1.6, opacity=0.7)
    for at in range(0, 1067, 70):
        sheet.line(f"M0,{at}H500", "#7d93a3", 1.6, opacity=0.7)
    sheet.line(
        "M500,300Q380,320 330,420Q290,520 340,620Q300,700 250,820", "#3d3a3a", 4, opacity=0.75
    )
    sheet.line("M500,470Q440,450 400,480M500,700Q430,720 400,700", "#3d3a3a", 3, opacity=0.6)
    # Bamboo, plank, painter.
    for x in (120, 420):
        sheet.line(f"M{x},-20V1090", "#8a6a34", 17)
        for y in range(40, 1067, 130):
            sheet.box(x - 11, y, 22, 7, "#5f451c")
    sheet.box(40, 800, 520, 20, "#6b4a22")
    sheet.line("M120,150L420,420", "#8a6a34", 12)
    figure(sheet, 300, 800, 250, "#1d2a3a")
    sheet.line("M318,640L470,560", "#1d2a3a", 22)
    sheet.line("M470,560l40,-22", "#8a6a34", 7)
    sheet.path("M504,546l34,-26l8,14Z", "#b81f3a")
    for x, colour in ((170, "#b81f3a"), (212, "#f2b53c"), (410, "#2f6f8f")):
        sheet.box(x, 766, 34, 36, "#c9cdd0")
        sheet.oval(x + 17, 766, 17, 6, colour)
    sheet.grain()
