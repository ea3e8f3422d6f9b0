"""Fixtures of comments: a story one may write under, writers, and a moderator."""

from datetime import timedelta

import pytest

from broadsheet.comments import actions, screening
from broadsheet.comments.decision_log import By
from broadsheet.comments.models import PaperRules
from broadsheet.demo import factories
from broadsheet.rules.guidelines.findings import Measured
from tests.conftest import NOW

GOOD = "The council has never once answered a letter about the drains."


class Clean:
    """A detector that finds nothing."""

    version = "clean 1"

    def measure(self, written):
        return Measured(english=1.0, full_sentences=1.0, abusive=0.0, personal=0.0)


class Broken:
    version = "broken 1"

    def measure(self, written):
        raise ValueError("out of order")


@pytest.fixture(autouse=True)
def _rules(request, db):
    """Trust everybody at once, but where a test says otherwise; no detector is installed."""
    PaperRules.objects.create(pk=1, read_first_comments=0)
    screening.install(None)
    yield
    screening.install(None)


@pytest.fixture
def story(section):
    return factories.story("A headline", section=section, published_at=NOW - timedelta(days=1))


@pytest.fixture
def writer(db):
    return factories.reader("writer@example.org", name="Wanda Writer")


@pytest.fixture
def other(db):
    return factories.reader("other@example.org", name="Otto Other")


@pytest.fixture
def moderator(db):
    return factories.staff("moderator@example.org", role="Moderators", name="Mo Derator")


@pytest.fixture
def second(db):
    return factories.staff("second@example.org", role="Moderators", name="Sec Ond")


@pytest.fixture
def by(moderator):
    return By(moderator=moderator, words="It attacks a person.")


@pytest.fixture
def post(story, writer):
    """Return a function that posts; each call says something else, a minute later."""
    said = []

    def posting(text="", **more):
        said.append(1)
        more.setdefault("story", story)
        more.setdefault("writer", writer)
        more.setdefault("now", NOW + timedelta(minutes=len(said)))
        text = text or f"{len(said)} is the number of what I say about {len(said) * 7} things."
        return actions.post_comment(text=text, **more).comment

    return posting
