"""The name a reader is shown by: what it may hold."""

import unicodedata

LONGEST = 80  # characters
MARKS = 3  # combining marks on one letter; more of them reach into the lines above and below


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
