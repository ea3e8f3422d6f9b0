"""The name a reader is shown by: what it may hold."""

import re
import unicodedata
from collections.abc import Iterable

from broadsheet.rules.lookalikes import fold, skeleton

LONGEST = 80  # characters
MARKS = 3  # combining marks on one letter; more of them reach into the lines above and below


# Scripts whose letters pass for one another; a word in two of them is made to deceive.
_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")
# What the paper's own people are called. Compared by what they look like.
_OFFICES = frozenset(
    map(
        skeleton,
        [
            "editor",
            "editors",
            "moderator",
            "moderators",
            "mod",
            "mods",
            "admin",
            "admins",
            "administrator",
            "administrators",
            "staff",
            "newsroom",
            "desk",
            "webmaster",
            "official",
            "system",
            "support",
        ],
    )
)


# Where a name's words part, so that “Mod-Team” and “TheEditor” are two; signs that pass for letters
# part none.
_PARTS = re.compile(r"[^\w|$]+|_+|(?<=[a-z])(?=[A-Z])")
# What web addresses mostly end in, besides the two letters of a country.
_ENDINGS = re.compile(
    "app|biz|blog|click|cloud|club|com|dev|edu|email|gov|icu|info|int|link|live|media|mobi|net|news|"
    "online|org|press|pro|shop|site|space|store|tech|today|top|vip|website|win|world|xyz"
)
# Written without a space, “Dr.Li” is a person and no address in Liechtenstein.
_TITLES = frozenset({"dr", "fr", "jr", "mr", "mrs", "ms", "prof", "rev", "sr", "st"})


class ShownNameError(ValueError):
    """The name can't be shown; the words are for the reader."""


def clean(name: str) -> str:
    """Return a name in its composed form (NFC) with single spaces; empty stays empty.

    :raises ShownNameError: for characters that don't show or that turn the line round, for letters
        buried under marks, for a name without a letter, and for one that is too long
    """
    name = unicodedata.normalize("NFC", name)
    if any(unicodedata.category(one) in {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"} for one in name):
        raise ShownNameError("Leave out characters that don’t show: a name is letters and spaces.")
    name = " ".join(name.split())
    if not name:
        return ""
    if len(name) > LONGEST:
        raise ShownNameError(f"Make it {LONGEST} characters or fewer.")
    if "@" in name or "://" in name or any(map(_is_address, fold(name).split())):
        raise ShownNameError("Leave out addresses: everybody can see the name.")
    if not any(unicodedata.category(one).startswith("L") for one in name):
        raise ShownNameError("Use at least one letter.")
    marks = 0
    for one in unicodedata.normalize("NFD", name):
        marks = marks + 1 if unicodedata.category(one) in {"Mn", "Me"} else 0
        if marks > MARKS:
            raise ShownNameError("Use letters without so many marks on them.")
    return name


def _is_address(word: str) -> bool:
    """Tell whether a folded word reads as a web address: “evil.com”, not “j.r.r.” or “st.john”."""
    labels = re.split(r"[/:?#]", word.strip("()[]<>\"'“”‘’,;.!"))[0].split(".")
    if len(labels) < 2 or not all(labels):
        return False
    if labels[0] == "www":
        return True
    before, last = labels[-2:]
    # One letter before two is more often a person's initial than an address.
    country = len(last) == 2 and last.isalpha() and len(before) > 1 and before not in _TITLES
    return country or _ENDINGS.fullmatch(last) is not None


def _words(name: str) -> set[str]:
    """Return what the words of a name look like, parted at spaces and at every other sign."""
    bare = "".join(
        one for one in unicodedata.normalize("NFD", name) if not unicodedata.combining(one)
    )
    return {skeleton(one) for one in (*name.split(), *_PARTS.split(bare))}


def mixes_scripts(name: str) -> bool:
    """Tell whether a word of a name has letters of two scripts that look alike."""
    for word in name.split():
        scripts = {unicodedata.name(one, "").partition(" ")[0] for one in word if one.isalpha()}
        if len(scripts.intersection(_ALIKE)) > 1:
            return True
    return False


def check_imitation(name: str, *, people: Iterable[str], paper: str) -> None:
    """Refuse a reader's name that could be taken for one of the paper's people, or for the paper.

    :param people: names of those who work for the paper, and of its authors
    :param paper: its name
    :raises ShownNameError: when it could
    """
    if mixes_scripts(name):
        raise ShownNameError("Write each word in letters of one script.")
    looks = skeleton(name)
    if looks and looks in {skeleton(one) for one in people}:
        raise ShownNameError("One of the paper’s own people has this name. Add something to yours.")
    if not _OFFICES.isdisjoint(_words(name)) or looks in _OFFICES:
        raise ShownNameError("This sounds like somebody of the paper. Choose another name.")
    if len(skeleton(paper)) > 4 and skeleton(paper) in looks:
        raise ShownNameError("The paper’s name is the paper’s. Choose another name.")
