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
_TELEPHONE = re.compile(r"(?<![\w.,])\+?\d[\d ().-]{8,16}\d(?![\w])")
_SHORTENED = re.compile(
    r"\b(?:bit\.ly|tinyurl\.com|t\.co|goo\.gl|cutt\.ly|is\.gd|ow\.ly|shorturl\.at|rb\.gy|t\.me|wa\.me)\b",
    re.IGNORECASE,
)
_FOR_SALE = re.compile(
    r"""\b(?:
        (?:earn|make|making|earning)\ (?:up\ to\ )?(?:[$₹€£]|rs\.?\ |usd\ )?\d[\d,.]*k?
            (?:\ (?:dollars|rupees|bucks|euros))?\ (?:a|an|per|every|each|/)\ ?(?:hour|day|week|month)
      | work(?:ing)?\ from\ home\ (?:and|job|opportunit)
      | (?:whats\ ?app|telegram|text|call|contact|inbox|dm)\ (?:me|us|him|her)?\ ?(?:now|today|on|at|via)\ \+?\d
      | (?:click|visit|check\ out)\ (?:here|my|our|the\ link|this\ link|link\ in)
      | (?:buy|order|sign\ up|register|subscribe|join|shop)\ (?:now|today|here)\b
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
    reached = bool(links or mails or _TELEPHONE.search(text))
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
    for found in _TELEPHONE.finditer(text):
        if sum(one.isdigit() for one in found[0]) >= 9:
            yield Finding(
                Guideline.LINKS,
                *found.span(),
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
