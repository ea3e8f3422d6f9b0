"""The paper's processes: web workers on one socket and the background work, under one supervisor.

The supervisor loads the paper once and forks, so that a second worker costs neither start time nor
a second copy of the code. It holds no connection and runs no thread when it forks
(broadsheet.config.forking checks that). A process that dies is started again, at most once a
second. SIGTERM and SIGINT stop everything in order, also when every process gets them at once:
workers finish the requests they have.
"""

import contextlib
import ctypes
import gc
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from broadsheet.config.forking import UnsafeForkError, check_before_fork, close_databases
from broadsheet.press.edge import files

if TYPE_CHECKING:
    from broadsheet.press.edge.protocol import Door

log = logging.getLogger("broadsheet.server")

GRACE = 10  # seconds a worker has to finish its requests
PATIENCE = 15  # seconds after which a process that was told to stop is killed
ENDING = (signal.SIGTERM, signal.SIGINT)
_M_ARENA_MAX = -8  # of glibc's malloc.h
FAILED_START = 3  # exit status of a process that could not start at all


class PortTakenError(Exception):
    """Something else listens there. ``port`` says where."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"Something else already listens on {host}:{port}. Stop it, or choose another port with --port."
        )
        self.port = port


def listen(host: str, port: int) -> socket.socket:
    """Open the socket that all workers share.

    :param port: 0 takes a free one
    :raises PortTakenError: when something else listens there
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
    except OSError as error:
        opened.close()
        raise PortTakenError(host, port) from error
    opened.listen(files.backlog(files.raise_limit()))
    opened.setblocking(False)
    opened.set_inheritable(True)
    return opened


# Paths that no plate is ever made for.
DJANGOS = (
    "/desk/",
    "/accounts/",
    "/you/",
    "/saved/",
    "/comments/",
    "/api/",
    "/documents/",
    "/media/",
    "/static/",
)


def hosts(port: int) -> set[str]:
    """Return the names that browsers ask for the paper by, with and without the port."""
    from django.conf import settings

    public = urlsplit(settings.PAPER_ADDRESS).netloc
    return {public} | {name for host in settings.ALLOWED_HOSTS for name in (host, f"{host}:{port}")}


def make_door(port: int) -> "Door":
    """Make the edge of one process, which asks Django for whatever it has no plate for."""
    from django.conf import settings

    from broadsheet.edition import most_read
    from broadsheet.edition.plates import EditionPress
    from broadsheet.press.edge.connections import Limits
    from broadsheet.press.edge.edge import Edge
    from broadsheet.press.edge.protocol import ALLOWED, FORWARDED, Door
    from broadsheet.rules import crawlers
    from broadsheet.wall import gate

    gate.tell_history()
    edge = Edge(
        press=EditionPress(),
        ledger=gate.ledger(),
        passes=gate.passes(),
        edition=gate.listen(),
        zone=gate.zone(),
        hosts=hosts(port),
        cookies=gate.cookies(),
        budget=settings.OPTIONS.plates_mb * 1024 * 1024,
        never=DJANGOS,
        is_crawler=lambda agent: crawlers.name(agent) is not None,
        opens=most_read.counter,
        keep_opens=most_read.keep,
    )
    proxied = settings.OPTIONS.trusted_proxies > 0
    room = files.connections(files.raise_limit())
    limits = Limits(connections=room, heads_of_one_address=0 if proxied else 64)
    # Without trusted proxies X-Forwarded-For goes no further than to what notes that it came.
    forwarded = FORWARDED if proxied else {b"x-forwarded-for"}
    return Door(edge, limits=limits, allowed=ALLOWED | forwarded)


def watch_database() -> None:
    """Have requests fail soon while the database server is away."""
    from django.db import connection

    if connection.vendor == "postgresql":
        # psycopg takes 10 MB of memory; only papers that use it load it.
        from broadsheet.config.postgresql.watchdog import watchdog

        watchdog.start()


def serve_web(sockets: list[socket.socket], *, threads: int) -> None:
    """Answer requests until told to stop. Runs in a worker."""
    import uvicorn
    from django.conf import settings

    from broadsheet.config.wsgi import application
    from broadsheet.press.edge.threads import Threads

    watch_database()
    door = make_door(sockets[0].getsockname()[1])
    config = uvicorn.Config(
        Threads(application, threads=threads, trusted_proxies=settings.OPTIONS.trusted_proxies),
        loop="uvloop",
        http=door.protocol,  # type: ignore[arg-type]  # a function makes them
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    # When everything is answered, uvicorn raises the signal that ended it once more.
    for one in ENDING:
        signal.signal(one, _exit)
    try:
        uvicorn.Server(config).run(sockets=sockets)
    finally:
        door.edge.close()


def _exit(*_: object) -> NoReturn:
    """Exit by an exception, so that readings on their way are recorded, however often we're asked."""
    for one in ENDING:
        signal.signal(one, signal.SIG_IGN)
    raise SystemExit(0)


def tell_everything() -> None:
    """Say that everything changed: who died may have died between a commit and saying so."""
    from broadsheet.wall import gate

    gate.edition().everything_changed()


def serve_first(sockets: list[socket.socket], *, threads: int) -> None:
    """Be the first web worker, which tells the other machines that this one has started.

    It may have stopped, the last time, before it could tell them what it had changed.
    """
    from django.conf import settings

    if settings.EDITION_URL:
        tell_everything()
    serve_web(sockets, threads=threads)


def serve_work() -> None:
    """Do the background work until told to stop."""
    from broadsheet.config import work
    from broadsheet.wall import gate

    gate.hear_history()
    work.run()


class Supervisor:
    """Starts processes, starts them again, stops them.

    :param after_death: called first in a process that takes the place of one that died
    :param shared: descriptors that all processes are meant to have
    """

    def __init__(
        self,
        wanted: dict[str, Callable[[], None]],
        *,
        after_death: Callable[[], None] = lambda: None,
        shared: Collection[int] = (),
    ) -> None:
        self.wanted = wanted
        self.after_death = after_death
        self.shared = frozenset(shared)
        self.running: dict[int, str] = {}
        self.started_at: dict[str, float] = {}
        self.stopping = False

    def start(self, name: str, *, again: bool = False) -> None:
        """Start a process, unless all are to stop.

        :raises UnsafeForkError: when this one holds what two must not share
        """
        check_before_fork(self.shared)
        # Signals wait until the child is known here and has handlers of its own: it would take one
        # for its parent's and live on.
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        try:
            if self.stopping or signal.sigpending() & set(ENDING):
                return
            self.started_at[name] = time.monotonic()
            number = os.fork()
            if not number:
                self._be(name, again=again)
            self.running[number] = name
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)

    def _be(self, name: str, *, again: bool) -> NoReturn:
        """Be the process that was started, to its end."""
        status = 0
        try:
            for one in (*ENDING, signal.SIGALRM):
                signal.signal(one, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
            if again:
                self.after_death()
            self.wanted[name]()
        except KeyboardInterrupt:
            pass
        except SystemExit as error:
            status = error.code if isinstance(error.code, int) else 1
        except BaseException:
            log.exception("%s died", name)
            status = 1
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def stop(self, *_: object) -> None:
        if not self.stopping:
            self.stopping = True
            signal.alarm(PATIENCE)
        self._send(signal.SIGTERM)

    def _kill(self, *_: object) -> None:
        names = ", ".join(self.running.values())
        log.error("%s did not stop within %s seconds and is killed", names, PATIENCE)
        self._send(signal.SIGKILL)

    def _send(self, what: signal.Signals) -> None:
        for number in tuple(self.running):
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, what)

    def run(self) -> int:
        for one in ENDING:
            signal.signal(one, self.stop)
        signal.signal(signal.SIGALRM, self._kill)
        status = 0
        try:
            for name in self.wanted:
                self.start(name)
            while self.running:
                status = self._wait() or status
        except UnsafeForkError as error:
            log.critical("%s", error)
            status = 1
            self.stop()
            while self.running:
                self._wait()
        signal.alarm(0)
        return status

    def _wait(self) -> int:
        """Wait for a process to end, and start it again; return 1 if that would be of no use."""
        number, how = os.waitpid(-1, 0)
        if number not in self.running:
            return 0
        name = self.running.pop(number)
        if self.stopping:
            return 0
        ended = os.waitstatus_to_exitcode(how)
        if ended == FAILED_START:
            self.stop()
            return 1
        log.error("%s ended with status %s; starting it again", name, ended)
        time.sleep(max(0.0, 1 - (time.monotonic() - self.started_at[name])))
        self.start(name, again=True)
        return 0


def _one_heap() -> None:
    """Have all threads allocate from one heap, where the C library is glibc: 6 MB less a worker.

    Python lets one thread run at a time, so heaps of their own save the threads nothing.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def run(
    *,
    host: str,
    port: int,
    workers: int,
    threads: int,
    background: bool = True,
    ready: Callable[[str, int], None] | None = None,
) -> int:
    """Serve the paper until a signal ends it; return the exit status.

    :param background: do the background work (`broadsheet work`) too
    :param ready: called with the address and port once the socket is open and the paper is loaded
    :raises PortTakenError: when something else listens there
    """
    opened = listen(host, port)
    _one_heap()
    # Loaded before the fork, shared by all.
    from broadsheet.config.wsgi import application  # noqa: F401
    from broadsheet.wall import gate

    shared = [opened.fileno()]
    if background:
        shared += gate.open_history_line()
    close_databases()
    check_before_fork(shared)
    # What is loaded is left alone by the collector, which would write to it and so give every
    # process a copy of its own: 53 MB instead of 90.
    gc.collect()
    gc.freeze()
    wanted: dict[str, Callable[[], None]] = {
        f"web {number}": partial(
            serve_first if number == 1 else serve_web, [opened], threads=threads
        )
        for number in range(1, workers + 1)
    }
    if background:
        wanted["work"] = serve_work
    if ready is not None:
        ready(host, opened.getsockname()[1])
    return Supervisor(wanted, after_death=tell_everything, shared=shared).run()
