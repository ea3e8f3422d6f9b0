"""Things that stand in more than one picture: water, clouds, boats, towers, trees, birds."""

# ruff: noqa: PLR0917  # what is drawn stands at a place and has a size: these come first, in order

import math

from drawing.svg import Sheet, path, smooth


def strokes(
    sheet: Sheet,
    top: float,
    bottom: float,
    colours: list[str],
    *,
    count: int = 220,
    left: float = 0,
    right: float | None = None,
    opacity: float = 0.5,
) -> None:
    """Lay strokes of light on water: fine and close far away, long and wide near by."""
    edge = sheet.width if right is None else right
    for _ in range(count):
        near = sheet.dice.random() ** 1.6
        y = top + (bottom - top) * near
        length = 12 + 150 * near * sheet.dice.uniform(0.4, 1.2)
        x = sheet.dice.uniform(left - 40, edge)
        thick = 1.0 + 6.5 * near
        sheet.path(
            f"M{x:.0f},{y:.1f}q{length / 2:.0f},{-thick:.1f} {length:.0f},0q{-length / 2:.0f},{thick:.1f} {-length:.0f},0Z",
            sheet.dice.choice(colours),
            opacity=opacity * sheet.dice.uniform(0.4, 1),
        )


def glitter(
    sheet: Sheet,
    x: float,
    top: float,
    bottom: float,
    colour: str,
    *,
    wide: float = 150,
    opacity: float = 0.9,
) -> None:
    """Lay the path that a low sun or a lamp draws on water."""
    y = top
    while y < bottom:
        near = (y - top) / (bottom - top)
        spread = wide * (0.22 + near) * 0.5
        for _ in range(2 + int(near * 3)):
            middle = x + sheet.dice.gauss(0, spread * 0.55)
            length = (18 + 90 * near) * sheet.dice.uniform(0.3, 1)
            thick = 1.4 + 5 * near
            sheet.path(
                f"M{middle - length / 2:.0f},{y:.1f}q{length / 2:.0f},{-thick:.1f} {length:.0f},0q{-length / 2:.0f},{thick:.1f} {-length:.0f},0Z",
                colour,
                opacity=opacity * sheet.dice.uniform(0.35, 1),
            )
        y += 4 + 15 * near


def heap(
    sheet: Sheet, x: float, y: float, width: float, height: float, fill: str, **attributes: object
) -> None:
    """Draw a heaped cloud on a flat base."""
    made = ""
    steps = max(6, int(width / 34))
    for at in range(steps + 1):
        share = at / steps
        r = (
            height
            * (0.25 + 0.55 * math.sin(math.pi * share) ** 0.8)
            * sheet.dice.uniform(0.55, 1.0)
        )
        cx = x + width * share
        cy = y - r * 0.7
        made += f"M{cx - r:.0f},{cy:.0f}a{r:.0f},{r:.0f} 0 1,0 {2 * r:.0f},0a{r:.0f},{r:.0f} 0 1,0 {-2 * r:.0f},0"
    cut = sheet.clip(f"M{x - width},{y - height * 4}h{width * 3}v{height * 4:.0f}h{-width * 3}Z")
    with sheet.group(clip_path=cut):
        sheet.path(made, fill, fill_rule="nonzero", **attributes)


def streak(
    sheet: Sheet, x: float, y: float, width: float, thick: float, fill: str, **attributes: object
) -> None:
    """Draw a long thin cloud with pointed ends."""
    steps = 14
    upper = []
    lower = []
    for at in range(steps + 1):
        share = at / steps
        swell = math.sin(math.pi * share) ** 0.7
        upper.append((x + width * share, y - thick * swell * sheet.dice.uniform(0.5, 1)))
        lower.append((x + width * share, y + thick * swell * sheet.dice.uniform(0.15, 0.5)))
    sheet.path(smooth([*upper, *reversed(lower)], closed=True), fill, **attributes)


def lighthouse(
    sheet: Sheet, x: float, y: float, height: float, body: str, band: str, dark: str, lamp: str
) -> tuple[float, float]:
    """Draw a banded lighthouse on its foot; return where its lamp is."""
    foot, head = height * 0.135, height * 0.082
    top = y - height
    shape = path([(x - foot, y), (x - head, top), (x + head, top), (x + foot, y)])
    sheet.path(shape, body)
    with sheet.group(clip_path=sheet.clip(shape)):
        for at in (0.16, 0.47, 0.78):
            sheet.box(x - foot, top + height * at, foot * 2, height * 0.15, band)
        sheet.box(x + foot * 0.15, top, foot, height, dark, opacity=0.28)
    sheet.box(x - head * 1.5, top - height * 0.02, head * 3, height * 0.03, dark)
    sheet.box(x - head * 0.85, top - height * 0.13, head * 1.7, height * 0.115, lamp)
    for step in (-0.85, -0.3, 0.25, 0.75):
        sheet.box(x + head * step, top - height * 0.13, height * 0.01, height * 0.115, dark)
    sheet.path(
        f"M{x - head * 1.15:.1f},{top - height * 0.128:.1f}Q{x:.1f},{top - height * 0.25:.1f} {x + head * 1.15:.1f},{top - height * 0.128:.1f}Z",
        dark,
    )
    sheet.box(x - height * 0.006, top - height * 0.25, height * 0.012, height * 0.07, dark)
    return x, top - height * 0.07


def boat(
    sheet: Sheet,
    x: float,
    y: float,
    size: float,
    hull: str,
    trim: str,
    *,
    mast: str = "",
    facing: int = 1,
) -> None:
    """Draw a fishing boat with a high bow, its water line at ``y``."""
    f = facing * size
    sheet.path(
        f"M{x - 0.5 * f:.1f},{y - 0.10 * size:.1f}C{x - 0.2 * f:.1f},{y - 0.06 * size:.1f} {x + 0.2 * f:.1f},{y - 0.08 * size:.1f} {x + 0.56 * f:.1f},{y - 0.27 * size:.1f}"
        f"C{x + 0.50 * f:.1f},{y - 0.08 * size:.1f} {x + 0.42 * f:.1f},{y + 0.02 * size:.1f} {x + 0.32 * f:.1f},{y + 0.03 * size:.1f}L{x - 0.40 * f:.1f},{y + 0.03 * size:.1f}Z",
        hull,
    )
    sheet.path(
        f"M{x - 0.5 * f:.1f},{y - 0.10 * size:.1f}C{x - 0.2 * f:.1f},{y - 0.06 * size:.1f} {x + 0.2 * f:.1f},{y - 0.08 * size:.1f} {x + 0.56 * f:.1f},{y - 0.27 * size:.1f}"
        f"L{x + 0.545 * f:.1f},{y - 0.21 * size:.1f}C{x + 0.2 * f:.1f},{y - 0.03 * size:.1f} {x - 0.2 * f:.1f},{y - 0.01 * size:.1f} {x - 0.48 * f:.1f},{y - 0.05 * size:.1f}Z",
        trim,
    )
    left = x - 0.34 * f if facing > 0 else x - 0.34 * f - 0.26 * size
    sheet.box(left, y - 0.26 * size, 0.26 * size, 0.19 * size, hull)
    sheet.box(left - 0.02 * size, y - 0.285 * size, 0.30 * size, 0.03 * size, trim)
    if mast:
        sheet.line(f"M{x:.1f},{y - 0.08 * size:.1f}V{y - 0.62 * size:.1f}", mast, size * 0.018)
        sheet.line(
            f"M{x:.1f},{y - 0.6 * size:.1f}L{x + 0.52 * f:.1f},{y - 0.26 * size:.1f}M{x:.1f},{y - 0.6 * size:.1f}L{x - 0.46 * f:.1f},{y - 0.12 * size:.1f}",
            mast,
            size * 0.008,
        )


def palm(
    sheet: Sheet, x: float, y: float, height: float, colour: str, *, lean: float = 0.15
) -> None:
    """Draw a coconut palm."""
    top_x, top_y = x + height * lean, y - height
    thick = height * 0.026
    sheet.path(
        f"M{x - thick:.1f},{y:.1f}Q{x + height * lean * 0.1:.1f},{y - height * 0.55:.1f} {top_x - thick * 0.5:.1f},{top_y:.1f}"
        f"L{top_x + thick * 0.5:.1f},{top_y:.1f}Q{x + height * lean * 0.25 + thick:.1f},{y - height * 0.5:.1f} {x + thick:.1f},{y:.1f}Z",
        colour,
    )
    for turn in (-178, -160, -140, -117, -94, -72, -50, -28, -8, 8, 172):
        angle = math.radians(turn + sheet.dice.uniform(-6, 6))
        reach = height * sheet.dice.uniform(0.40, 0.50)
        end_x = top_x + math.cos(angle) * reach
        end_y = top_y + math.sin(angle) * reach * 0.55 + reach * 0.42
        bend_x = top_x + math.cos(angle) * reach * 0.5
        bend_y = top_y + math.sin(angle) * reach * 0.9 - reach * 0.10
        rib = []
        for at in range(15):
            t = at / 14
            rib.append(
                (
                    (1 - t) ** 2 * top_x + 2 * t * (1 - t) * bend_x + t * t * end_x,
                    (1 - t) ** 2 * top_y + 2 * t * (1 - t) * bend_y + t * t * end_y,
                )
            )
        # Leaflets hang from the rib, longest in its middle.
        fringe = []
        for at in range(14, 0, -1):
            px, py = rib[at]
            hang = height * 0.13 * math.sin(math.pi * (at / 15) ** 0.8) * sheet.dice.uniform(0.7, 1)
            outward = math.cos(angle) * hang * 0.35
            fringe += [
                (px + outward, py + hang),
                ((px + rib[at - 1][0]) / 2, (py + rib[at - 1][1]) / 2 + hang * 0.18),
            ]
        sheet.path(path([*rib, *fringe]), colour)
    for dx, dy in ((-0.02, 0.02), (0.025, 0.03), (0.0, 0.045)):
        sheet.disc(top_x + height * dx, top_y + height * dy, height * 0.022, colour)


def bird(sheet: Sheet, x: float, y: float, size: float, colour: str) -> None:
    lift = sheet.dice.uniform(0.25, 0.55)
    sheet.line(
        f"M{x - size:.1f},{y - size * lift * 0.4:.1f}Q{x - size * 0.45:.1f},{y - size * lift:.1f} {x:.1f},{y:.1f}Q{x + size * 0.45:.1f},{y - size * lift:.1f} {x + size:.1f},{y - size * lift * 0.25:.1f}",
        colour,
        max(1.4, size * 0.11),
    )


def rain(
    sheet: Sheet,
    colour: str,
    *,
    count: int = 500,
    slope: float = 0.22,
    length: float = 46,
    opacity: float = 0.35,
    top: float = 0,
    bottom: float | None = None,
) -> None:
    floor = sheet.height if bottom is None else bottom
    made = ""
    for _ in range(count):
        x, y = sheet.dice.uniform(-80, sheet.width + 80), sheet.dice.uniform(top, floor)
        reach = length * sheet.dice.uniform(0.4, 1.2)
        made += f"M{x:.0f},{y:.0f}l{-reach * slope:.0f},{reach:.0f}"
    sheet.line(made, colour, 1.6, opacity=opacity)


def figure(
    sheet: Sheet, x: float, y: float, height: float, colour: str, *, umbrella: str = ""
) -> None:
    """Draw somebody standing, feet at ``y``."""
    h = height
    sheet.disc(x, y - h * 0.91, h * 0.085, colour)
    sheet.path(
        f"M{x - h * 0.12:.1f},{y - h * 0.78:.1f}Q{x:.1f},{y - h * 0.86:.1f} {x + h * 0.12:.1f},{y - h * 0.78:.1f}L{x + h * 0.10:.1f},{y - h * 0.42:.1f}L{x + h * 0.09:.1f},{y:.1f}h{-h * 0.06:.1f}L{x:.1f},{y - h * 0.38:.1f}L{x - h * 0.04:.1f},{y:.1f}h{-h * 0.06:.1f}L{x - h * 0.10:.1f},{y - h * 0.42:.1f}Z",
        colour,
    )
    if umbrella:
        sheet.line(f"M{x + h * 0.08:.1f},{y - h * 0.6:.1f}V{y - h * 1.2:.1f}", colour, h * 0.02)
        sheet.path(
            f"M{x - h * 0.3:.1f},{y - h * 1.02:.1f}Q{x + h * 0.08:.1f},{y - h * 1.5:.1f} {x + h * 0.46:.1f},{y - h * 1.02:.1f}Q{x + h * 0.33:.1f},{y - h * 1.1:.1f} {x + h * 0.2:.1f},{y - h * 1.02:.1f}Q{x + h * 0.08:.1f},{y - h * 1.1:.1f} {x - h * 0.05:.1f},{y - h * 1.02:.1f}Q{x - h * 0.18:.1f},{y - h * 1.1:.1f} {x - h * 0.3:.1f},{y - h * 1.02:.1f}Z",
            umbrella,
        )
