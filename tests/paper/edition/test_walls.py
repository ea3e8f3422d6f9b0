"""What walls say: one thing to each, the day on which the month turns, and how to read on."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from broadsheet.demo import factories
from broadsheet.edition import plates, printing, stories, walls
from broadsheet.newsroom.models import StoryPage
from broadsheet.press.edge.ledger.stores import Asked
from broadsheet.rules.meter import month_of
from broadsheet.rules.variants import Variant
from broadsheet.wall import gate, policies
from broadsheet.wall.actions import grant_subscription
from broadsheet.wall.models import SectionPolicy, WallPolicy
from tests.paper.edition.conftest import paragraph, raw


def words_of(html: str) -> str:
    """Return what stands on a page to be read without script."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def masthead(html: str) -> str:
    """Return what the masthead offers without script."""
    [tools] = re.findall(r'<ul class="masthead__you">(.*?)</ul>', html, re.DOTALL)
    seen = re.sub(r"<(li|span) [^>]*with-script[^>]*>.*?</\1>", "", tools, flags=re.DOTALL)
    return words_of(seen)


def wall(html: str) -> str:
    [section] = re.findall(r'<section class="wall.*?</section>', html, re.DOTALL)
    return words_of(section)


def use_up(reader, count=10):
    now = timezone.now()
    month = month_of(now, gate.zone())
    for story in range(10**6, 10**6 + count):
        gate.ledger().record_now(Asked(reader.pk, month, story, 100, int(now.timestamp())))


@pytest.fixture
def for_subscribers(section):
    body = raw(paragraph("Open. " * 90), paragraph("Locked. " * 90))
    return factories.story("Ports", section=section, slug="ports", access="subscribers", body=body)


@pytest.fixture
def spent(client, reader):
    use_up(reader)
    client.force_login(reader)
    return client


@pytest.mark.parametrize("agent", ["Mozilla/5.0", "Googlebot/2.1"])
def test_a_visitor_is_told_one_thing_and_anybody_may_keep_it(client, locked, agent):
    answer = client.get(locked.url, headers={"user-agent": agent})
    html = answer.content.decode()

    assert wall(html).startswith("You have read the beginning of this story. Sign in to read")
    assert "Resets on" not in html
    assert masthead(html) == "Sign in"
    assert answer["Cache-Control"] == "public, no-cache"
    assert answer["ETag"]
    assert not answer.cookies


def test_a_reader_whose_month_is_used_up_is_told_one_thing_and_when_it_resets(spent, locked):
    answer = spent.get(locked.url)
    html = answer.content.decode()

    turns = datetime.now(gate.zone()).replace(day=1) + timedelta(days=32)
    year = "" if turns.year == datetime.now(gate.zone()).year else f", {turns.year}"
    assert wall(html).startswith("You have read your 10 free stories this month.")
    assert f"Resets on {turns:%B} 1{year}" in wall(html)
    assert "/you/readings/" in html
    assert "Sign in" not in words_of(html)
    assert "Register free" not in wall(html)
    assert masthead(html) == "Your account"
    assert answer["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer
    assert "zanzibar" not in html


@pytest.mark.parametrize("address", ["/you/", "/saved/", "/you/readings/", "/you/security/"])
def test_a_page_of_ones_own_offers_the_account_alone(spent, address):
    assert masthead(spent.get(address).text) == "Your account"


def test_the_way_in_offers_signing_in_alone(client, db):
    assert masthead(client.get("/accounts/login/").text) == "Sign in"


def test_a_page_for_everybody_has_one_link_that_is_right_for_all(client, locked):
    html = client.get("/world/").content.decode()

    assert masthead(html) == "Account"
    assert 'href="/you/?back=/world/"' in html
    # It leads readers to their account, and visitors to the way in and back.
    assert client.get("/you/?back=/world/").url == "/accounts/login/?next=%2Fworld%2F"
    assert client.get("/you/?back=//evil.example/").url == "/accounts/login/?next=%2Fyou%2F"


def test_a_story_opened_for_a_reader_names_the_account_unless_visitors_open_some(
    client, reader, locked
):
    client.force_login(reader)
    assert masthead(client.get(locked.url).content.decode()) == "Your account"

    WallPolicy.objects.create(visitor_allowance=3)

    assert masthead(client.get(locked.url).content.decode()) == "Account"


def test_all_readers_meet_the_same_bytes(locked, client):
    seen = set()
    for name in ("a", "b"):
        reader = factories.reader(f"{name}@example.org")
        use_up(reader)
        client.force_login(reader)
        seen.add(client.get(locked.url).content)

    assert len(seen) == 1


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("Asia/Kolkata", datetime(2026, 11, 30, 18, 29, tzinfo=UTC), "December 1"),
        ("Asia/Kolkata", datetime(2026, 11, 30, 18, 31, tzinfo=UTC), "January 1, 2027"),
        ("America/New_York", datetime(2026, 12, 1, 4, 59, tzinfo=UTC), "December 1"),
        ("UTC", datetime(2026, 2, 28, 12, tzinfo=UTC), "March 1"),
    ],
)
def test_the_day_is_of_the_papers_own_calendar(settings, locked, zone, moment, day):
    settings.TIME_ZONE = zone
    shown = walls.wall_for(locked, Variant.READER_TEASER, allowed=policies.load(), now=moment)

    assert shown is not None
    assert shown.resets_on == day
    end = moment + timedelta(seconds=walls.seconds_to_month_end(moment))
    assert end.astimezone(ZoneInfo(zone)).strftime("%d %H:%M:%S") == "01 00:00:00"


def test_a_plate_lasts_no_longer_than_its_day_is_true(locked):
    story = stories.story_at("world/eleven-questions/")
    assert story is not None

    lasts = {variant: plates.print_story(story, variant).variant_lasts for variant in Variant}

    assert lasts.pop(Variant.READER_TEASER) == pytest.approx(
        walls.seconds_to_month_end(timezone.now()), abs=30
    )
    assert set(lasts.values()) == {None}


def test_a_sections_own_number_is_not_called_the_readers_ten(spent, locked, section):
    policy = WallPolicy.objects.create()
    SectionPolicy.objects.create(policy=policy, section=section, reader_allowance=3)

    html = spent.get(locked.url).content.decode()

    assert "the limit of 3 free stories a month that applies in World" in wall(html)


def test_a_subscribers_story_says_what_opens_it_and_offers_nothing_else(client, for_subscribers):
    html = client.get(for_subscribers.url).content.decode()

    assert wall(html).startswith("This story is for subscribers. Subscribe to read the rest")
    assert "free stories" not in wall(html)
    assert "Register" not in wall(html)
    assert 'href="/subscribe/">Subscribe</a>' in html


def test_a_reader_is_told_that_a_subscription_is_missing_and_how_to_get_it(
    client, reader, for_subscribers
):
    client.force_login(reader)

    html = client.get(for_subscribers.url).content.decode()

    assert "your account has no subscription yet" in wall(html)
    assert 'href="/subscribe/">Subscribe</a>' in html
    assert "/you/security/addresses/" in html
    assert "Sign in" not in wall(html)
    now = timezone.now()
    grant_subscription(email=reader.email, until=now + timedelta(days=1), by=None, now=now)
    assert 'class="wall' not in client.get(for_subscribers.url).content.decode()


def test_where_readers_get_no_story_free_the_wall_asks_for_a_subscription(client, locked):
    WallPolicy.objects.create(reader_allowance=0)

    html = client.get(locked.url).content.decode()

    assert "Subscribe to read the rest" in wall(html)
    assert "free stories" not in html


def test_the_page_about_subscribing_has_words_of_its_own_and_whom_to_write_to(client, settings):
    page = client.get("/subscribe/")

    assert "A subscription opens every story" in page.text
    assert f'href="mailto:{settings.OPTIONS.mail_from}"' in page.text
    assert page["Cache-Control"] == "public, no-cache"


def test_the_desk_writes_the_page_about_subscribing(client, for_subscribers, db):
    boss = factories.staff("boss@example.org", role="Administrators")
    boss.is_superuser = True
    boss.save()
    client.force_login(boss)
    form = client.get("/desk/settings/wall/wallpolicy/", follow=True).text
    for field in ("subscribe_text", "subscribe_contact", "subscribe_address"):
        assert f'name="{field}"' in form
    WallPolicy.objects.update_or_create(
        defaults={
            "subscribe_text": "<p>Call <b>us</b>.</p><script>x()</script>",
            "subscribe_contact": "subs@example.org",
        }
    )
    client.logout()

    page = client.get("/subscribe/").text

    assert "<p>Call <b>us</b>.</p>" in page
    assert "x()" not in page
    assert 'href="mailto:subs@example.org"' in page


def test_subscriptions_that_are_sold_elsewhere_are_one_press_away(client, for_subscribers):
    WallPolicy.objects.create(subscribe_address="https://shop.example.org/paper")

    html = client.get(for_subscribers.url).content.decode()

    assert 'href="https://shop.example.org/paper">Subscribe</a>' in html


def test_signing_in_and_registering_name_the_ten_stories_first(client, db):
    for address in ("/accounts/login/", "/accounts/signup/"):
        [listed] = re.findall(
            r'<ul class="door__benefits">(.*?)</ul>', client.get(address).text, re.DOTALL
        )
        assert words_of(listed).startswith("access 10 free stories every month save stories")
        assert "comment on every story" in listed

    WallPolicy.objects.create(reader_allowance=0)
    assert "free stories" not in client.get("/accounts/login/").text


def test_who_signs_in_at_the_wall_comes_back_to_where_they_stopped(client, locked):
    html = client.get(locked.url).content.decode()
    [place] = set(re.findall(r'href="/accounts/login/\?next=([^"]*%23[^"]*)"', html))
    client.post(f"/accounts/login/?next={place}", {"email": "new@example.org"})
    [code] = re.findall(r"\d{4} \d{4}", str(mail.outbox[-1].body))

    answer = client.post("/accounts/login/code/confirm/", {"code": code})

    assert answer.url == f"{locked.url}#read-on"
    assert 'id="read-on"' in client.get(locked.url).content.decode()


@pytest.mark.parametrize(
    ("blocks", "goes_on"),
    [
        # Its first paragraph is shown in part: one goes on reading there.
        ([paragraph("Some words. " * 60), paragraph("Later. " * 90)], "Some words."),
        # It is shown whole, and the next one not at all.
        (
            [paragraph("Some words. " * 20), ("crosshead", "Next"), paragraph("Later. " * 90)],
            "Next",
        ),
        # Nothing is shown.
        ([("crosshead", "First"), paragraph("Later. " * 90)], "First"),
    ],
)
def test_one_goes_on_reading_where_the_teaser_ends(section, blocks, goes_on):
    made = factories.story(
        "Long", section=section, slug="long", access="readers", body=raw(*blocks)
    )
    story = StoryPage.objects.get(pk=made.pk)

    html = printing.story_html(story, Variant.FULL)

    assert html.count('id="read-on"') == 1
    after = words_of(html.partition('id="read-on"')[2].partition(">")[2])
    assert after.startswith(goes_on)


def test_a_free_story_has_no_such_place(section):
    story = factories.story("Free", section=section, access="free")

    assert "read-on" not in printing.story_html(story, Variant.FULL)


def test_the_first_reading_is_counted_in_the_masthead_at_once(client, reader, locked):
    """The story's cookie is newer than the display cookie, which takes it away when written."""
    client.force_login(reader)
    client.get("/you/")

    client.get(locked.url)
    assert client.cookies["counted"].value == "1-10"

    client.get("/you/state.json")
    assert client.cookies["counted"].value == ""
    assert "left%22%3A9" in client.cookies["shown"].value


def test_the_readings_are_told_to_the_walls_script(spent, locked, reader):
    gate.ledger().forget(reader.pk)
    spent.get(locked.url)

    answer = spent.get("/you/readings/", headers={"accept": "application/json"})

    assert answer.json() == {"readings": [{"headline": locked.title, "url": locked.url}]}
    assert "no-store" in answer["Cache-Control"]
