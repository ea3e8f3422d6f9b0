"""A writer whose story came back reads at the desk that changes are requested, by whom and why."""

import gettext
from itertools import pairwise
from pathlib import Path

import pytest
from wagtail.models import Workflow

from broadsheet.demo import factories

LOCALE = Path(__file__).parents[3] / "broadsheet/newsroom/locale/en/LC_MESSAGES"
REASON = "Who says so? Name the second source."


@pytest.fixture
def writer(staff):
    return staff("Writers")


@pytest.fixture
def editor(db):
    return factories.staff("editor@example.org", role="Editors", name="Eva Editor")


@pytest.fixture
def returned(writer, editor, section, client):
    """A story that its writer submitted and that an editor sent back at the desk."""
    story = factories.story("The ferry", section=section, publish=False, owner=writer)
    Workflow.objects.get().start(story, writer)
    state = story.current_workflow_task_state
    client.force_login(editor)
    address = f"/desk/pages/workflow/action/{story.pk}/reject/{state.pk}/"
    client.post(address, {"comment": REASON})
    return story


@pytest.mark.parametrize("where", ["/desk/", "/desk/pages/{pk}/edit/"])
def test_the_reason_is_on_the_first_page_and_above_the_form(where, returned, writer, at_desk):
    page = at_desk(writer).get(where.format(pk=returned.pk)).text

    assert REASON in page
    assert "Changes requested by Eva Editor" in page
    assert "Rejected" not in page
    assert "been rejected" not in page


def test_the_status_panel_has_the_reason_too(returned, writer, at_desk):
    at_desk(writer).get(f"/desk/pages/{returned.pk}/edit/")
    # The second form shows no message twice; the panel is below the form.
    page = at_desk(writer).get(f"/desk/pages/{returned.pk}/edit/").text

    panel = page[page.index('data-side-panel="status"') :]
    assert REASON in panel


def test_the_mail_says_it_in_the_same_words(returned, mailoutbox):
    letters = [letter for letter in mailoutbox if letter.to == ["writers@example.org"]]

    assert [letter.subject for letter in letters] == ['Changes requested: "The ferry"']
    assert REASON in letters[0].body
    assert "ejected" not in letters[0].body


def test_nothing_more_is_said_once_the_story_is_submitted_again(returned, writer, at_desk):
    returned.refresh_from_db()
    returned.current_workflow_state.resume(user=writer)
    client = at_desk(writer)

    assert REASON not in client.get("/desk/").text
    assert "Make the changes" not in client.get(f"/desk/pages/{returned.pk}/edit/").text


def test_other_writers_stories_are_not_on_ones_first_page(returned, at_desk):
    another = factories.staff("other@example.org", role="Writers")

    assert REASON not in at_desk(another).get("/desk/").text


def test_a_reason_is_shown_as_it_was_typed(writer, editor, section, at_desk):
    story = factories.story("The bridge", section=section, publish=False, owner=writer)
    Workflow.objects.get().start(story, writer)
    story.current_workflow_task_state.reject(user=editor, comment="<b>Who</b>?\n\nWhen?")
    page = at_desk(writer).get(f"/desk/pages/{story.pk}/edit/").text

    assert "&lt;b&gt;Who&lt;/b&gt;?</p>" in page


def test_the_compiled_words_are_those_of_the_file():
    with (LOCALE / "django.mo").open("rb") as compiled:
        words = gettext.GNUTranslations(compiled)
    lines = (LOCALE / "django.po").read_text().splitlines()
    pairs = [
        (line.removeprefix("msgid "), below.removeprefix("msgstr "))
        for line, below in pairwise(lines)
        if line.startswith("msgid ") and line != 'msgid ""'
    ]
    unquoted = [[text[1:-1].replace('\\"', '"') for text in pair] for pair in pairs]

    assert unquoted
    assert [words.gettext(said) for said, _ in unquoted] == [ours for _, ours in unquoted]
