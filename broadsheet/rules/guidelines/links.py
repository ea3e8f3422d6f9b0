"""Links, addresses, and things for sale."""

import re
from collections.abc import Iterator

from broadsheet.rules.guidelines.findings import Finding, Guideline, Measured, Written
from broadsheet.rules.guidelines.policy import Policy
from broadsheet.rules.lookalikes import fold

# Ends of host names that stand in talk without being one (“no.in fact”) are left out.
_ENDS = (
    "com|net|org|info|biz|io|ly|ru|cn|xyz|top|shop|online|site|club|link|click|live|me|tv|app|dev"
)
LINK = re.compile(
    rf"(?:https?://|www\.)[^\s<>\"“”]+|\b[a-z0-9][a-z0-9-]{{1,62}}\.(?:{_ENDS})\b(?:/[^\s<>\"“”]*)?",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_NUMBER = re.compile(r"(?<![\w.,$€£₹(])[+(]?\(?\d[\d ().-]{7,16}\d(?![\w%])")
# Numbers that nobody can call: a count or a sum with its thousands apart, years and days, and what
# ends in naughts.
_NO_TELEPHONE = re.compile(
    r"""\d{1,3}(?:[ .]\d{3})+
      | (?:1[6-9]|20)\d\d(?:[ .-].*|\ *[(–-].*)
      | \d{1,2}[ .-]\d{1,2}[ .-](?:19|20)\d\d.*
      | .*0{5}""",
    re.VERBOSE,
)
_CALL = re.compile(
    r"\b(?:call|ring|text|phone|telephone|tel|mobile|cell|whats\ ?app|dial|number|contact)\b\W*"
    r"(?:\w+\W+){0,3}$",
    re.IGNORECASE,
)
# What a number is, where the words before it say so; and the numbers of books (ISO 2108).
_CALLED = re.compile(
    r"\b(?:isbn|issn|case|order|reference|ref|file|application|petition|complaint|ticket|invoice|receipt|"
    r"account|policy|bill|fir|docket|roll|registration|tracking|licence|license|patent|section|"
    r"w\.?\ ?p|o\.?\ ?s|c\.?\ ?c|crl|pil|g\.?\ ?o)\b"
    r"(?:\W*(?:is|was|are|no|number|nos)\b){0,3}\W*$",
    re.IGNORECASE,
)
_BOOK = re.compile(r"97[89][ -]?(?:\d[ -]?){9}\d")
_SHORTENED = re.compile(
    r"\b(?:bit\.ly|tinyurl\.com|t\.co|goo\.gl|cutt\.ly|is\.gd|ow\.ly|shorturl\.at|rb\.gy|t\.me|wa\.me)\b",
    re.IGNORECASE,
)
# Somebody who tells of a swindle uses the swindler's words.
_WARNING = re.compile(
    r"\b(?:scam|scams|scammer|scammers|fraud|frauds|fraudster|fraudsters|swindl\w*|cheat(?:s|ed|ing|er|ers)?|"
    r"con\ ?(?:man|men|artist|artists)|conned|victims?|duped|defraud\w*|lured|tricked|beware|fell\ for|"
    r"promised|warn(?:s|ed|ing|ings)?|spam|spammers?|police|arrested|phishing|ponzi)\b",
    re.IGNORECASE,
)
_FOR_SALE = re.compile(
    r"""\b(?:
        (?:earn|make|making|earning)\ (?:up\ to\ )?(?:[$₹€£]|rs\.?\ |usd\ )?\d[\d,.]*k?
            (?:\ (?:dollars|rupees|bucks|euros))?\ (?:a|an|per|every|each|/)\ ?(?:hour|day|week|month)
      | work(?:ing)?\ from\ home\ (?:and|job|opportunit)
      | (?:whats\ ?app|telegram|text|call|contact|inbox|dm)\ (?:me|us|him|her)?\ ?(?:now|today|on|at|via)\ \+?\d
      | (?:click|visit|check\ out)\ (?:here|my|our|the\ link|this\ link|link\ in)
      | (?:(?<![^\n])|(?<=[.!?:;,]\ )|(?<=please\ ))
            (?:buy|order|sign\ up|register|subscribe|join|shop)\ (?:now|today|here)\b
      | (?:guaranteed|easy|quick|instant)\ (?:profit|returns?|income|loans?|approval|cash)
      | (?:double|triple)\ your\ (?:money|bitcoin|investment|income)
      | (?:promo|discount|coupon|referral)\ code
      | free\ (?:trial|gift\ card|followers|iphone|crypto)
      | (?:lowest|best)\ (?:price|rate)s?\ (?:guaranteed|online|in\ town)
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def find(written: Written, measured: Measured | None, policy: Policy) -> Iterator[Finding]:
    text = written.text
    links = [found.span() for found in LINK.finditer(text)]
    mails = [found.span() for found in _MAIL.finditer(text)]
    links = [one for one in links if not any(start <= one[0] < end for start, end in mails)]
    if len(links) > policy.most_links:
        start, end = links[policy.most_links]
        yield Finding(
            Guideline.LINKS,
            start,
            links[-1][1],
            0.95,
            f"There are {len(links)} links; a comment may have {policy.most_links}.",
        )
    sold = list(_FOR_SALE.finditer(fold(text)))
    numbers = [found.span() for found in _NUMBER.finditer(text) if _is_telephone(text, found)]
    reached = bool(links or mails or numbers)
    if not reached and _WARNING.search(text):
        sold = []
    for found in sold:
        yield Finding(
            Guideline.LINKS,
            *found.span(),
            0.95 if reached or len(sold) > 1 else 0.6,
            f"“{text[found.start() : found.end()]}” reads like an advertisement.",
        )
    for start, end in mails:
        yield Finding(
            Guideline.LINKS, start, end, 0.6, "Leave out e-mail addresses: everybody can read them."
        )
    for start, end in numbers:
        yield Finding(
            Guideline.LINKS,
            start,
            end,
            0.6,
            "Leave out telephone numbers: everybody can read them.",
        )
    for found in _SHORTENED.finditer(text):
        yield Finding(
            Guideline.LINKS,
            *found.span(),
            0.6,
            "Give the full address: nobody sees where a shortened one leads.",
        )


def _is_telephone(text: str, found: re.Match[str]) -> bool:
    """Return whether a number is one to call.

    Abroad it begins with “+”, elsewhere mostly with 0 or a bracket (ITU-T E.123), in India and North
    America it has ten digits. One of nine digits without any of that is a count, unless the words
    before it say otherwise.
    """
    before = text[max(0, found.start() - 40) : found.start()]
    if _BOOK.fullmatch(found[0]) or _CALLED.search(before):
        return False
    digits = sum(one.isdigit() for one in found[0])
    area = found[0][0] in "+0" or (found[0][0] == "(" and ")" in found[0])
    if area or _CALL.search(before):
        return 9 <= digits <= 15
    return 10 <= digits <= 13 and not _NO_TELEPHONE.fullmatch(found[0])
