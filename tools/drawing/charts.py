"""Charts that are pictures: the weather, a turtle's track, a tide table, warming, a price."""

# Places are counted in ints here and in floats there.
# mypy: disable-error-code="assignment"

import math

from drawing.svg import Noise, Point, Sheet, mix, path, picture, smooth


def _coast(sheet: Sheet, left: float, land: str, edge: str, *, seed: int = 4) -> list[Point]:
    """Draw a coast down the left of a chart; return its line."""
    noise = Noise(seed)
    line = [
        (
            left + 90 * noise.rough(y / 240) + 26 * noise.rough(y / 46, 9) + (y - 500) * 0.10,
            float(y),
        )
        for y in range(-20, 1100, 12)
    ]
    sheet.path(smooth(line) + "L-20,1100L-20,-20Z", land)
    sheet.line(smooth(line), edge, 4)
    return line


@picture("storm-chart")
def storm_chart(sheet: Sheet) -> None:
    """The Bay on the forecaster's chart: isobars, wind and rain around a deep depression."""
    sheet.ground("#cfe0dc")
    x, y = 900, 560
    for at in range(5):
        sheet.disc(x, y, 720 - at * 120, mix("#bfd8d6", "#8fb9bd", at / 4), opacity=0.55)
    for at in range(0, 1700, 160):
        sheet.line(f"M{at},-10V1090M-10,{at}H1620", "#ffffff", 1.5, opacity=0.7)
    coast = _coast(sheet, 430, "#efe3c8", "#5f5a4c")
    with sheet.group(clip_path=sheet.clip(smooth(coast) + "L-20,1100L-20,-20Z")):
        for at in range(9):
            sheet.line(
                smooth([(px - 9 - at * 9, py) for px, py in coast]),
                "#a99d80",
                1.6,
                opacity=0.5 - at * 0.05,
            )
        for k in range(5):
            points = [
                (-20.0 + 46 * step, 140 + k * 210 + 46 * sheet.noise.rough(step / 5, k * 3))
                for step in range(16)
            ]
            sheet.line(smooth(points), "#8fb0b4", 4.5, opacity=0.9)
    # Bands of rain wind into the centre.
    for arm in range(4):
        for step in range(330):
            t = step / 330
            angle = arm * math.pi / 2 - t * 4.0
            radius = 560 * (1 - t) ** 0.8 + 46
            px = x + math.cos(angle) * radius + sheet.dice.gauss(0, 10 + 40 * (1 - t))
            py = y + math.sin(angle) * radius * 0.86 + sheet.dice.gauss(0, 10 + 34 * (1 - t))
            r = (2.4 + 9 * t) * sheet.dice.uniform(0.5, 1.15)
            sheet.disc(
                px,
                py,
                r,
                sheet.dice.choice(
                    ("#1d5468", "#2b7486", "#1a4359", "#d9573c" if t > 0.72 else "#3f8c97")
                ),
                opacity=0.8,
            )
    # Isobars.
    noise = Noise(41)
    for ring in range(9):
        radius = 92 + ring * 74
        points = []
        for step in range(48):
            angle = math.tau * step / 48
            wobble = 1 + 0.07 * noise.at(math.cos(angle) * 1.6 + ring * 0.35, math.sin(angle) * 1.6)
            points.append(
                (
                    x + math.cos(angle) * radius * wobble * 1.1,
                    y + math.sin(angle) * radius * wobble * 0.9,
                )
            )
        sheet.path(
            smooth(points, closed=True),
            "none",
            stroke="#16323f",
            stroke_width=3.4 if ring % 2 == 0 else 2,
        )
        value = 992 + ring * 2
        if ring % 2 == 0 and 0 < ring < 8:
            px, py = points[5 + ring]
            sheet.box(px - 34, py - 18, 68, 34, "#cfe0dc")
            sheet.raw(
                f'<text x="{px:.0f}" y="{py + 11:.0f}" font-family="Liberation Sans Narrow" font-size="32" text-anchor="middle" fill="#16323f">{value}</text>'
            )
    # Wind barbs.
    for gx in range(620, 1600, 150):
        for gy in range(90, 1060, 150):
            dx, dy = gx - x, gy - y
            if not 250 < math.hypot(dx, dy) < 800:
                continue
            angle = math.atan2(dy, dx) - math.pi / 2 - 0.35
            ux, uy = math.cos(angle), math.sin(angle)
            sheet.line(f"M{gx},{gy}l{-ux * 58:.0f},{-uy * 58:.0f}", "#16323f", 3)
            for k in range(2 if math.hypot(dx, dy) > 500 else 3):
                bx, by = gx - ux * (58 - k * 13), gy - uy * (58 - k * 13)
                sheet.line(
                    f"M{bx:.0f},{by:.0f}l{-uy * 20 - ux * 8:.0f},{ux * 20 - uy * 8:.0f}",
                    "#16323f",
                    3,
                )
            sheet.disc(gx, gy, 5, "#16323f")
    # Where it came from and where it goes.
    came = [(1560, 960), (1380, 880), (1210, 760), (1040, 650), (x, y)]
    sheet.line(smooth(came), "#b3281e", 8)
    for px, py in came:
        sheet.disc(px, py, 15, "#ffffff")
        sheet.disc(px, py, 9, "#b3281e")
    sheet.area([(x, y), (470, 180), (330, 420)], "#b3281e", opacity=0.22)
    sheet.line(smooth([(x, y), (690, 430), (400, 300)]), "#b3281e", 6, stroke_dasharray="2 20")
    sheet.disc(x, y, 44, "#b3281e")
    sheet.raw(
        f'<text x="{x}" y="{y + 22}" font-family="Liberation Sans" font-weight="bold" font-size="60" text-anchor="middle" fill="#ffffff">L</text>'
    )
    px, py = coast[40]
    sheet.disc(px, py, 15, "#16323f")
    sheet.disc(px, py, 7, "#ffffff")
    sheet.raw(
        f'<text x="{px - 30:.0f}" y="{py + 14:.0f}" font-family="Liberation Serif" font-style="italic" font-size="46" text-anchor="end" fill="#2f2b22">Alaipatnam</text>'
    )
    sheet.grain()


@picture("turtle-track")
def turtle_track(sheet: Sheet) -> None:
    sheet.ground("#1d5f74")
    noise = Noise(12)
    # Depths, as contours: every patch a shade deeper.
    for level in range(7):
        points = []
        for step in range(64):
            angle = math.tau * step / 64
            reach = (
                900
                - level * 118
                + 120 * noise.rough(math.cos(angle) * 1.4 + level * 0.22, math.sin(angle) * 1.4 + 3)
            )
            points.append(
                (1010 + math.cos(angle) * reach * 1.12, 560 + math.sin(angle) * reach * 0.86)
            )
        sheet.path(smooth(points, closed=True), mix("#2a7f8f", "#0b2c44", level / 6))
        sheet.path(
            smooth(points, closed=True), "none", stroke="#7fc4c4", stroke_width=1.6, opacity=0.5
        )
    for at in range(100, 1600, 200):
        sheet.line(f"M{at},0V1067M0,{at}H1600", "#bfe6e0", 1, opacity=0.25)
    _coast(sheet, 330, "#e9d5a6", "#fff3d4", seed=6)
    for px, py, s in (
        (1260, 700, 22),
        (1290, 752, 14),
        (1272, 800, 11),
        (1300, 852, 16),
        (1310, 906, 9),
    ):
        sheet.path(
            smooth(
                [
                    (
                        px + math.cos(k / 7 * math.tau) * s * sheet.dice.uniform(0.6, 1.1),
                        py + math.sin(k / 7 * math.tau) * s * 1.5,
                    )
                    for k in range(7)
                ],
                closed=True,
            ),
            "#e9d5a6",
        )
    # The track: out along the shelf, round the deep, and back.
    way: list[Point] = []
    for step in range(150):
        t = step / 149
        angle = -2.6 + t * 5.6
        px = 900 + math.cos(angle) * (470 - 90 * t) + 46 * noise.at(t * 15)
        py = 520 + math.sin(angle) * (350 - 40 * t) + 46 * noise.at(t * 15, 7)
        way.append((px, py))
    sheet.line(smooth(way), "#08202f", 13, opacity=0.4)
    sheet.line(smooth(way), "#ffcf6b", 5.5)
    for px, py in way[::7]:
        sheet.disc(px, py, 8.5, "#ffcf6b")
        sheet.disc(px, py, 4, "#0b2c44")
    sx, sy = way[0]
    sheet.disc(sx, sy, 20, "#ffffff")
    sheet.disc(sx, sy, 12, "#d8473a")
    # The turtle herself.
    hx, hy = way[-1]
    sheet.raw(f'<g transform="translate({hx:.0f} {hy:.0f}) rotate(28) scale(1.5)">')
    for flip in (-1, 1):
        sheet.path(
            f"M38,{flip * 30}Q70,{flip * 96} 10,{flip * 128}Q-4,{flip * 80} 8,{flip * 40}Z",
            "#5d7f4f",
        )
        sheet.path(
            f"M-52,{flip * 30}Q-92,{flip * 58} -104,{flip * 50}Q-92,{flip * 26} -66,{flip * 16}Z",
            "#5d7f4f",
        )
    sheet.path("M66,0q4,-24 32,-24q34,4 34,24q0,20 -34,24q-28,0 -32,-24Z", "#6f9460")
    sheet.path("M80,0Q70,-66 0,-70Q-74,-58 -88,0Q-74,58 0,70Q70,66 80,0Z", "#3f5f3f")
    sheet.path("M66,0Q56,-52 0,-56Q-60,-46 -72,0Q-60,46 0,56Q56,52 66,0Z", "#7fa05f")
    for px in (-48, -14, 20, 50):
        sheet.path(
            path(
                [
                    (px - 17, 0),
                    (px - 9, -16),
                    (px + 9, -16),
                    (px + 17, 0),
                    (px + 9, 16),
                    (px - 9, 16),
                ]
            ),
            "#55784a",
            stroke="#b7cf8a",
            stroke_width=2,
        )
    for px, py in ((-32, -31), (2, -36), (34, -30), (-32, 31), (2, 36), (34, 30)):
        sheet.path(
            path(
                [
                    (px - 16, py),
                    (px - 8, py - 12),
                    (px + 9, py - 12),
                    (px + 16, py),
                    (px + 9, py + 12),
                    (px - 8, py + 12),
                ]
            ),
            "#4a6d43",
            stroke="#b7cf8a",
            stroke_width=2,
        )
    sheet.box(-12, -13, 26, 26, "#22303a", rx=4)
    sheet.line("M0,-6V-44", "#22303a", 4)
    sheet.disc(112, -9, 4, "#1a2418")
    sheet.disc(112, 9, 4, "#1a2418")
    sheet.raw("</g>")
    # A compass rose.
    cx, cy = 1440, 190
    sheet.disc(cx, cy, 86, "none", stroke="#e9d5a6", stroke_width=2.5)
    for k in range(16):
        a, s = math.tau * k / 16, 104 if k % 4 == 0 else (72 if k % 2 == 0 else 46)
        sheet.area(
            [
                (cx + math.sin(a) * s, cy - math.cos(a) * s),
                (cx + math.sin(a + 0.25) * 18, cy - math.cos(a + 0.25) * 18),
                (cx, cy),
                (cx + math.sin(a - 0.25) * 18, cy - math.cos(a - 0.25) * 18),
            ],
            "#d8473a" if k == 0 else "#e9d5a6",
            opacity=0.95,
        )
    sheet.grain()


@picture("tide-table")
def tide_table(sheet: Sheet) -> None:
    """A book of tides laid open, the curve of its months running off the page."""
    sheet.ground("#23424c")
    for k in range(16):
        points = [
            (x, 120 + k * 64 + 30 * math.sin(x / 150 + k * 0.7) + 12 * math.sin(x / 47 + k))
            for x in range(-20, 1641, 20)
        ]
        sheet.line(smooth(points), "#3f6a72", 5, opacity=0.55)
    sheet.raw('<g transform="rotate(-5 800 560)">')
    sheet.path(
        "M214,300Q500,236 800,310Q1100,236 1386,300V906Q1100,846 800,914Q500,846 214,906Z",
        "#0e2228",
        opacity=0.5,
        transform="translate(16 22)",
    )
    sheet.path("M200,290H1400V900H200Z", "#8f3b2c")
    left = "M220,280Q510,220 800,296V890Q510,818 220,876Z"
    right = "M1380,280Q1090,220 800,296V890Q1090,818 1380,876Z"
    sheet.path(left, "#f3e8cd")
    sheet.path(right, "#f7eed8")
    sheet.path(
        "M800,296Q740,270 690,262V850Q740,862 800,890Z",
        sheet.across((0, "#6b5a3c", 0), (1, "#6b5a3c", 0.45)),
    )
    sheet.path(
        "M800,296Q860,270 910,262V850Q860,862 800,890Z",
        sheet.across((0, "#6b5a3c", 0.4), (1, "#6b5a3c", 0)),
    )
    with sheet.group(clip_path=sheet.clip(left)):
        sheet.box(280, 300, 250, 16, "#8f3b2c")
        for row in range(19):
            y = 346 + row * 26
            for column, wide in ((0, 44), (1, 76), (2, 56), (3, 76), (4, 56)):
                x = 276 + (0, 74, 184, 276, 386)[column]
                sheet.box(
                    x,
                    y - (x - 276) * 0.02,
                    wide * sheet.dice.uniform(0.8, 1),
                    7,
                    "#3a4a4c",
                    opacity=0.75,
                )
            if row % 7 == 3:
                sheet.disc(252, y + 3, 8, "#3a4a4c")
            if row % 7 == 6:
                sheet.disc(252, y + 3, 8, "none", stroke="#3a4a4c", stroke_width=2.5)
    with sheet.group(clip_path=sheet.clip(right)):
        for at in range(8):
            sheet.line(
                f"M830,{360 + at * 66}Q1090,{336 + at * 64} 1380,{354 + at * 66}", "#b9ab88", 1.5
            )
        for month in range(3):
            curve: list[Point] = []
            for step in range(120):
                t = step / 119
                spring = 0.45 + 0.55 * abs(math.cos(t * math.pi * 2 + month))
                curve.append(
                    (
                        840 + 520 * t,
                        420 + month * 164 - 62 * spring * math.sin(t * math.tau * 14) * 0.9,
                    )
                )
            sheet.path(smooth(curve) + f"V{420 + month * 164}H840Z", "#2f7d86", opacity=0.22)
            sheet.line(smooth(curve), ("#1f6370", "#c4502f", "#1f6370")[month], 3.6)
    sheet.path("M560,262v560l26,-34l26,40V256Z", "#c4502f")
    # A pencil laid across.
    sheet.raw('<g transform="rotate(24 1130 820)">')
    sheet.box(900, 826, 430, 24, "#0e2228", opacity=0.4)
    sheet.box(900, 810, 400, 26, "#e2a93b")
    sheet.box(900, 818, 400, 9, "#f3c869")
    sheet.area([(1300, 810), (1300, 836), (1356, 823)], "#f0dab0")
    sheet.area([(1338, 819), (1338, 827), (1356, 823)], "#23302f")
    sheet.box(872, 810, 30, 26, "#c9ccc8")
    sheet.box(842, 810, 32, 26, "#c77a72", rx=7)
    sheet.raw("</g></g>")
    sheet.grain()


@picture("warming")
def warming(sheet: Sheet) -> None:
    """The globe in stripes, from cold to hot."""
    sheet.ground("#f1e6d0")
    cold, middle, hot = "#1d4e79", "#e9e2cf", "#a3161f"
    stripes = 46
    x, y, r = 800, 533, 450
    disc = f"M{x - r},{y}a{r},{r} 0 1,0 {2 * r},0a{r},{r} 0 1,0 {-2 * r},0Z"
    noise = Noise(9)
    for at in range(16):
        sheet.disc(
            x,
            y,
            r + 24 + at * 34,
            "none",
            stroke="#d6c5a2",
            stroke_width=2,
            opacity=0.9 - at * 0.055,
        )
    sheet.path(disc, "#2a2a2a", opacity=0.25, transform="translate(14 18)")
    with sheet.group(clip_path=sheet.clip(disc)):
        for at in range(stripes):
            share = max(0.0, min(1.0, (at / stripes) ** 1.5 + 0.22 * noise.at(at * 1.7)))
            colour = (
                mix(cold, middle, share * 2) if share < 0.5 else mix(middle, hot, share * 2 - 1)
            )
            sheet.box(x - r + at * 2 * r / stripes, y - r, 2 * r / stripes + 1, 2 * r, colour)
        # Land, as a darker shade of each stripe.
        shapes = [
            [(560, 260), (640, 200), (760, 180), (840, 220), (800, 300), (850, 360), (780, 420), (720, 380), (640, 420), (600, 350)],
            [(700, 450), (790, 440), (880, 480), (900, 560), (840, 640), (800, 760), (750, 700), (730, 590), (680, 530)],
            [(880, 220), (1000, 180), (1140, 260), (1210, 380), (1150, 430), (1120, 540), (1080, 480), (1030, 560), (1000, 470), (930, 420), (950, 330), (880, 300)],
            [(1060, 700), (1140, 680), (1180, 740), (1120, 800), (1050, 770)],
            [(380, 480), (470, 460), (540, 540), (520, 640), (470, 760), (430, 660), (390, 580)],
        ]  # fmt: skip
        for shape in shapes:
            sheet.path(
                smooth([(float(px), float(py)) for px, py in shape], closed=True),
                "#1c1c1c",
                opacity=0.24,
            )
        for k in (-0.6, -0.3, 0.0, 0.3, 0.6):
            half = r * math.cos(math.asin(k))
            sheet.line(
                f"M{x - half:.0f},{y + r * k:.0f}H{x + half:.0f}", "#ffffff", 1.5, opacity=0.45
            )
        for k in (0.3, 0.65):
            sheet.oval(x, y, r * k, r, "none", stroke="#ffffff", stroke_width=1.5, opacity=0.45)
        sheet.path(
            disc, sheet.around(x - 140, y - 160, r * 1.6, (0.4, "#000000", 0), (1, "#000000", 0.45))
        )
    sheet.grain()


@picture("pepper")
def pepper(sheet: Sheet) -> None:
    """A pepper vine that climbs like the price."""
    sheet.ground("#f4e9d0")
    for at in range(9):
        sheet.line(f"M120,{930 - at * 100}H1500", "#cdbb94", 2, opacity=0.9)
    values = [30, 44, 38, 52, 47, 60, 55, 49, 58, 66, 61, 74, 70, 84, 79, 92, 88, 100]
    points = [(150 + at * 79.0, 940 - value * 7.6) for at, value in enumerate(values)]
    sheet.path(smooth(points) + "V960H150Z", sheet.down((0, "#b3392e", 0.5), (1, "#b3392e", 0.06)))
    stem = smooth(points)
    sheet.line(stem, "#3f5a2e", 13)
    sheet.line(stem, "#7f9a4f", 4)
    for at, (x, y) in enumerate(points):
        side = 1 if at % 2 else -1
        size = 58 + at * 2.4
        turn = -58 * side + sheet.dice.uniform(-14, 14)
        shade = mix("#2f6a42", "#5f8f45", sheet.dice.random())
        sheet.raw(f'<g transform="translate({x:.0f} {y:.0f}) rotate({turn:.0f})">')
        sheet.path(
            f"M0,0C{-size * 0.75},{-size * 0.35} {-size * 0.6},{-size * 1.2} 0,{-size * 1.7}C{size * 0.6},{-size * 1.2} {size * 0.75},{-size * 0.35} 0,0Z",
            shade,
        )
        sheet.path(
            f"M0,0C{size * 0.75},{-size * 0.35} {size * 0.6},{-size * 1.2} 0,{-size * 1.7}Z",
            mix(shade, "#12301c", 0.4),
        )
        for k in (0.35, 0.65, 0.95):
            sheet.line(
                f"M0,{-size * k}q{-size * 0.24},{-size * 0.12} {-size * 0.4},{-size * 0.34}M0,{-size * k}q{size * 0.24},{-size * 0.12} {size * 0.4},{-size * 0.34}",
                "#b7cf8a",
                1.8,
                opacity=0.6,
            )
        sheet.line(f"M0,0V{-size * 1.6}", "#b7cf8a", 2.4, opacity=0.8)
        sheet.raw("</g>")
        if at % 2 == 0 or at > 11:
            length = 7 + at // 3
            for k in range(length):
                for dx in (-9, 9):
                    px = x + dx + 4 * math.sin(k) + 10
                    py = y + 22 + k * 15
                    fill = (
                        mix("#a8342a", "#1f1512", min(1, k / length + 0.1))
                        if at % 3
                        else mix("#5f8f45", "#a8342a", k / length)
                    )
                    sheet.disc(px, py, 9.5, fill)
                    sheet.disc(px - 3, py - 3, 3, "#ffffff", opacity=0.4)
    sheet.line("M150,960V130M150,960H1520", "#2f2a20", 5)
    for at in range(18):
        sheet.line(f"M{150 + at * 79},960v16", "#2f2a20", 4)
    # Peppercorns spilt along the bottom.
    for _ in range(120):
        px, py = sheet.dice.uniform(180, 1540), 1010 + sheet.dice.gauss(0, 18)
        r = sheet.dice.uniform(7, 13)
        sheet.disc(px + 3, py + 4, r, "#8f7a55", opacity=0.5)
        sheet.disc(px, py, r, mix("#241814", "#5a3a2a", sheet.dice.random()))
        sheet.disc(px - r * 0.3, py - r * 0.35, r * 0.3, "#a88f78", opacity=0.6)
    sheet.grain()
