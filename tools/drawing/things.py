"""A collision of protons, a board late in a long game, a ground under lights."""

# Places are counted in ints here and in floats there.
# mypy: disable-error-code="assignment"
# ruff: noqa: PLR0917  # what is drawn stands at a place and has a size: these come first, in order

import math

from drawing.shapes import figure
from drawing.svg import Point, Sheet, path, picture, smooth


@picture("collision")
def collision(sheet: Sheet) -> None:
    """Two protons met here: tracks in a detector, drawn end on."""
    sheet.ground(sheet.around(800, 533, 1000, (0, "#16284e"), (1, "#060a18")))
    x, y = 800, 533
    for at, r in enumerate((120, 176, 236, 330, 420, 520, 640, 780)):
        sheet.disc(x, y, r, "none", stroke="#3f63a8", stroke_width=2, opacity=0.75 - at * 0.06)
        if at in (3, 5):
            cells = 72
            for k in range(cells):
                a, b = math.tau * k / cells + 0.012, math.tau * (k + 1) / cells - 0.012
                outer = r + 60
                fill = sheet.dice.choice(("#1c356b", "#21407f", "#182d5c"))
                sheet.path(
                    f"M{x + math.cos(a) * r:.0f},{y + math.sin(a) * r:.0f}L{x + math.cos(a) * outer:.0f},{y + math.sin(a) * outer:.0f}L{x + math.cos(b) * outer:.0f},{y + math.sin(b) * outer:.0f}L{x + math.cos(b) * r:.0f},{y + math.sin(b) * r:.0f}Z",
                    fill,
                    opacity=0.8,
                )
    for _ in range(110):
        angle, bend = (
            sheet.dice.uniform(0, math.tau),
            sheet.dice.choice((-1, 1)) * sheet.dice.expovariate(260),
        )
        reach = sheet.dice.uniform(120, 330)
        points = []
        px, py, direction = float(x), float(y), angle
        for _step in range(int(reach / 6)):
            points.append((px, py))
            px += math.cos(direction) * 6
            py += math.sin(direction) * 6
            direction += bend * 6
        sheet.line(
            smooth(points[::3] or points),
            sheet.dice.choice(("#f2b84a", "#e86f4a", "#9fd0ff", "#ffe3a0", "#f08fb0")),
            2.2,
            opacity=0.75,
        )
    # Two straight and bright: light that left nothing behind but this.
    for angle, colour in ((-0.62, "#8dffb0"), (2.36, "#8dffb0")):
        tip = (x + math.cos(angle) * 470, y + math.sin(angle) * 470)
        sheet.line(f"M{x},{y}L{tip[0]:.0f},{tip[1]:.0f}", colour, 3, stroke_dasharray="10 12")
        for k in range(-2, 3):
            a = angle + k * 0.07
            tall = (170, 110, 40)[abs(k)]
            b0, b1 = 330, 330 + tall
            sheet.area(
                [
                    (x + math.cos(a - 0.03) * b0, y + math.sin(a - 0.03) * b0),
                    (x + math.cos(a - 0.03) * b1, y + math.sin(a - 0.03) * b1),
                    (x + math.cos(a + 0.03) * b1, y + math.sin(a + 0.03) * b1),
                    (x + math.cos(a + 0.03) * b0, y + math.sin(a + 0.03) * b0),
                ],
                colour,
                opacity=0.9,
            )
    for _ in range(46):
        a, tall = sheet.dice.uniform(0, math.tau), sheet.dice.expovariate(1 / 30)
        sheet.line(
            f"M{x + math.cos(a) * 332:.0f},{y + math.sin(a) * 332:.0f}L{x + math.cos(a) * (332 + tall):.0f},{y + math.sin(a) * (332 + tall):.0f}",
            "#f2b84a",
            9,
            opacity=0.8,
        )
    sheet.disc(
        x,
        y,
        90,
        sheet.around(x, y, 90, (0, "#ffffff", 0.95), (0.3, "#ffe9b0", 0.5), (1, "#ffe9b0", 0)),
    )
    sheet.grain()


def _piece(sheet: Sheet, kind: str, x: float, y: float, size: float, light: str, dark: str) -> None:
    """A turned chess piece, foot at ``y``."""
    shapes = {
        "pawn": [(-0.30, 0), (-0.30, -0.10), (-0.20, -0.18), (-0.11, -0.50), (-0.19, -0.56), (-0.19, -0.60), (-0.10, -0.63)],
        "bishop": [(-0.34, 0), (-0.34, -0.10), (-0.22, -0.19), (-0.11, -0.66), (-0.21, -0.72), (-0.20, -0.76), (-0.17, -0.88), (-0.09, -1.06), (0, -1.16)],
        "rook": [(-0.36, 0), (-0.36, -0.10), (-0.25, -0.18), (-0.19, -0.62), (-0.27, -0.70), (-0.27, -0.90), (-0.14, -0.90), (-0.14, -0.82), (0, -0.82)],
        "king": [(-0.40, 0), (-0.40, -0.11), (-0.26, -0.20), (-0.13, -0.86), (-0.25, -0.93), (-0.25, -0.98), (-0.17, -1.02), (-0.23, -1.26), (0, -1.32)],
    }  # fmt: skip
    half = shapes[kind]
    points = [(x + px * size, y + py * size) for px, py in half]
    other = [(x - px * size, y + py * size) for px, py in reversed(half)]
    data = path([*points, *other])
    sheet.path(data, light)
    if kind == "pawn":
        sheet.disc(x, y - size * 0.76, size * 0.175, light)
        sheet.path(
            f"M{x},{y - size * 0.935}a{size * 0.175},{size * 0.175} 0 0,1 0,{size * 0.35}Z", dark
        )
    if kind == "bishop":
        sheet.disc(x, y - size * 1.19, size * 0.06, light)
        sheet.line(
            f"M{x + size * 0.02},{y - size * 0.92}l{size * 0.12},{-size * 0.10}", dark, size * 0.035
        )
    if kind == "king":
        sheet.path(
            f"M{x - size * 0.035},{y - size * 1.3}v{-size * 0.09}h{-size * 0.09}v{-size * 0.07}h{size * 0.09}v{-size * 0.09}h{size * 0.07}v{size * 0.09}h{size * 0.09}v{size * 0.07}h{-size * 0.09}v{size * 0.09}Z",
            light,
        )
    with sheet.group(clip_path=sheet.clip(data)):
        sheet.box(x + size * 0.05, y - size * 1.5, size * 0.6, size * 1.6, dark, opacity=0.75)
        sheet.box(x - size * 0.5, y - size * 0.11, size, size * 0.03, dark, opacity=0.5)


@picture("long-game")
def long_game(sheet: Sheet) -> None:
    """A board late in a long game, in evening light."""
    sheet.ground(sheet.down((0, "#e8894a"), (0.45, "#f3bf76"), (0.46, "#7a3b22"), (1, "#3a1a12")))
    sheet.disc(300, 330, 130, "#fbe3a8", opacity=0.85)
    for x in range(0, 1600, 200):
        sheet.box(x + 150, -10, 14, 500, "#c0622f", opacity=0.55)

    # The board goes away from us.
    def at(column: float, row: float) -> Point:
        depth = 1 / (1 + row * 0.16)
        return 800 + (column - 4) * 270 * depth, 470 + 640 * (depth - 0.35) / 0.65

    for row in range(11):
        for column in range(-3, 11):
            corners = [
                at(column, row),
                at(column + 1, row),
                at(column + 1, row + 1),
                at(column, row + 1),
            ]
            sheet.area(corners, "#f0cf96" if (row + column) % 2 else "#8f4a2a")
    sheet.box(-10, 462, 1640, 50, sheet.down((0, "#3a1a12", 0.65), (1, "#3a1a12", 0)))
    pieces = [
        ("rook", 6.5, 8.5, 0),
        ("pawn", 1.5, 6.5, 0),
        ("king", 5.5, 5.5, 0),
        ("pawn", 2.5, 4.5, 1),
        ("bishop", 4.5, 2.5, 1),
        ("pawn", 6.5, 3.5, 1),
        ("king", 2.5, 1.5, 1),
    ]
    for kind, column, row, _side in pieces:
        x, y = at(column, row)
        size = 300 / (1 + row * 0.16)
        tall = {"pawn": 0.9, "bishop": 1.2, "rook": 0.95, "king": 1.45}[kind] * size
        sheet.area(
            [
                (x - size * 0.3, y + 4),
                (x + size * 0.3, y - 4),
                (x + tall * 2.3, y - size * 0.55),
                (x + tall * 2.2, y - size * 0.68),
            ],
            "#1f0c08",
            opacity=0.5,
        )
        sheet.oval(x, y - 2, size * 0.38, size * 0.09, "#1f0c08", opacity=0.5)
    for kind, column, row, side in pieces:
        x, y = at(column, row)
        size = 300 / (1 + row * 0.16)
        light, dark = ("#fdf1d6", "#b98a5c") if side else ("#4a2418", "#1d0b08")
        _piece(sheet, kind, x, y, size, light, dark)
    # The clock.
    sheet.box(1250, 640, 300, 190, "#5d2a1a", rx=14)
    sheet.box(1250, 640, 300, 18, "#8f4a2a", rx=9)
    for cx, hour, minute in ((1328, 11.6, 0.96), (1472, 9.0, 0.1)):
        sheet.disc(cx, 740, 62, "#fbf0d8")
        sheet.disc(cx, 740, 62, "none", stroke="#c99a4a", stroke_width=7)
        for k in range(12):
            a = math.tau * k / 12
            sheet.line(
                f"M{cx + math.sin(a) * 50:.0f},{740 - math.cos(a) * 50:.0f}l{math.sin(a) * 5:.0f},{-math.cos(a) * 5:.0f}",
                "#2b1712",
                4,
            )
        for turn, reach, thick in ((hour / 12, 30, 6), (minute, 46, 4)):
            a = math.tau * turn
            sheet.line(
                f"M{cx},740l{math.sin(a) * reach:.0f},{-math.cos(a) * reach:.0f}", "#2b1712", thick
            )
    sheet.area([(1350, 690), (1360, 682), (1372, 700), (1362, 706)], "#c4302b")
    sheet.box(1300, 618, 46, 24, "#c99a4a", rx=6)
    sheet.box(1450, 628, 46, 14, "#c99a4a", rx=6)
    sheet.grain()


@picture("floodlit")
def floodlit(sheet: Sheet) -> None:
    """The ground under lights, from the top of the stand."""
    sheet.ground(sheet.down((0, "#0e1830"), (0.45, "#3a3f6b"), (0.55, "#b86a5c")))
    for x in (130, 560, 1060, 1490):
        sheet.line(f"M{x},520V150", "#0a1020", 12)
        sheet.box(x - 70, 90, 140, 84, "#0a1020", rx=6)
        for row in range(3):
            for column in range(6):
                sheet.disc(x - 56 + column * 22, 108 + row * 24, 8, "#fffbe6")
        sheet.disc(x, 132, 260, sheet.around(x, 132, 260, (0, "#fff6d0", 0.7), (1, "#fff6d0", 0)))
    # The stand across the ground, full.
    sheet.path("M-20,560Q800,400 1620,560V690Q800,540 -20,690Z", "#1b2138")
    for _ in range(2600):
        t, u = sheet.dice.random(), sheet.dice.random()
        px = -20 + 1640 * t
        lift = 160 * 4 * t * (1 - t) * 0.5
        sheet.disc(
            px,
            566 - lift + 116 * u,
            sheet.dice.uniform(2, 4.4),
            sheet.dice.choice(
                ("#e8b84a", "#d8573c", "#f3ead6", "#5b86b8", "#7d6a8f", "#2f6f6a", "#f3ead6")
            ),
            opacity=0.85,
        )
    sheet.path("M-20,686Q800,540 1620,686V1090H-20Z", "#4f8f4a")
    for k in range(16):
        a, b = -700 + k * 200, -600 + k * 200
        sheet.area(
            [
                (800 + (a - 800) * 0.42, 600),
                (800 + (b - 800) * 0.42, 600),
                (b - (800 - b) * 0.8, 1090),
                (a - (800 - a) * 0.8, 1090),
            ],
            "#5da356",
            opacity=0.5,
        )
    sheet.path("M-20,686Q800,540 1620,686V600Q800,470 -20,600Z", "#1b2138", opacity=0.0)
    sheet.line("M-20,700Q800,560 1620,700", "#ffffff", 5)
    sheet.line("M-20,694Q800,552 1620,694", "#d8573c", 9, stroke_dasharray="90 14")
    # The pitch and the players.
    sheet.area([(740, 690), (860, 690), (1010, 1090), (590, 1090)], "#d9bd86")
    sheet.line("M716,760H884M640,960H960", "#ffffff", 4)
    for dx in (-12, 0, 12):
        sheet.line(f"M{800 + dx},742v-36", "#f6efe0", 4)
        sheet.line(f"M{800 + dx * 2.2},1010v-84", "#f6efe0", 7)
    players = [
        (762, 756, 74),
        (700, 700, 60),
        (560, 690, 58),
        (1010, 700, 60),
        (1180, 740, 66),
        (360, 780, 76),
        (250, 690, 56),
        (1400, 800, 80),
        (1300, 690, 54),
    ]
    for px, py, h in players:
        for dx in (-0.9, 0.9):
            sheet.area(
                [
                    (px - 4, py),
                    (px + 4, py),
                    (px + dx * h * 1.1 + 8, py + h * 0.2),
                    (px + dx * h * 1.1, py + h * 0.26),
                ],
                "#24502c",
                opacity=0.4,
            )
        figure(sheet, px, py, h, "#f6f2e6")
    # The bowler, in his leap.
    bx, by = 930, 930
    sheet.area(
        [(bx - 90, by + 92), (bx + 110, by + 86), (bx + 220, by + 112), (bx - 60, by + 120)],
        "#24502c",
        opacity=0.4,
    )
    sheet.disc(bx + 8, by - 164, 23, "#5b3524")
    sheet.path(
        f"M{bx - 34},{by - 130}Q{bx},{by - 152} {bx + 36},{by - 126}L{bx + 28},{by - 20}L{bx - 30},{by - 22}Z",
        "#fbf8ee",
    )
    sheet.line(
        f"M{bx - 12},{by - 24}L{bx - 46},{by + 40}L{bx - 30},{by + 92}M{bx + 16},{by - 22}L{bx + 66},{by + 18}L{bx + 126},{by - 6}",
        "#fbf8ee",
        27,
        stroke_linejoin="round",
    )
    sheet.line(
        f"M{bx - 26},{by - 118}L{bx - 84},{by - 176}L{bx - 110},{by - 120}",
        "#5b3524",
        17,
        stroke_linejoin="round",
    )
    sheet.line(
        f"M{bx + 28},{by - 120}L{bx + 62},{by - 208}L{bx + 40},{by - 280}",
        "#5b3524",
        17,
        stroke_linejoin="round",
    )
    sheet.disc(bx + 36, by - 298, 15, "#c4302b")
    sheet.grain()
