"""Looking a crawler's address up: in published ranges, or by name and back again.

Answers are kept for a day, failures for a minute, so that a crawler's ten thousand requests cost
one look-up, and a name server that doesn't answer is not asked at every request.
"""

import ipaddress
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from pathlib import Path

from broadsheet.press import strict_json
from broadsheet.rules.crawlers import Crawler, Proof, owns

DAY = 86_400.0
MINUTE = 60.0
PATIENCE = 1.5  # seconds for both look-ups together
KEPT = 10_000  # addresses

type Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def read_ranges(text: str) -> list[Network]:
    """Read ranges as operators publish them.

    Both forms in use are read: JSON with ``prefixes`` of ``ipv4Prefix`` or ``ipv6Prefix`` (Google,
    Microsoft, OpenAI), and plain lines.

    :raises ValueError: with the entry that is no range
    """
    if text.lstrip().startswith("{"):
        entries = [
            str(entry.get("ipv4Prefix") or entry.get("ipv6Prefix") or entry)
            for entry in strict_json.loads(text).get("prefixes", [])
        ]
    else:
        entries = [line.partition("#")[0].strip() for line in text.splitlines()]
    return [ipaddress.ip_network(entry) for entry in entries if entry]


def load_ranges(folder: Path) -> dict[str, list[Network]]:
    """Read the ranges a paper keeps: one file to a crawler, named by its token.

    :raises ValueError: with the file that can't be read as ranges
    """
    found: dict[str, list[Network]] = {}
    for file in sorted(folder.glob("*")) if folder.is_dir() else []:
        try:
            found[file.stem.lower()] = read_ranges(file.read_text(encoding="utf-8"))
        except (ValueError, OSError, AttributeError) as error:
            raise ValueError(f"{file.name}: {error}") from error
    return found


def _reverse(address: str) -> str:
    return socket.gethostbyaddr(address)[0]


def _forward(host: str) -> Iterable[str]:
    return {str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}


class Proofs:
    """What addresses prove. Safe to ask from several threads.

    :param ranges: token in small letters → published ranges
    :param reverse: address → host name; raises OSError when there is none
    :param forward: host name → addresses; raises OSError when there are none
    """

    def __init__(
        self,
        ranges: dict[str, list[Network]] | None = None,
        *,
        reverse: Callable[[str], str] = _reverse,
        forward: Callable[[str], Iterable[str]] = _forward,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.ranges = ranges or {}
        self.reverse = reverse
        self.forward = forward
        self.clock = clock
        self._kept: OrderedDict[tuple[str, str], tuple[float, Proof]] = OrderedDict()
        self._lock = threading.Lock()
        self._resolvers = ThreadPoolExecutor(4, thread_name_prefix="crawlers")

    def of(self, crawler: Crawler, address: str) -> Proof:
        """Say what an address proves of a crawler; wait at most ``PATIENCE`` seconds."""
        try:
            number = ipaddress.ip_address(address)
        except ValueError:
            return Proof.NONE
        for network in self.ranges.get(crawler.token.lower(), ()):
            if number in network:
                return Proof.RANGE
        if not crawler.names:
            return Proof.NONE

        key, now = (crawler.token, str(number)), self.clock()
        with self._lock:
            until, proof = self._kept.get(key, (0.0, Proof.UNKNOWN))
            if until > now:
                return proof
        try:
            proof = self._resolvers.submit(self._look_up, crawler, str(number)).result(PATIENCE)
        except TooLate:
            proof = Proof.UNKNOWN
        with self._lock:
            self._kept[key] = (now + (MINUTE if proof is Proof.UNKNOWN else DAY), proof)
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return proof

    def _look_up(self, crawler: Crawler, address: str) -> Proof:
        try:
            host = self.reverse(address)
        except socket.herror:
            return Proof.NONE  # it has no name at all
        except OSError:
            return Proof.UNKNOWN
        if not owns(crawler, host):
            return Proof.NONE
        try:
            back = {ipaddress.ip_address(one.partition("%")[0]) for one in self.forward(host)}
        except socket.gaierror as error:
            return Proof.NONE if error.errno == socket.EAI_NONAME else Proof.UNKNOWN
        except (OSError, ValueError):
            return Proof.UNKNOWN
        return Proof.NAME if ipaddress.ip_address(address) in back else Proof.NONE
