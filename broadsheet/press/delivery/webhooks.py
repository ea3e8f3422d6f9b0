"""Telling another program something over HTTP, signed as Standard Webhooks says.

https://github.com/standard-webhooks/standard-webhooks: the id, the time and the body are signed with
a shared secret, so that the receiver knows who sent it and that it isn't an old one sent again.
"""

import base64
import binascii
import hashlib
import hmac
import urllib.error
import urllib.request
from http.client import HTTPException

TIMEOUT = 10.0  # seconds
_PREFIX = "whsec_"


class WebhookError(Exception):
    """The receiver didn't take the message."""


def secret_key(secret: str) -> bytes:
    """Return the key in a secret as it is written down: whsec_ and base64.

    :raises ValueError: when it isn't written so, or is shorter than 24 bytes
    """
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("it is not whsec_ and base64") from error
    if not secret.startswith(_PREFIX) or len(key) < 24:
        raise ValueError("it is not whsec_ and the base64 of 24 bytes or more")
    return key


def signature(secret: str, *, message: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a message, in version 1."""
    text = f"{message}.{timestamp}.".encode() + body
    digest = hmac.new(secret_key(secret), text, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow none: a message goes where the paper's options say, nowhere else."""


def send(address: str, body: bytes, *, message: str, timestamp: int, secret: str) -> None:
    """Post a message; the same ``message`` sent again is the same one.

    :raises WebhookError: when the receiver can't be reached or answers anything but 2xx
    """
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Broadsheet",
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
    }
    if secret:
        headers["webhook-signature"] = signature(
            secret, message=message, timestamp=timestamp, body=body
        )
    # The address is the paper's own option, held to http and https there.
    request = urllib.request.Request(address, body, headers, method="POST")  # noqa: S310
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=TIMEOUT):
            return
    except (OSError, HTTPException) as error:
        raise WebhookError(f"{type(error).__name__}: {error}"[:200]) from error
