"""A change that couldn't be told isn't lost, whatever becomes of who made it."""

import pytest
from django_tasks_db.models import DBTaskResult

from broadsheet.press.edge.edition import EVERYBODY, Kind
from broadsheet.press.edge.shared import SharedEdition
from broadsheet.wall import gate, tasks
from tests.plain.press.edge.test_shared import Away, until

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(settings):
    # Kept in the database, as in a paper that is served.
    settings.TASKS = {
        **settings.TASKS,
        "work": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []},
    }
    return Away()


@pytest.fixture
def machine(store, monkeypatch):
    """Return what makes another machine's number; it is this process's from then on."""

    def make():
        made = SharedEdition(lambda: store, on_failure=gate._leave_telling)
        monkeypatch.setattr(gate, "edition", lambda: made)
        return made

    return make


def waiting() -> int:
    return DBTaskResult.objects.filter(task_path__endswith="tell_everything").count()


def test_another_machine_tells_what_one_that_died_could_not(machine, store):
    one = machine()
    store.gone = True
    one.changed("story:7", access=True)
    assert waiting() == 1
    # It dies: nothing of it speaks any more.
    one._speaks = Away()
    store.gone = False
    machine()

    assert tasks.tell_everything.call()

    assert [(one.kind, one.key) for one in store.said] == [
        (Kind.ACCESS, 0),
        (Kind.REVOKED, EVERYBODY),
    ]
    assert waiting() == 1


def test_it_is_tried_until_it_is_told(machine, store):
    machine()
    store.gone = True

    assert not tasks.tell_everything.call()
    # Once because it failed, once more because it still waits.
    assert waiting() == 1
    assert not tasks.tell_everything.call()
    assert waiting() == 2

    store.gone = False
    assert until(lambda: not gate.is_behind())
    assert tasks.tell_everything.call()


def test_a_change_that_was_told_leaves_nothing_to_do(machine):
    machine().changed("story:7")

    assert waiting() == 0
