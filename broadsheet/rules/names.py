"""The name a reader is shown by: what it may hold."""

import unicodedata
from collections.abc import Iterable

from broadsheet.rules.lookalikes import skeleton

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
    if "@" in name or "://" in name:
        raise ShownNameError("Leave out addresses: everybody can see the name.")
    if not any(unicodedata.category(one).startswith("L") for one in name):
        raise ShownNameError("Use at least one letter.")
    marks = 0
    for one in unicodedata.normalize("NFD", name):
        marks = marks + 1 if unicodedata.category(one) in {"Mn", "Me"} else 0
        if marks > MARKS:
            raise ShownNameError("Use letters without so many marks on them.")
    return name


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
    if not _OFFICES.isdisjoint(map(skeleton, name.split())) or looks in _OFFICES:
        raise ShownNameError("This sounds like somebody of the paper. Choose another name.")
    if len(skeleton(paper)) > 4 and skeleton(paper) in looks:
        raise ShownNameError("The paper’s name is the paper’s. Choose another name.")
