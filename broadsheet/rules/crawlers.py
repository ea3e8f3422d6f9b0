"""Crawlers: who they say they are, whether that is proved, and what they may read.

A crawler that searches for readers may read a walled story to its end, so that the story can be
found; what it was shown is marked as paywalled (schema.org ``isAccessibleForFree``, as Google's
page on paywalled content asks). A crawler that collects words to train models may not. A name
alone proves nothing: anybody can send one. It is proved by the address, either in the ranges that
the crawler's operator publishes, or by a reverse look-up that is confirmed forwards (RFC 1912 §2.1
and the operators' own pages on verification).
"""

from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    SEARCH = "search"
    TRAINING = "training"


class Proof(StrEnum):
    """What is known of the address a request came from."""

    RANGE = "range"  # it is in a range that the operator publishes
    NAME = "name"  # its reverse name is the operator's and leads back to it
    NONE = "none"  # it is neither
    UNKNOWN = "unknown"  # the look-up failed: it may be either


class Verdict(StrEnum):
    """What a request is taken for, and why."""

    NO_CRAWLER = "no-crawler"
    SEARCH_PROVED = "search-proved"
    SEARCH_UNPROVED = "search-unproved"
    SEARCH_NOT_LOOKED_UP = "search-not-looked-up"
    SEARCH_SWITCHED_OFF = "search-switched-off"
    TRAINING_REFUSED = "training-refused"
    TRAINING_ALLOWED = "training-allowed"


@dataclass(frozen=True, slots=True)
class Crawler:
    """A crawler that is known.

    :param token: what its User-Agent holds, and robots.txt calls it
    :param names: ends of the host names its operator gives its machines; empty where the operator
        publishes ranges only
    :param agent: whether it sends requests of its own; False for a token that only robots.txt knows
    """

    token: str
    operator: str
    purpose: Purpose
    names: tuple[str, ...] = ()
    agent: bool = True


# From the operators' pages for webmasters, as of November 2026. A paper may add its own.
KNOWN: tuple[Crawler, ...] = (
    Crawler("Googlebot", "Google", Purpose.SEARCH, (".googlebot.com", ".google.com")),
    Crawler("Storebot-Google", "Google", Purpose.SEARCH, (".googlebot.com", ".google.com")),
    Crawler("bingbot", "Microsoft", Purpose.SEARCH, (".search.msn.com",)),
    Crawler("DuckDuckBot", "DuckDuckGo", Purpose.SEARCH),
    Crawler("Applebot", "Apple", Purpose.SEARCH, (".applebot.apple.com",)),
    Crawler("YandexBot", "Yandex", Purpose.SEARCH, (".yandex.ru", ".yandex.net", ".yandex.com")),
    Crawler("Baiduspider", "Baidu", Purpose.SEARCH, (".baidu.com", ".baidu.jp")),
    Crawler("PetalBot", "Huawei", Purpose.SEARCH, (".petalsearch.com", ".aspiegel.com")),
    Crawler("SeznamBot", "Seznam", Purpose.SEARCH, (".seznam.cz",)),
    Crawler("Qwantbot", "Qwant", Purpose.SEARCH, (".qwant.com",)),
    Crawler("OAI-SearchBot", "OpenAI", Purpose.SEARCH),
    Crawler("Claude-SearchBot", "Anthropic", Purpose.SEARCH),
    Crawler("PerplexityBot", "Perplexity", Purpose.SEARCH),
    Crawler("GPTBot", "OpenAI", Purpose.TRAINING),
    Crawler("ClaudeBot", "Anthropic", Purpose.TRAINING),
    Crawler("anthropic-ai", "Anthropic", Purpose.TRAINING),
    Crawler("CCBot", "Common Crawl", Purpose.TRAINING),
    Crawler("Google-Extended", "Google", Purpose.TRAINING, agent=False),
    Crawler("Applebot-Extended", "Apple", Purpose.TRAINING, agent=False),
    Crawler("meta-externalagent", "Meta", Purpose.TRAINING),
    Crawler("FacebookBot", "Meta", Purpose.TRAINING),
    Crawler("Bytespider", "ByteDance", Purpose.TRAINING),
    Crawler("Amazonbot", "Amazon", Purpose.TRAINING, (".amazonbot.amazon",)),
    Crawler("cohere-ai", "Cohere", Purpose.TRAINING),
    Crawler("Diffbot", "Diffbot", Purpose.TRAINING),
    Crawler("omgili", "Webz.io", Purpose.TRAINING),
)


def name(user_agent: str, known: tuple[Crawler, ...] = KNOWN) -> Crawler | None:
    """Return the crawler a User-Agent names, whether it is one or not; None for none.

    Where a User-Agent holds several tokens the longest counts: ``Applebot-Extended`` is not
    ``Applebot``.
    """
    said = user_agent.lower()
    named = [one for one in known if one.agent and one.token.lower() in said]
    return max(named, key=lambda one: len(one.token), default=None)


def owns(crawler: Crawler, host: str) -> bool:
    """Tell whether a host name, as a reverse look-up gave it, is the operator's."""
    return host.lower().rstrip(".").endswith(crawler.names) if crawler.names else False


def judge(
    crawler: Crawler | None,
    proof: Proof,
    *,
    search: bool = True,
    training: bool = False,
) -> Verdict:
    """Decide what a request is taken for.

    :param crawler: the one its User-Agent names
    :param proof: what its address proves; look it up only for crawlers that search
    :param search: whether this paper lets this crawler search walled stories
    :param training: whether this paper lets it collect words for training
    """
    if crawler is None:
        return Verdict.NO_CRAWLER
    if crawler.purpose is Purpose.TRAINING:
        return Verdict.TRAINING_ALLOWED if training else Verdict.TRAINING_REFUSED
    if not search:
        return Verdict.SEARCH_SWITCHED_OFF
    match proof:
        case Proof.RANGE | Proof.NAME:
            return Verdict.SEARCH_PROVED
        case Proof.UNKNOWN:
            return Verdict.SEARCH_NOT_LOOKED_UP
        case _:
            return Verdict.SEARCH_UNPROVED


def robots(
    known: tuple[Crawler, ...] = KNOWN,
    *,
    refused: frozenset[str] = frozenset(),
    training: bool = False,
) -> list[str]:
    """Return the lines of robots.txt that keep crawlers out (RFC 9309): one group for all of them.

    :param refused: tokens of crawlers that search and are switched off
    """
    out = [
        one.token
        for one in known
        if one.token in refused or (one.purpose is Purpose.TRAINING and not training)
    ]
    return [*(f"User-agent: {token}" for token in out), "Disallow: /", ""] if out else []
