"""Web addresses in what readers write: what is one, and what passes for another.

docs/rules/threads.md is the page of this rule.
"""

import re
import unicodedata

from broadsheet.rules.lookalikes import fold
from broadsheet.rules.names import mixes_scripts


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Endings that are mostly addresses when they stand behind a word. Others are given with “http://”.
_GENERIC = _words("com org net edu gov info biz int mil")
# Countries whose two letters are words too (“I agree.it is time”, “no.in fact”) or endings of files
# (README.md, setup.py, main.rs, run.sh, a.out.so).
_WORDS = _words(
    "ad ae ag ai al am an as at be by cc cd do ga gg gl gs hm hr id in is it js la lb li ma md me mm ms mt "
    "mu my na no pa ph pl pm pn ps py rs sc sh sm so st td tm to tt tv us va vc"
)
# What stands before a country's two letters in most of the world’s addresses: bbc.co.uk, iitm.ac.in.
_SECOND = _words("ac co com edu go gob gouv gov govt mil ne net nic org or res")
_DECEIVING = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


def is_bare_address(written: str) -> bool:
    """Tell whether an address without ``http://`` is one, rather than two sentences or a file.

    :param written: as it stands in the text: “example.com/page”, “agree.It”, “README.md”
    """
    host, slash, path = written.partition("/")
    labels = host.partition(":")[0].split(".")
    ending = labels[-1]
    if labels[0].lower() == "www":
        return True
    if ending != ending.lower():
        # A sentence that begins without a space, mostly; addresses in capitals are all in capitals.
        return host == host.upper() and ending.lower() in _GENERIC
    if ending in _GENERIC or not ending.isascii() or ending.startswith("xn--"):
        return True
    if len(ending) != 2:
        return bool(slash and path)
    return labels[-2] in _SECOND or bool(slash and path) or ending not in _WORDS


def deceives(host: str) -> bool:
    """Tell whether a host's name could be taken for another: “аpple.com” with a Cyrillic а.

    A label in letters of several scripts that look alike, or one wholly in letters that look Latin
    under an ending in Latin letters. What browsers do with such names is alike (UTS #39, section
    5.1; the policies of Chromium and Firefox for internationalised names).
    """
    if host.isascii():
        return False
    *labels, ending = host.split(".")
    return any(mixes_scripts(one) or (ending.isascii() and _looks_latin(one)) for one in labels)


def _looks_latin(label: str) -> bool:
    scripts = {unicodedata.name(one, "").partition(" ")[0] for one in label if one.isalpha()}
    return bool(scripts.intersection(_DECEIVING)) and bool(re.fullmatch(r"[a-z0-9-]+", fold(label)))
