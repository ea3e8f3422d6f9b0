"""Datelines: the place a story was written, read from its first words.

Agencies and papers print it before the text: ``MOSCOW, March 22 (Agency) —``, ``NEW DELHI:``,
``GROSSETO, Italy (AP) --``, ``(New York, NY - October 21)``. Where a format keeps no dateline of
its own it is read from there, and only where it can be nothing else: a place in capitals, or a
place followed by a date or an agency in brackets, and then a colon or a dash.
"""

import re
from dataclasses import dataclass

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?"
    r"|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DAY = r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?"
_DATE = rf"(?:{_DAY}(?:,?\s+)?)?(?:(?:{_MONTH}\s+\d{{1,2}}|\d{{1,2}}\s+{_MONTH})(?:,?\s+\d{{4}})?)|{_DAY}"
_DASH = r"\s*(?:—|–|--+|―)\s*|\s+[-_]\s+"
_END = rf"(?:{_DASH}|\s*:\s+)"
_DASH = rf"(?:{_DASH})"
# Capitals, with what stands between them in names of places: ST. PETERSBURG, AIX-EN-PROVENCE.
_CAPITALS = r"[^\W\d_a-z](?:[^\W\d_a-z]|[.'’\- ](?=[^\W\d_a-z])|\.(?=,|\s)){2,}"
_NAME = r"[^\W\d_a-z][\w.'’\-]*(?:\s+(?:[^\W\d_a-z][\w.'’\-]*|of|de|del|la|le|al|el|the|and|di|do|da)){0,4}"
_AGENCY = r"\(\s*(?P<agency>[^()\d]{2,40})\s*\)"

_FORMS = (
    # MOSCOW, March 22 (Agency) — / NEW DELHI: / GROSSETO, Italy (AP) -- / KYIV/MOSCOW —
    re.compile(
        rf"^(?P<place>{_CAPITALS}(?:\s*/\s*{_CAPITALS})*(?:,\s*(?!{_DATE}){_NAME})?)"
        rf"(?:,?\s+(?P<date>{_DATE}))?,?(?:\s*{_AGENCY})?(?P<end>{_END})"
    ),
    # Moscow, March 22 (Agency) — / Paris (AFP) – : a name in small letters needs the agency.
    re.compile(
        rf"^(?P<place>{_NAME}(?:,\s*(?!{_DATE}){_NAME})?)"
        rf"(?:,?\s+(?P<date>{_DATE}))?,?\s*{_AGENCY}(?P<end>{_DASH})"
    ),
    # Moscow, March 22 — : or a date and a dash.
    re.compile(
        rf"^(?P<place>{_NAME}(?:,\s*(?!{_DATE}){_NAME})?),\s+(?P<date>{_DATE})(?P<agency>)(?P<end>{_DASH})"
    ),
    # (Agency) - Moscow, March 22 -
    re.compile(
        rf"^{_AGENCY}\s*[-–—]+\s*(?P<place>{_NAME}(?:,\s*(?!{_DATE}){_NAME})?),?\s+"
        rf"(?P<date>{_DATE})(?P<end>{_DASH})"
    ),
    # (New York, NY - October 21)
    re.compile(
        rf"^\(\s*(?P<place>{_NAME}(?:,\s*(?!{_DATE}){_NAME})?)\s*[-–—,]\s*(?P<date>{_DATE})"
        rf"(?P<agency>)\s*\)(?P<end>\s+)"
    ),
)

# Words in capitals before a colon that are no places.
_NO_PLACES = frozenset(
    {
        "ALERT", "ANALYSIS", "AND", "ANSWER", "AUDIO", "BREAKING", "BREAKING NEWS", "CAUTION",
        "CLARIFICATION", "COMMENT", "COMMENTARY", "CONTENT WARNING", "CORRECTION", "CORRECTIONS",
        "DEAR READER", "DISCLAIMER", "DISCLOSURE", "EDITORIAL", "EDITOR'S NOTE", "EDITOR’S NOTE",
        "EDITORS' NOTE", "EXCLUSIVE", "EXPLAINED", "EXPLAINER", "FACT", "FACT CHECK", "FACTBOX",
        "FAQ", "FILE", "FROM", "GALLERY", "GALLERIES", "HINT", "IMPORTANT", "INTERVIEW", "JUST IN",
        "LATEST", "LIVE", "LIVE UPDATES", "MORE", "MORE NEWS", "NB", "NEWS", "NEWS ANALYSIS",
        "NOTE", "NOTICE", "NOTE TO READERS", "OBITUARY", "OPINION", "PHOTO", "PHOTOS", "PICTURES",
        "PODCAST", "POLL", "PROFILE", "PS", "QUESTION", "QUIZ", "READ", "READ ALSO", "READ MORE",
        "RELATED", "RESULTS", "REVIEW", "SCORE", "SEE", "SEE ALSO", "SERIES", "SOURCE", "SPOILER",
        "SPOILER ALERT", "SPONSORED", "SUMMARY", "TIP", "TIPS", "TL;DR", "TLDR", "TODAY", "TO",
        "TRIGGER WARNING", "UPDATE", "UPDATED", "UPDATES", "URGENT", "VERDICT", "VIDEO", "VIDEOS",
        "WARNING", "WATCH", "WATCH LIVE", "WHAT", "WHEN", "WHERE", "WHO", "WHY", "HOW", "XXX",
        "ADVERTISEMENT", "INTRODUCTION", "STATEMENT", "PRESS RELEASE", "FOR IMMEDIATE RELEASE",
        "HEALTH", "SPORT", "SPORTS", "POLITICS", "BUSINESS", "WORLD", "CULTURE", "WEATHER",
        "NATO", "NASA", "ISRO", "OPEC", "UNESCO", "UNICEF", "UNHCR", "IAEA", "ASEAN", "SAARC",
        "BRICS", "APEC", "FIFA", "UEFA", "BCCI", "AIDS", "COVID", "IPCC", "ISIS", "HAMAS", "PIRLS",
        "TWEET", "SHARE", "IN BRIEF", "BRIEFLY", "BACKGROUND", "AT A GLANCE", "CEO", "FBI", "UPI",
    }
)  # fmt: skip
# A name in small letters before brackets is as often a member of a party: these are agencies.
_AGENCIES = frozenset(
    {
        "aap", "afp", "agencies", "agency", "ani", "ansa", "anp", "ap", "associated press", "apa",
        "ats", "belga", "bloomberg", "bna", "cnn", "cp", "dpa", "efe", "ians", "interfax", "irna",
        "itar-tass", "kna", "kuna", "kyodo", "lusa", "mena", "ntb", "pa", "press association",
        "pti", "reuters", "ria novosti", "ritzau", "sapa", "sda", "sta", "stt", "tass", "tt",
        "uni", "upi", "wam", "xinhua", "yonhap", "with agencies",
    }
)  # fmt: skip
# Nor does a place begin like this.
_NO_BEGINNINGS = frozenset(
    {
        "the", "a", "an", "by", "mr", "mr.", "mrs", "mrs.", "ms", "ms.", "dr", "dr.", "sir", "president",
        "senator", "my", "our", "your", "this", "these", "no",
    }
)  # fmt: skip
_DAYS = re.compile(rf"^(?:{_DAY}|{_MONTH})$", re.IGNORECASE)
LONGEST_PLACE = 60  # characters


@dataclass(frozen=True, slots=True)
class Dateline:
    """A dateline read from the first words.

    :param place: as it was printed, as in ``MOSCOW`` or ``GROSSETO, Italy``
    :param agency: named in brackets, as in ``AP``; empty for none
    :param length: how many characters of the text it takes, the dash or colon included
    """

    place: str
    agency: str
    length: int


def parse(text: str) -> Dateline | None:
    """Read the dateline from the beginning of a story; None where there is none for certain.

    :param text: the words of the first paragraph, without markup
    """
    head = text[:200]
    for form in _FORMS:
        match = form.match(head)
        if match is None:
            continue
        place = match["place"].strip(" .,")
        rest = text[match.end() :]
        if not _is_place(place, match, rest):
            return None
        return Dateline(place, (match["agency"] or "").strip(), match.end())
    return None


def place(dateline: str) -> str:
    """Return the place of a whole dateline, as in “MOSCOW, Monday (Reuters)”."""
    text = " ".join(dateline.split()).strip(" -–—:")
    if found := parse(f"{text} — x"):
        return found.place
    text = re.sub(r"\([^()]*\)", "", text)
    return re.sub(rf",?\s+(?:{_DATE})$", "", text.strip(" ,")).strip(" ,-–—:")


def _is_place(place: str, match: re.Match[str], rest: str) -> bool:
    capitals = re.split(r",|/", place)[0].strip()
    if not place[:1].isupper() or _DAYS.match(capitals):
        return False
    if capitals.split()[0].lower() in _NO_BEGINNINGS:
        return False
    if len(place) > LONGEST_PLACE or capitals.upper() in _NO_PLACES or not rest.strip():
        return False
    if match["date"] or (match["agency"] and capitals.isupper()):
        return True
    if match["agency"]:
        return match["agency"].strip().lower() in _AGENCIES
    # Capitals and a colon alone: a place has few words, and a sentence follows.
    if len(capitals.split()) > 4 or len(capitals) < 4:
        return False
    return capitals.isupper() and rest.lstrip("“\"'‘ ")[:1].isalnum()
