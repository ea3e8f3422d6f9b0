"""Cut Newsreader into the few small files the paper prints with.

One style of the variable font with its optical sizes weighs 130 kB; a page of the paper has 60 kB
for everything. So each style is an instance, in three parts: ``newsreader-text`` and so on hold
what English prints, ``-more`` the rest of Latin 1 and ``-ext`` Latin Extended-A. A browser fetches a
part only when a page holds one of its letters.
"""

import hashlib
import shutil
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

# As in unicode-range of site.css.
COMMON = (
    "U+0020-007E,U+00A0,U+00A3,U+00A9,U+00AB,U+00B0,U+00B7,U+00BB,U+00D7,U+2013-2014,"
    "U+2018-2019,U+201C-201D,U+2022,U+2026,U+20AC,U+2212"
)
MORE = (
    "U+00A1-00A2,U+00A4-00A8,U+00AA,U+00AC,U+00AE-00AF,U+00B1-00B6,U+00B8-00BA,U+00BC-00D6,"
    "U+00D8-00FF,U+0131,U+0152-0153,U+02DA,U+02DC,U+201A,U+201E,U+2039-203A,U+2044,U+2122"
)
EXTENDED = "U+0100-0130,U+0132-0151,U+0154-017F,U+0218-021B"
STYLES = {
    "text": ("normal", {"opsz": 16, "wght": 400}),
    "bold": ("normal", {"opsz": 16, "wght": 640}),
    "italic": ("italic", {"opsz": 16, "wght": 400}),
    "display": ("normal", {"opsz": 60, "wght": 520}),
}


def cut(source: Path, axes: dict[str, float], letters: str, into: Path) -> None:
    font = instancer.instantiateVariableFont(TTFont(source), axes)
    options = subset.Options()
    options.layout_features = ["kern", "liga", "mark", "mkmk", "ccmp", "locl"]
    options.hinting = False
    options.name_IDs = [0, 1, 2, 13, 14]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(letters))
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(into)


def main(package: Path, into: Path) -> None:
    for name, (slope, axes) in STYLES.items():
        for part, subset_name, letters in (
            ("", "latin", COMMON),
            ("-more", "latin", MORE),
            ("-ext", "latin-ext", EXTENDED),
        ):
            source = package / "files" / f"newsreader-{subset_name}-opsz-{slope}.woff2"
            file = into / f"newsreader-{name}{part}.woff2"
            cut(source, axes, letters, file)
            told = hashlib.blake2b(file.read_bytes(), digest_size=6).hexdigest()
            print(f"fonts/{file.name}?v={told}  {file.stat().st_size:,} bytes")
    shutil.copy(package / "LICENSE", into / "OFL.txt")


main(Path(sys.argv[1]), Path(sys.argv[2]))
