"""The watchdog finds out whether PostgreSQL still answers, and doesn't ask more than it must."""

import threading

import pytest

from broadsheet.config.postgresql.watchdog import (
    DOWN_FOR,
    UP_FOR,
    ServerUnavailableError,
    Watchdog,
)


class Server:
    """A server that can be taken away, and the clock it is watched by."""

    def __init__(self):
        self.now = 0.0
        self.gone = False
        self.probes = 0
        self.watchdog = Watchdog(self.probe, clock=lambda: self.now)
        self.watchdog.start()

    def probe(self, conninfo, timeout):
        self.probes += 1
        if self.gone:
            raise ServerUnavailableError("connection refused")

    def answers(self):
        try:
            self.watchdog.check("")
        except ServerUnavailableError:
            return False
        return True


@pytest.fixture
def server():
    return Server()


def test_a_server_that_answered_a_moment_ago_is_not_probed_again(server):
    for _ in range(100):
        assert server.answers()
    assert server.probes == 1

    server.now += UP_FOR
    assert server.answers()
    assert server.probes == 2


def test_a_server_that_has_gone_is_found_back_by_itself(server):
    server.gone = True
    assert not server.answers()
    assert server.watchdog.is_down
    server.gone = False
    assert not server.answers()

    server.now += DOWN_FOR
    assert server.answers()
    assert not server.watchdog.is_down


def test_nobody_waits_for_another_who_probes_a_server_that_is_down(server):
    server.gone = True
    assert not server.answers()
    server.now += DOWN_FOR
    reached, go_on = threading.Event(), threading.Event()

    def slow(conninfo, timeout):
        reached.set()
        assert go_on.wait(30)
        raise ServerUnavailableError("no answer")

    server.watchdog._probe = slow
    prober = threading.Thread(target=server.answers)
    prober.start()
    assert reached.wait(30)

    assert not server.answers()

    go_on.set()
    prober.join()


def test_it_does_nothing_before_it_is_started():
    server = Server()
    server.watchdog.is_on = False
    server.gone = True

    assert server.answers()
    assert server.probes == 0
