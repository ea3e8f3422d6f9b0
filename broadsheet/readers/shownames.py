"""The name a reader is shown by: what nobody else may be taken for."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.conf import settings

from broadsheet.readers.kept import Kept
from broadsheet.readers.models import Reader
from broadsheet.rules import imitation, names


class Name(NamedTuple):
    """:param reader: the number of the account that may bear it; None for none"""

    name: str
    reader: int | None


type Names = Callable[[], Iterable[tuple[str, int | None]]]

# Floors above and beside sign here: who else is known to readers by name.
_known: list[Names] = []


def protect(known: Names) -> None:
    """Have names that nobody else may bear asked of a function."""
    _known.append(known)


@Kept
def of_the_paper() -> list[Name]:
    """Return the names of those who work for the paper, and of whom else readers know."""
    staff = Reader.objects.get_queryset().filter(is_staff=True).exclude(name="")
    others = (one for known in _known for one in known())
    return [Name(*one) for one in (*staff.values_list("name", "pk"), *others)]


def is_of_the_paper(reader: Reader) -> bool:
    """Tell whether somebody is one of those, as an author is: no query most of the time."""
    return any(one.reader == reader.pk for one in of_the_paper())


def check(reader: Reader, name: str) -> None:
    """Refuse a name that could be taken for one of the paper's people; they bear their own.

    :raises ShownNameError: when it could
    """
    if name and not reader.is_staff:
        people = [
            one.name for one in of_the_paper() if one.reader is None or one.reader != reader.pk
        ]
        imitation.check_imitation(name, people=people, paper=settings.PAPER_NAME)


def clean(reader: Reader, name: str) -> str:
    """Return a name as it is kept; empty stays empty.

    :raises ShownNameError: when it can't be shown, or could be taken for somebody else's
    """
    cleaned = names.clean(name)
    check(reader, cleaned)
    return cleaned
