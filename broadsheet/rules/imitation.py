"""Names that could be taken for the paper's, for one of its people's, or for an office of the paper.

Names are compared by what they look like (broadsheet.rules.lookalikes), word by word: neither the
order of the words nor a title, a figure behind them or a word such as “official” makes another
name. docs/rules/limits.md is the page of this rule.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from broadsheet.rules.lookalikes import skeleton
from broadsheet.rules.names import ShownNameError, mixes_scripts

# Where a name's words part, so that “Mod-Team” and “TheEditor” are two; signs that pass for letters
# part none.
_PARTS = re.compile(r"[^\w|$]+|_+|(?<=[a-z])(?=[A-Z])")


def _looks(words: str) -> frozenset[str]:
    return frozenset(map(skeleton, words.split()))


# What the paper's own people are called.
_OFFICES = _looks(
    "editor editors moderator moderators mod mods admin admins administrator administrators sysadmin "
    "newsroom desk webmaster official system support reporter reporters correspondent correspondents "
    "publisher publishers ombudsman subeditor"
)
# Surnames too: nobody takes “Jamie Staff” for the staff, but “Tide Staff” and “Staff”.
_OFFICE_OR_SURNAME = _looks("staff")
# Words of the trade. One alone is anybody's; a name of nothing else (“Editorial Team”, “News Tips”) is
# not, nor is a word made of them and an office (“Newsdesk”, “Modteam”).
_TRADE = _looks(
    "news web site night day copy picture photo sub chief head co deputy assistant sports city foreign "
    "online digital social senior junior comment comments community editorial moderation forum board team "
    "press office service tips member crew account main super"
)
# What changes nothing about whom a name means.
_FILLERS = _looks(
    "the a our your of in at real true genuine original verified official only by from"
)
_TITLES = _looks(
    "mr mrs ms miss mx dr prof professor sir dame lord lady rev reverend fr sr jr sri shri smt thiru "
    "justice judge hon"
)


def check_imitation(name: str, *, people: Iterable[str], paper: str) -> None:
    """Refuse a reader's name that could be taken for one of the paper's people, or for the paper.

    :param people: names of those who work for the paper, and of its authors
    :param paper: its name
    :raises ShownNameError: when it could
    """
    if mixes_scripts(name):
        raise ShownNameError("Write each word in letters of one script.")
    words = _words(name)
    person = _person(name)
    if any(person & _person(one) for one in people):
        raise ShownNameError("Somebody at the paper has this name. Add something to yours.")
    if _names_an_office(name, words, frozenset(_words(paper)) - _FILLERS):
        raise ShownNameError("This sounds like somebody at the paper. Choose another name.")
    if _names_the_paper(name, words, paper):
        raise ShownNameError("You can’t use the paper’s name. Choose another name.")


def _parts(name: str) -> list[str]:
    """Return the words of a name without their marks, in order, parted at every other sign."""
    composed = unicodedata.normalize("NFD", name)
    return _PARTS.split("".join(one for one in composed if not unicodedata.combining(one)))


def _words(name: str) -> list[str]:
    """Return what the words of a name look like, in order.

    Figures before and behind a word are left out: “Admin1” is an admin, “M0derator” a moderator.
    """
    return [looks for one in _parts(name) if (looks := skeleton(one.strip("0123456789")))]


@lru_cache(maxsize=4_096)
def _person(name: str) -> frozenset[str]:
    """Return whom a name means, without titles and fillers: its words in order, and sorted.

    A figure at the end of a word may stand for a letter (“RA0”) or for nothing (“Rao2”).
    """
    means: set[str] = set()
    for words in (_words(name), [*map(skeleton, _parts(name))]):
        bare = [one for one in words if one and one not in _TITLES | _FILLERS]
        means |= {"".join(bare), " ".join(sorted(bare))}
    return frozenset(means - {""})


def _names_an_office(name: str, words: Sequence[str], paper: frozenset[str]) -> bool:
    # “mod.erator” is one word to whoever reads it.
    if not _OFFICES.isdisjoint({skeleton(name), *map(skeleton, name.split())}):
        return True
    of_the_paper = _TRADE | _FILLERS | _TITLES | paper
    before = ""
    for word in words:
        if word in _OFFICE_OR_SURNAME:
            if not before or before in of_the_paper:
                return True
        elif _is_compound(word):
            return True
        before = word
    return not _TRADE.isdisjoint(words) and of_the_paper.issuperset(words)


@lru_cache(maxsize=4_096)
def _is_compound(word: str) -> bool:
    """Tell whether a word is an office, or made of one and words of the trade: “nightdesk”."""
    offices = _OFFICES | _OFFICE_OR_SURNAME
    vocabulary = offices | _TRADE | {skeleton("the")}
    # Where a beginning of the word can be parted into such words, and whether an office is in them.
    parted: list[set[bool]] = [{False}, *(set() for _ in word)]
    for end in range(1, len(word) + 1):
        for start in range(end):
            part = word[start:end]
            if parted[start] and part in vocabulary:
                parted[end] |= {has or part in offices for has in parted[start]}
    return True in parted[-1]


def _names_the_paper(name: str, words: Sequence[str], paper: str) -> bool:
    """Tell whether a name holds the paper's: “The Morning Tide”, “TheMorningTide”, “Morning Tide”.

    A paper called by one word (“The Mercury”) shares it with people; only a name of nothing else is it.
    """
    own = [one for one in _words(paper) if one not in _FILLERS]
    if not own:
        return False
    if len(own) > 1:
        return set(own).issubset(words) or "".join(own) in skeleton(name)
    said = [one for one in words if one not in _FILLERS]
    return said == own or (len(own[0]) > 4 and skeleton(paper) in skeleton(name) != own[0])
