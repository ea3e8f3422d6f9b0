from datetime import UTC, datetime

import pytest

from broadsheet.demo import factories

MARCH = datetime(2011, 3, 22, 15, 41, tzinfo=UTC)
SEPTEMBER = datetime(2016, 9, 30, 17, 56, tzinfo=UTC)


@pytest.fixture
def told(section):
    body = [
        ("paragraph", "<p>Locked words of the story, which nobody sees here.</p>"),
        (
            "correction",
            {"corrected_at": datetime(2011, 3, 23, tzinfo=UTC), "text": "<p>It was Tuesday.</p>"},
        ),
    ]
    return factories.story(
        "Talks",
        section=section,
        body=body,
        published_at=MARCH,
        updated_at=SEPTEMBER,
        access="subscribers",
    )


def test_history_tells_publication_update_and_correction(told, client):
    page = client.get(f"/archive/history/{told.pk}/").content.decode()

    assert (
        page.index("September 30, 2016")
        < page.index("It was Tuesday.")
        < page.index("March 22, 2011")
    )
    assert told.url in page


def test_saving_is_no_event(told, client):
    before = client.get(f"/archive/history/{told.pk}/").content

    told.save_revision().publish()

    assert client.get(f"/archive/history/{told.pk}/").content == before


def test_history_holds_no_locked_word(told, client, reader):
    page = client.get(f"/archive/history/{told.pk}/").content

    assert b"Locked words" not in page


def test_draft_has_no_history(section, client):
    draft = factories.story("Draft", section=section, publish=False)

    assert client.get(f"/archive/history/{draft.pk}/").status_code == 404
