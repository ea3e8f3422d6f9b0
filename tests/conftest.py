"""Fixtures that tests of the paper share. They are made by broadsheet.demo.factories."""

from datetime import UTC, datetime

import pytest

from broadsheet.demo import factories

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def front_page(db):
    return factories.front_page()


@pytest.fixture
def section(db):
    return factories.section("World")


@pytest.fixture
def story(section):
    return factories.story("A headline", section=section)


@pytest.fixture
def reader(db):
    return factories.reader("reader@example.org")


@pytest.fixture
def editor(db):
    return factories.staff("editor@example.org", role="Editors")
