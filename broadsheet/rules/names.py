"""The name a reader is shown by: what it may hold."""

import re
import unicodedata

from broadsheet.rules.lookalikes import fold

LONGEST = 80  # characters
MARKS = 3  # combining marks on one letter; more of them reach into the lines above and below


# Scripts whose letters pass for one another; a word in two of them is made to deceive.
_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")
# What web addresses mostly end in, besides the two letters of a country.
_ENDINGS = re.compile(
    "app|biz|blog|click|cloud|club|com|dev|edu|email|gov|icu|info|int|link|live|media|mobi|net|news|"
    "online|org|press|pro|shop|site|space|store|tech|today|top|vip|website|win|world|xyz"
)
_CAPITALS = re.compile(r"\b[^\W\d_a-z][a-z'’-]*\.[^\W\d_a-z][a-z]\b")
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
    if "@" in name or "://" in name or any(map(_is_address, name.split())):
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
    """Tell whether a word reads as a web address: “evil.com”, not “j.r.r.”, “st.john” or “Ali.Ba”."""
    host = re.split(r"[/:?#]", fold(word).strip("()[]<>\"'“”‘’,;.!"))[0]
    labels = host.split(".")
    if len(labels) < 2 or not all(labels):
        return False
    if labels[0] == "www":
        return True
    before, last = labels[-2:]
    if _ENDINGS.fullmatch(last):
        return True
    if len(last) != 2 or not last.isalpha():
        return False
    # One letter before two is more often a person's initial than an address; so are two words with
    # capitals, between which a space was left out.
    return len(before) > 1 and before not in _TITLES and not _CAPITALS.search(word)


def mixes_scripts(name: str) -> bool:
    """Tell whether a word of a name has letters of two scripts that look alike."""
    for word in name.split():
        scripts = {unicodedata.name(one, "").partition(" ")[0] for one in word if one.isalpha()}
        if len(scripts.intersection(_ALIKE)) > 1:
            return True
    return False
