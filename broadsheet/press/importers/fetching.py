"""Fetching a picture from its old address, and from nowhere else.

An export file names the addresses, so they are distrusted: only the web, only public machines
(checked on the address that is then connected to, so that a name can't change its mind), few
redirects, a limit on size and time.
"""

import http.client
import ipaddress
import socket
import ssl
from urllib.parse import quote, urljoin, urlsplit

MOST_BYTES = 20 * 1024 * 1024
TIMEOUT = 15  # seconds for each step
_REDIRECTS = 4


def fetch(address: str, *, private: bool = False) -> bytes | None:
    """Return the bytes at an address; None for one that is no web address.

    :param private: also from machines that are not public, for tests
    :raises ValueError: with the reason in words
    """
    if not address.startswith(("http://", "https://")):
        return None
    for _ in range(_REDIRECTS):
        status, location, data = _get(address, private=private)
        if status in {301, 302, 303, 307, 308} and location:
            address = urljoin(address, location)
            if not address.startswith(("http://", "https://")):
                raise ValueError("a picture's address leads away from the web")
            continue
        if status != 200:
            raise ValueError(f"a picture could not be fetched (the server answers {status})")
        return data
    raise ValueError("a picture's address leads from one to the next without end")


def _get(address: str, *, private: bool) -> tuple[int, str, bytes]:
    try:
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        connection = _connect(host, port, secure=parts.scheme == "https", private=private)
    except (OSError, UnicodeError, ssl.SSLError) as error:
        raise ValueError("a picture could not be fetched (its server can't be reached)") from error
    try:
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
        connection.request("GET", path + query, headers={"User-Agent": "Broadsheet"})
        response = connection.getresponse()
        data = response.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise ValueError("a picture is larger than pictures may be here")
        return response.status, response.getheader("Location") or "", data
    except (OSError, http.client.HTTPException) as error:
        raise ValueError("a picture could not be fetched (its server broke off)") from error
    finally:
        connection.close()


def _connect(host: str, port: int, *, secure: bool, private: bool) -> http.client.HTTPConnection:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    public = [one for one in found if private or ipaddress.ip_address(one[4][0]).is_global]
    if not public:
        raise ValueError("a picture's address is inside a private network: not fetched")
    plain = socket.create_connection((str(public[0][4][0]), port), timeout=TIMEOUT)
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    connection.sock = (
        ssl.create_default_context().wrap_socket(plain, server_hostname=host) if secure else plain
    )
    return connection
