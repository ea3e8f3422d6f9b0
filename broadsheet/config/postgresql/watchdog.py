"""The watchdog: a web process doesn't wait for a PostgreSQL server that has gone.

A server that was stopped refuses connections at once. One that hangs, or whose network is gone,
says nothing, and a statement would wait for the operating system to give up, a quarter of an hour
later. So when a statement takes long, the watchdog opens another connection to see whether the
server still answers. If it does, the statement goes on; if it doesn't, the statement fails.
"""

import select
import threading
import time
from collections.abc import Callable, Generator
from typing import Any

import psycopg
from psycopg import pq
from psycopg.conninfo import make_conninfo

FIRST_CHECK = 0.5  # seconds that a statement may take before the server is probed
LONGEST_INTERVAL = 5.0  # seconds between two probes for one statement
PROBE_TIMEOUT = 1.25  # seconds that the server has to accept a connection
UP_FOR = 1.0  # seconds for which a good probe holds
DOWN_FOR = 0.5  # and a bad one


class ServerUnavailableError(psycopg.OperationalError):
    """The server can't be reached, or doesn't answer."""


def probe(conninfo: str, timeout: float) -> None:
    """Open a connection and close it again.

    :raises ServerUnavailableError: when that fails, or takes longer than ``timeout`` seconds
    """
    deadline = time.monotonic() + timeout
    connection = pq.PGconn.connect_start(conninfo.encode())
    try:
        status = pq.PollingStatus.WRITING
        while status is not pq.PollingStatus.OK:
            if connection.status == pq.ConnStatus.BAD or status is pq.PollingStatus.FAILED:
                raise ServerUnavailableError(connection.get_error_message().strip())
            reading = status is pq.PollingStatus.READING
            poll = select.poll()
            poll.register(connection.socket, select.POLLIN if reading else select.POLLOUT)
            if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise ServerUnavailableError(f"no answer within {timeout} seconds")
            status = pq.PollingStatus(connection.connect_poll())
    finally:
        connection.finish()


class Watchdog:
    """Whether the server answers, as one process knows. Off until ``start`` is called.

    :param probe: raises ServerUnavailableError when the server doesn't answer
    """

    def __init__(
        self,
        probe: Callable[[str, float], None] = probe,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.is_on = False
        self._probe = probe
        self._clock = clock
        self._probing = threading.Lock()
        self._probed_at = float("-inf")
        self._reason = ""

    def start(self) -> None:
        self.is_on = True

    @property
    def is_down(self) -> bool:
        """Whether the last probe failed."""
        return bool(self._reason)

    def check(self, conninfo: str) -> None:
        """Return if the server answers, or did a moment ago.

        While it is down, one thread at a time probes it now and then; the others don't wait.

        :raises ServerUnavailableError: when it doesn't answer
        """
        if not self.is_on:
            return
        if not self._is_fresh() and self._probing.acquire(blocking=not self.is_down):
            try:
                if not self._is_fresh():
                    self._probe_now(conninfo)
            finally:
                self._probing.release()
        if self._reason:
            raise ServerUnavailableError(self._reason)

    def _is_fresh(self) -> bool:
        return self._clock() - self._probed_at < (DOWN_FOR if self.is_down else UP_FOR)

    def _probe_now(self, conninfo: str) -> None:
        try:
            self._probe(conninfo, PROBE_TIMEOUT)
        except psycopg.Error as error:
            self._reason = str(error) or "the server doesn't answer"
        else:
            self._reason = ""
        self._probed_at = self._clock()


watchdog = Watchdog()


class WatchedConnection(psycopg.Connection[Any]):
    """A connection whose statements fail when the watchdog finds the server gone."""

    def wait(self, gen: Generator[Any, Any, Any], *arguments: Any, **named: Any) -> Any:
        if watchdog.is_on:
            gen = self._watch(gen)
        return super().wait(gen, *arguments, **named)

    def _watch(self, gen: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """Run a statement's generator, and check the server when it waits for long."""
        interval = FIRST_CHECK
        due_at = time.monotonic() + interval
        try:
            state = next(gen)
            while True:
                # psycopg sends zero every tenth of a second in which nothing came.
                ready = yield state
                if not ready and time.monotonic() >= due_at:
                    self._check()
                    interval = min(2 * interval, LONGEST_INTERVAL)
                    due_at = time.monotonic() + interval
                state = gen.send(ready)
        except StopIteration as end:
            return end.value

    def _check(self) -> None:
        parameters = self.info.get_parameters()
        try:
            watchdog.check(make_conninfo("", **parameters, password=self.info.password))
        except ServerUnavailableError:
            # Nobody knows how the statement ended.
            self.close()
            raise
