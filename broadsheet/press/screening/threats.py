"""Threats and wishes of violence, such as “Hang the lot of them”, which need no rude word.

Few people write them, so that little is learnt of them from comments that others labelled: they are
told by how they are said. Each is for a person to read: the same words are said of a bill that
should be killed, or of a murderer by whoever is for the death penalty.
"""

import re
from collections.abc import Iterator

_WORDS = """
kill killed shoot shot hang hanged hung lynch lynched behead beheaded gas gassed drown drowned drowns
burn burned burnt burns exterminate exterminated stab stabbed rape raped strangle strangled murder
murdered slaughter slaughtered castrated tortured stoned execute executed assassinate assassinated
bullet bullets die dies dead death cancer kys rot rots choke chokes live lives eradicated wipe wiped hurt
punch beaten string strung euthanized watch
"""
# A comment without any of these words threatens nobody, and isn't looked at.
WORDS = frozenset(_WORDS.split())
_WHO = (
    r"(?:you|he|she|they|them|these|those|people|everyone|(?:you|these|those|such|all) \w+"
    r"|(?:all|the lot) of (?:you|them)|\w+ like (?:you|him|her|them))"
)
_SHOULD = r"(?:should|ought to|must|needs? to|deserves? to|ha(?:s|ve) to|gotta)(?: all| just)?"
_BE = r"(?:be|get)(?: all| just| taken out and| publicly)?"
# What is done to people only, and what is done to bills and contracts too.
_SURE = (
    r"(?:hanged|lynched|beheaded|gassed|exterminated|drowned|raped|castrated|strung up|tortured"
    r"|stabbed|stoned|strangled|slaughtered|assassinated|put to death|burn(?:ed|t) alive"
    r"|beaten to death|murdered|eradicated|euthanized)"
)
_MAYBE = (
    r"(?:shot(?! (?:down|at|on|in)\b)|killed(?! off)|hung|executed|burn(?:ed|t)|beaten|wiped out)"
)
_DO = (
    r"(?:kill|shoot|stab|rape|strangle|murder|slaughter|hang|drown|behead|lynch|gas|exterminate"
    r"|assassinate|execute|burn|wipe out|string up)"
)
_THEM = r"(?:you|him|her|them|'em)"
_ALL = (
    r"(?:the (?:whole )?lot of (?:them|you)|(?:them|'em|you) all|all of (?:them|you)"
    r"|every (?:last |single )?one of (?:them|you)|the bastards)"
)
_I_WILL = (
    r"(?:i|we)(?:'m|'re|'ll|'d)?(?: will| shall| am| are| would)?"
    r"(?: going to| gonna| love to| like to| want to| wanna)?"
)
_SOMEBODY = (
    r"(?:someone|somebody|anybody|we|you) (?:please|should|must|needs? to|ought to)(?: just)?"
)
_ENDS = (
    r"(?:dies?|rots?|burns?|chokes?|drowns?"
    r"|gets? (?:\w+ )?(?:cancer|shot|raped|killed|beaten|stabbed|hanged))"
)
_HOPED = r"(?:you|he|she|they|your \w+|all of (?:you|them)|these \w+|those \w+)(?: all| both)?"
_WILL = r"(?: will| would| should)?(?: soon| slowly| painfully)?"
_SAID = re.compile(
    "|".join(
        (
            rf"\b{_WHO}(?: all| just| both| guys| people)? {_SHOULD} {_BE} (?:{_SURE}|{_MAYBE})\b",
            rf"\b{_SHOULD} {_BE} {_SURE}\b",
            r"\b(?:put|needs?|deserves?|takes?|gets?) (?:a )?bullets? (?:in|through|to|between)\b",
            rf"\b{_I_WILL} {_DO} (?:{_ALL}|{_THEM})(?![\w'])",
            rf"\b{_I_WILL} (?:find (?:out )?|know )where (?:you|he|she|they) lives?\b",
            rf"\b{_I_WILL} (?:hurt|punch) (?:you|him|her)\b",
            r"\bburn (?:your|his|her|their) (?:\w+ )?(?:house|home|office|shop|church|mosque|temple)s?\b",
            rf"\b{_SOMEBODY} {_DO} (?:{_ALL}|{_THEM}|(?:that|this|all|those|these) \w+)(?![\w'])",
            rf"\b(?:hope|wish|pray) (?:that )?{_HOPED}{_WILL} {_ENDS}\b",
            r"\b(?:kill|hang|shoot|drown) yoursel(?:f|ves)\b",
            r"\bkys\b",
            r"\b(?:you're|youre|you are|he's|she's) (?:a )?dead (?:man|woman|meat)\b",
            r"\bwatch your back\b",
            rf"(?:(?<![^\n])|(?<=[.!?;:] )|\blet'?s |\bjust ){_DO} {_ALL}(?![\w'])",
        )
    ),
    re.IGNORECASE,
)


def find(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of threats in letters as they are seen."""
    for found in _SAID.finditer(text):
        yield found.span()
