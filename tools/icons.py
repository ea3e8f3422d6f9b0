"""Draw the paper's icons in the sizes that browsers and telephones ask for: `python tools/icons.py`.

The shapes are those of broadsheet/edition/static/edition/icon.svg, a sheet of print on a grid of 32.
"""

from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).parents[1] / "broadsheet/edition/static/edition"
INK, PAPER = "#15171a", "#ffffff"
SHAPES = ((8, 8, 24, 11), (8, 14, 15, 24), (17, 14, 24, 16), (17, 18, 24, 20), (17, 22, 24, 24))
CORNER = 4


def icon(size: int, *, rounded: bool, scale: float = 1.0) -> Image.Image:
    """Return the icon.

    :param rounded: whether corners are cut; telephones cut them themselves
    :param scale: of the print; a maskable icon keeps it within the middle 80 % (W3C, Web Application
        Manifest, "Icon masks")
    """
    big = size * 8  # drawn larger, for smooth edges
    drawn = Image.new("RGBA", (big, big), (0, 0, 0, 0))
    pen = ImageDraw.Draw(drawn)
    corner = big * CORNER / 32 if rounded else 0
    pen.rounded_rectangle((0, 0, big - 1, big - 1), corner, fill=INK)
    unit = big / 32 * scale
    edge = (big - 32 * unit) / 2
    for left, top, right, bottom in SHAPES:
        box = (edge + left * unit, edge + top * unit, edge + right * unit, edge + bottom * unit)
        pen.rectangle(box, fill=PAPER)
    return drawn.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    sizes = [(16, 16), (32, 32), (48, 48)]
    icon(48, rounded=True).save(FOLDER / "favicon.ico", sizes=sizes)
    for name, size, rounded, scale in (
        ("icon-180.png", 180, False, 1.0),
        ("icon-192.png", 192, True, 1.0),
        ("icon-512.png", 512, True, 1.0),
        ("icon-mask.png", 512, False, 0.9),
    ):
        icon(size, rounded=rounded, scale=scale).quantize(16).save(FOLDER / name, optimize=True)


if __name__ == "__main__":
    main()
