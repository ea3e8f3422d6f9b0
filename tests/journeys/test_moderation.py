"""Moderators at work in a real browser: by keys, by hand, on a phone, without script."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from broadsheet.comments import actions, notices
from broadsheet.comments.models import Comment, Decision, Notice, PaperRules
from broadsheet.demo import factories

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 740}


class Talk:
    """A story with a talk under it: one writer, two moderators."""

    def __init__(self) -> None:
        PaperRules.objects.update_or_create(pk=1, defaults={"read_first_comments": 0})
        self.story = factories.story("Ferries run again", section=factories.section("World"))
        self.writer = factories.reader("wanda@example.org", name="Wanda Writer")
        self.first = factories.staff("mo@example.org", role="Moderators", name="Mo Derator")
        self.second = factories.staff("sec@example.org", role="Moderators", name="Sec Ond")

    def post(self, text: str, **more) -> Comment:
        return actions.post_comment(
            story=self.story, writer=self.writer, text=text, now=timezone.now(), **more
        ).comment

    def hold(self, times: int) -> list[Comment]:
        """Hold so many comments, of readers who ask a person."""
        one = self.post("THIS IS ALL WRONG AND ALWAYS WAS!", asks_person=True)
        rows = [
            Comment(
                thread_id=one.thread_id,
                number=one.number + at,
                place=f"{one.number + at:05}",
                writer=self.writer,
                text=f"{one.text} I have said so {at} times.",
                standing=one.standing,
                reason=one.reason,
                findings=one.findings,
                posted_at=one.posted_at + timedelta(seconds=at),
            )
            for at in range(1, times)
        ]
        Comment.objects.bulk_create(rows)
        one.thread.refresh_from_db()
        one.thread.held = times
        one.thread.last_number = times
        one.thread.save()
        return [one, *rows]


@pytest.fixture
def talk(live_server) -> Talk:
    return Talk()


@pytest.fixture
def sign_in(browser: Browser, live_server):
    """Open a browser of somebody who is signed in."""
    opened: list[BrowserContext] = []

    def open_one(who, *, viewport: ViewportSize = DESK, **options) -> Page:
        client = Client()
        client.force_login(who)
        name = settings.SESSION_COOKIE_NAME
        context = browser.new_context(viewport=viewport, **options)
        context.set_default_timeout(30_000)
        value = client.cookies[name].value
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
        return page

    yield open_one
    for context in opened:
        context.close()


def loads(page: Page) -> list[str]:
    """Return a list that grows with every page that is loaded."""
    loaded: list[str] = []
    page.on(
        "request",
        lambda one: loaded.append(one.url) if one.resource_type == "document" else None,
    )
    return loaded


def standings() -> dict[str, int]:
    found: dict[str, int] = {}
    for standing in Comment.objects.values_list("standing", flat=True):
        found[standing] = found.get(standing, 0) + 1
    return found


def test_fifty_decisions_by_keys_without_loading_a_page_and_every_writer_is_told(
    live_server, talk, sign_in, mailoutbox
):
    talk.hold(60)
    page = sign_in(talk.first)
    page.goto(f"{live_server.url}/desk/comments/")
    loaded = loads(page)
    waiting = page.locator("[data-count=held]")
    expect(waiting).to_have_text("60")

    for at in range(50):
        expect(page.locator(".mod-pane [data-one]")).to_be_visible()
        shown = page.locator("[data-one]").get_attribute("data-one")
        if at % 5 == 1:
            page.keyboard.press("r")
            page.keyboard.press("1")
        elif at % 5 == 3:
            page.keyboard.press("x")
            page.keyboard.press("2")
        else:
            page.keyboard.press("a")
        expect(page.locator(f"[data-one='{shown}']")).to_have_count(0)
    expect(waiting).to_have_text("10")

    assert loaded == []
    assert standings() == {"published": 30, "returned": 10, "removed": 10, "held": 10}
    assert Decision.objects.count() == 50
    assert Notice.objects.filter(reader=talk.writer).count() == 50
    notices.mail_due(now=timezone.now())
    told = [mail for mail in mailoutbox if mail.to == ["wanda@example.org"]]
    assert len(told) == 50
    assert any("comes back to you" in mail.subject for mail in told)
    assert any("about a person more than" in mail.body for mail in told)

    # And on her own page.
    own = sign_in(talk.writer, viewport=PHONE)
    own.goto(f"{live_server.url}/you/comments/")
    expect(own.get_by_text("Your comment was removed").first).to_be_visible()


def test_undoing_by_key_brings_back_what_was_done_last(live_server, talk, sign_in):
    first, second, *_ = talk.hold(3)
    page = sign_in(talk.first)
    page.goto(f"{live_server.url}/desk/comments/")
    page.keyboard.press("a")
    expect(page.locator(f"[data-row='{first.pk}'] [data-state]")).to_have_text("Approved")
    expect(page.locator(f"[data-one='{second.pk}']")).to_be_visible()
    page.keyboard.press("x")
    page.keyboard.press("3")
    expect(page.locator(f"[data-row='{second.pk}'] [data-state]")).to_have_text("Removed")
    page.keyboard.press("u")
    expect(page.locator(f"[data-row='{second.pk}'] [data-state]")).to_have_text("Taken back")
    expect(page.locator(f"[data-one='{second.pk}']")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator(f"[data-row='{first.pk}'] [data-state]")).to_have_text("Taken back")

    assert standings() == {"held": 3}
    assert Decision.objects.filter(act="undo").count() == 2

    # What came back can be decided on again.
    expect(page.locator(f"[data-one='{first.pk}']")).to_be_visible()
    page.keyboard.press("a")
    expect(page.locator("[data-count=held]")).to_have_text("2")


def test_whoever_tabs_goes_on_from_the_next_comment(live_server, talk, sign_in):
    talk.hold(3)
    page = sign_in(talk.first)
    page.goto(f"{live_server.url}/desk/comments/")
    page.locator(".mod-pane [data-key=a]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-count=held]")).to_have_text("2")

    assert page.evaluate("document.activeElement.matches('.mod-pane')")
    assert page.locator("[data-mod-toast]").get_attribute("role") == "status"


def test_words_of_ones_own_go_along_with_ctrl_enter(live_server, talk, sign_in):
    first, *_ = talk.hold(2)
    page = sign_in(talk.first)
    page.goto(f"{live_server.url}/desk/comments/")
    page.keyboard.press("r")
    page.get_by_label("In your own words, added to the text").fill("Mind rule two, a j and an x.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"[data-row='{first.pk}'] [data-state]")).to_contain_text("Returned")

    assert Notice.objects.get().words == "Mind rule two, a j and an x."


def test_an_appeal_is_won_by_a_second_moderator(live_server, talk, sign_in, mailoutbox):
    one = talk.post("The minister said the drains were his, on page 14 of the report.")
    first = sign_in(talk.first)
    first.goto(f"{live_server.url}/desk/comments/?queue=all")
    first.keyboard.press("x")
    first.keyboard.press("7")
    expect(first.locator(f"[data-row='{one.pk}'] [data-state]")).to_have_text("Removed")

    writer = sign_in(talk.writer, viewport=PHONE)
    writer.goto(f"{live_server.url}/you/comments/")
    expect(writer.get_by_text("removed", exact=False).first).to_be_visible()
    one.refresh_from_db()
    actions.appeal(comment=one, writer=talk.writer, words="It is on page 14.", now=timezone.now())

    first.goto(f"{live_server.url}/desk/comments/?queue=appeals")
    expect(first.get_by_text("somebody else answers")).to_be_visible()
    first.keyboard.press("a")
    second = sign_in(talk.second)
    second.goto(f"{live_server.url}/desk/comments/?queue=appeals")
    expect(second.get_by_text("It is on page 14.")).to_be_visible()
    second.keyboard.press("a")
    expect(second.locator(f"[data-row='{one.pk}'] [data-state]")).to_have_text("Appeal won")

    assert standings() == {"published": 1}
    notices.mail_due(now=timezone.now())
    assert any("You were right" in mail.subject for mail in mailoutbox)
    writer.reload()
    expect(writer.get_by_text("You were right").first).to_be_visible()


def test_of_two_moderators_the_second_reads_who_was_quicker(live_server, talk, sign_in):
    first, *_ = talk.hold(2)
    one, two = sign_in(talk.first), sign_in(talk.second)
    for page in (one, two):
        page.goto(f"{live_server.url}/desk/comments/")
    one.keyboard.press("a")
    expect(one.locator(f"[data-row='{first.pk}'] [data-state]")).to_have_text("Approved")
    two.keyboard.press("x")
    two.keyboard.press("1")

    expect(two.locator("[data-mod-toast]")).to_contain_text("Approved, by Mo Derator")
    expect(two.locator(f"[data-row='{first.pk}'].is-refused")).to_be_visible()
    assert standings() == {"published": 1, "held": 1}


def test_many_are_chosen_decided_and_undone(live_server, talk, sign_in):
    talk.hold(6)
    page = sign_in(talk.first)
    page.goto(f"{live_server.url}/desk/comments/")
    loaded = loads(page)
    page.get_by_label("All", exact=True).check()
    expect(page.get_by_text("6 chosen")).to_be_visible()
    page.get_by_label("Reason for those chosen").select_option(label="Advertising")
    page.locator("[data-mod-bulk]").get_by_role("button", name="Return").click()
    expect(page.locator("[data-mod-toast]")).to_contain_text("6 × Returned")
    assert standings() == {"returned": 6}
    page.locator("[data-mod-toast]").get_by_role("button", name="Undo").click()
    expect(page.locator("[data-count=held]")).to_have_text("6")

    assert standings() == {"held": 6}
    assert loaded == []


def test_without_script_on_a_phone_the_next_follows_each_decision(live_server, talk, sign_in):
    talk.hold(3)
    page = sign_in(talk.first, viewport=PHONE, java_script_enabled=False)
    page.goto(f"{live_server.url}/desk/comments/")
    page.get_by_role("button", name="Approve", exact=False).first.click()
    expect(page.locator(".messages")).to_contain_text("Approved.")
    page.get_by_label("Abusive").check()
    page.locator(".mod-pane").get_by_role("button", name="Return").click()
    expect(page.locator(".messages")).to_contain_text("Returned to its writer.")
    assert standings() == {"published": 1, "returned": 1, "held": 1}
    page.locator(".mod-undo").get_by_role("button", name="Undo").click()
    expect(page.locator(".messages")).to_contain_text("Taken back")

    assert standings() == {"published": 1, "held": 2}


def test_single_keys_can_be_switched_off(live_server, talk, sign_in):
    talk.hold(2)
    page = sign_in(talk.first)
    page.goto(f"{live_server.url}/desk/comments/")
    page.keyboard.press("?")
    page.get_by_label("Single keys work").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("a")
    page.reload()
    page.keyboard.press("a")
    page.wait_for_timeout(300)

    assert standings() == {"held": 2}


def test_what_is_typed_into_a_field_is_no_key(live_server, talk, sign_in):
    talk.hold(2)
    page = sign_in(talk.first)
    page.goto(f"{live_server.url}/desk/comments/?queue=all")
    page.keyboard.press("/")
    page.keyboard.type("axe para")
    expect(page.get_by_role("textbox", name="Words:")).to_have_value("axe para")

    assert standings() == {"held": 2}


def test_a_paper_that_can_not_be_reached_is_said_and_nothing_is_lost(live_server, talk, sign_in):
    first, *_ = talk.hold(2)
    page = sign_in(talk.first)
    page.goto(f"{live_server.url}/desk/comments/")
    page.route("**/act/", lambda route: route.abort())
    page.keyboard.press("a")
    expect(page.locator(f"[data-row='{first.pk}'] [data-state]")).to_have_text("Not sent")
    page.unroute("**/act/")
    page.locator(f"[data-row='{first.pk}'] .mod-row__link").click()
    expect(page.locator(f"[data-one='{first.pk}']")).to_be_visible()
    page.keyboard.press("a")

    expect(page.locator(f"[data-row='{first.pk}'] [data-state]")).to_have_text("Approved")


PAGES = [
    "?queue=held",
    "?queue=all",
    "log/",
    "load/",
    "guidelines/",
    "words/new/",
    "rules/",
    "help/",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_the_desk_has_a_barrier_and_each_fits_a_phone(
    scheme, live_server, talk, sign_in, axe
):
    talk.hold(3)
    page = sign_in(talk.first, color_scheme=scheme)
    own = [f"writers/{talk.writer.pk}/", f"threads/{talk.story.pk}/"]
    for address in [*PAGES, *own]:
        page.set_viewport_size(DESK)
        page.goto(f"{live_server.url}/desk/comments/{address}")
        page.evaluate(axe)
        found = page.evaluate(
            "axe.run('.mod', {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})"
        )
        told = [
            (one["id"], [node["html"][:90] for node in one["nodes"]][:3])
            for one in found["violations"]
        ]
        assert told == [], address
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address


def test_the_policy_that_scripts_come_from_files_alone_holds(live_server, talk, sign_in):
    talk.hold(2)
    page = sign_in(talk.first)
    broken: list[str] = []
    page.on(
        "console",
        lambda one: broken.append(one.text) if re.search("Content.Security", one.text) else None,
    )
    page.goto(f"{live_server.url}/desk/comments/")
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.wait_for_timeout(300)

    assert broken == []
