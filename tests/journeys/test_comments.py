"""Readers talk under a story: on a phone, in a real browser, with and without script."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from broadsheet.comments import actions, decisions, notices
from broadsheet.comments.decision_log import By
from broadsheet.comments.models import Appeal, Comment, Follow, Mute, Report
from broadsheet.demo import factories
from tests.journeys.conftest import PHONE

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

GOOD = "The ferry has run late on nine of the last ten mornings."
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def at_thread(page: Page, story) -> None:
    page.goto(f"{story.url}comments/")


def write(page: Page, text: str, *, post: str = "Post") -> None:
    page.get_by_label("Your comment").fill(text)
    page.get_by_role("button", name=post, exact=True).click()


def say(story, writer, text: str, **more) -> Comment:
    now = more.pop("now", timezone.now())
    return actions.post_comment(story=story, writer=writer, text=text, now=now, **more).comment


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_visitor_is_asked_to_sign_in_and_then_writes(window, story, mailoutbox, script):
    page = window(script=script)
    page.goto(story.url)
    if not script:
        page.get_by_role("link", name="Start the conversation").click()
    page.get_by_role("link", name="Write a comment").click()
    expect(page.get_by_text("you can write about “Ferries run again”")).to_be_visible()
    page.get_by_label("Your e-mail address").fill("new@example.org")
    page.get_by_role("button", name="Send me a code", exact=True).click()
    code = re.search(r"^ +(\d{4} \d{4})$", mailoutbox[-1].body, re.MULTILINE)
    assert code
    page.get_by_label("Code", exact=True).fill(code[1])
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Your name").fill("Nora New")
    assert fits(page)
    write(page, GOOD)

    expect(page.get_by_text("Your comment is published.")).to_be_visible()
    expect(page.locator(".comment", has_text=GOOD)).to_contain_text("Nora New")


def test_a_reader_posts_answers_changes_and_deletes_in_place(window, story, wanda, otto):
    say(story, otto, "It was on time this morning, as far as I could see.")
    page = window(wanda)
    page.goto(story.url)
    page.get_by_role("link", name="Write a comment").click()
    page.get_by_label("Your comment").fill(f"*{GOOD}*")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview em")).to_have_text(GOOD)
    write(page, GOOD)
    mine = page.locator(".comment", has_text=GOOD)
    expect(mine).to_be_visible()
    assert page.url.endswith(story.url)

    page.get_by_role("link", name="Reply to Otto Other").click()
    page.get_by_label("Your reply to Otto Other").fill("I was there too, and the clock said seven.")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(
        page.locator(
            ".talk__answers .comment", has_text="I was there too, and the clock said seven."
        )
    ).to_be_visible()
    assert fits(page)

    mine.get_by_role("link", name="Edit").click()
    page.get_by_label("Your comment").fill("The ferry has run late on eight mornings of ten.")
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator(".comment", has_text="eight mornings")).to_contain_text("edited")

    page.goto("/you/comments/")
    page.get_by_role("link", name="Delete").first.click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Your comment is deleted.")).to_be_visible()
    expect(page.get_by_text("I was there too, and the clock said seven.")).to_have_count(0)
    assert Comment.objects.filter(standing="deleted", text="").count() == 1


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_what_comes_back_is_mended_and_posted(window, story, wanda, script):
    page = window(wanda, script=script)
    at_thread(page, story)
    page.get_by_role("link", name="Write a comment").click()
    write(page, "They say THE FERRY IS NEVER LATE, which is untrue.")

    expect(page.get_by_text("This can’t appear as it is")).to_be_visible()
    expect(page.locator("mark")).to_contain_text("THE FERRY IS NEVER LATE")
    expect(page.get_by_text("Words all in capitals read like shouting.")).to_be_visible()
    assert fits(page)
    assert not Comment.objects.exists()
    write(page, "They say the ferry is never late.", post="Post again")
    expect(page.locator(".comment", has_text="never late")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_an_attack_comes_back_with_its_words_marked(window, story, wanda, script):
    page = window(wanda, script=script)
    at_thread(page, story)
    page.get_by_role("link", name="Write a comment").click()
    write(page, "The ferry was late again. You are a st*pid 1d10t.")

    expect(page.get_by_text("This can’t appear as it is")).to_be_visible()
    expect(page.locator("mark").first).to_contain_text("st*pid 1d10t")
    assert fits(page)
    assert not Comment.objects.exists()
    write(page, "The ferry was late again, and I doubt your figures.", post="Post again")
    expect(page.locator(".comment", has_text="I doubt your figures")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_person_is_asked_to_look_and_says_yes(window, story, wanda, mo, script, mailoutbox):
    page = window(wanda, script=script)
    at_thread(page, story)
    page.get_by_role("link", name="Write a comment").click()
    write(page, "The banner says THE FERRY IS NEVER LATE today.")
    page.get_by_role("button", name="Ask a person to look").click()
    expect(page.get_by_text("You asked a person to look at it.").first).to_be_visible()
    held = Comment.objects.get()
    assert held.standing == "held"

    decisions.approve(comment=held, by=By(mo), now=timezone.now())
    notices.mail_due(now=timezone.now())
    assert mailoutbox[-1].to == ["wanda@example.org"]
    assert mailoutbox[-1].subject == "Your comment is published"
    page.goto("/you/comments/")
    expect(page.get_by_text("You asked a person: the writer was right.")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_reported_removed_told_appealed_and_won(window, story, wanda, otto, mo, script, mailoutbox):
    one = say(story, wanda, GOOD)
    page = window(otto, script=script)
    at_thread(page, story)
    page.get_by_role("link", name="More about Wanda Writer’s comment").click()
    page.get_by_label("It attacks a person").check()
    page.get_by_role("button", name="Report").click()
    expect(page.get_by_text("The desk will look at the comment.")).to_be_visible()
    assert Report.objects.get().reason == "personal"

    by = By(mo, words="It is about a person.")
    decisions.remove(comment=one, by=by, now=timezone.now())
    notices.mail_due(now=timezone.now())
    assert "It is about a person." in mailoutbox[-1].body

    writer = window(wanda, script=script)
    writer.goto("/you/comments/")
    expect(writer.get_by_text("Removed by the desk").first).to_be_visible()
    writer.get_by_role("link", name="Appeal").click()
    writer.get_by_label("Why it should appear").fill("It is about a ferry.")
    writer.get_by_role("button", name="Appeal").click()
    expect(writer.get_by_text("Your appeal: waits for an answer.")).to_be_visible()
    second = factories.staff("sec@example.org", role="Moderators", name="Sec Ond")
    decisions.decide_appeal(
        appeal=Appeal.objects.get(), won=True, by=By(second), now=timezone.now()
    )
    writer.reload()
    expect(writer.get_by_text("Your appeal: the writer was right.")).to_be_visible()
    at_thread(page, story)
    expect(page.locator(".comment", has_text=GOOD)).to_be_visible()


def test_new_comments_are_announced_in_another_window_and_move_nothing(window, story, wanda, otto):
    for number in range(12):
        said = f"This is remark number {number} about the ferries of this town."
        say(story, otto, said, now=timezone.now() - timedelta(hours=1, minutes=number))
    page = window(wanda)
    at_thread(page, story)
    third = page.locator(".comment").nth(3)
    third.scroll_into_view_if_needed()
    before = third.bounding_box()
    say(story, otto, GOOD)

    button = page.get_by_role("button", name="1 new comment")
    expect(button).to_be_visible(timeout=25_000)
    assert third.bounding_box() == before
    expect(page.get_by_text(GOOD)).to_have_count(0)
    button.click()
    expect(page.locator(".comment").first).to_contain_text(GOOD)
    expect(page.get_by_role("heading", name="13 comments")).to_be_visible()


def test_new_comments_are_announced_in_any_order(window, story, wanda, otto):
    for number in range(3):
        said = f"This is remark number {number} about the ferries of this town."
        say(story, otto, said, now=timezone.now() - timedelta(hours=1, minutes=number))
    page = window(wanda)
    at_thread(page, story)
    page.get_by_role("link", name="Oldest").click()
    expect(page.locator(".comment").first).to_contain_text("number 2")
    say(story, otto, GOOD)

    button = page.get_by_role("button", name="1 new comment")
    expect(button).to_be_visible(timeout=25_000)
    expect(page.get_by_text(GOOD)).to_have_count(0)
    button.click()
    expect(page.locator(".comment").first).to_contain_text(GOOD)
    expect(page.get_by_role("link", name="Newest")).to_have_attribute("aria-current", "true")


def test_a_thread_is_read_without_script_page_by_page(window, story, otto):
    for number in range(25):
        said = f"This is remark number {number} about the ferries of this town."
        say(story, otto, said, now=timezone.now() - timedelta(minutes=number))
    page = window(script=False)
    page.goto(story.url)
    page.get_by_role("link", name="Read and write comments").click()
    expect(page.locator(".comment")).to_have_count(20)
    assert fits(page)
    page.get_by_role("link", name="More comments").click()
    expect(page.locator(".comment")).to_have_count(5)
    page.get_by_role("link", name="Oldest").click()
    expect(page.locator(".comment").first).to_contain_text("number 24")


def test_further_pages_answers_and_orders_come_in_place(window, story, wanda, otto):
    for number in range(25):
        said = f"This is remark number {number} about the ferries of this town."
        say(story, otto, said, now=timezone.now() - timedelta(hours=2, minutes=number))
    root = Comment.objects.get(number=1)
    for number in range(5):
        said = f"Answer number {number} is about remark number one."
        say(
            story, otto, said, parent=root, now=timezone.now() - timedelta(minutes=20 + number * 11)
        )
    page = window(wanda)
    at_thread(page, story)
    expect(page.locator(".comment")).to_have_count(23)
    page.get_by_role("link", name="2 more replies").click()
    expect(page.locator(".talk__answers .comment")).to_have_count(5)
    page.get_by_role("link", name="More comments").click()
    expect(page.locator(".talk__one")).to_have_count(25)
    page.get_by_role("link", name="Oldest").click()
    expect(page.locator(".comment").first).to_contain_text("number 24")
    assert page.url.endswith("comments/")


def test_valuing_muting_and_following(window, story, wanda, otto):
    say(story, wanda, GOOD)
    page = window(otto)
    at_thread(page, story)
    button = page.get_by_role("button", name="Thoughtful")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_contain_text("1")
    page.reload()
    expect(page.get_by_role("button", name="Thoughtful")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Thoughtful").click()
    expect(page.get_by_role("button", name="Thoughtful")).to_have_attribute("aria-pressed", "false")
    assert Comment.objects.get().thoughtful == 0

    page.get_by_role("link", name="Email me new comments").click()
    page.get_by_role("button", name="Email me new comments").click()
    assert Follow.objects.get().reader == otto
    page.get_by_role("link", name="More about Wanda Writer’s comment").click()
    page.get_by_role("button", name="Mute").click()
    expect(page.get_by_text("You muted the reader who wrote this.")).to_be_visible()
    assert Mute.objects.get().muted == wanda
    at_thread(page, story)
    expect(page.get_by_text("You muted the reader who wrote this.")).to_be_visible()
    expect(page.get_by_text(GOOD)).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_comments_has_a_barrier(window, story, wanda, otto, mo, axe, scheme):
    one = say(story, wanda, f"{GOOD}\n\n> It was *late*.\n\nSee https://paper.example/x.")
    say(story, otto, "That is so, I was there.", parent=one)
    decisions.pick(comment=one, by=By(mo), now=timezone.now())
    gone = say(story, wanda, "This one is taken down in a moment.")
    decisions.remove(comment=gone, by=By(mo, words="It is off the point."), now=timezone.now())
    page = window(wanda, scheme=scheme)
    page.context.set_default_timeout(30_000)
    places = [
        f"{story.url}comments/",
        f"{story.url}comments/?comment=2",
        f"/comments/write/?story={story.pk}",
        f"/comments/{one.pk}/more/",
        f"/comments/{gone.pk}/appeal/",
        f"/comments/follow/?story={story.pk}",
        "/you/comments/",
        "/guidelines/",
        "/guidelines/numbers/",
    ]
    for there in places:
        page.goto(there)
        _no_barrier(page, axe, there)
    page.goto(f"{story.url}comments/")
    page.get_by_role("link", name="Write a comment").click()
    write(page, "They say THE FERRY IS NEVER LATE, which is untrue.")
    expect(page.locator("mark")).to_be_visible()
    _no_barrier(page, axe, "what came back")


def _no_barrier(page: Page, axe: str, there: str) -> None:
    page.evaluate(f"() => {{ {axe} }}")
    found = page.evaluate("(rules) => axe.run(document, { runOnly: rules })", RULES)
    told = [
        (one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found["violations"]
    ]
    assert not told, (there, told)
    assert fits(page), there
