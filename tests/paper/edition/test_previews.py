"""What the desk sees of a page before it is published."""

import pytest

from broadsheet.demo import factories
from tests.paper.edition.conftest import paragraph, raw


def preview(page, mode=""):
    return page.make_preview_request(preview_mode=mode)


@pytest.fixture
def draft(section):
    return factories.story(
        "Not yet out",
        section=section,
        publish=False,
        dateline="Minsk",
        body=raw(paragraph("Open words. " * 60), paragraph("Locked words. " * 60)),
    )


def test_a_draft_is_shown_as_it_will_be(draft):
    html = preview(draft.get_latest_revision_as_object()).content.decode()

    assert "Not yet out" in html
    assert "Locked words." in html
    assert "MINSK:" in html


def test_a_draft_is_shown_as_the_wall_leaves_it(draft):
    html = preview(draft.get_latest_revision_as_object(), "teaser").content.decode()

    assert "Open words." in html
    assert "Locked words." not in html
    assert "Sign in to unlock" in html


@pytest.mark.django_db
@pytest.mark.parametrize("of", ["draft", "section", "front_page"])
def test_the_desk_alone_may_frame_a_preview(request, of):
    answer = preview(request.getfixturevalue(of))

    assert answer.status_code == 200
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("path", ["/", "/world/", "/world/talks/", "/nothing/"])
def test_nobody_may_frame_a_public_page(client, talks, path):
    answer = client.get(path)

    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"


def test_a_preview_changes_nothing(draft):
    before = draft.revisions.count()
    preview(draft.get_latest_revision_as_object())

    draft.refresh_from_db()
    assert (draft.live, draft.published_at, draft.revisions.count()) == (False, None, before)
