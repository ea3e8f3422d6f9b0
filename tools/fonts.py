"""Cut the paper's typefaces into the few small files it is set with, and write their faces.

One style of Newsreader with its optical sizes weighs 130 kB; a page of the paper has 60 kB for
everything. So each style is an instance, in five parts: ``newsreader-text`` and so on hold the
letters of nearly every English page, ``-more`` the letters that Western Europe adds, ``-ext`` those
of Latin Extended-A, ``-money`` the signs of currencies, and ``-signs`` what is left of Latin 1. A
browser fetches a part only when a page holds one of its letters.

Each style also gets stand-ins: faces of the systems' own fonts, scaled until a line of English is
as long as in the real one. Text is set in them until the file is there, and hardly moves then.
"""

import hashlib
import io
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.varLib import instancer

COMMON = (
    "U+0020-0022,U+0024-003B,U+003D,U+003F-005B,U+005D,U+0061-007A,U+007C,U+00A0,U+00A3,U+00A9,"
    "U+00B0,U+00B7,U+00D7,U+00E8-00E9,U+2013-2014,U+2018-2019,U+201C-201D,U+2026,U+20AC"
)
MORE = (
    "U+00A1,U+00AA,U+00AB,U+00BA-00BB,U+00BF-00D6,U+00D8-00E7,U+00EA-00F6,U+00F8-00FF,U+0131,"
    "U+0152-0153"
)
SIGNS = (
    "U+0023,U+003C,U+003E,U+005C,U+005E-0060,U+007B,U+007D-007E,U+00A2,U+00A4-00A8,U+00AC,"
    "U+00AE-00AF,U+00B1-00B6,U+00B8-00B9,U+00BC-00BE,U+00F7,U+02DA,U+02DC,U+201A,U+201E,U+2022,"
    "U+2039-203A,U+2044,U+2122,U+2212"
)
EXTENDED = "U+0100-0130,U+0132-0151,U+0154-017F,U+0218-021B"
MONEY = "U+20A0-20AB,U+20AD-20BF"
PARTS = (
    ("", "latin", COMMON),
    ("-more", "latin", MORE),
    ("-signs", "latin", SIGNS),
    ("-ext", "latin-ext", EXTENDED),
    ("-money", "latin-ext", MONEY),
)
# To the em. The sources' 2,000 cost a fifth more; at the sizes text is set in, a unit is a
# twentieth of a pixel.
UNITS, DISPLAY_UNITS = 500, 640
# How often a letter comes in English prose, of 1,000; with the spaces, capitals and points of news.
ENGLISH = {
    " ": 176, "e": 98, "t": 69, "a": 63, "o": 58, "i": 55, "n": 55, "s": 51, "r": 47, "h": 43,
    "d": 31, "l": 31, "c": 23, "u": 21, "m": 18, "f": 17, "p": 15, "g": 15, "w": 15, "y": 13,
    "b": 11, "v": 8, "k": 7, ".": 10, ",": 10, "x": 1, "j": 1, "q": 1, "z": 1, "’": 3, "-": 2,
    "T": 3, "A": 3, "S": 3, "M": 2, "C": 2, "I": 2, "N": 1, "P": 2, "B": 2, "W": 1, "H": 1,
    "1": 3, "0": 3, "2": 3,
}  # fmt: skip


@dataclass(frozen=True)
class Style:
    """One face of the paper, and in which file of its package it is."""

    name: str
    package: str
    source: str
    axes: dict[str, Any]
    family: str
    face: str  # its descriptors in CSS
    like: str = "regular"  # which of a stand-in's fonts it is nearest to
    # Units to which kerning is rounded, an eighth of a pixel at the sizes it is set in; what differs
    # by two steps or less from the kerning of its class isn't kept.
    step: int = 2
    units: int = UNITS


STYLES = (
    Style("newsreader-text", "newsreader", "opsz-normal", {"opsz": 16, "wght": 400},
          "Newsreader", "font-weight: 400;"),
    Style("newsreader-bold", "newsreader", "opsz-normal", {"opsz": 16, "wght": 640},
          "Newsreader", "font-weight: 600 800;", "bold"),
    Style("newsreader-italic", "newsreader", "opsz-italic", {"opsz": 16, "wght": 400},
          "Newsreader", "font-weight: 400; font-style: italic;", "italic"),
    Style("newsreader-display", "newsreader", "opsz-normal", {"opsz": 60, "wght": 520},
          "Newsreader Display", "font-weight: 400 800;", step=1, units=DISPLAY_UNITS),
    Style("public-sans", "public-sans", "wght-normal", {"wght": (400, 400, 650)},
          "Public Sans", "font-weight: 400 650;", step=4),
)  # fmt: skip


@dataclass(frozen=True)
class StandIn:
    """A font that systems have, or one of the same widths under another name.

    :param files: package and file that has its widths, for each kind of style
    :param names: what systems call it, for each kind of style
    """

    name: str
    files: dict[str, str]
    names: dict[str, list[str]]


def _fontsource(name: str) -> dict[str, str]:
    return {
        "regular": f"{name}/files/{name}-latin-400-normal.woff2",
        "bold": f"{name}/files/{name}-latin-700-normal.woff2",
        "italic": f"{name}/files/{name}-latin-400-italic.woff2",
    }


def _dejavu(name: str, slanted: str) -> dict[str, str]:
    return {
        kind: f"dejavu-fonts-ttf/ttf/{name}{end}.ttf"
        for kind, end in (("regular", ""), ("bold", "-Bold"), ("italic", f"-{slanted}"))
    }


def _names(*families: str, slanted: str = "Italic") -> dict[str, list[str]]:
    return {
        "regular": list(families),
        "bold": [f"{family} Bold" for family in families],
        "italic": [f"{family} {slanted}" for family in families],
    }


SERIFS = (
    StandIn("Georgia", _fontsource("gelasio"), _names("Georgia", "Gelasio")),
    StandIn("Times", _fontsource("tinos"), _names("Times New Roman", "Liberation Serif", "Tinos")),
    StandIn("Noto", _fontsource("noto-serif"), _names("Noto Serif")),
    StandIn("DejaVu", _dejavu("DejaVuSerif", "Italic"), _names("DejaVu Serif")),
)
SANS = (
    StandIn("Arial", _fontsource("arimo"), _names("Arial", "Liberation Sans", "Arimo")),
    StandIn("Roboto", _fontsource("roboto"), _names("Roboto")),
    StandIn("DejaVu", _dejavu("DejaVuSans", "Oblique"), _names("DejaVu Sans")),
)


def cut(source: Path, style: Style, letters: str) -> TTFont:
    font = instancer.instantiateVariableFont(TTFont(source), style.axes)
    options = subset.Options()
    options.layout_features = ["kern", "liga", "mark", "mkmk", "ccmp", "locl"]
    options.hinting = False
    options.name_IDs = [0, 1, 2, 13, 14]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(letters))
    subsetter.subset(font)
    scale_upem(font, style.units)
    lighten(font, style.step)
    return font


def lighten(font: TTFont, step: int) -> None:
    """Leave out the kerning of pairs that no text has, and what nobody sees of the rest."""
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    for lookup in font["GPOS"].table.LookupList.Lookup if "GPOS" in font else ():
        tables = [getattr(table, "ExtSubTable", table) for table in lookup.SubTable]
        if tables[0].LookupType != 2:
            continue
        for value in _values(tables):
            # One kerning for all weights: between 400 and 650 it changes by less than a hair.
            value.__dict__.pop("XAdvDevice", None)
        classes = [table for table in tables if table.Format == 2]
        for value in _values(classes):
            value.XAdvance = round(getattr(value, "XAdvance", 0) / step) * step
        for table in tables:
            if table.Format == 1:
                _thin(table, classes, letters, step)


def _values(tables: list[Any]) -> Iterator[Any]:
    for table in tables:
        table.ValueFormat1 &= 4  # the advance alone
        if table.Format == 1:
            yield from (pair.Value1 for pairs in table.PairSet for pair in pairs.PairValueRecord)
        else:
            every = (one.Value1 for first in table.Class1Record for one in first.Class2Record)
            yield from (value for value in every if value)


def _thin(table: Any, classes: list[Any], letters: dict[str, str], step: int) -> None:
    glyphs, sets = [], []
    for first, pairs in zip(table.Coverage.glyphs, table.PairSet, strict=True):
        kept = []
        for pair in pairs.PairValueRecord:
            advance = getattr(pair.Value1, "XAdvance", 0) or 0
            of_class = _of_class(classes, first, pair.SecondGlyph)
            if abs(advance - of_class) > 2 * step and _comes(
                letters.get(first, ""), letters.get(pair.SecondGlyph, "")
            ):
                pair.Value1.XAdvance = round(advance / step) * step
                kept.append(pair)
        if kept:
            pairs.PairValueRecord, pairs.PairValueCount = kept, len(kept)
            glyphs.append(first)
            sets.append(pairs)
    table.Coverage.glyphs, table.PairSet, table.PairSetCount = glyphs, sets, len(sets)


def _of_class(classes: list[Any], first: str, second: str) -> int:
    for table in classes:
        if first in table.Coverage.glyphs:
            row = table.Class1Record[table.ClassDef1.classDefs.get(first, 0)]
            value = row.Class2Record[table.ClassDef2.classDefs.get(second, 0)].Value1
            return getattr(value, "XAdvance", 0) or 0
    return 0


def _comes(first: str, second: str) -> bool:
    """Tell whether two letters are kerned: no capital after a small one, and nothing beside a space.

    A dash between spaces would lose them both.
    """
    if not first or not second or " " in {first, second}:
        return False
    one, other = unicodedata.category(first), unicodedata.category(second)
    if "S" in {one[0], other[0]} or {first, second} & set("@#&*%\\_{}[]·•"):
        return False
    if {one[0], other[0]} == {"L", "N"}:
        return False
    return not (one == "Ll" and other == "Lu")


def width(font: TTFont) -> float:
    """Return how wide a letter of English is on average, in ems."""
    widths, letters = font["hmtx"], font.getBestCmap()
    total = sum(widths[letters[ord(one)]][0] * often for one, often in ENGLISH.items())
    return float(total / sum(ENGLISH.values()) / font["head"].unitsPerEm)


def per_cent(share: float) -> str:
    return f"{share * 100:.1f}".removesuffix(".0") + "%"


def stand_ins(style: Style, font: TTFont, packages: Path) -> Iterator[str]:
    """Yield the faces that are like a style, as long and as high as it."""
    ascent, descent = font["hhea"].ascent / style.units, -font["hhea"].descent / style.units
    for other in SERIFS if style.package == "newsreader" else SANS:
        scale = width(font) / width(TTFont(packages / other.files[style.like]))
        local = ", ".join(f'local("{name}")' for name in other.names[style.like])
        face = style.face if style.like != "regular" else ""
        yield (
            f'@font-face {{ font-family: "{style.family} {other.name}"; {face} src: {local};'
            f" size-adjust: {per_cent(scale)}; ascent-override: {per_cent(ascent / scale)};"
            f" descent-override: {per_cent(descent / scale)}; line-gap-override: 0%; }}"
        ).replace(";  ", "; ")


def main(packages: Path, into: Path, stylesheet: Path) -> None:
    faces: list[str] = []
    like: list[str] = []
    for style in STYLES:
        for part, of, letters in PARTS:
            name = f"{style.package}-{of}-{style.source}.woff2"
            font = cut(packages / style.package / "files" / name, style, letters)
            if not part:
                like += stand_ins(style, font, packages)
            font.flavor = "woff2"
            written = io.BytesIO()
            font.save(written, reorderTables=None)
            file = into / f"{style.name}{part}.woff2"
            file.write_bytes(written.getvalue())
            version = hashlib.blake2b(written.getvalue(), digest_size=6).hexdigest()
            faces.append(
                f'@font-face {{ font-family: "{style.family}"; {style.face} font-display: swap;'
                f' src: url("fonts/{file.name}?v={version}") format("woff2");'
                f" unicode-range: {letters.replace(',', ', ')}; }}"
            )
            print(f"{file.stat().st_size:>7,}  {file.name}")
    for package in ("newsreader", "public-sans"):
        shutil.copy(packages / package / "LICENSE", into / f"OFL-{package}.txt")
    rules = stylesheet.read_text(encoding="utf-8")
    block = "\n".join(["/* Faces, by tools/fonts.py */", *faces, *like, "/* End of faces */"])
    stylesheet.write_text(
        re.sub(r"/\* Faces, by .*/\* End of faces \*/", lambda _: block, rules, flags=re.DOTALL),
        encoding="utf-8",
    )


main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
