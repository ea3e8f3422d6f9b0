"""Letters that look like others, folded to one, character by character.

The result is as long as what came in, so that places in it are places in the text. It serves to
compare, never to show: “Ｐаypal” with a Cyrillic а and “paypal” become the same.

Source: the letters of UTS #39 (confusables) that pass for letters of the Latin alphabet in the
scripts that keyboards have: Greek, Cyrillic, Armenian, Cherokee, and small capitals of phonetics.
"""

import unicodedata
from functools import lru_cache

_LOOKALIKE: dict[str, str] = {}


def _say(letters: str, latin: str) -> None:
    _LOOKALIKE.update(dict.fromkeys(letters, latin))


_say("аӑӓαɑⱥᴀ", "a")
_say("ЬвВβʙᏴ", "b")
_say("сСϲϹᴄⅽҫ", "c")
_say("ԁժᴅᏧ", "d")
_say("еёЕєεϵҽᴇᎬ", "e")
_say("ғϝꜰ", "f")
_say("ԍɡցɢᏀ", "g")
_say("һнНհʜᎻ", "h")
_say("іїІιıɩίӏɪᎥӀ", "i")
_say("јЈϳᴊᎫ", "j")
_say("кКκќᴋᏦ", "k")
_say("ʟᏞⅼ", "l")
_say("мМμᴍᎷ", "m")
_say("пηոɴи", "n")
_say("оОοσօөᴏᎤ", "o")
_say("рРρϱᴘᏢ", "p")
_say("ԛզ", "q")
_say("гᴦʀᏒ", "r")
_say("ѕЅꜱՏᏚ", "s")
_say("тТτᴛᎢ", "t")
_say("υսцᴜ", "u")
_say("ѵνᴠᏙ", "v")
_say("ԝωшᴡᎳ", "w")
_say("хХχᥕ", "x")
_say("уУүγყʏᎩ", "y")
_say("ᴢᏃ", "z")


@lru_cache(maxsize=4_096)
def fold_one(letter: str) -> str:
    """Return the small letter that one character passes for; itself when it is like no other."""
    found = _LOOKALIKE.get(letter)
    if found:
        return found
    for one in unicodedata.normalize("NFKD", letter):
        if not unicodedata.combining(one):
            small = one.casefold()
            return _LOOKALIKE.get(small, _LOOKALIKE.get(one, small if len(small) == 1 else one))
    return letter


def fold(text: str) -> str:
    """Fold every character; the result has as many characters as the text."""
    return text.casefold() if text.isascii() else "".join(map(fold_one, text))


# In a name one may pass for the other: 0 and o, 1, l and i, 5 and s; and a letter with a stroke, which
# has no simpler form in Unicode, for the one without.
_ALIKE = str.maketrans("01l34579|$" + "øǿđðħłŧƀɇǥɨɉɍʉɏƶ", "oiieastgis" + "ooddhitbegijruyz")


@lru_cache(maxsize=4_096)
def skeleton(name: str) -> str:
    """Return what a name looks like: two that a reader could take for one another have the same."""
    folded = fold(name).translate(_ALIKE)
    letters = "".join(one for one in folded if one.isalnum())
    return letters.replace("rn", "m").replace("vv", "w")
