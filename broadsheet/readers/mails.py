"""The paper's letters about accounts: plain text, and the same in simple HTML."""

import logging
from email import policy as policies
from email.message import EmailMessage
from smtplib import SMTPException, SMTPNotSupportedError
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

log = logging.getLogger("broadsheet.readers")


# As long as a line may be (RFC 5322, section 2.1.1). Python writes what has no place to be folded at,
# such as an address behind List-Unsubscribe, in letters that no mail program looks through
# (RFC 2369 has it plain).
LONGEST = 998


class _Letter(EmailMultiAlternatives):
    def message(self, *, policy: "policies.Policy[Any] | None" = None) -> EmailMessage:
        chosen = (policy or policies.default).clone(max_line_length=LONGEST)
        if not all(address.isascii() for address in self.recipients()):
            chosen = chosen.clone(utf8=True)  # type: ignore[call-arg]
        return super().message(policy=chosen)


class NotSent(Exception):  # noqa: N818
    """The mail can't be sent now."""


class AddressNotTaken(NotSent):
    """The paper's mail server can't send to such an address: it has letters beyond ASCII."""


def send(
    letter: str, to: str, facts: dict[str, Any], *, headers: dict[str, str] | None = None
) -> None:
    """Send a letter: ``readers/mail/<letter>.txt``, whose first line is its subject.

    :param headers: more of them, as for a link that ends the mails
    :raises NotSent: when the mail server doesn't take it
    :raises AddressNotTaken: when it can't send to addresses like this one
    """
    context = {
        **facts,
        "paper_name": settings.PAPER_NAME,
        "paper_address": settings.PAPER_ADDRESS,
        "to": to,
    }
    subject, _, text = render_to_string(f"readers/mail/{letter}.txt", context).partition("\n")
    html = render_to_string(f"readers/mail/{letter}.html", {**context, "subject": subject})
    # What a reader or a provider called something never makes a second header line.
    message = _Letter(" ".join(subject.split()), text.strip() + "\n", to=[to])
    message.attach_alternative(html, "text/html")
    # Machines shall not answer, and lists shall not take it for theirs (RFC 3834).
    message.extra_headers |= {"Auto-Submitted": "auto-generated", **(headers or {})}
    try:
        message.send()
    except SMTPNotSupportedError as error:
        log.error("a letter (%s) can't be sent: the mail server offers no SMTPUTF8", letter)
        raise AddressNotTaken from error
    except (OSError, SMTPException) as error:
        # The address is not in the log.
        log.error("a letter (%s) can't be sent: %s", letter, type(error).__name__)
        raise NotSent from error


def notify(letter: str, to: str, facts: dict[str, Any]) -> None:
    """Send a letter that tells of something done already; if it can't be sent the log says so."""
    try:
        send(letter, to, facts)
    except NotSent:
        return
