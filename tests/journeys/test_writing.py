"""Words that a reader writes are never lost: in two tabs, on a slow line, with and without script."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from broadsheet.comments import actions, decisions
from broadsheet.comments.decision_log import By
from broadsheet.comments.models import Comment, Report, Thread
from broadsheet.rules.guidelines.policy import LONGEST
from tests.journeys.conftest import sign_in

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

GOOD = "The ferry has run late on nine of the last ten mornings."
OTHER = "The ferry was on time this morning, as the clock at the pier shows."
EITHER = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
PATIENT = 30_000  # milliseconds


def say(story, writer, text: str, **more) -> Comment:
    more.setdefault("now", timezone.now())
    return actions.post_comment(story=story, writer=writer, text=text, **more).comment


def begin(page: Page, story, text: str = GOOD, *, link: str = "Write a comment") -> None:
    """Open a form at the thread's own page and write, without posting."""
    page.goto(f"{story.url}comments/")
    page.get_by_role("link", name=link).click()
    field(page).fill(text)


def field(page: Page):
    return page.locator("textarea[name=text]")


def post(page: Page, button: str = "Post") -> None:
    page.get_by_role("button", name=button, exact=True).click()


def is_up(page: Page, text: str = GOOD) -> None:
    expect(page.locator(".comment", has_text=text)).to_be_visible(timeout=PATIENT)


def kept(page: Page) -> list[str]:
    return page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('draft '))")


@EITHER
def test_words_outlive_the_session(window, story, wanda, live_server, script):
    page = window(wanda, script=script)
    begin(page, story)
    Session.objects.all().delete()
    post(page)
    if script:
        expect(page.get_by_text("You’re signed out.")).to_be_visible(timeout=PATIENT)
        expect(field(page)).to_have_value(GOOD)
    else:
        expect(page.get_by_role("heading", name="You’re signed out")).to_be_visible()
        expect(page.get_by_label("Your words")).to_have_value(GOOD)
    assert not Comment.objects.exists()
    page.get_by_role("link", name="Sign in", exact=True).last.click()
    expect(page.get_by_label("Your e-mail address")).to_be_visible(timeout=PATIENT)
    session = [one for one in page.context.cookies() if one["name"] == "session"]
    page.goto("/")
    _sign_in_here(page, wanda, live_server.url, session)
    page.goto(f"/comments/write/?story={story.pk}")
    expect(page.get_by_text("Your words are back. They aren’t posted yet.")).to_be_visible()
    expect(field(page)).to_have_value(GOOD)
    post(page)
    is_up(page)
    if script:
        assert not kept(page)


def _sign_in_here(page: Page, who, address: str, session) -> None:
    """Sign somebody in as their code would, which takes what the browser's session holds along."""
    sign_in(page, who, address)
    if not session:
        return
    value = next(one["value"] for one in page.context.cookies() if one["name"] == "session")
    before, now = (Session.objects.get(session_key=one) for one in (session[0]["value"], value))
    now.session_data = Session.objects.encode({**before.get_decoded(), **now.get_decoded()})
    now.save()


@EITHER
def test_signing_in_again_in_another_tab_loses_nothing(window, story, wanda, live_server, script):
    page = window(wanda, script=script)
    begin(page, story)
    sign_in(page, wanda, live_server.url)
    page.context.new_page().goto("/you/")
    post(page)
    if not script:
        expect(page.get_by_text("This form was out of date")).to_be_visible()
        expect(field(page)).to_have_value(GOOD)
        post(page)

    is_up(page)


def test_nobody_posts_or_sees_the_words_of_another_account(window, story, wanda, otto, live_server):
    page = window(wanda)
    begin(page, story)
    sign_in(page, otto, live_server.url)
    page.context.new_page().goto("/you/")
    post(page)
    expect(page.get_by_text("You’re signed in as Otto Other now.")).to_be_visible(timeout=PATIENT)
    expect(field(page)).to_have_value(GOOD)
    assert not Comment.objects.exists()

    page.goto(f"{story.url}comments/")
    page.get_by_role("link", name="Write a comment").click()
    expect(field(page)).to_have_value("")
    page.goto(f"/comments/write/?story={story.pk}")
    expect(field(page)).to_have_value("")


def test_signing_out_throws_away_what_was_kept(window, story, wanda, live_server):
    page = window(wanda)
    begin(page, story)
    assert len(kept(page)) == 1
    other = page.context.new_page()
    other.goto("/you/")
    other.get_by_role("button", name="Sign out", exact=True).click()
    other.wait_for_load_state()
    sign_in(page, wanda, live_server.url)
    page.goto("/you/")
    page.goto(f"{story.url}comments/")
    page.get_by_role("link", name="Write a comment").click()

    expect(field(page)).to_have_value("")
    assert not kept(page)


@pytest.mark.parametrize(("script", "how"), [(True, "removed"), (False, "deleted")])
def test_a_reply_to_what_has_gone_is_posted_by_itself(window, story, wanda, otto, mo, script, how):
    one = say(story, otto, OTHER)
    page = window(wanda, script=script)
    begin(page, story, link="Reply to Otto Other")
    if how == "deleted":
        actions.delete_comment(comment=one, writer=otto, now=timezone.now())
    else:
        by = By(mo, words="It is off the point.")
        decisions.remove(comment=one, by=by, now=timezone.now())
    post(page)
    expect(page.get_by_text("isn’t there any more")).to_be_visible(timeout=PATIENT)
    expect(field(page)).to_have_value(GOOD)
    post(page, "Post as a new comment")

    is_up(page)
    assert Comment.objects.get(writer=wanda).parent is None


@EITHER
def test_a_thread_that_closes_leaves_the_words(window, story, wanda, mo, script):
    page = window(wanda, script=script)
    begin(page, story)
    by = By(mo, words="It went on long enough.")
    decisions.set_thread(story=story, state=Thread.State.CLOSED, by=by, now=timezone.now())
    post(page)

    expect(page.get_by_text("Comments on this story are closed.").first).to_be_visible(
        timeout=PATIENT
    )
    words = field(page) if script else page.get_by_label("Your words, to copy")
    expect(words).to_have_value(GOOD)


def test_closing_looking_elsewhere_and_another_order_keep_words(window, story, wanda, otto):
    for number in range(2):
        said = f"This is remark number {number} about the ferries of this town."
        say(story, otto, said, now=timezone.now() - timedelta(minutes=number))
    page = window(wanda)
    begin(page, story)
    page.get_by_role("button", name="Close").click()
    page.get_by_role("link", name="Continue your comment").click()
    expect(field(page)).to_have_value(GOOD)
    page.goto("/guidelines/")
    page.go_back()
    page.get_by_role("link", name="Continue your comment").click()
    expect(field(page)).to_have_value(GOOD)
    page.get_by_role("button", name="Close").click()

    first = page.locator(".comment", has_text="number 0")
    first.get_by_role("link", name="Reply to Otto Other").click()
    first.locator("textarea[name=text]").fill(OTHER)
    page.get_by_role("link", name="Oldest").click()
    expect(page.locator(".comment").first).to_contain_text("number 1")
    expect(first.locator("textarea[name=text]")).to_have_value(OTHER)
    post(page)
    is_up(page, OTHER)
    assert Comment.objects.get(text=OTHER).parent is not None
    page.reload()
    page.get_by_role("link", name="Continue your comment").click()
    post(page)
    is_up(page)
    assert not kept(page)


def test_after_a_lost_answer_the_words_sent_last_stand(window, story, wanda):
    page = window(wanda)
    begin(page, story)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/comments/write/", lose)
    post(page)
    expect(page.get_by_text("No answer came.")).to_be_visible(timeout=PATIENT)
    expect(field(page)).to_have_value(GOOD)
    page.unroute("**/comments/write/")
    field(page).fill(OTHER)
    post(page)

    is_up(page, OTHER)
    expect(page.get_by_text("It has been changed to what you sent now.")).to_be_visible()
    expect(page.locator(".comment")).to_have_count(1)
    assert Comment.objects.get().text == OTHER


@EITHER
def test_too_long_is_told_by_how_much_and_comes_back_whole(window, story, wanda, script):
    page = window(wanda, script=script)
    text = "a" * 25_000
    begin(page, story, text)
    if script:
        expect(page.get_by_text("20,000 characters too long", exact=True)).to_be_visible()
    post(page)

    expect(page.get_by_text("It is 20,000 characters too long")).to_be_visible(timeout=PATIENT)
    expect(field(page)).to_have_value(text)
    assert len(text) - LONGEST == 20_000


@EITHER
def test_a_report_of_what_was_removed_leaves_its_words(window, story, wanda, otto, mo, script):
    one = say(story, otto, OTHER)
    page = window(wanda, script=script)
    page.goto(f"/comments/{one.pk}/more/")
    page.get_by_label("It attacks a person").check()
    page.get_by_label("Anything the desk should know").fill(GOOD)
    by = By(mo, words="It is off the point.")
    decisions.remove(comment=one, by=by, now=timezone.now())
    page.get_by_role("button", name="Report").click()

    expect(page.get_by_role("heading", name="This comment isn’t there any more")).to_be_visible()
    expect(page.get_by_label("What you wrote to the desk")).to_have_value(GOOD)
    assert not Report.objects.exists()


@EITHER
def test_what_the_desk_returned_is_fixed_and_posted_again(window, story, wanda, mo, script):
    one = say(story, wanda, GOOD)
    by = By(mo, words="Say which ferry.")
    decisions.return_to_writer(comment=one, by=by, now=timezone.now())
    page = window(wanda, script=script)
    page.goto("/you/comments/")
    page.get_by_role("link", name="Fix and post again").click()
    expect(page.get_by_text("Say which ferry.")).to_be_visible()
    field(page).fill(OTHER)
    if script:
        # Another page, and back: what was changed is still there.
        page.goto("/guidelines/")
        page.goto(f"/comments/{one.pk}/edit/")
        expect(field(page)).to_have_value(OTHER)
    post(page, "Post again")

    expect(page.get_by_text("The desk returned it to you before").first).to_be_visible()
    one.refresh_from_db()
    assert (one.standing, one.text) == ("held", OTHER)
