import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.contrib.redirects.models import Redirect

from broadsheet.archive import checking, oldaddresses
from broadsheet.archive.models import OldAddress
from broadsheet.demo import factories
from broadsheet.newsroom.models import StoryPage
from broadsheet.newsroom.oldaddresses import Found, find

FERRY = "/town/harbour/ferry-talks/"


@pytest.fixture
def ferry(bring_in, wordpress):
    bring_in(wordpress)
    return StoryPage.objects.get(slug="ferry-talks")


@pytest.mark.parametrize(
    "address",
    [
        "/2011/03/ferry-talks/",
        "/2011/03/ferry-talks",
        "/2011/03/FERRY-Talks.html",
        "/2011/03/ferry-talks.ece?utm_source=mail",
        "/2011//03/ferry-talks/",
        "/2011/03/ferry-talks.ece;jsessionid=0A1B",
        "/2011/03/ferry%2Dtalks/",
        "/2011/03/ferry-talks/index.html?fbclid=x",
        "/2011/03/ferry-talks/amp/",
        "/2011/03/ferry-row/",
        "/?p=11",
        "/?utm_source=mail&p=11",
        "/index.php?p=11",
    ],
)
def test_every_spelling_answers_with_one_permanent_redirect(ferry, client, address):
    response = client.get(address, follow=True)

    assert response.redirect_chain == [(FERRY, 301)]
    assert response.status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/2011/03/Z%C3%BCrich-caf%C3%A9.ece",
        "/2011/03/z%c3%bcrich-caf%c3%a9",
        "/2011/03/Z%FCrich-caf%E9.html",  # in an older code page
        "/2011/03/Zu%CC%88rich-cafe%CC%81/",  # letters and accents apart
        "/2011/03/Z%25C3%25BCrich-caf%25C3%25A9/",  # encoded twice
    ],
)
def test_every_way_to_encode_an_address_leads_to_its_story(ferry, client, tmp_path, address):
    oldaddresses.keep([(ferry.pk, "https://old.example/2011/03/Zürich-café.ece")])
    file = tmp_path / "list.txt"
    file.write_text(f"https://old.example{address}\n")

    response = client.get(address, follow=True)

    assert response.redirect_chain == [(FERRY, 301)]
    assert checking.check(file).redirected == 1


def test_old_address_costs_one_look_up(ferry):
    find("/nowhere", "")

    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert find("/2011/03/ferry-talks", "") == Found(FERRY)

    assert len(asked) == 1
    with connection.cursor() as cursor:
        explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{explain} {asked[0]['sql']}")
        plan = str(cursor.fetchall())
    if connection.vendor == "sqlite":
        assert "USING INDEX" in plan
        assert "SCAN" not in plan


def test_unknown_address_is_not_found(ferry, client):
    assert client.get("/2011/03/never-was/").status_code == 404
    assert client.get("/?p=99").status_code == 200
    assert find("/", "") is None


def test_draft_does_not_answer_at_its_old_address(ferry, client):
    assert client.get("/?p=13").status_code == 200
    assert find("/", "p=13") is None


def test_story_that_was_taken_back_is_gone(ferry, client):
    ferry.unpublish()

    assert client.get("/2011/03/ferry-talks/").status_code == 410


def edited(page, **fields):
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()
    page.refresh_from_db()


def test_new_slug_keeps_all_addresses(ferry, client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        edited(ferry, slug="talks-of-ferries")

    for address in (FERRY, FERRY.upper().lower().rstrip("/"), "/2011/03/ferry-talks/", "/?p=11"):
        assert client.get(address, follow=True).redirect_chain[-1] == (
            "/town/harbour/talks-of-ferries/",
            301,
        )
    assert len(client.get(FERRY, follow=True).redirect_chain) == 1


def test_several_moves_are_still_one_redirect(ferry, client, django_capture_on_commit_callbacks):
    for slug in ("b", "c", "d"):
        with django_capture_on_commit_callbacks(execute=True):
            edited(ferry, slug=slug)

    for address in (FERRY, "/town/harbour/b/", "/town/harbour/c/"):
        assert client.get(address, follow=True).redirect_chain == [("/town/harbour/d/", 301)]


def test_story_that_comes_back_to_its_slug_is_there(
    ferry, client, django_capture_on_commit_callbacks
):
    for slug in ("b", "ferry-talks"):
        with django_capture_on_commit_callbacks(execute=True):
            edited(ferry, slug=slug)

    assert client.get(FERRY).status_code == 200
    assert client.get("/town/harbour/b/", follow=True).redirect_chain == [(FERRY, 301)]


def test_story_moved_to_another_section_keeps_its_addresses(
    ferry, client, django_capture_on_commit_callbacks
):
    other = factories.section("World")

    with django_capture_on_commit_callbacks(execute=True):
        ferry.move(other, pos="last-child")

    for address in (FERRY, "/2011/03/ferry-talks/"):
        assert client.get(address, follow=True).redirect_chain == [("/world/ferry-talks/", 301)]


def test_section_that_is_renamed_keeps_the_addresses_of_its_stories(
    ferry, client, django_capture_on_commit_callbacks
):
    town = ferry.section.get_parent().specific

    with django_capture_on_commit_callbacks(execute=True):
        edited(town, slug="city")

    assert client.get(FERRY, follow=True).redirect_chain == [("/city/harbour/ferry-talks/", 301)]
    assert client.get("/town/harbour/", follow=True).redirect_chain == [("/city/harbour/", 301)]
    assert client.get("/?p=11", follow=True).redirect_chain == [("/city/harbour/ferry-talks/", 301)]


def test_wagtails_own_redirects_stay_out_of_it(ferry, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        edited(ferry, slug="b")

    assert not Redirect.objects.exists()


def test_new_story_at_a_former_address_is_itself(ferry, client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        edited(ferry, slug="b")
    new = factories.story("Ferry talks", section=ferry.section)

    response = client.get(FERRY)

    assert response.status_code == 200
    assert new.url == FERRY


def test_redirects_lead_on_at_once(ferry, bring_in, tmp_path, client):
    file = tmp_path / "redirects.json"
    file.write_text(
        '[{"from": "/short", "to": "/2011/03/ferry-talks/"}, {"from": "/shorter/", "to": "/short"},'
        ' {"from": "/away", "to": "https://elsewhere.example/x"}, {"from": "/a", "to": "/b"}, {"from": "/b", "to": "/a"}]'
    )

    bring_in(file)

    assert client.get("/short", follow=True).redirect_chain == [(FERRY, 301)]
    assert client.get("/shorter", follow=True).redirect_chain == [(FERRY, 301)]
    assert find("/away") == Found("https://elsewhere.example/x")
    assert client.get("/a").status_code in {301, 404}


def test_first_story_keeps_an_address_two_claim(ferry, bring_in, wordpress, tmp_path):
    other = tmp_path / "other.xml"
    other.write_text(wordpress.read_text().replace("https://old.example", "https://second.example"))

    report = bring_in(other)

    assert find("/", "p=11") == Found(FERRY)
    assert "leads to another story already" in str(report.warnings())


def test_address_of_a_deleted_story_is_forgotten(ferry):
    ferry.delete()

    assert find("/2011/03/ferry-talks") is None
    assert not OldAddress.objects.filter(address__contains="ferry").exists()


def test_addresses_by_the_thousand_are_kept_at_once(ferry):
    oldaddresses.keep((ferry.pk, f"/x/{number}.html") for number in range(1200))

    assert find("/X/1199") == Found(FERRY)
