"""Background work: the duties of every app in their turn, and the tasks that wait.

An app names its duties in ``<app>/duties.py`` as ``DUTIES``, a list of :class:`Duty`-shaped values
with ``name``, ``every_seconds`` and ``function``, which is called with the present moment.

Several workers may run on one database, and each may be killed at any moment. So a duty either
claims the rows it works on (letters: broadsheet.comments.claims), looks at them again under a lock
(publishing, screening), or does what may be done twice (sweeping). docs/running/deploying.md lists
which does what.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

from django.apps import apps
from django.db import close_old_connections, connections
from django.utils import timezone

from broadsheet.press.outages import outages

log = logging.getLogger("broadsheet.work")

TURN = 1.0  # seconds between looks
ABANDONED = timedelta(minutes=15)


def duties() -> list[Any]:
    """Return the duties of every installed app."""
    found: list[Any] = [OwnDuty("tasks of dead workers", 60, take_back)]
    for app in apps.get_app_configs():
        if app.name.startswith("broadsheet.") and find_spec(f"{app.name}.duties"):
            found += import_module(f"{app.name}.duties").DUTIES
    return found


def take_back(*, now: datetime) -> int:
    """Let tasks that a dead process left half done run again; return how many.

    A task still marked as running after a quarter of an hour is taken for one of those. Tasks are
    written to be done twice without harm.
    """
    from django.tasks import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    return DBTaskResult.objects.filter(
        status=TaskResultStatus.RUNNING, started_at__lt=now - ABANDONED
    ).update(status=TaskResultStatus.READY, started_at=None)


class OwnDuty(NamedTuple):
    """A duty of the background work itself."""

    name: str
    every_seconds: float
    function: Callable[..., object]


def run_tasks(stop: threading.Event) -> None:
    """Run the tasks that wait in the database, one after another, until told to stop."""
    from django_tasks_db.management.commands.db_worker import Worker

    class Quiet(Worker):
        def configure_signals(self) -> None:
            """Signals belong to the main thread."""

    worker = Quiet(
        queue_names=["*"],
        interval=TURN,
        batch=False,
        backend_name="work",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"work-{time.time_ns():x}",
        excluded_queue_names=[],
    )

    def end() -> None:
        stop.wait()
        worker.running = False

    threading.Thread(target=end, daemon=True).start()
    while not stop.is_set():
        try:
            worker.run()
        except Exception as error:
            if not outages.record(error):
                log.exception("the tasks stopped; starting them again")
            connections.close_all()
            stop.wait(TURN)


def turn(due: dict[str, float], wanted: list[Any], now: float) -> int:
    """Do every duty that is due once; return how many were done.

    :param due: name → when it is due, in seconds of the same clock as ``now``; brought up to date
    """
    done = 0
    for duty in wanted:
        if due.get(duty.name, 0.0) > now:
            continue
        try:
            duty.function(now=timezone.now())
        except Exception as error:
            # One failing duty must not keep the others from theirs.
            if not outages.record(error):
                log.exception("the duty %r failed; it is tried again in its turn", duty.name)
        due[duty.name] = now + duty.every_seconds
        done += 1
    return done


def run() -> None:
    """Do the background work until SIGTERM or SIGINT."""
    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    tasks = threading.Thread(target=run_tasks, args=(stop,), name="tasks")
    tasks.start()
    wanted = duties()
    due: dict[str, float] = {}
    while not stop.is_set():
        turn(due, wanted, time.monotonic())
        close_old_connections()
        stop.wait(TURN)
    tasks.join(timeout=10)
    connections.close_all()
