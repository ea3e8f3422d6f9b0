"""A mail server of the tests' own, which can be told what to do at the moment a letter is complete."""

import email
import email.policy
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage


class Mailbox:
    """What the server has taken, in the order in which it said so.

    :param on_letter: called with each letter, and the port it came from, before the server says that
        it has taken it; False lets the connection drop without a word
    :param on_taken: called after the server has said so
    """

    def __init__(
        self,
        on_letter: Callable[[EmailMessage, int], bool] = lambda *_: True,
        on_taken: Callable[[EmailMessage, int], None] = lambda *_: None,
    ) -> None:
        self.letters: list[EmailMessage] = []
        self.on_letter = on_letter
        self.on_taken = on_taken
        self.port = 0
        self._guard = threading.Lock()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?timeout=20"

    def ids(self) -> list[str]:
        return [str(letter["Message-ID"]) for letter in self.letters]

    def take(self, words: bytes, port: int, say: Callable[[str], None]) -> bool:
        letter = email.message_from_bytes(words, _class=EmailMessage, policy=email.policy.default)
        if not self.on_letter(letter, port):
            return False
        with self._guard:
            self.letters.append(letter)
            say("250 taken")
        self.on_taken(letter, port)
        return True


@contextmanager
def mail_server(mailbox: Mailbox) -> Iterator[Mailbox]:
    """Listen on a free port of loopback until the block ends."""

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            # Whoever sent may have been killed.
            with suppress(ConnectionError):
                self._talk()

        def _talk(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline():
                match line.split()[0].upper() if line.split() else b"":
                    case b"DATA":
                        self.say("354 go on")
                        if not self._data():
                            return
                    case b"QUIT":
                        self.say("221 bye")
                        return
                    case _:
                        self.say("250 fine")

        def _data(self) -> bool:
            words = bytearray()
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                words += line.removeprefix(b".")
            return bool(line) and mailbox.take(bytes(words), self.client_address[1], self.say)

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    mailbox.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield mailbox
    finally:
        server.shutdown()
        server.server_close()
