"""Land seen from far off or from above: a gorge, salt pans, a desert coast, a volcano, oaks."""

# Places are counted in ints here and in floats there.
# mypy: disable-error-code="assignment"
# ruff: noqa: PLR0917  # what is drawn stands at a place and has a size: these come first, in order

import math
from itertools import pairwise

from drawing.shapes import figure, streak
from drawing.svg import Noise, Sheet, mix, picture, smooth


@picture("river-gorge")
def river_gorge(sheet: Sheet) -> None:
    sheet.ground(sheet.down((0, "#f3c58b"), (0.42, "#f9e6c0"), (1, "#f9e6c0")))
    sheet.disc(1050, 270, 96, "#e2583e")
    for x, y, wide, thick in ((700, 300, 560, 9), (880, 232, 420, 7), (300, 180, 480, 8)):
        streak(sheet, x, y, wide, thick, "#f9e6c0", opacity=0.9)
    far, near = "#c9b79a", "#173f45"
    for at in range(7):
        share = at / 6
        y = 400 + 70 * at
        sheet.ridge(
            y - 60, 130 + 30 * at, mix(far, near, share**0.8), scale=420 - 20 * at, shift=at * 733
        )
        if at in (1, 3):
            sheet.box(
                0,
                y + 24,
                1600,
                150,
                sheet.down((0, "#f9e6c0", 0), (0.6, "#f9e6c0", 0.55), (1, "#f9e6c0", 0)),
            )
    # The river, winding towards us.
    left, right = [], []
    for at in range(60):
        t = at / 59
        y = 560 + 520 * t**1.25
        middle = 800 + math.sin(t * 6.6 + 0.4) * (60 + 230 * t) + 120 * t
        wide = 6 + 250 * t**1.9
        left.append((middle - wide, y))
        right.append((middle + wide, y))
    data = smooth([*left, *reversed(right)], closed=True)
    sheet.path(
        data, sheet.slanted((0, 560), (0, 1067), (0, "#f8dcae"), (0.35, "#e4a074"), (1, "#7fa39a"))
    )
    with sheet.group(clip_path=sheet.clip(data)):
        for _ in range(130):
            t = sheet.dice.random()
            y = 560 + 520 * t**1.25
            middle = 800 + math.sin(t * 6.6 + 0.4) * (60 + 230 * t) + 120 * t
            length = 20 + 190 * t
            x = middle + sheet.dice.gauss(0, 4 + 120 * t)
            sheet.line(
                f"M{x:.0f},{y:.0f}q{length / 2:.0f},{3 + 7 * t:.0f} {length:.0f},0",
                "#fdf2d8",
                1 + 3.4 * t,
                opacity=0.55,
            )
    # Terraces on the near bank, one above the other.
    for at in range(10):
        edge = 500 - 26 * at + 30 * math.sin(at * 1.7)
        top = 776 + at * 33
        points = [
            (
                x,
                top
                + 20 * math.sin(x / 120 + at * 0.5)
                + 150 * max(0.0, (x - edge + 190) / 190) ** 2,
            )
            for x in range(-20, int(edge) + 70, 15)
        ]
        sheet.path(smooth(points) + "V1090H-20Z", mix("#3b7d5e", "#0f3034", at / 9))
        sheet.line(smooth(points), "#a9cb84", 3.5, opacity=0.6)
    # A gauge on the right bank, and somebody who reads it.
    sheet.path("M1180,1090Q1260,900 1620,842V1090Z", "#102f36")
    sheet.area([(1300, 1010), (1300, 690), (1342, 690), (1342, 1010)], "#f4ead2")
    for at in range(16):
        sheet.box(
            1300,
            700 + at * 20,
            42 if at % 4 == 0 else 22,
            10,
            "#c6402f" if at % 4 == 0 else "#22343a",
        )
    figure(sheet, 1420, 962, 150, "#0a2026")
    sheet.line("M1404,880l-40,-10", "#0a2026", 9)
    sheet.grain()


@picture("salt-pans")
def salt_pans(sheet: Sheet) -> None:
    """Salt pans from above, with panels along their bunds."""
    sheet.ground("#b98d6b")
    colours = [
        "#f4ead9",
        "#efd9cd",
        "#e9b7ab",
        "#d98b8a",
        "#b9c9c2",
        "#8fb5b6",
        "#6f9ea6",
        "#f7f2e8",
        "#e6c9a8",
        "#c97b78",
        "#a9c3bf",
    ]
    turn = 'transform="rotate(-14 800 533)"'
    sheet.raw(f"<g {turn}>")
    rows = [-220, -60, 110, 250, 420, 610, 760, 930, 1100, 1290]
    for above, below in pairwise(rows):
        x = -260.0
        while x < 1900:
            wide = sheet.dice.choice((130, 170, 210, 260, 330))
            fill = sheet.dice.choice(colours)
            corner = 9
            sheet.box(x + 7, above + 7, wide - 14, below - above - 14, fill, rx=corner)
            if sheet.dice.random() < 0.55:
                # Salt that has come out of the brine along one side.
                rim = sheet.dice.uniform(14, 46)
                points = [
                    (x + 7 + at * (wide - 14) / 10, below - 7 - rim * sheet.dice.uniform(0.35, 1))
                    for at in range(11)
                ]
                sheet.path(
                    smooth(points)
                    + f"L{x + wide - 7:.0f},{below - 7:.0f}L{x + 7:.0f},{below - 7:.0f}Z",
                    "#fffaf0",
                    opacity=0.8,
                )
            if sheet.dice.random() < 0.28:
                for cone in range(int(wide / 60)):
                    cx, cy = x + 40 + cone * 52, above + 36
                    sheet.oval(cx + 8, cy + 7, 17, 12, "#5a4a45", opacity=0.35)
                    sheet.disc(cx, cy, 15, "#ffffff")
                    sheet.path(f"M{cx},{cy - 15}a15,15 0 0,1 0,30Z", "#cfc8c2", opacity=0.8)
            x += wide
        # A row of panels on this bund.
        if above in (110, 610):
            for at in range(46):
                px = -200 + at * 46
                if 300 < px < 620:
                    continue
                sheet.box(px + 6, above - 8, 38, 22, "#2a2e33", opacity=0.35)
                sheet.box(px, above - 14, 38, 22, "#1d3f66")
                sheet.line(
                    f"M{px + 13},{above - 14}v22M{px + 26},{above - 14}v22M{px},{above - 3}h38",
                    "#7fa6cf",
                    1.2,
                )
    sheet.box(560, -300, 26, 1800, "#d9b58c")
    for y in range(-200, 1400, 7):
        sheet.box(562 + sheet.dice.uniform(0, 18), y, 5, 2, "#a97f5b")
    for x, y in ((573, 300), (573, 338), (573, 560)):
        sheet.oval(x + 10, y + 5, 22, 6, "#3a2c28", opacity=0.45)
        sheet.disc(x, y, 9, "#c43d2b")
        sheet.disc(x, y, 4, "#2b2320")
    sheet.raw("</g>")
    sheet.grain()


@picture("fog-nets")
def fog_nets(sheet: Sheet) -> None:
    sheet.ground(sheet.down((0, "#6f9fb0"), (0.45, "#c6d5cf"), (0.62, "#efe3cd")))
    sheet.disc(1240, 210, 52, "#fff6de")
    hills = [
        ("#b39c83", 470, 130),
        ("#9a7353", 560, 130),
        ("#7f533b", 690, 130),
        ("#5d3a2c", 850, 110),
    ]
    for at, (fill, y, tall) in enumerate(hills):
        line = sheet.ridge(y, tall, fill, scale=620 - at * 60, shift=at * 377)
        if at:
            # Nets stand along the ridge, smaller further off.
            size = 40 + at * 52
            wide = size * 1.75
            for step in range(8 + at * 2, 196, 15 + at * 9):
                x, y0 = line[step]
                if x + wide > 1560 or (at == 3 and x > 1000):
                    break
                x2, y2 = x + wide, line[min(step + int(wide / 8), 203)][1]
                sheet.line(
                    f"M{x:.0f},{y0 + 10:.0f}V{y0 - size * 1.08:.0f}M{x2:.0f},{y2 + 10:.0f}V{y2 - size * 1.08:.0f}",
                    "#2b1d1a",
                    2 + at * 1.3,
                )
                mesh = [
                    (x, y0 - size),
                    (x2, y2 - size),
                    (x2, y2 - size * 0.3),
                    (x, y0 - size * 0.3),
                ]
                sheet.area(mesh, "#fbf8ec", opacity=0.62)
                for part in range(1, 14):
                    t = part / 14
                    sheet.line(
                        f"M{x + wide * t:.0f},{y0 + (y2 - y0) * t - size:.0f}v{size * 0.7:.0f}",
                        "#4d6a70",
                        1.2,
                        opacity=0.55,
                    )
                for part in range(8):
                    t = part / 7
                    sheet.line(
                        f"M{x:.0f},{y0 - size + size * 0.7 * t:.0f}L{x2:.0f},{y2 - size + size * 0.7 * t:.0f}",
                        "#4d6a70",
                        1.2,
                        opacity=0.55,
                    )
                for _ in range(8 + at * 5):
                    t, u = sheet.dice.random(), sheet.dice.random()
                    sheet.disc(
                        x + wide * t,
                        y0 + (y2 - y0) * t - size + size * 0.7 * u,
                        1.2 + at * 0.7,
                        "#ffffff",
                    )
        # Fog lies between the hills.
        if at < 3:
            for _ in range(7):
                streak(
                    sheet,
                    sheet.dice.uniform(-300, 1300),
                    y + sheet.dice.uniform(50, 120),
                    sheet.dice.uniform(400, 900),
                    sheet.dice.uniform(10, 26),
                    "#f6f2e8",
                    opacity=0.6,
                )
            sheet.box(
                -20,
                y + 40,
                1640,
                140,
                sheet.down((0, "#f6f2e8", 0), (0.7, "#f6f2e8", 0.7), (1, "#f6f2e8", 0.2)),
            )
    # A tank, and a pipe down to it.
    sheet.line("M870,800Q900,930 1200,985", "#1f2f38", 7)
    sheet.box(1190, 930, 180, 100, "#2f6a7a")
    sheet.oval(1280, 930, 90, 22, "#5f9fae")
    sheet.oval(1280, 1030, 90, 22, "#2f6a7a")
    figure(sheet, 1440, 1030, 120, "#2a1a17")
    for x, y, r in (
        (140, 1010, 26),
        (240, 1040, 18),
        (420, 1020, 30),
        (700, 1046, 20),
        (1540, 1030, 26),
    ):
        for turn in range(-80, 81, 20):
            a = math.radians(turn - 90)
            sheet.line(f"M{x},{y}l{math.cos(a) * r:.0f},{math.sin(a) * r:.0f}", "#3b2a22", 3)
    sheet.grain()


@picture("ash-plume")
def ash_plume(sheet: Sheet) -> None:
    sheet.ground(sheet.down((0, "#2d4358"), (0.5, "#8fa6ac"), (0.72, "#ecd9bb")))
    noise = Noise(77)
    # The plume leans with the wind, heap upon heap.
    heaps = []
    for at in range(250):
        t = at / 249
        along = t**1.15
        middle_x = 640 + 760 * along**1.7 + 40 * noise.at(t * 9)
        middle_y = 610 - 560 * along**0.62
        spread = 26 + 235 * along
        heaps.append(
            (
                middle_x + sheet.dice.gauss(0, spread * 0.42),
                middle_y + sheet.dice.gauss(0, spread * 0.30),
                sheet.dice.uniform(0.35, 0.8) * spread,
                along,
            )
        )
    for x, y, r, along in heaps:
        sheet.disc(x + r * 0.10, y + r * 0.16, r, mix("#2b2a30", "#5b5a60", along))
    for x, y, r, along in heaps[::2]:
        sheet.disc(x - r * 0.12, y - r * 0.14, r * 0.78, mix("#4a444a", "#85838a", along))
    for x, y, r, along in heaps[::3]:
        sheet.disc(
            x - r * 0.28, y - r * 0.32, r * 0.46, mix("#7b6a66", "#b9b6b6", along), opacity=0.85
        )
    for x, y, r, _ in heaps[:30:2]:
        sheet.disc(x, y, r * 0.35, "#f0743a", opacity=0.55)
    # The mountain under its ice.
    sheet.path(
        "M-20,880Q260,800 520,640L600,604L650,618L704,600Q900,760 1240,838L1620,870V1090H-20Z",
        "#3d4a57",
    )
    sheet.path(
        "M330,752Q450,690 520,640L600,604L650,618L704,600Q800,690 930,752Q850,742 800,776Q740,738 690,784Q640,736 580,790Q520,744 470,784Q420,748 330,752Z",
        "#eef2f0",
    )
    sheet.path("M650,618L704,600Q800,690 930,752Q850,742 800,776Q760,748 720,766Z", "#b7c6cc")
    sheet.path("M612,606q18,20 44,14l8,40l-16,50l-20,-46Z", "#d9542b", opacity=0.85)
    sheet.ridge(890, 36, "#2c3a3c", scale=420, shift=50)
    sheet.ridge(960, 30, "#3f4f36", scale=520, shift=90)
    sheet.ridge(1020, 20, "#2b3a2a", scale=360, shift=20)
    # A farm in the light that is left.
    for x, wide in ((1120, 74), (1204, 52), (1040, 46)):
        sheet.box(x, 948 - wide * 0.4, wide, wide * 0.42, "#efe6d4")
        sheet.area(
            [
                (x - 6, 948 - wide * 0.4),
                (x + wide / 2, 948 - wide * 0.78),
                (x + wide + 6, 948 - wide * 0.4),
            ],
            "#a8392c",
        )
    sheet.box(1160, 932, 10, 14, "#f2c14f")
    for _ in range(420):
        sheet.disc(
            sheet.dice.uniform(500, 1600),
            sheet.dice.uniform(100, 1000),
            sheet.dice.uniform(0.8, 2.4),
            "#2a2a2c",
            opacity=0.45,
        )
    sheet.grain()


def _oak(
    sheet: Sheet, x: float, y: float, size: float, leaf: str, bark: str, stripped: str
) -> None:
    wide = size * 0.06
    sheet.path(
        f"M{x - wide},{y}Q{x - wide * 0.6},{y - size * 0.3} {x - wide * 0.7},{y - size * 0.45}L{x - size * 0.25},{y - size * 0.7}h{wide * 0.8}L{x},{y - size * 0.52}L{x + size * 0.2},{y - size * 0.72}h{wide * 0.8}L{x + wide * 0.8},{y - size * 0.42}Q{x + wide * 0.7},{y - size * 0.2} {x + wide},{y}Z",
        bark,
    )
    sheet.path(
        f"M{x - wide},{y}Q{x - wide * 0.6},{y - size * 0.25} {x - wide * 0.66},{y - size * 0.36}h{wide * 1.4}Q{x + wide * 0.7},{y - size * 0.2} {x + wide},{y}Z",
        stripped,
    )
    sheet.path(
        f"M{x + wide * 0.2},{y}Q{x + wide * 0.3},{y - size * 0.2} {x + wide * 0.2},{y - size * 0.36}h{wide * 0.5}Q{x + wide * 0.7},{y - size * 0.2} {x + wide},{y}Z",
        mix(stripped, "#000000", 0.3),
    )
    for shade, dx, dy, scale in (
        (0.35, 0.02, 0.02, 1.0),
        (0.0, -0.03, -0.03, 0.86),
        (-0.2, -0.07, -0.08, 0.55),
    ):
        colour = mix(leaf, "#06140c", shade) if shade >= 0 else mix(leaf, "#f4e7a8", -shade)
        for _ in range(34):
            turn, out = sheet.dice.uniform(0, math.tau), sheet.dice.random() ** 0.5
            a, b = 0.44 * out * math.cos(turn), 0.17 * out * math.sin(turn)
            sheet.disc(
                x + size * (a * scale + dx),
                y - size * (0.80 + b * scale - dy * 0.6),
                size * sheet.dice.uniform(0.05, 0.10),
                colour,
            )
    sheet.oval(x + size * 0.1, y + size * 0.02, size * 0.42, size * 0.035, "#3a2310", opacity=0.35)


@picture("cork-oaks")
def cork_oaks(sheet: Sheet) -> None:
    sheet.ground(sheet.down((0, "#e9b872"), (0.5, "#f6dfae"), (0.6, "#f3d79c")))
    sheet.disc(360, 300, 70, "#fff3cf")
    for at, (fill, y) in enumerate(
        (("#d9b883", 560), ("#c79f68", 620), ("#b98a4f", 700), ("#a8763d", 800), ("#8f5f30", 930))
    ):
        line = sheet.ridge(y, 46, fill, scale=560, shift=at * 511)
        size = (0, 90, 150, 250, 420)[at]
        if not size:
            continue
        for x in {
            1: (120, 330, 520, 760, 905, 1180, 1400),
            2: (240, 640, 1060, 1480),
            3: (80, 860, 1330),
            4: (470, 1180),
        }[at]:
            y0 = line[int((x + 20) / 8)][1] + size * 0.05
            _oak(
                sheet,
                x,
                y0,
                size,
                mix("#5f7d4b", "#33532f", at / 4),
                "#5b4432",
                "#b5532c" if at > 1 else "#9c5f3c",
            )
    # Cracked ground.
    for _ in range(46):
        x, y = sheet.dice.uniform(0, 1600), sheet.dice.uniform(965, 1060)
        sheet.line(
            f"M{x:.0f},{y:.0f}l{sheet.dice.uniform(-40, 40):.0f},{sheet.dice.uniform(4, 16):.0f}l{sheet.dice.uniform(-36, 36):.0f},{sheet.dice.uniform(4, 16):.0f}",
            "#5f3c1c",
            2.4,
            opacity=0.6,
        )
    sheet.grain()
