"""The harbour: one window through seven days, the storm, the port and its cranes."""

# Places are counted in ints here and in floats there.
# mypy: disable-error-code="assignment"

from collections.abc import Callable
from dataclasses import dataclass

from drawing.shapes import (
    bird,
    boat,
    glitter,
    heap,
    lighthouse,
    palm,
    rain,
    streak,
    strokes,
)
from drawing.svg import Sheet, mix, path, picture, smooth

HORIZON = 560


@dataclass(frozen=True)
class Day:
    """How the view from the window looks on one day."""

    sky: tuple[str, str, str]
    sea: tuple[str, str]
    hills: str
    stone: str
    tower: tuple[str, str, str]
    lamp: str
    glints: tuple[str, ...]
    frame: str
    roofs: tuple[str, str]
    sun: tuple[float, float, float, str] | None = None
    path_of_light: str = ""


def view(sheet: Sheet, day: Day, weather: Callable[[], None], *, boats: bool = True) -> None:
    """Draw what the window shows; ``weather`` is drawn between the sky and the land."""
    sheet.box(
        0, 0, 1600, HORIZON + 2, sheet.down((0, day.sky[0]), (0.6, day.sky[1]), (1, day.sky[2]))
    )
    if day.sun:
        x, y, r, colour = day.sun
        sheet.disc(x, y, r * 5, sheet.around(x, y, r * 5, (0, colour, 0.55), (1, colour, 0)))
        sheet.disc(x, y, r, colour)
    weather()
    sheet.ridge(HORIZON - 44, 34, mix(day.hills, day.sky[2], 0.55), scale=260, bottom=HORIZON + 2)
    sheet.ridge(
        HORIZON - 12, 30, mix(day.hills, day.sky[2], 0.25), scale=330, shift=900, bottom=HORIZON + 2
    )
    sheet.box(0, HORIZON, 1600, 520, sheet.down((0, day.sea[0]), (1, day.sea[1])))
    strokes(sheet, HORIZON + 4, 1000, list(day.glints), count=330, opacity=0.45)
    if day.path_of_light and day.sun:
        glitter(sheet, day.sun[0], HORIZON + 3, 960, day.path_of_light, wide=190)

    # The mole, its lighthouse and the steps down to the water.
    mole = [
        (1640.0, 606.0),
        (1640.0, 560.0),
        (1330.0, 566.0),
        (1040.0, 578.0),
        (1010.0, 600.0),
        (1090.0, 612.0),
    ]
    sheet.area(mole, day.stone)
    sheet.area(
        [(1640, 606), (1640, 592), (1080, 600), (1010, 600), (1090, 612)],
        mix(day.stone, "#101820", 0.4),
    )
    for x in range(1060, 1600, 46):
        sheet.box(x, 571 - (x - 1040) * 0.018, 5, 10, mix(day.stone, "#101820", 0.45))
    lighthouse(sheet, 1130, 580, 285, *day.tower[:2], day.tower[2], day.lamp)
    sheet.box(1190, 540, 92, 40, mix(day.tower[0], day.stone, 0.35))
    sheet.area([(1182, 542), (1236, 514), (1290, 542)], mix(day.tower[1], day.stone, 0.3))
    for y in range(618, 760, 9):
        wide = 26 * (1 - (y - 618) / 190)
        sheet.box(
            1130 - wide + sheet.dice.uniform(-9, 9), y, wide * 2, 3.5, day.tower[0], opacity=0.32
        )

    if boats:
        boat(sheet, 330, 640, 120, mix(day.hills, "#10222c", 0.5), day.tower[1], mast=day.frame)
        boat(
            sheet,
            520,
            604,
            62,
            mix(day.hills, "#10222c", 0.35),
            day.tower[0],
            mast=day.frame,
            facing=-1,
        )
        boat(sheet, 742, 706, 180, mix(day.hills, "#10222c", 0.55), day.tower[1], mast=day.frame)

    # The roofs below the window.
    for x, y, wide, shade in (
        (-40, 842, 430, 0),
        (330, 884, 380, 1),
        (980, 868, 460, 0),
        (1350, 832, 330, 1),
    ):
        fill = day.roofs[shade]
        sheet.area(
            [(x, 1000), (x, y), (x + wide * 0.5, y - 62), (x + wide, y), (x + wide, 1000)], fill
        )
        for at in range(1, 9):
            share = at / 9
            sheet.line(
                f"M{x + wide * 0.5 * share:.0f},{y - 62 * share:.0f}L{x + wide * (0.5 * share - 0.04):.0f},1000",
                mix(fill, "#101820", 0.3),
                3,
                opacity=0.6,
            )
        sheet.line(
            path([(x, y), (x + wide * 0.5, y - 62), (x + wide, y)], closed=False),
            mix(fill, "#ffffff", 0.2),
            5,
        )
    palm(sheet, 985, 1010, 300, mix(day.hills, "#08131a", 0.62), lean=-0.06)
    palm(sheet, 935, 1040, 230, mix(day.hills, "#08131a", 0.7), lean=-0.16)


def frame(sheet: Sheet, colour: str) -> None:
    """Draw the window itself: frame, one bar, sill."""
    dark, light = mix(colour, "#000000", 0.35), mix(colour, "#ffffff", 0.16)
    sheet.box(0, 0, 1600, 46, colour)
    sheet.box(0, 0, 54, 1067, colour)
    sheet.box(1546, 0, 54, 1067, colour)
    sheet.box(566, 0, 30, 960, colour)
    sheet.box(566, 0, 7, 960, light)
    sheet.box(589, 0, 7, 960, dark)
    sheet.box(47, 40, 7, 920, dark)
    sheet.box(1546, 40, 7, 920, light)
    sheet.box(54, 40, 1492, 7, dark)
    sheet.box(0, 940, 1600, 127, sheet.down((0, light), (0.18, colour), (1, dark)))
    sheet.box(0, 936, 1600, 8, mix(colour, "#ffffff", 0.3))


def cup(sheet: Sheet, x: float, colour: str, shade: str) -> None:
    """A tumbler of coffee in its bowl."""
    sheet.path(f"M{x - 62},958h124l-14,62q-48,22 -96,0Z", shade)
    sheet.path(f"M{x - 40},872h80l-9,104h-62Z", colour)
    sheet.box(x - 46, 866, 92, 13, mix(colour, "#ffffff", 0.35))
    sheet.path(f"M{x + 6},879h33l-9,97h-18Z", shade, opacity=0.4)
    for turn in (-14, 12):
        sheet.line(
            f"M{x + turn},850q-16,-26 0,-48t0,-44", mix(colour, "#ffffff", 0.5), 4, opacity=0.5
        )


def papers(sheet: Sheet, x: float, colour: str, ink: str) -> None:
    """A newspaper, folded once."""
    sheet.area([(x, 1000), (x + 30, 914), (x + 290, 914), (x + 270, 1000)], colour)
    sheet.area(
        [(x, 1000), (x + 270, 1000), (x + 272, 1014), (x + 2, 1014)], mix(colour, "#000000", 0.35)
    )
    sheet.box(x + 46, 926, 130, 13, ink)
    for row in range(4):
        for column in range(3):
            sheet.box(x + 40 - row * 6 + column * 80, 950 + row * 12, 62, 4, ink, opacity=0.55)


def jasmine(sheet: Sheet, x: float, pot: str, leaf: str, bloom: str) -> None:
    """A jasmine in a pot."""
    for _ in range(46):
        dx, dy = sheet.dice.gauss(0, 62), sheet.dice.uniform(0, 190)
        sheet.oval(
            x + dx,
            880 - dy,
            24,
            11,
            mix(leaf, "#000000", sheet.dice.uniform(0, 0.4)),
            transform=f"rotate({sheet.dice.uniform(-60, 60):.0f} {x + dx:.0f} {880 - dy:.0f})",
        )
    for _ in range(20):
        dx, dy = sheet.dice.gauss(0, 58), sheet.dice.uniform(10, 190)
        for turn in range(5):
            sheet.oval(
                x + dx,
                880 - dy - 7,
                4.5,
                8,
                bloom,
                transform=f"rotate({turn * 72} {x + dx:.0f} {880 - dy:.0f})",
            )
    sheet.area([(x - 62, 884), (x + 62, 884), (x + 46, 1010), (x - 46, 1010)], pot)
    sheet.box(x - 70, 868, 140, 24, mix(pot, "#ffffff", 0.12))
    sheet.area(
        [(x + 10, 892), (x + 60, 892), (x + 46, 1010), (x + 14, 1010)], mix(pot, "#000000", 0.3)
    )


def lamp(sheet: Sheet, x: float, metal: str, light: str) -> None:
    """A storm lantern, lit."""
    sheet.disc(x, 880, 260, sheet.around(x, 880, 260, (0, light, 0.5), (1, light, 0)))
    sheet.line(f"M{x - 50},830q50,-110 100,0", metal, 6)
    sheet.box(x - 58, 958, 116, 50, metal)
    sheet.box(x - 40, 800, 80, 26, metal)
    sheet.path(f"M{x - 36},826q-30,66 0,132h72q30,-66 0,-132Z", light, opacity=0.85)
    sheet.path(f"M{x},858q22,34 0,66q-22,-32 0,-66Z", "#fffbe8")
    sheet.line(f"M{x - 54},826V958M{x + 54},826V958", metal, 6)


def radio(sheet: Sheet, x: float, colour: str, dark: str) -> None:
    """A small wireless."""
    sheet.line(f"M{x + 110},870L{x + 176},724", dark, 5)
    sheet.box(x - 130, 870, 260, 140, colour, rx=16)
    sheet.box(x - 112, 890, 128, 100, dark, rx=8)
    for row in range(7):
        sheet.box(x - 104, 897 + row * 13, 112, 4, mix(colour, dark, 0.4))
    sheet.box(x + 32, 892, 82, 30, "#f1e3bf", rx=4)
    sheet.line(f"M{x + 70},892v30", "#c43d2b", 4)
    sheet.disc(x + 54, 962, 18, dark)
    sheet.disc(x + 98, 962, 18, dark)


def oranges(sheet: Sheet, x: float, bowl: str, fruit: str) -> None:
    """A bowl of oranges."""
    for dx, dy in ((-62, 0), (0, -8), (62, 0), (-30, -52), (32, -54)):
        sheet.disc(x + dx, 918 + dy, 37, mix(fruit, "#7a2f10", 0.12))
        sheet.disc(x + dx - 6, 912 + dy, 29, fruit)
        sheet.disc(x + dx - 14, 902 + dy, 9, mix(fruit, "#ffffff", 0.45), opacity=0.7)
    sheet.path(f"M{x - 128},916h256q-14,96 -92,98h-72q-78,-2 -92,-98Z", bowl)
    sheet.path(f"M{x - 128},916h256l-5,22h-246Z", mix(bowl, "#ffffff", 0.25))


def shells(sheet: Sheet, x: float, colours: tuple[str, str]) -> None:
    """Three shells from the beach."""
    for dx, size, at in ((-80, 46, 0), (10, 60, 1), (96, 38, 0)):
        cx, cy = x + dx, 1004
        fan = [(cx, cy)] + [
            (cx + size * 1.1 * px, cy - size * 1.25 * py)
            for px, py in (
                (-0.8, 0.35),
                (-0.62, 0.78),
                (-0.25, 1),
                (0.25, 1),
                (0.62, 0.78),
                (0.8, 0.35),
            )
        ]
        sheet.path(smooth(fan, closed=True), colours[at])
        for px, py in ((-0.6, 0.6), (-0.3, 0.9), (0, 1), (0.3, 0.9), (0.6, 0.6)):
            sheet.line(
                f"M{cx},{cy}L{cx + size * px:.0f},{cy - size * 1.15 * py:.0f}",
                mix(colours[at], "#3a1a10", 0.4),
                2.5,
            )


@picture("window-1-monday")
def monday(sheet: Sheet) -> None:
    day = Day(
        sky=("#6d86a8", "#e7a98c", "#fbdca4"), sea=("#e9b48e", "#39566b"), hills="#54607a",
        stone="#75687a", tower=("#fbeede", "#b4483c", "#3d3550"), lamp="#ffe9a8",
        glints=("#ffd9a0", "#f2a383", "#5d7286"), frame="#2e4a46", roofs=("#8d4a3c", "#a1583f"),
        sun=(770, 520, 46, "#fff0bf"), path_of_light="#fff3c9",
    )  # fmt: skip

    def weather() -> None:
        for x, y, wide, thick in (
            (80, 190, 560, 13),
            (640, 130, 700, 16),
            (360, 320, 640, 10),
            (1100, 300, 520, 12),
            (900, 420, 600, 8),
        ):
            streak(sheet, x, y, wide, thick, "#f8c9a0", opacity=0.75)

    view(sheet, day, weather)
    for x, y in ((430, 260), (474, 246), (500, 272), (392, 284)):
        bird(sheet, x, y, 17, "#4a4658")
    frame(sheet, day.frame)
    cup(sheet, 1330, "#c8cdca", "#7e8a88")
    sheet.grain()


@picture("window-2-tuesday")
def tuesday(sheet: Sheet) -> None:
    day = Day(
        sky=("#8fc3d8", "#c6e2e4", "#eef1e3"), sea=("#bfe0dc", "#2c8790"), hills="#7fa3a8",
        stone="#c9bfae", tower=("#ffffff", "#d2573f", "#54707a"), lamp="#eaf6f4",
        glints=("#ffffff", "#8fd0cf", "#4aa5a8"), frame="#2e4a46", roofs=("#c4694a", "#d98158"),
        sun=(1010, 96, 40, "#ffffff"),
    )  # fmt: skip

    def weather() -> None:
        heap(sheet, 180, 470, 330, 56, "#ffffff", opacity=0.9)
        heap(sheet, 690, 486, 220, 40, "#ffffff", opacity=0.75)
        heap(sheet, 1290, 478, 300, 52, "#ffffff", opacity=0.85)

    view(sheet, day, weather)
    frame(sheet, day.frame)
    papers(sheet, 660, "#f4ecd8", "#2b2f33")
    sheet.grain()


@picture("window-3-wednesday")
def wednesday(sheet: Sheet) -> None:
    day = Day(
        sky=("#4c5f66", "#84968f", "#d8cfa6"), sea=("#b7b594", "#2f4c4c"), hills="#4a5d5a",
        stone="#6f6f64", tower=("#efe6cf", "#a8473a", "#2c3a3c"), lamp="#ffe39a",
        glints=("#dcd7ae", "#6c8780", "#3a5957"), frame="#2e4a46", roofs=("#7c4638", "#8f5540"),
    )  # fmt: skip

    def weather() -> None:
        for x, y, wide, tall, colour in (
            (-60, 300, 760, 150, "#3f5158"), (620, 260, 900, 190, "#4a5c61"), (240, 400, 700, 110, "#62746f"),
            (980, 420, 700, 120, "#55686a"), (-80, 470, 560, 70, "#93a08e"), (640, 490, 520, 50, "#aeb196"),
        ):  # fmt: skip
            heap(sheet, x, y, wide, tall, colour)

    view(sheet, day, weather)
    frame(sheet, day.frame)
    jasmine(sheet, 1340, "#9b5138", "#3d6a45", "#fbf8ec")
    sheet.grain()


@picture("window-4-thursday")
def thursday(sheet: Sheet) -> None:
    day = Day(
        sky=("#59676f", "#87949a", "#aeb6b4"), sea=("#8f9c9c", "#36494f"), hills="#65747a",
        stone="#5b6467", tower=("#d4d6cf", "#935049", "#37444a"), lamp="#f5e3a6",
        glints=("#b8c2c1", "#6f8287", "#47595f"), frame="#2a4340", roofs=("#5e4643", "#6b504a"),
    )  # fmt: skip

    def weather() -> None:
        for x, y, wide, tall, colour in (
            (-80, 180, 900, 120, "#4b5961"),
            (700, 150, 1000, 130, "#505e66"),
            (200, 300, 1000, 90, "#6c7a80"),
        ):
            heap(sheet, x, y, wide, tall, colour, opacity=0.8)

    view(sheet, day, weather)
    rain(sheet, "#e8efee", count=900, slope=0.16, length=70, opacity=0.32)
    # Drops that run down the pane.
    for _ in range(90):
        x, y = sheet.dice.uniform(70, 1530), sheet.dice.uniform(50, 900)
        size = sheet.dice.uniform(3, 9)
        if sheet.dice.random() < 0.35:
            sheet.line(
                f"M{x:.0f},{y - size * 14:.0f}q{size / 2:.0f},{size * 7:.0f} 0,{size * 14:.0f}",
                "#e9f1f1",
                2.2,
                opacity=0.35,
            )
        sheet.oval(x, y, size * 0.8, size, "#dfe9ea", opacity=0.55)
        sheet.oval(x - size * 0.2, y - size * 0.3, size * 0.25, size * 0.3, "#ffffff", opacity=0.9)
    frame(sheet, day.frame)
    radio(sheet, 1330, "#a5532f", "#2e2622")
    sheet.grain()


def lightning(sheet: Sheet, x: float, y: float, bottom: float, width: float) -> None:
    """Draw a bolt that forks on its way down."""
    points = [(x, y)]
    while y < bottom:
        x += sheet.dice.uniform(-26, 22)
        y += sheet.dice.uniform(14, 36)
        points.append((x, y))
        if width > 2 and sheet.dice.random() < 0.28:
            lightning(sheet, x, y, y + sheet.dice.uniform(60, 170), width * 0.4)
    line = path(points, closed=False)
    sheet.line(line, "#9fb4e6", width * 2.6, opacity=0.35)
    sheet.line(line, "#f6f8ff", width, stroke_linejoin="round")


@picture("window-5-friday")
def friday(sheet: Sheet) -> None:
    day = Day(
        sky=("#0d1524", "#1c2b40", "#34475a"), sea=("#2d4052", "#0b131d"), hills="#1a2838",
        stone="#26323f", tower=("#8d98a0", "#5b3138", "#101925"), lamp="#fff2b8",
        glints=("#5a7186", "#24384a", "#3c5468"), frame="#16201f", roofs=("#1d1f2a", "#242531"),
    )  # fmt: skip

    def weather() -> None:
        for x, y, wide, tall, colour in (
            (-80, 240, 900, 170, "#131d2d"), (640, 210, 1050, 200, "#172335"), (100, 380, 800, 120, "#233348"), (900, 400, 800, 120, "#1f2e42"),
        ):  # fmt: skip
            heap(sheet, x, y, wide, tall, colour)
        sheet.disc(
            290, 250, 360, sheet.around(290, 250, 360, (0, "#b9c9ee", 0.42), (1, "#b9c9ee", 0))
        )
        lightning(sheet, 310, 30, 500, 5.5)
        # The beam of the lighthouse.
        beam = sheet.slanted((1130, 275), (60, 130), (0, "#fff0b0", 0.75), (1, "#fff0b0", 0))
        sheet.area([(1130, 268), (1130, 282), (40, 250), (60, 40)], beam)
        beam = sheet.slanted((1130, 275), (1600, 330), (0, "#fff0b0", 0.6), (1, "#fff0b0", 0.05))
        sheet.area([(1130, 268), (1130, 282), (1620, 400), (1620, 280)], beam)

    view(sheet, day, weather, boats=False)
    # Seas that break over the mole.
    for x, tall in ((1030, 90), (1290, 150), (1400, 110), (1510, 170)):
        for _ in range(70):
            sheet.disc(
                x + sheet.dice.gauss(0, 30),
                585 - abs(sheet.dice.gauss(0, tall * 0.42)),
                sheet.dice.uniform(1.5, 7),
                "#c9d8e2",
                opacity=0.7,
            )
    rain(sheet, "#b8c8d8", count=800, slope=0.5, length=60, opacity=0.28)
    frame(sheet, day.frame)
    lamp(sheet, 790, "#3b3325", "#ffc65c")
    sheet.grain()


@picture("window-6-saturday")
def saturday(sheet: Sheet) -> None:
    day = Day(
        sky=("#3f8fc0", "#8cc7dc", "#e4efdf"), sea=("#7fbcc0", "#1f5f78"), hills="#4f7f80",
        stone="#b5a78f", tower=("#ffffff", "#cf4b36", "#355767"), lamp="#fff7d6",
        glints=("#ffffff", "#5da7b3", "#2f7d8e"), frame="#2e4a46", roofs=("#b6583d", "#cf7350"),
    )  # fmt: skip

    def weather() -> None:
        heap(sheet, 100, 250, 330, 74, "#f7faf4")
        heap(sheet, 140, 255, 250, 40, "#d7e4e4")
        heap(sheet, 860, 330, 420, 86, "#f7faf4")
        heap(sheet, 900, 336, 320, 46, "#d7e4e4")
        heap(sheet, 1240, 450, 340, 60, "#ffffff", opacity=0.9)
        heap(sheet, 60, 470, 300, 44, "#ffffff", opacity=0.8)

    view(sheet, day, weather)
    boat(sheet, 1240, 760, 230, "#1d4f66", "#e8b23f", mast="#2e4a46", facing=-1)
    for x, y in ((700, 240), (742, 226), (770, 252), (1180, 210), (1216, 226), (660, 262)):
        bird(sheet, x, y, 20, "#264a58")
    frame(sheet, day.frame)
    oranges(sheet, 310, "#3f6f8f", "#ef8f2f")
    sheet.grain()


@picture("window-7-sunday")
def sunday(sheet: Sheet) -> None:
    day = Day(
        sky=("#3c3263", "#b2516a", "#f6a64e"), sea=("#d9705a", "#2a2448"), hills="#4a2f55",
        stone="#43304f", tower=("#f5cfa8", "#8c3148", "#2c2040"), lamp="#ffe7a0",
        glints=("#ffb667", "#c3566a", "#5b3a68"), frame="#27343a", roofs=("#5c2c3e", "#6b3442"),
        sun=(400, 528, 62, "#ffd98a"), path_of_light="#ffd48a",
    )  # fmt: skip

    def weather() -> None:
        for x, y, wide, thick, colour in (
            (-40, 150, 800, 20, "#7a3d68"), (560, 210, 900, 24, "#93456a"), (120, 300, 760, 16, "#d86a62"),
            (900, 340, 660, 18, "#d2645f"), (300, 420, 760, 12, "#f5935a"), (1000, 450, 500, 10, "#f29a5c"),
        ):  # fmt: skip
            streak(sheet, x, y, wide, thick, colour, opacity=0.85)
        # Kites over the beach.
        for x, y, size, colour in (
            (740, 160, 30, "#f7e2b4"),
            (860, 250, 22, "#f2a04c"),
            (680, 300, 18, "#e7d3c4"),
        ):
            sheet.area(
                [(x, y - size), (x + size * 0.7, y), (x, y + size), (x - size * 0.7, y)], colour
            )
            sheet.line(f"M{x},{y + size}q30,60 -10,110t10,130", colour, 1.6, opacity=0.7)

    view(sheet, day, weather)
    frame(sheet, day.frame)
    shells(sheet, 1330, ("#e9b99a", "#f3dcc0"))
    sheet.grain()
