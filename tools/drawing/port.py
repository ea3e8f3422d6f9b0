"""The port: seas over the mole, and cranes at evening."""

# Places are counted in ints here and in floats there.
# mypy: disable-error-code="assignment"

import math

from drawing.shapes import bird, boat, figure, glitter, heap, lighthouse, rain, streak, strokes
from drawing.svg import Sheet, mix, picture, smooth


@picture("breakers")
def breakers(sheet: Sheet) -> None:
    """Seas over the north mole, the lighthouse in the spray."""
    sheet.ground(sheet.down((0, "#28323c"), (0.5, "#5d6b70"), (0.62, "#9fa89f")))
    for x, y, wide, tall, colour in (
        (-120, 240, 1000, 190, "#1f2932"),
        (560, 200, 1200, 180, "#252f38"),
        (100, 420, 900, 120, "#3a464d"),
        (900, 430, 900, 120, "#414d53"),
    ):
        heap(sheet, x, y, wide, tall, colour)
    sheet.box(-10, 610, 1640, 480, sheet.down((0, "#6f8481"), (1, "#1c3138")))
    for at in range(7):
        y = 618 + at * 22
        points = [(x, y + 9 * sheet.noise.rough(x / 120, at * 5)) for x in range(-20, 1640, 20)]
        sheet.path(smooth(points) + "V1090H-20Z", mix("#6a807d", "#2c474d", at / 6))
        sheet.line(smooth(points), "#c9d6d0", 2, opacity=0.35)
    sheet.area(
        [(1640, 770), (1640, 690), (1240, 694), (860, 712), (800, 746), (900, 776)], "#3a3d3f"
    )
    for _ in range(60):
        x = sheet.dice.uniform(830, 1620)
        y = 716 + sheet.dice.uniform(0, 56) - (x - 830) * 0.012
        s = sheet.dice.uniform(16, 34)
        sheet.area(
            [
                (x - s, y + s * 0.5),
                (x - s * 0.5, y - s * 0.5),
                (x + s * 0.6, y - s * 0.4),
                (x + s, y + s * 0.5),
            ],
            sheet.dice.choice(("#2b2e30", "#4a4e50", "#5b6062")),
        )
    lighthouse(sheet, 1130, 712, 430, "#dfe0d6", "#a83a30", "#22292f", "#ffe9a0")
    beam = sheet.slanted((1130, 252), (120, 60), (0, "#fff0b8", 0.6), (1, "#fff0b8", 0))
    sheet.area([(1130, 240), (1130, 262), (-20, 210), (-20, -40)], beam)
    # The sea that breaks: a wall of spray, thick below, torn above.
    for x, tall, wide, count in (
        (760, 470, 120, 520),
        (900, 300, 90, 300),
        (1330, 350, 120, 380),
        (1500, 240, 90, 240),
    ):
        for _ in range(count):
            t = sheet.dice.random() ** 1.5
            px = x + sheet.dice.gauss(0, wide * (0.35 + 0.55 * t)) - 90 * t
            sheet.disc(
                px,
                750 - tall * t,
                1.5 + 17 * (1 - t) ** 1.6 * sheet.dice.random(),
                sheet.dice.choice(("#f4f7f3", "#dfe8e4", "#c3d1cf")),
                opacity=0.35 + 0.5 * (1 - t),
            )
    for at in range(4):
        y = 800 + at * 72
        crest = [
            (
                x,
                y
                + 34 * math.sin(x / (170 + 40 * at) + at * 1.9)
                + 14 * sheet.noise.rough(x / 70, at),
            )
            for x in range(-20, 1641, 16)
        ]
        sheet.path(smooth(crest) + "V1090H-20Z", mix("#31525a", "#10242b", at / 3))
        for shift, colour, opacity in (
            (0, "#eef4f0", 0.9),
            (9, "#a9c1c0", 0.6),
            (20, "#6f9296", 0.5),
        ):
            torn = [(x, y0 + shift + sheet.dice.uniform(-4, 4)) for x, y0 in crest]
            sheet.line(
                smooth(torn),
                colour,
                5 - shift * 0.14,
                opacity=opacity,
                stroke_dasharray=f"{90 - at * 8} {40 + 22 * at} {30 + 9 * at} 26",
            )
    # Boats drawn up and tied, and two people who look.
    sheet.path("M-20,1090V960Q240,900 520,960Q640,990 700,1090Z", "#2a2420")
    for x, size, colour in ((90, 230, "#2c5a68"), (330, 250, "#b8862c")):
        boat(sheet, x, 985, size, colour, "#d9d2c0", mast="")
    for x, h in ((520, 120), (568, 108)):
        figure(sheet, x, 1030, h, "#12100f")
    rain(sheet, "#dfe8e8", count=520, slope=-0.5, length=54, opacity=0.22)
    sheet.grain()


@picture("container-port")
def container_port(sheet: Sheet) -> None:
    sheet.ground(sheet.down((0, "#2e3f5c"), (0.42, "#c9655a"), (0.62, "#f6b163")))
    sheet.disc(1180, 560, 84, "#ffe3a0")
    for y, wide, x in ((150, 720, 300), (230, 560, -80), (330, 640, 900), (420, 520, 240)):
        streak(sheet, x, y, wide, 14, "#e8836a", opacity=0.6)
    # Cranes against the sky.
    for x, size in ((250, 1.0), (560, 0.94), (860, 0.88), (1420, 0.8)):
        ink = mix("#16243c", "#c9655a", (1 - size) * 1.4)
        top, foot = 690 - 480 * size, 700
        for dx in (-70, 70):
            sheet.line(
                f"M{x + dx * size},{foot}L{x + dx * 0.86 * size},{top + 150 * size}", ink, 15 * size
            )
        sheet.line(
            f"M{x - 70 * size},{foot - 150 * size}H{x + 70 * size}M{x - 64 * size},{top + 150 * size}H{x + 64 * size}M{x - 68 * size},{foot - 150 * size}L{x + 62 * size},{top + 150 * size}",
            ink,
            8 * size,
        )
        sheet.line(f"M{x - 190 * size},{top + 150 * size}H{x + 330 * size}", ink, 17 * size)
        sheet.line(
            f"M{x - 40 * size},{top + 150 * size}V{top}L{x + 320 * size},{top + 146 * size}M{x - 40 * size},{top}L{x - 186 * size},{top + 146 * size}M{x - 40 * size},{top}L{x + 150 * size},{top + 146 * size}",
            ink,
            5 * size,
        )
        sheet.line(f"M{x + 200 * size},{top + 158 * size}v{120 * size}", ink, 3)
        sheet.box(x + 166 * size, top + 278 * size, 68 * size, 30 * size, "#d9a23c")
    # A ship with its stacks.
    colours = [
        "#b8433a",
        "#e09a3a",
        "#2f6f7c",
        "#e8d3a8",
        "#455a82",
        "#8f3a4c",
        "#6b8f6a",
        "#c9714a",
    ]
    sheet.path("M620,716H1600V820H700Q640,800 620,716Z", "#1b2338")
    sheet.path("M628,742H1600v16H634Z", "#8f2f33")
    for column in range(15):
        for row in range(sheet.dice.choice((3, 4, 4, 5))):
            x, y = 690 + column * 56, 682 - row * 34
            fill = sheet.dice.choice(colours)
            sheet.box(x, y, 52, 32, fill)
            for rib in range(6):
                sheet.box(x + 4 + rib * 8, y + 3, 3, 26, "#000000", opacity=0.16)
    sheet.box(1540, 520, 90, 196, "#efe2cc")
    for row in range(4):
        sheet.box(1550, 538 + row * 36, 80, 12, "#2b3a52")
    sheet.box(-10, 812, 1640, 270, sheet.down((0, "#c2685a"), (0.4, "#5b3f57"), (1, "#1b2036")))
    glitter(sheet, 1180, 818, 1060, "#ffd88f", wide=260, opacity=0.7)
    strokes(sheet, 820, 1060, ["#e8906a", "#3a3350", "#8f5a62"], count=140, opacity=0.5)
    # The quay in front, with lorries that wait nose to tail.
    sheet.area([(-20, 1090), (-20, 860), (420, 880), (980, 1090)], "#20263a")
    sheet.line("M-20,872L430,892L985,1095", "#e0a84a", 6, stroke_dasharray="34 22")
    for at in range(6):
        x, y, s = 24 + at * 128, 916 + at * 29, 0.7 + at * 0.11
        sheet.box(x, y - 34 * s, 86 * s, 38 * s, colours[at])
        for rib in range(9):
            sheet.box(x + 4 * s + rib * 9 * s, y - 31 * s, 3 * s, 32 * s, "#000000", opacity=0.18)
        sheet.path(
            f"M{x + 90 * s},{y + 4 * s}v{-30 * s}h{18 * s}l{10 * s},{16 * s}v{14 * s}Z", "#e9dfca"
        )
        for dx in (14, 30, 100):
            sheet.disc(x + dx * s, y + 8 * s, 8 * s, "#0b0e18")
        sheet.disc(x + 117 * s, y - 2 * s, 3.5 * s, "#fff3c4")
    for x, y in ((500, 300), (540, 284), (580, 306)):
        bird(sheet, x, y, 17, "#2a2238")
    sheet.grain()
