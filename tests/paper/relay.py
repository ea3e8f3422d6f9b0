"""A server behind a relay, so that a test can take it away from one paper and bring it back."""

import contextlib
import socket
import threading
from collections.abc import Iterator


class Relay:
    """Passes on what goes to and from a server on loopback. Listens at ``port``."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._lock = threading.Lock()
        self._links: list[socket.socket] = []
        self._flows = threading.Event()
        self._flows.set()
        self._listen(0)
        self.port: int = self._listener.getsockname()[1]

    def _listen(self, port: int) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                here, _ = listener.accept()
            except OSError:
                return
            there = socket.create_connection(("127.0.0.1", self._target))
            with self._lock:
                self._links += [here, there]
            for one, other in ((here, there), (there, here)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                self._flows.wait()
                other.sendall(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        """End all connections and refuse others, as when the server was stopped."""
        # Closing alone wouldn't wake the thread that accepts.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            links, self._links = self._links, []
        for link in links:
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)

    def hang(self) -> None:
        """Accept everything and say nothing, as when the server hangs."""
        self._flows.clear()

    def mend(self) -> None:
        """Let everything through again."""
        if self._flows.is_set():
            self._listen(self.port)
        self._flows.set()

    def close(self) -> None:
        self._flows.set()
        self.cut()


@contextlib.contextmanager
def relay(port: int) -> Iterator[Relay]:
    made = Relay(port)
    try:
        yield made
    finally:
        made.close()
