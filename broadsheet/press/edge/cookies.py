"""The cookies the edge knows, and how it finds them in a header."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cookies:
    """What the cookies are called.

    ``session`` is Django's; ``pass_`` and ``month`` are sealed (broadsheet.press.edge.passes).
    ``counted`` is for the page's own script, as in ``3-10``: it is to be shown, and nobody
    believes it.

    :param secure: the paper speaks TLS; all names should begin with ``__Host-`` then, so that no
        neighbouring site can set them
    """

    session: str = "session"
    pass_: str = "pass"  # noqa: S105
    month: str = "month"
    counted: str = "counted"
    secure: bool = False

    def line(self, name: str, value: str, *, seconds: int, script: bool = False) -> str:
        """Return a Set-Cookie value.

        :param script: whether the page's own script may read it
        """
        hidden = "" if script else "; HttpOnly"
        secure = "; Secure" if self.secure else ""
        return f"{name}={value}; Max-Age={seconds}; Path=/; SameSite=Lax{hidden}{secure}"


class OddCookiesError(Exception):
    """A Cookie header in an unusual form, or with one name twice."""


class Finder:
    """Finds cookies of some names without taking the others apart."""

    def __init__(self, *names: str) -> None:
        self._marks = [f"; {name}=".encode() for name in names]

    def find(self, header: bytes) -> list[bytes | None]:
        """Return the values, in the order of the names.

        :raises OddCookiesError: when Django might read it in another way
        """
        if b'"' in header or header.count(b";") != header.count(b"; "):
            raise OddCookiesError
        line = b"; " + header
        values: list[bytes | None] = []
        for mark in self._marks:
            at = line.find(mark)
            if at < 0:
                values.append(None)
                continue
            start = at + len(mark)
            if line.find(mark, start) >= 0:
                raise OddCookiesError
            end = line.find(b";", start)
            values.append(line[start:end] if end >= 0 else line[start:])
        return values
