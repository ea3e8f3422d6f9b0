"""Mail to addresses with letters beyond ASCII before the @, where the mail server takes them.

RFC 6531: the server says SMTPUTF8 in its greeting, and the client names it with the sender. A domain
with such letters has an ASCII form and needs none of this.
"""

import email.policy
import smtplib
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp


class EmailBackend(smtp.EmailBackend):
    def _send(self, email_message: EmailMessage) -> bool:
        """Send a message.

        :raises SMTPNotSupportedError: when it needs SMTPUTF8 and the server doesn't offer it
        """
        recipients = email_message.recipients()
        if all(address.rpartition("@")[0].isascii() for address in recipients):
            return bool(super()._send(email_message))  # type: ignore[misc]
        connection: Any = self.connection
        connection.ehlo_or_helo_if_needed()
        if not connection.has_extn("smtputf8"):
            raise smtplib.SMTPNotSupportedError("the server doesn't offer SMTPUTF8")
        message = email_message.message(policy=email.policy.SMTPUTF8)
        connection.sendmail(
            self.prep_address(email_message.from_email),
            [self.prep_address(address, force_ascii=False) for address in recipients],
            message.as_bytes(),
            mail_options=["SMTPUTF8", "BODY=8BITMIME"],
        )
        return True
