"""How often stories are opened: whole ones, by people, and told without who it was."""

import pytest

from broadsheet.press.edge import opens
from broadsheet.rules.access import Access
from tests.plain.press.edge.support import Paper

ONE = 12


@pytest.fixture
def paper(tmp_path):
    made = Paper(tmp_path)
    yield made
    made.close()


def test_whole_stories_are_counted_for_readers_who_go_back_and_for_those_who_come_first(paper):
    path = paper.story("/world/a/", ONE)
    for _ in range(3):
        paper.get(path, paper.cookies(7, stories=[ONE]))
    paper.get(path, paper.cookies(8))

    assert paper.edge.opens.counts == {ONE: 4}


def test_free_stories_are_counted_for_everybody(paper):
    path = paper.story("/world/a/", ONE, Access.FREE)
    paper.get(path)
    paper.get(path)

    assert paper.edge.opens.counts == {ONE: 2}


def test_neither_teasers_nor_other_pages_nor_who_looks_ahead_is_counted(paper):
    free = paper.story("/world/a/", ONE, Access.FREE)
    paper.get(paper.story("/world/b/", 13))
    paper.get(paper.story("/", 0, Access.FREE))
    paper.get(free, method="HEAD")
    paper.get(free, Sec_Purpose="prefetch")

    assert not paper.edge.opens.counts


def test_what_was_counted_is_kept_once_a_minute(tmp_path, monkeypatch):
    kept = []
    monkeypatch.setattr(opens, "HANDED_ON", 0.0)
    paper = Paper(tmp_path, keep_opens=kept.append)
    paper.get(paper.story("/world/a/", ONE, Access.FREE))
    paper.edge.tick()
    paper.close()
    paper.edge._threads.shutdown(wait=True)

    assert kept == [{ONE: 1}]
