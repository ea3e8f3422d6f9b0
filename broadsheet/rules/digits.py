"""Codes as people type them: full-width, Arabic or Devanagari digits are digits too."""

import unicodedata


def in_ascii(text: str) -> str:
    """Return a text with the digits of all scripts, and letters of other widths, in ASCII."""
    return "".join(
        str(unicodedata.decimal(character))
        if character.isdecimal()
        else unicodedata.normalize("NFKC", character)
        for character in text
    )


def only_digits(text: str) -> str:
    """Return the digits of a text, of whatever script, in ASCII."""
    return "".join(str(unicodedata.decimal(one)) for one in text if one.isdecimal())
