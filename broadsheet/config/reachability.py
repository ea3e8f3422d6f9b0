"""Whether the servers that the options name are there. Each is given a few seconds to answer."""

from collections.abc import Callable, Iterator
from smtplib import SMTPAuthenticationError, SMTPException

from django.conf import settings

PATIENCE = 5  # seconds for each answer of a mail server


def unreachable() -> Iterator[str]:
    """Yield a sentence on each server that doesn't answer."""
    for option, ask in (
        ("LEDGER_URL", _ask_ledger),
        ("EDITION_URL", _ask_edition),
        ("MAIL_URL", _ask_mail),
    ):
        if said := ask():
            yield f"{option}: {said}"


def _where(url: str) -> str:
    """Return hosts and ports of an address, without its user and password."""
    hosts = url.partition("://")[2].partition("?")[0].partition("/")[0]
    return hosts.rpartition("@")[2] or "its socket"


def _store_says(what: str, url: str, ask: Callable[[], str]) -> str:
    from broadsheet.press.edge.ledger.stores import StoreError

    try:
        return ask()
    except StoreError as error:
        why = str(error).strip().rstrip(".")
        return f"the server of {what} at {_where(url)} doesn't answer ({why})"


def _ask_ledger() -> str:
    url: str = settings.LEDGER_URL
    if not url:
        return ""  # a file in the paper's folder
    from broadsheet.wall import gate

    store = gate.make_store()

    def ask() -> str:
        try:
            store.readings(0)
            return store.warning()
        finally:
            store.close()

    return _store_says("the readings", url, ask)


def _ask_edition() -> str:
    url: str = settings.EDITION_URL
    if not url:
        return ""
    from broadsheet.press.edge.shared import numbers

    feed = numbers(url)

    def ask() -> str:
        try:
            feed.fetch(None)
            return ""
        finally:
            feed.close()

    return _store_says("the edition's number", url, ask)


def _ask_mail() -> str:
    """Sign in to the mail server, as for a letter, and leave."""
    mailer = settings.MAILERS["default"]
    if not mailer["BACKEND"].endswith("smtp.EmailBackend"):
        return ""
    from django.core.mail.backends.smtp import EmailBackend

    options = mailer["OPTIONS"]
    at = f"the mail server at {options['host']}:{options['port']}"
    backend = EmailBackend(
        alias="default", **{**options, "timeout": min(PATIENCE, options["timeout"])}
    )
    try:
        backend.open()
    except SMTPAuthenticationError as error:
        return f"{at} refuses user or password (it says {error.smtp_code})"
    except (OSError, SMTPException) as error:
        return f"{at} doesn't answer ({str(error).strip().rstrip('.') or type(error).__name__})"
    finally:
        backend.close()
    return ""
