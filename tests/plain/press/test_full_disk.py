"""A full disk is an outage, whichever file was to be written."""

import asyncio
import errno
import logging
import sys

import pytest

from broadsheet.press.edge.threads import Threads
from broadsheet.press.outages import OnceFilter, Outages, is_outage
from tests.plain.press.edge.test_threads import Request


def full(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, True),
        (errno.EDQUOT, True),
        (errno.EFBIG, True),
        (errno.ENOENT, False),
        (errno.EPIPE, False),
    ],
)
def test_no_room_to_write_is_an_outage(number, expected):
    error = RuntimeError("while saving")
    error.__cause__ = OSError(number, "as the system says")

    assert is_outage(error) is expected


def test_who_sends_something_large_to_a_full_disk_is_told(monkeypatch):
    told = []
    monkeypatch.setattr("broadsheet.press.edge.threads.outages", Outages(told.append))
    monkeypatch.setattr("broadsheet.press.edge.bodies.SpooledTemporaryFile", full)

    async def run():
        application = Threads(lambda environ, start: [], threads=1)
        refused = []
        for _ in range(3):
            request = Request(application, content_length=1)
            request.send(b"a")
            refused.append(((await request.answer())[0], request.headers[b"retry-after"]))
        return refused

    assert asyncio.run(run()) == [(503, b"5")] * 3
    assert len(told) == 1


def test_an_answer_that_finds_no_room_is_told_too(monkeypatch):
    monkeypatch.setattr("broadsheet.press.edge.threads.outages", Outages(lambda _: None))
    monkeypatch.setattr("broadsheet.press.edge.threads.TemporaryFile", full)

    def django(environ, start_response):
        start_response("200 OK", [])
        return (b"x" * 100_000 for _ in range(4))

    async def run():
        return (await Request(Threads(django, threads=1), method="GET").answer())[0]

    assert asyncio.run(run()) == 503


def test_what_an_outage_brings_along_is_not_logged_again(monkeypatch):
    told = []
    monkeypatch.setattr("broadsheet.press.outages.outages", Outages(told.append))

    def record_of(error):
        try:
            raise error
        except Exception:
            return logging.LogRecord("a", 40, "", 1, "it failed", None, sys.exc_info())

    once = OnceFilter()
    no_room = [once.filter(record_of(OSError(errno.ENOSPC, "full"))) for _ in range(3)]

    assert no_room == [False] * 3
    assert len(told) == 1
    assert once.filter(record_of(ValueError("something else")))
    assert once.filter(logging.LogRecord("a", 40, "", 1, "no error", None, None))
