"""A sheet to draw on: shapes, gradients, textures, and noise that comes out the same each time."""

import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

WIDTH, HEIGHT = 1600, 1067

type Point = tuple[float, float]

# name → the function that draws it
PICTURES: dict[str, Callable[["Sheet"], None]] = {}


def picture(name: str) -> Callable[[Callable[["Sheet"], None]], Callable[["Sheet"], None]]:
    """Enter a function as the one that draws a picture."""

    def enter(draw: Callable[["Sheet"], None]) -> Callable[["Sheet"], None]:
        PICTURES[name] = draw
        return draw

    return enter


def mix(one: str, other: str, share: float) -> str:
    """Return a colour between two, as ``#rrggbb``.

    :param share: 0 for the first, 1 for the other
    """
    first, second = ([int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in (one, other))
    return "#" + "".join(
        f"{round(a + (b - a) * share):02x}" for a, b in zip(first, second, strict=True)
    )


class Noise:
    """Smooth noise in one and two dimensions, in -1…1."""

    def __init__(self, seed: int) -> None:
        dice = random.Random(seed)
        self.values = [dice.uniform(-1, 1) for _ in range(512)]
        self.order = list(range(256))
        dice.shuffle(self.order)

    def _at(self, x: int, y: int = 0) -> float:
        return self.values[self.order[(x + self.order[y & 255]) & 255]]

    def at(self, x: float, y: float = 0.0) -> float:
        left, top = math.floor(x), math.floor(y)
        across, down = (t * t * (3 - 2 * t) for t in (x - left, y - top))
        upper = self._at(left, top) * (1 - across) + self._at(left + 1, top) * across
        if not down:
            return upper
        lower = self._at(left, top + 1) * (1 - across) + self._at(left + 1, top + 1) * across
        return upper * (1 - down) + lower * down

    def rough(self, x: float, y: float = 0.0, octaves: int = 4) -> float:
        """Return noise with detail at several scales."""
        total = weight = 0.0
        for octave in range(octaves):
            share = 0.5**octave
            total += share * self.at(x * 2**octave + octave * 17.3, y * 2**octave)
            weight += share
        return total / weight


def path(points: Sequence[Point], *, closed: bool = True) -> str:
    """Return straight lines through points as path data."""
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points) + ("Z" if closed else "")


def smooth(points: Sequence[Point], *, closed: bool = False) -> str:
    """Return a curve through points as path data."""
    count = len(points)
    made = f"M{points[0][0]:.1f},{points[0][1]:.1f}"
    for at in range(count if closed else count - 1):
        if closed:
            before, here, there, after = (points[(at + step) % count] for step in (-1, 0, 1, 2))
        else:
            before, here = points[max(at - 1, 0)], points[at]
            there, after = points[at + 1], points[min(at + 2, count - 1)]
        made += (
            f"C{here[0] + (there[0] - before[0]) / 6:.1f},{here[1] + (there[1] - before[1]) / 6:.1f}"
            f" {there[0] - (after[0] - here[0]) / 6:.1f},{there[1] - (after[1] - here[1]) / 6:.1f}"
            f" {there[0]:.1f},{there[1]:.1f}"
        )
    return made + ("Z" if closed else "")


class Sheet:
    """One picture in the making. ``dice`` and ``noise`` give the same each time."""

    def __init__(self, seed: int = 1, width: int = WIDTH, height: int = HEIGHT) -> None:
        self.width, self.height = width, height
        self.dice = random.Random(seed)
        self.noise = Noise(seed)
        self._definitions: list[str] = []
        self._drawn: list[str] = []

    def _define(self, kind: str, inside: str, attributes: str = "") -> str:
        name = f"d{len(self._definitions)}"
        self._definitions.append(f'<{kind} id="{name}" {attributes}>{inside}</{kind}>')
        return f"url(#{name})"

    @staticmethod
    def _stops(stops: Iterable[tuple[float, str] | tuple[float, str, float]]) -> str:
        made = ""
        for offset, colour, *opacity in stops:
            clear = f' stop-opacity="{opacity[0]}"' if opacity else ""
            made += f'<stop offset="{offset}" stop-color="{colour}"{clear}/>'
        return made

    def down(self, *stops: tuple[float, str] | tuple[float, str, float]) -> str:
        """Return a fill that changes from top to bottom of what it fills."""
        return self._define("linearGradient", self._stops(stops), 'x1="0" y1="0" x2="0" y2="1"')

    def across(self, *stops: tuple[float, str] | tuple[float, str, float]) -> str:
        return self._define("linearGradient", self._stops(stops), 'x1="0" y1="0" x2="1" y2="0"')

    def slanted(
        self, start: Point, end: Point, *stops: tuple[float, str] | tuple[float, str, float]
    ) -> str:
        """Return a fill that changes between two places of the sheet."""
        attributes = (
            f'gradientUnits="userSpaceOnUse" x1="{start[0]}" y1="{start[1]}" '
            f'x2="{end[0]}" y2="{end[1]}"'
        )
        return self._define("linearGradient", self._stops(stops), attributes)

    def around(
        self, x: float, y: float, r: float, *stops: tuple[float, str] | tuple[float, str, float]
    ) -> str:
        """Return a fill that changes from a place of the sheet outwards."""
        return self._define(
            "radialGradient",
            self._stops(stops),
            f'gradientUnits="userSpaceOnUse" cx="{x}" cy="{y}" r="{r}"',
        )

    def filter(self, inside: str) -> str:
        return self._define(
            "filter",
            inside,
            'x="-20%" y="-20%" width="140%" height="140%" color-interpolation-filters="sRGB"',
        )

    def blur(self, size: float) -> str:
        return self.filter(f'<feGaussianBlur stdDeviation="{size}"/>')

    def ragged(self, size: float = 5, detail: float = 0.03, seed: int = 3) -> str:
        """Return a filter that makes edges uneven, as a brush or a worn block would."""
        return self.filter(
            f'<feTurbulence type="fractalNoise" baseFrequency="{detail}" numOctaves="3" '
            f'seed="{seed}"/><feDisplacementMap in="SourceGraphic" scale="{size}" '
            'xChannelSelector="R" yChannelSelector="G"/>'
        )

    def clip(self, data: str) -> str:
        return self._define("clipPath", f'<path d="{data}"/>')

    def mask(self, inside: str) -> str:
        return self._define("mask", inside)

    def raw(self, text: str) -> None:
        self._drawn.append(text)

    @contextmanager
    def group(self, **attributes: object) -> Iterator[None]:
        self.raw(f"<g{self._written(attributes)}>")
        yield
        self.raw("</g>")

    @staticmethod
    def _written(attributes: dict[str, object]) -> str:
        made = ""
        for name, value in attributes.items():
            if name == "blend":
                made += f' style="mix-blend-mode:{value}"'
            elif value is not None:
                shown = f"{value:.2f}" if isinstance(value, float) else value
                made += f' {name.rstrip("_").replace("_", "-")}="{shown}"'
        return made

    def path(self, data: str, fill: str = "none", **attributes: Any) -> None:
        self.raw(f'<path d="{data}" fill="{fill}"{self._written(attributes)}/>')

    def line(self, data: str, colour: str, width: float = 2, **attributes: Any) -> None:
        self.path(data, stroke=colour, stroke_width=width, stroke_linecap="round", **attributes)

    def area(self, points: Sequence[Point], fill: str, **attributes: object) -> None:
        self.path(path(points), fill, **attributes)

    def box(
        self, x: float, y: float, width: float, height: float, fill: str, **attributes: object
    ) -> None:
        self.raw(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'fill="{fill}"{self._written(attributes)}/>'
        )

    def disc(self, x: float, y: float, r: float, fill: str, **attributes: object) -> None:
        self.raw(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="{fill}"'
            f"{self._written(attributes)}/>"
        )

    def oval(
        self, x: float, y: float, rx: float, ry: float, fill: str, **attributes: object
    ) -> None:
        self.raw(
            f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{rx:.1f}" ry="{ry:.1f}" fill="{fill}"'
            f"{self._written(attributes)}/>"
        )

    def ground(self, fill: str) -> None:
        """Fill the whole sheet."""
        self.box(-20, -20, self.width + 40, self.height + 40, fill)

    def ridge(
        self,
        y: float,
        height: float,
        fill: str,
        *,
        scale: float = 300,
        shift: float = 0,
        octaves: int = 4,
        bottom: float | None = None,
        **attributes: object,
    ) -> list[Point]:
        """Draw hills from one side to the other; return their line.

        :param y: where they are on the whole
        :param scale: about how wide one hill is
        """
        line = [
            (float(x), y - height * self.noise.rough((x + shift) / scale, shift, octaves))
            for x in range(-20, self.width + 21, 8)
        ]
        floor = self.height + 20 if bottom is None else bottom
        self.area([*line, (self.width + 20, floor), (-20, floor)], fill, **attributes)
        return line

    def grain(self, strength: float = 0.035, detail: float = 0.7, seed: int = 5) -> None:
        """Lay the tooth of the paper over everything.

        :param strength: how dark and light its grains are; more makes larger files
        """
        dark = self.filter(
            f'<feTurbulence type="fractalNoise" baseFrequency="{detail}" numOctaves="2" '
            f'seed="{seed + 8}"/><feColorMatrix values="0 0 0 0 0  0 0 0 0 0  0 0 0 0 0  '
            '2.4 0 0 0 -1.0"/>'
        )
        light = self.filter(
            f'<feTurbulence type="fractalNoise" baseFrequency="{detail}" numOctaves="2" '
            f'seed="{seed + 21}"/><feColorMatrix values="0 0 0 0 1  0 0 0 0 1  0 0 0 0 1  '
            '2.4 0 0 0 -1.0"/>'
        )
        self.box(0, 0, self.width, self.height, "#000", filter=dark, opacity=strength)
        self.box(0, 0, self.width, self.height, "#fff", filter=light, opacity=strength)

    def __str__(self) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}"><defs>{"".join(self._definitions)}</defs>'
            f"{''.join(self._drawn)}</svg>"
        )
