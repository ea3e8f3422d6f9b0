"""A cluster of Valkey or Redis: every person's readings lie on one server, wherever that is."""

import shutil
import socket
import subprocess
import threading

import pytest

from broadsheet.press.edge.ledger.resp import Link
from broadsheet.press.edge.ledger.stores import Asked, Result, StoreError
from broadsheet.press.edge.ledger.valkey import ValkeyStore

BINARY = shutil.which("valkey-server") or shutil.which("redis-server")
pytestmark = pytest.mark.skipif(BINARY is None, reason="no Valkey or Redis is installed")
MONTH = 202611
HALF = 8192


def free_port():
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        # A server of a cluster also listens ten thousand above.
        if port + 10_000 < 65_536:
            return port


def when(works):
    """Return what a function returns once it does. A test that hangs here has failed."""
    waiting = threading.Event()
    for _ in range(2000):
        try:
            if found := works():
                return found
        except OSError:
            pass
        waiting.wait(0.01)
    pytest.fail("the cluster never came up")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Two servers; the first has the lower half of the keys, the second the upper."""
    ports = [free_port(), free_port()]
    servers = []
    for port in ports:
        folder = tmp_path_factory.mktemp("cluster")
        servers.append(
            subprocess.Popen(
                [str(BINARY), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
                + ["--cluster-enabled", "yes", "--appendonly", "yes", "--save", ""],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
    try:
        links = [when(lambda: Link(f"redis://127.0.0.1:{port}", timeout=5)) for port in ports]  # noqa: B023
        links[0].one("CLUSTER", "ADDSLOTSRANGE", 0, HALF - 1)
        links[1].one("CLUSTER", "ADDSLOTSRANGE", HALF, 16_383)
        links[0].one("CLUSTER", "MEET", "127.0.0.1", ports[1])
        for link in links:
            when(lambda: b"cluster_state:ok" in link.one("CLUSTER", "INFO"))  # noqa: B023
        yield [f"redis://127.0.0.1:{port}" for port in ports], links
        for link in links:
            link.close()
    finally:
        for server in servers:
            server.terminate()
            server.wait()


@pytest.fixture
def store(cluster):
    opened = ValkeyStore(cluster[0][0], timeout=5)
    yield opened
    opened.close()


def slot(links, reader):
    return links[0].one("CLUSTER", "KEYSLOT", f"{{{reader}}}")


def test_persons_are_found_on_both_servers(cluster, store):
    batch = [Asked(reader, MONTH, story, 2, 1) for reader in range(1, 41) for story in (1, 2, 3)]

    results = [one.result for one in store.record(batch)]

    assert results == [Result.COUNTED, Result.COUNTED, Result.REFUSED] * 40
    for link in cluster[1]:
        assert int(link.one("DBSIZE")) > 0
    assert [one.story for one in store.readings(17)] == [1, 2]


def test_a_visitor_on_one_server_merges_into_an_account_on_the_other(cluster, store):
    links = cluster[1]
    visitor = next(one for one in range(-1, -100, -1) if slot(links, one) < HALF)
    reader = next(one for one in range(1000, 1100) if slot(links, one) >= HALF)
    store.record([Asked(visitor, MONTH, story, 10, story) for story in (1, 2)])

    assert store.merge(visitor, reader, MONTH, 10) == 2
    assert store.merge(visitor, reader, MONTH, 10) == 0
    assert store.merge(visitor, reader + 1, MONTH, 10) == 0


def test_keys_that_move_are_followed(cluster, store):
    urls, links = cluster
    reader = next(one for one in range(2000, 2100) if slot(links, one) < HALF)
    number = slot(links, reader)
    store.record([Asked(reader, MONTH, 1, 10, 1)])
    ids = [link.one("CLUSTER", "MYID") for link in links]
    links[1].one("CLUSTER", "SETSLOT", number, "IMPORTING", ids[0])
    links[0].one("CLUSTER", "SETSLOT", number, "MIGRATING", ids[1])
    port = urls[1].rpartition(":")[2]

    before = store.record([Asked(reader, MONTH, 1, 10, 1)])[0]
    links[0].one("MIGRATE", "127.0.0.1", port, store._key(reader), 0, 5000)
    on_the_way = store.record([Asked(reader, MONTH, 1, 10, 1)])[0]
    for link in reversed(links):
        link.one("CLUSTER", "SETSLOT", number, "NODE", ids[1])
    moved = store.record([Asked(reader, MONTH, 1, 10, 1), Asked(reader, MONTH, 2, 10, 2)])

    assert before.result is on_the_way.result is Result.ALREADY
    assert [one.result for one in moved] == [Result.ALREADY, Result.COUNTED]


def test_the_cluster_is_found_by_any_of_its_servers(cluster):
    store = ValkeyStore(f"redis://127.0.0.1:1,{cluster[0][1]}", timeout=5)

    assert store.record([Asked(1, MONTH, 99, 100, 1)])[0].result is Result.COUNTED
    store.close()


def test_a_server_that_lost_its_scripts_gets_them_again(cluster, store):
    store.record([Asked(1, MONTH, 5, 100, 1)])
    for link in cluster[1]:
        link.one("SCRIPT", "FLUSH")

    assert store.record([Asked(1, MONTH, 5, 100, 1)])[0].result is Result.ALREADY


def test_a_store_that_may_lose_readings_says_so(cluster, store):
    assert "appendfsync" in store.warning()

    for link in cluster[1]:
        link.one("CONFIG", "SET", "appendfsync", "always")
    assert store.warning() == ""


def test_what_the_server_refuses_is_told(store):
    store.readings(1)
    store._ask([(1, ("SET", "broadsheet:reading:{1}", "x"))])

    with pytest.raises(StoreError, match="WRONGTYPE"):
        store.readings(1)
    store.forget(1)
