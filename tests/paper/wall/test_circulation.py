"""What circulation does at the desk, over HTTP, and who may."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from broadsheet.demo import factories
from broadsheet.press.edge.ledger.stores import Asked
from broadsheet.readers.models import StaffAct
from broadsheet.rules.meter import month_of
from broadsheet.wall import gate
from broadsheet.wall.models import Subscription


@pytest.fixture
def circulation(db):
    return factories.staff("circulation@example.org", role="Circulation", name="Circulation")


def read(reader, *stories):
    now = datetime.now(UTC)
    month = month_of(now, gate.zone())
    for story in stories:
        gate.ledger().record_now(Asked(reader.pk, month, story, 10, int(now.timestamp())))


def test_circulation_sees_what_counted_and_gives_it_back(client, circulation, reader, story):
    read(reader, story.pk)
    client.force_login(circulation)

    page = client.get(f"/desk/readers/{reader.pk}/").content.decode()
    assert story.title in page
    assert "1 of 10 stories counted" in page

    client.post(
        f"/desk/readers/{reader.pk}/give-back/", {"story": story.pk, "reason": "Broken page"}
    )

    assert gate.ledger().readings(reader.pk) == []
    assert StaffAct.objects.filter(act="give-back", reader=reader, staff=circulation).exists()


def test_a_reading_is_not_given_back_without_a_reason(client, circulation, reader, story):
    read(reader, story.pk)
    client.force_login(circulation)

    client.post(f"/desk/readers/{reader.pk}/give-back/", {"story": story.pk, "reason": ""})

    assert len(gate.ledger().readings(reader.pk)) == 1


def test_a_subscription_is_given_by_hand_and_ended(client, circulation, reader):
    client.force_login(circulation)

    client.post("/desk/subscriptions/grant/", {"email": reader.email, "until": "2099-12-31"})

    subscription = Subscription.objects.get()
    assert subscription.reader == reader
    assert reader.email in client.get("/desk/subscriptions/").content.decode()
    client.post(f"/desk/subscriptions/{subscription.pk}/end/")
    assert not Subscription.objects.holding(datetime.now(UTC)).exists()
    assert [act.act for act in StaffAct.objects.order_by("pk")] == ["grant", "end-subscription"]


@pytest.mark.parametrize(
    ("typed", "shown"), [("2099-01-01", "January 1, 2099"), ("9999-12-31", "December 31, 9999")]
)
def test_the_last_day_is_shown_as_it_was_typed(client, circulation, reader, typed, shown):
    client.force_login(circulation)
    client.post("/desk/subscriptions/grant/", {"email": reader.email, "until": typed})

    assert f"<td>{shown}</td>" in client.get("/desk/subscriptions/").text
    assert f"until the end of {shown}" in client.get(f"/desk/readers/{reader.pk}/").text


def test_a_list_shows_what_became_of_every_line(client, circulation):
    client.force_login(circulation)
    file = SimpleUploadedFile(
        "list.csv", b"email,until\na@example.org,2099-01-01\nnobody,2099-01-01\n"
    )

    page = client.post("/desk/subscriptions/list/", {"list": file}).content.decode()

    assert "2 read, 1 granted, 0 already there, 1 refused" in page
    assert "is no e-mail address" in page


def test_a_file_that_is_no_list_is_refused_in_words_and_changes_nothing(client, circulation):
    client.force_login(circulation)
    file = SimpleUploadedFile("list.csv", b"\x00\x01\x02 nonsense")

    answer = client.post("/desk/subscriptions/list/", {"list": file})

    assert answer.status_code == 422
    assert "must name the columns" in answer.content.decode()
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", "/desk/subscriptions/"),
        ("post", "/desk/subscriptions/grant/"),
        ("post", "/desk/subscriptions/list/"),
        ("post", "/desk/subscriptions/1/end/"),
        ("post", "/desk/readers/1/give-back/"),
        ("get", "/desk/crawlers/"),
    ],
)
@pytest.mark.parametrize("role", ["Writers", "Editors", "Moderators"])
def test_nobody_else_gets_there(client, db, role, method, address):
    client.force_login(factories.staff("somebody@example.org", role=role))

    answer = getattr(client, method)(address)

    assert answer.status_code in {302, 403}
    if answer.status_code == 302:
        assert "subscriptions" not in answer.headers["Location"]


def test_crawlers_are_shown_by_day(client, circulation, story):
    story.access = "subscribers"
    story.save_revision().publish()
    client.get(story.url, headers={"user-agent": "GPTBot/1.2"})
    client.force_login(circulation)

    page = client.get("/desk/crawlers/").content.decode()

    assert "GPTBot" in page
    assert "training-refused" in page
