"""Which way a language is written, as browsers can't tell from its code.

Source: the scripts' directions in Unicode (UAX 9), and the scripts that languages are written in
when their code names none (IANA's register of subtags, CLDR's likely subtags).
"""

_LANGUAGES = frozenset(
    """
    ar arc arz ary apc azb bal bgn bqi ckb dv fa glk he iw ji ks lrc mzn nqo pnb ps sd skr syr ug
    ur yi
    """.split()  # noqa: SIM905  # a list of codes reads better as one
)
_SCRIPTS = frozenset({"adlm", "arab", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"})


def is_right_to_left(language: str) -> bool:
    """Tell whether a language is written from right to left.

    :param language: a code as in RFC 5646; one that names a script (``ur-Latn``) goes by that
    """
    first, *rest = language.lower().split("-")
    for part in rest:
        if len(part) == 4 and part.isalpha():
            return part in _SCRIPTS
    return first in _LANGUAGES
