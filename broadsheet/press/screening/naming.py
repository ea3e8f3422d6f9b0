"""Who is named in a story: people in public, about whom a comment may be hard."""

import re
from functools import lru_cache

_NAME = re.compile(r"(?<![.!?\n]\s)(?<!^)\b[A-Z][a-z]{2,}(?:\s+(?:[A-Z]\.\s*)?[A-Z][a-z]{2,})*")
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Minister|President|Judge|Justice|Mayor)\.?\s+([A-Z]\w+)")


@lru_cache(maxsize=256)
def names_of(story: str) -> frozenset[str]:
    """Return words of names in a story, in small letters.

    A word with a capital inside a sentence that also never stands there in small letters.
    """
    found = {word.lower() for name in _NAME.findall(story) for word in name.split()}
    found |= {one.lower() for one in _TITLED.findall(story)}
    small = set(re.findall(r"\b[a-z]{3,}\b", story))
    return frozenset(one for one in found - small if len(one) > 2)


# “Dick Cheney”, and nobody called a Dick.
_GIVEN = re.compile(
    r"(?<![\w’'-])(?<!\b[Aa] )(?<!\b[Yy]ou )(?<!\b[Tt]he )(?<!\b[Yy]our )"
    r"(?:Dick Van Dyke|Dick(?= (?:[Vv]an |[Dd]e |Mc|O['’])?(?!Head|Face|And|Move)[A-Z][a-z]{2,}))"
)


def given(text: str) -> list[tuple[int, int]]:
    """Return the places of given names that are rude words elsewhere, before a family name."""
    return [found.span() for found in _GIVEN.finditer(text)] if "Dick " in text else []
