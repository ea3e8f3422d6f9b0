"""What is above us: an eclipse, a black hole, the Moon, Mars."""

# Places are counted in ints here and in floats there.
# mypy: disable-error-code="assignment"

import math

from drawing.shapes import figure
from drawing.svg import Sheet, mix, picture, smooth


def stars(sheet: Sheet, count: int, bottom: float = 1067, colour: str = "#ffffff") -> None:
    for _ in range(count):
        r = sheet.dice.choice((0.8, 1.0, 1.3, 1.8, 2.6)) * sheet.dice.uniform(0.6, 1.1)
        sheet.disc(
            sheet.dice.uniform(0, 1600),
            sheet.dice.uniform(0, bottom),
            r,
            colour,
            opacity=sheet.dice.uniform(0.25, 0.95),
        )


@picture("eclipse")
def eclipse(sheet: Sheet) -> None:
    sheet.ground(sheet.down((0, "#0b1026"), (0.5, "#27325c"), (0.74, "#a8617a"), (0.84, "#f0a35e")))
    stars(sheet, 90, 480)
    x, y, r = 800, 370, 128
    sheet.disc(
        x,
        y,
        520,
        sheet.around(x, y, 520, (0.2, "#dfe6ff", 0.6), (0.55, "#8d9bd8", 0.18), (1, "#8d9bd8", 0)),
    )
    # The corona's rays.
    for at in range(150):
        angle = math.tau * at / 150 + sheet.dice.uniform(-0.02, 0.02)
        reach = r * (
            1.25
            + 1.5 * abs(sheet.noise.at(at / 9)) * (0.6 + 0.4 * abs(math.cos(angle)))
            + sheet.dice.uniform(0, 0.3)
        )
        half = 0.026
        points = [
            (x + math.cos(angle - half) * r * 0.97, y + math.sin(angle - half) * r * 0.97),
            (x + math.cos(angle) * reach, y + math.sin(angle) * reach),
            (x + math.cos(angle + half) * r * 0.97, y + math.sin(angle + half) * r * 0.97),
        ]
        sheet.area(points, "#f4f4ff", opacity=0.34)
    sheet.disc(x, y, r + 5, "#fff8e6")
    sheet.disc(x, y, r, "#080b18")
    a = math.radians(-38)
    bx, by = x + math.cos(a) * r, y + math.sin(a) * r
    sheet.disc(
        bx,
        by,
        120,
        sheet.around(bx, by, 120, (0, "#ffffff", 0.95), (0.16, "#fff5d8", 0.8), (1, "#fff5d8", 0)),
    )
    # The river, the steps, and the people on them.
    sheet.box(0, 800, 1600, 280, sheet.down((0, "#c9785f"), (0.4, "#3f3352"), (1, "#0d1020")))
    for at in range(60):
        yy = 808 + at * 4.4
        wide = 30 + at * 2.4
        sheet.line(
            f"M{800 - wide * sheet.dice.uniform(0.3, 1):.0f},{yy:.0f}H{800 + wide * sheet.dice.uniform(0.3, 1):.0f}",
            "#f6e6d6",
            2,
            opacity=0.35,
        )
    sheet.ridge(800, 18, "#1a1830", scale=300, bottom=806)
    for px, tall in ((90, 150), (210, 90), (1270, 120), (1440, 190), (1530, 100)):
        sheet.path(
            f"M{px - tall * 0.24},806V{806 - tall * 0.45}Q{px - tall * 0.2},{806 - tall * 0.85} {px},{806 - tall * 1.12}Q{px + tall * 0.2},{806 - tall * 0.85} {px + tall * 0.24},{806 - tall * 0.45}V806Z",
            "#15142a",
        )
        sheet.line(f"M{px},{806 - tall * 1.1}v{-tall * 0.18}", "#15142a", 3)
    for step in range(5):
        sheet.box(-10, 930 + step * 30, 1620, 40, mix("#14142a", "#05060e", step / 4))
    for px in range(30, 1600, 44):
        here = px + sheet.dice.uniform(-12, 12)
        tall = sheet.dice.uniform(96, 138)
        figure(sheet, here, 952 + sheet.dice.uniform(0, 40), tall, "#070812")
        if sheet.dice.random() < 0.4:
            sheet.line(
                f"M{here:.0f},{955 - tall * 0.75:.0f}l{sheet.dice.choice((-1, 1)) * tall * 0.2:.0f},{-tall * 0.28:.0f}",
                "#070812",
                tall * 0.06,
            )
    sheet.grain()


@picture("black-hole")
def black_hole(sheet: Sheet) -> None:
    sheet.ground("#050203")
    stars(sheet, 60, colour="#ffb27a")
    x, y = 800, 533
    sheet.disc(
        x,
        y,
        800,
        sheet.around(x, y, 800, (0, "#8a2c06", 0.5), (0.5, "#451203", 0.35), (1, "#1a0501", 0)),
    )
    soft = sheet.blur(26)
    softer = sheet.blur(58)
    with sheet.group(filter=softer):
        sheet.disc(x, y, 262, "none", stroke="#c2480c", stroke_width=150, opacity=0.85)
        for turn, colour in ((70, "#f08a1d"), (110, "#ffd27a"), (150, "#ec7a16"), (30, "#d9600f")):
            a = math.radians(turn)
            sheet.disc(x + math.cos(a) * 262, y + math.sin(a) * 262, 120, colour, opacity=0.85)
    with sheet.group(filter=soft):
        for _ in range(90):
            start = sheet.dice.uniform(0, math.tau)
            bright = 0.5 + 0.5 * math.sin(start)
            radius = 255 + sheet.dice.gauss(0, 34)
            reach = sheet.dice.uniform(0.3, 1.1)
            points = [
                (
                    x + math.cos(start + reach * k / 9) * radius,
                    y + math.sin(start + reach * k / 9) * radius,
                )
                for k in range(10)
            ]
            sheet.line(
                smooth(points),
                mix("#b03a06", "#ffe3a1", bright * sheet.dice.uniform(0.5, 1)),
                16,
                opacity=0.28 + 0.25 * bright,
            )
    for _ in range(210):
        start = sheet.dice.uniform(0, math.tau)
        bright = 0.5 + 0.5 * math.sin(start - 0.2)
        radius = 250 + sheet.dice.gauss(0, 46)
        reach = sheet.dice.uniform(0.2, 0.9)
        points = [
            (
                x + math.cos(start + reach * k / 9) * radius,
                y + math.sin(start + reach * k / 9) * radius,
            )
            for k in range(10)
        ]
        sheet.line(
            smooth(points), mix("#e8701a", "#fff3cf", bright), 1.6, opacity=0.10 + 0.32 * bright
        )
    sheet.disc(
        x, y, 176, sheet.around(x, y, 176, (0, "#050203"), (0.72, "#050203"), (1, "#050203", 0))
    )
    # Eight dishes, as the Earth that looks.
    for at in range(8):
        px, s = 130 + at * 192, 44 + 9 * math.sin(at * 2.1)
        sheet.line(
            f"M{px - s * 0.5:.0f},1067L{px:.0f},{1067 - s:.0f}L{px + s * 0.5:.0f},1067",
            "#1b0d08",
            7,
        )
        sheet.path(
            f"M{px - s:.0f},{1067 - s * 1.9:.0f}Q{px - s * 0.1:.0f},{1067 - s * 0.4:.0f} {px + s * 1.1:.0f},{1067 - s * 1.2:.0f}Q{px + s * 0.1:.0f},{1067 - s * 1.5:.0f} {px - s:.0f},{1067 - s * 1.9:.0f}Z",
            "#24120b",
        )
        sheet.line(
            f"M{px - s:.0f},{1067 - s * 1.9:.0f}Q{px + s * 0.1:.0f},{1067 - s * 1.5:.0f} {px + s * 1.1:.0f},{1067 - s * 1.2:.0f}M{px + s * 0.02:.0f},{1067 - s * 1.1:.0f}L{px + s * 0.5:.0f},{1067 - s * 2.2:.0f}",
            "#7a3410",
            2.5,
        )
    sheet.grain(0.06)


@picture("moon-landing")
def moon_landing(sheet: Sheet) -> None:
    sheet.ground("#070a12")
    stars(sheet, 240, 640)
    # The Earth, low over the edge of the Moon.
    x, y, r = 1190, 270, 120
    disc = f"M{x - r},{y}a{r},{r} 0 1,0 {2 * r},0a{r},{r} 0 1,0 {-2 * r},0Z"
    sheet.disc(
        x, y, r * 1.5, sheet.around(x, y, r * 1.5, (0.6, "#6fb3e8", 0.35), (1, "#6fb3e8", 0))
    )
    sheet.path(disc, "#1e5f9a")
    with sheet.group(clip_path=sheet.clip(disc)):
        for px, py, rx, ry, colour in (
            (1140, 230, 60, 30, "#4f8a5b"), (1200, 300, 44, 56, "#b79a5d"), (1260, 210, 50, 24, "#57905f"), (1118, 330, 40, 18, "#5b9468"),
        ):  # fmt: skip
            points = [
                (
                    px + math.cos(k / 12 * math.tau) * rx * sheet.dice.uniform(0.7, 1.2),
                    py + math.sin(k / 12 * math.tau) * ry * sheet.dice.uniform(0.7, 1.2),
                )
                for k in range(12)
            ]
            sheet.path(smooth(points, closed=True), colour)
        for _ in range(16):
            px, py = x + sheet.dice.gauss(0, 70), y + sheet.dice.gauss(0, 60)
            sheet.oval(
                px,
                py,
                sheet.dice.uniform(20, 50),
                sheet.dice.uniform(4, 9),
                "#ffffff",
                opacity=0.8,
                transform=f"rotate(-18 {px:.0f} {py:.0f})",
            )
        sheet.disc(x - 78, y + 46, r * 1.25, "#04070f", opacity=0.72)
    sheet.ridge(640, 60, "#4c4d55", scale=420, shift=120)
    sheet.ridge(720, 46, "#6d6c72", scale=520, shift=420)
    sheet.ridge(800, 30, "#8e8b8d", scale=640, shift=40)
    for _ in range(64):
        t = sheet.dice.random() ** 0.8
        cy = 800 + 250 * t
        cx, rx = sheet.dice.uniform(0, 1600), 10 + 78 * t * sheet.dice.uniform(0.3, 1)
        sheet.oval(cx, cy, rx, rx * 0.26, "#5c5a60")
        sheet.oval(cx + rx * 0.12, cy + rx * 0.07, rx * 0.86, rx * 0.19, "#a6a2a2")
    # The lander and its ramp.
    lx, ly = 560, 880
    sheet.area(
        [(lx - 30, ly + 8), (lx + 150, ly + 14), (lx + 560, ly + 62), (lx + 300, ly + 58)],
        "#3b3a40",
        opacity=0.6,
    )
    for dx in (-150, -62, 70, 152):
        sheet.line(f"M{lx + dx * 0.45:.0f},{ly - 150}L{lx + dx:.0f},{ly}", "#c8a24c", 9)
        sheet.line(f"M{lx + dx * 0.8:.0f},{ly - 60}L{lx + dx * 0.2:.0f},{ly - 110}", "#8a6c2c", 5)
        sheet.oval(lx + dx, ly + 2, 30, 8, "#5a4820")
    sheet.area(
        [(lx - 120, ly - 130), (lx + 120, ly - 130), (lx + 104, ly - 300), (lx - 104, ly - 300)],
        "#d9ac45",
    )
    for row in range(5):
        for column in range(8):
            px, py = lx - 106 + column * 27, ly - 292 + row * 32
            sheet.area(
                [
                    (px, py),
                    (px + 26, py + sheet.dice.uniform(-5, 5)),
                    (px + 22, py + 30),
                    (px + 2, py + 28),
                ],
                mix("#8f6a1f", "#ffe49a", sheet.dice.random()),
                opacity=0.75,
            )
    sheet.area(
        [(lx + 60, ly - 130), (lx + 120, ly - 130), (lx + 104, ly - 300), (lx + 66, ly - 300)],
        "#4f3a12",
        opacity=0.4,
    )
    sheet.area(
        [(lx - 118, ly - 304), (lx + 118, ly - 304), (lx + 100, ly - 330), (lx - 100, ly - 330)],
        "#2c3f66",
    )
    for px in range(-90, 100, 30):
        sheet.line(f"M{lx + px},{ly - 330}l{px * 0.1:.0f},26", "#7c96c8", 1.6)
    sheet.line(f"M{lx + 60},{ly - 330}v-90", "#d8d4cc", 4)
    sheet.path(f"M{lx + 24},{ly - 436}q36,34 74,8q-32,-30 -74,-8Z", "#e9e5dc")
    sheet.area(
        [(lx - 120, ly - 150), (lx - 112, ly - 130), (lx - 296, ly + 20), (lx - 330, ly + 20)],
        "#b98f3a",
    )
    # The rover and the lines it leaves.
    rx, ry = 268, 960
    for off in (0, 26):
        sheet.line(
            f"M{rx - 30},{ry + 4 + off}Q{rx - 130},{ry + 30 + off} {rx - 300},{ry + 16 + off}",
            "#6b686c",
            6,
            stroke_dasharray="3 9",
        )
    sheet.box(rx - 52, ry - 56, 104, 38, "#d9ac45", rx=4)
    sheet.area(
        [(rx - 56, ry - 60), (rx + 10, ry - 60), (rx + 2, ry - 128), (rx - 48, ry - 128)], "#2c3f66"
    )
    sheet.line(f"M{rx + 36},{ry - 56}v-44", "#e9e5dc", 5)
    for dx in (-44, 0, 44):
        sheet.disc(rx + dx, ry - 6, 17, "#2a2a30")
        sheet.disc(rx + dx, ry - 6, 8, "#8f8d90")
    sheet.grain()


@picture("mars-orbit")
def mars_orbit(sheet: Sheet) -> None:
    sheet.ground(sheet.around(900, 560, 1100, (0, "#24182c"), (1, "#0a0a14")))
    stars(sheet, 200)
    x, y, r = 1010, 600, 310
    disc = f"M{x - r},{y}a{r},{r} 0 1,0 {2 * r},0a{r},{r} 0 1,0 {-2 * r},0Z"
    sheet.raw('<g transform="rotate(-24 1010 600)">')
    # The far half of the orbit goes behind the planet.
    for at, (rx, ry) in enumerate(((900, 200), (780, 170), (660, 140))):
        sheet.path(
            f"M{x - 380 - rx * 0.55},{y}A{rx},{ry} 0 0,1 {x - 380 + rx * 1.45},{y}",
            "none",
            stroke="#f2c7a0",
            stroke_width=2,
            opacity=0.35 - at * 0.08,
            stroke_dasharray="2 12",
        )
    sheet.raw("</g>")
    sheet.disc(
        x, y, r * 1.25, sheet.around(x, y, r * 1.25, (0.7, "#ef9a63", 0.35), (1, "#ef9a63", 0))
    )
    sheet.path(
        disc,
        sheet.around(x - 120, y - 120, r * 1.6, (0, "#f0a060"), (0.5, "#c85a32"), (1, "#5e1f1c")),
    )
    with sheet.group(clip_path=sheet.clip(disc), filter=sheet.ragged(26, 0.018)):
        for k in range(16):
            yy = y - r + k * 42
            points = [(x - r + j * 44, yy + 18 * sheet.noise.rough(j / 3, k)) for j in range(16)]
            sheet.line(
                smooth(points),
                sheet.dice.choice(("#8e3323", "#e48a55", "#a84428", "#f2b27a")),
                sheet.dice.uniform(5, 24),
                opacity=0.4,
            )
        sheet.path(
            smooth(
                [
                    (x - 230, y + 40),
                    (x - 120, y + 10),
                    (x, y + 34),
                    (x + 110, y + 4),
                    (x + 160, y + 30),
                    (x + 20, y + 60),
                    (x - 110, y + 44),
                ],
                closed=True,
            ),
            "#6e2219",
            opacity=0.8,
        )
        for px, py, s in (
            (x - 160, y - 100, 34),
            (x - 90, y - 60, 26),
            (x - 120, y - 140, 22),
            (x - 210, y - 30, 44),
        ):
            sheet.disc(px, py, s, "#b04a2c")
            sheet.disc(px - 4, py - 4, s * 0.4, "#7a2a1c")
        sheet.path(
            smooth(
                [
                    (x - 100, y - r + 24),
                    (x, y - r - 10),
                    (x + 100, y - r + 26),
                    (x + 30, y - r + 56),
                    (x - 50, y - r + 50),
                ],
                closed=True,
            ),
            "#fbeee0",
        )
    shade = sheet.around(x - 150, y - 130, r * 1.75, (0.45, "#12060c", 0), (0.85, "#12060c", 0.82))
    sheet.path(disc, shade)
    sheet.raw('<g transform="rotate(-24 1010 600)">')
    sheet.path(
        f"M{x - 875},{y}A900,200 0 0,0 {x + 925},{y}",
        "none",
        stroke="#ffd9b0",
        stroke_width=3.5,
        opacity=0.9,
    )
    sheet.raw("</g>")
    # The craft, where it brakes.
    sheet.raw('<g transform="translate(420 770) rotate(-16) scale(1.25)">')
    sheet.area(
        [(-190, -6), (-40, -22), (-40, 22), (-190, 6)],
        sheet.across((0, "#ffd27a", 0), (1, "#fff3cf", 0.95)),
    )
    sheet.box(-40, -44, 88, 88, "#cfa24a")
    sheet.box(4, -44, 44, 88, "#8c6a28")
    for k in range(3):
        sheet.box(-30, -142 + k * -84 + 60, 60, 76, "#21406f")
        sheet.line(
            f"M-30,{-110 + k * -84 + 60}h60M-10,{-142 + k * -84 + 60}v76M10,{-142 + k * -84 + 60}v76",
            "#87a8d8",
            1.5,
        )
    sheet.path("M52,-34q52,34 0,68Z", "#ece7dc")
    sheet.line("M52,0h46", "#ece7dc", 4)
    sheet.raw("</g>")
    sheet.grain()
