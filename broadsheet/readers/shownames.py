"""The name a reader is shown by: what nobody else may be taken for."""

from collections.abc import Callable, Iterable

from django.conf import settings

from broadsheet.readers.models import Reader
from broadsheet.rules import names

type Names = Callable[[Reader], Iterable[str]]

# Floors above and beside sign here: who else is known to readers by name.
_known: list[Names] = []


def protect(known: Names) -> None:
    """Have names that nobody else may bear asked of a function, which leaves out the reader's own."""
    _known.append(known)


def of_the_paper(reader: Reader) -> list[str]:
    """Return the names, but for a reader's own, of the paper's people and whom else readers know."""
    staff = Reader.objects.get_queryset().filter(is_staff=True).exclude(name="")
    return [
        *staff.values_list("name", flat=True),
        *(name for known in _known for name in known(reader)),
    ]


def check(reader: Reader, name: str) -> None:
    """Refuse a name that could be taken for one of the paper's people; they bear their own.

    :raises ShownNameError: when it could
    """
    if name and not reader.is_staff:
        names.check_imitation(name, people=of_the_paper(reader), paper=settings.PAPER_NAME)


def clean(reader: Reader, name: str) -> str:
    """Return a name as it is kept; empty stays empty.

    :raises ShownNameError: when it can't be shown, or could be taken for somebody else's
    """
    cleaned = names.clean(name)
    check(reader, cleaned)
    return cleaned
