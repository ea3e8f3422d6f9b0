"""Writing down what happens to accounts: for the reader, for circulation, and in the log."""

import logging
from datetime import datetime

from django.http import HttpRequest

from broadsheet.readers import requests
from broadsheet.readers.models import AccountEvent, Reader

log = logging.getLogger("broadsheet.readers")


def note(
    reader: Reader,
    kind: AccountEvent.Kind,
    *,
    now: datetime,
    request: HttpRequest | None = None,
    detail: str = "",
) -> None:
    """Write an event of an account down."""
    near = requests.neighbourhood(request) if request else ""
    AccountEvent.objects.create(
        reader=reader,
        kind=kind,
        happened_at=now,
        detail=detail[:120],
        network=near,
        browser=requests.browser(request) if request else "",
    )
    # The reader is a number here: the log outlives the account.
    log.info("account %s: %s", reader.pk, kind.value)
