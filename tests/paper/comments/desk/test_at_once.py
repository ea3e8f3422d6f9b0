"""Two moderators who press at the same moment, in transactions of their own."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from broadsheet.comments import decisions
from broadsheet.comments.decision_log import By
from broadsheet.comments.looking import TooLateError
from broadsheet.comments.models import Decision, Notice, Thread
from tests.conftest import NOW

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

LATER = NOW + timedelta(hours=1)


def test_of_two_at_the_same_moment_one_decides_and_the_other_is_told(post, moderator, second):
    acts = [decisions.approve, decisions.remove]
    for times in range(1, 6):
        one = post(f"THIS HAS BEEN WRONG {times} TIMES NOW!", asks_person=True)
        start = threading.Barrier(2)
        said: list[str] = []

        def press(at, who, one=one, start=start, said=said):
            by = By(who, words="Why.", version=one.version)
            start.wait()
            try:
                acts[at](comment=one, by=by, now=LATER)
                said.append("done")
            except TooLateError:
                said.append("too late")
            finally:
                connection.close()

        both = [
            threading.Thread(target=press, args=(at, who))
            for at, who in enumerate([moderator, second])
        ]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()

        assert sorted(said) == ["done", "too late"]
        assert Decision.objects.count() == Notice.objects.count() == times
    one.refresh_from_db()
    assert (
        one.standing
        == {"approve": "published", "remove": "removed"}[Decision.objects.latest("pk").act]
    )
    assert Thread.objects.get().held == 0
