"""How often somebody may try: every limit of the readers' side, in one table.

A limit slows down whoever runs into it; it never locks an account. Strangers who try an address
over and over use up the strangers' share (``ADDRESS``), while the browser in which the reader has
signed in before has a share of its own (``DEVICE``), and a passkey is tied to no address at all.
docs/rules/limits.md lists the table and a test holds the two together.
"""

from dataclasses import dataclass
from enum import StrEnum

CODE_LIVES = 600  # seconds in which an e-mailed code can be used
CODE_GUESSES = 3  # tries for one code, right or wrong
PROOF_LIVES = 600  # seconds for which a proof of who one is counts as fresh
IDLE = 30 * 86_400  # seconds without a visit after which a session ends
LONGEST = 180 * 86_400  # seconds after which a session ends in any case
LONGEST_OF_STAFF = 12 * 3_600


class Action(StrEnum):
    """What is limited."""

    ASK_CODE = "ask-code"
    GUESS_PASSWORD = "guess-password"  # noqa: S105
    GUESS_FACTOR = "guess-factor"
    USE_PASSKEY = "use-passkey"
    ASK_PROVIDER = "ask-provider"
    ADD_ADDRESS = "add-address"
    CHANGE_ACCOUNT = "change-account"
    EXPORT = "export"
    POST_COMMENT = "post-comment"
    VALUE_COMMENT = "value-comment"
    REPORT_COMMENT = "report-comment"
    KEEP_WORDS = "keep-words"


class Share(StrEnum):
    """Whose tries are counted together."""

    NETWORK = "network"  # one internet address, or one /64 of IPv6
    PAIR = "pair"  # an e-mail address tried from one network
    ADDRESS = "address"  # an e-mail address tried by strangers, from anywhere
    DEVICE = "device"  # an e-mail address tried in a browser where its reader signed in before
    READER = "reader"  # somebody signed in, or halfway through signing in
    NEIGHBOURHOOD = "neighbourhood"  # 256 internet addresses, or one /48 of IPv6
    THREAD = "thread"  # everybody who writes under one story


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in so many seconds, counted from the first of them."""

    share: Share
    tries: int
    seconds: int


LIMITS: dict[Action, tuple[Limit, ...]] = {
    Action.ASK_CODE: (
        Limit(Share.NETWORK, 60, 3_600),
        Limit(Share.PAIR, 5, 900),
        Limit(Share.ADDRESS, 20, 3_600),
        Limit(Share.DEVICE, 8, 900),
    ),
    Action.GUESS_PASSWORD: (
        Limit(Share.NETWORK, 60, 900),
        Limit(Share.PAIR, 5, 300),
        Limit(Share.ADDRESS, 50, 3_600),
        Limit(Share.DEVICE, 8, 300),
    ),
    Action.GUESS_FACTOR: (Limit(Share.READER, 5, 300),),
    Action.USE_PASSKEY: (Limit(Share.NETWORK, 60, 300),),
    Action.ASK_PROVIDER: (Limit(Share.NETWORK, 60, 300),),
    Action.ADD_ADDRESS: (Limit(Share.READER, 10, 3_600), Limit(Share.ADDRESS, 20, 3_600)),
    Action.CHANGE_ACCOUNT: (Limit(Share.READER, 30, 300),),
    Action.EXPORT: (Limit(Share.READER, 10, 3_600),),
    Action.POST_COMMENT: (
        Limit(Share.READER, 10, 600),
        Limit(Share.NEIGHBOURHOOD, 120, 600),
        Limit(Share.THREAD, 1_200, 600),
    ),
    Action.VALUE_COMMENT: (Limit(Share.READER, 120, 600), Limit(Share.NEIGHBOURHOOD, 1_200, 600)),
    Action.REPORT_COMMENT: (Limit(Share.READER, 20, 3_600), Limit(Share.NEIGHBOURHOOD, 120, 3_600)),
    Action.KEEP_WORDS: (Limit(Share.NETWORK, 20, 3_600),),
}


def shares(action: Action, *, device_is_known: bool) -> tuple[Limit, ...]:
    """Return the limits that hold for a try.

    A browser that is known for the address is counted by itself; strangers can't use up its share,
    nor it theirs.
    """
    left_out = {Share.NETWORK, Share.PAIR, Share.ADDRESS} if device_is_known else {Share.DEVICE}
    return tuple(limit for limit in LIMITS[action] if limit.share not in left_out)


def wait_in_words(seconds: float) -> str:
    """Say how long to wait, rounded up."""
    minutes = max(1, -(-int(seconds) // 60))
    if minutes == 1:
        return "a minute"
    return f"{minutes} minutes" if minutes < 90 else f"{-(-minutes // 60)} hours"
