"""Staff who may change a live page are told where; the page itself is the same for everybody."""

import pytest

from broadsheet.demo import factories

STATE = "/you/state.json"


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("Writers", True),
        ("Editors", True),
        ("Administrators", True),
        ("Moderators", False),
        ("Circulation", False),
    ],
)
def test_who_may_change_a_story_is_told_where(role, may, client, story):
    client.force_login(factories.staff("staff@example.org", role=role))

    facts = client.get(STATE, {"page": story.pk}).json()

    assert facts.get("edit") == (f"/desk/pages/{story.pk}/edit/" if may else None)


def test_readers_and_visitors_are_told_of_no_form(client, story, reader):
    assert "edit" not in client.get(STATE, {"page": story.pk}).json()
    client.force_login(reader)
    assert "edit" not in client.get(STATE, {"page": story.pk}).json()


@pytest.mark.parametrize("page", ["", "x", "0", "-1", "9" * 30, "4711"])
def test_a_number_that_is_no_page_tells_nothing(page, client, editor):
    client.force_login(editor)

    assert "edit" not in client.get(STATE, {"page": page}).json()


def test_a_draft_has_no_page_to_edit_from(client, editor, section):
    draft = factories.story("A draft", section=section, publish=False)
    client.force_login(editor)

    assert "edit" not in client.get(STATE, {"page": draft.pk}).json()


def test_asking_costs_readers_no_query_for_it(client, story, reader, django_assert_num_queries):
    from broadsheet.edition.staff import page_state

    with django_assert_num_queries(0):
        assert page_state(reader, story.pk) == {}


def test_pages_name_themselves_and_no_form(client, story, section, front_page):
    for page in (story, section, front_page):
        text = client.get(page.url).text
        assert f'data-page="{page.pk}"' in text
        assert "/desk/" not in text
