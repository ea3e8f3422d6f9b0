"""How long it takes to read a story.

Source: 230 words a minute, what adults read of an English text without hurry.
"""

WORDS_A_MINUTE = 230


def minutes(words: int) -> int:
    """Return whole minutes, rounded up; 0 for a story without words."""
    return -(-words // WORDS_A_MINUTE)
