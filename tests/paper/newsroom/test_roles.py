"""Who may do what, asked of the desk itself by request."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone
from wagtail.models import Collection, GroupPagePermission, Page, Workflow
from wagtail.users.views.groups import get_permission_panel_classes

from broadsheet.comments.actions import post_comment
from broadsheet.comments.models import Comment, PaperRules, ReasonText, WordList
from broadsheet.demo import factories
from broadsheet.newsroom import roles
from broadsheet.newsroom.models import SectionPage, StoryPage, Topic
from broadsheet.newsroom.roles import RIGHTS, Role
from broadsheet.readers.models import Reader
from broadsheet.wall.models import WallPolicy

from .conftest import draftail, section_form, typed

PAGE = (Path(__file__).parents[3] / "docs/running/roles.md").read_text()

W, E, M, C, A = Role.WRITERS, Role.EDITORS, Role.MODERATORS, Role.CIRCULATION, Role.ADMINISTRATORS


def get_to_the_desk(client, paper):
    return client.get("/desk/").status_code == 200


def see_the_stories(client, paper):
    return client.get("/desk/stories/").status_code == 200


def write_a_story(client, paper):
    client.post(f"/desk/pages/add/newsroom/storypage/{paper.section.pk}/", typed(title="New"))
    return StoryPage.objects.filter(title="New", live=False).exists()


def change_anothers_draft(client, paper):
    sent = typed(paper.draft, title="Changed")
    client.post(f"/desk/pages/{paper.draft.pk}/edit/", sent)
    changed = StoryPage.objects.get(pk=paper.draft.pk)
    return changed.get_latest_revision_as_object().title == "Changed"


def submit_to_the_desk(client, paper):
    sent = {**typed(paper.draft), "action-submit": "1"}
    client.post(f"/desk/pages/{paper.draft.pk}/edit/", sent)
    return StoryPage.objects.get(pk=paper.draft.pk).current_workflow_state is not None


def approve_what_waits(client, paper):
    Workflow.objects.get().start(paper.draft, None)
    state = paper.draft.current_workflow_task_state
    client.post(f"/desk/pages/workflow/action/{paper.draft.pk}/approve/{state.pk}/", {})
    return StoryPage.objects.get(pk=paper.draft.pk).live


def publish(client, paper):
    sent = {**typed(paper.draft), "action-publish": "1"}
    client.post(f"/desk/pages/{paper.draft.pk}/edit/", sent)
    return StoryPage.objects.get(pk=paper.draft.pk).live


def publish_in_bulk(client, paper):
    client.post(f"/desk/bulk/wagtailcore/page/publish/?id={paper.draft.pk}", {})
    return StoryPage.objects.get(pk=paper.draft.pk).live


def take_down(client, paper):
    client.post(f"/desk/pages/{paper.story.pk}/unpublish/", {})
    return not StoryPage.objects.get(pk=paper.story.pk).live


def correct(client, paper):
    client.post(f"/desk/stories/{paper.story.pk}/correct/", {"text": draftail("It was Tuesday.")})
    return paper.story.corrections.exists()


def lock(client, paper):
    client.post(f"/desk/pages/{paper.story.pk}/lock/", {})
    return StoryPage.objects.get(pk=paper.story.pk).locked


def move_what_is_published(client, paper):
    client.post(f"/desk/pages/{paper.story.pk}/move/{paper.other.pk}/confirm/", {})
    return StoryPage.objects.get(pk=paper.story.pk).section_id == paper.other.pk


def delete_a_draft_of_somebody_else(client, paper):
    client.post(f"/desk/pages/{paper.draft.pk}/delete/", {})
    return not StoryPage.objects.filter(pk=paper.draft.pk).exists()


def delete_what_was_published(client, paper):
    client.post(f"/desk/pages/{paper.story.pk}/delete/", {})
    return not StoryPage.objects.filter(pk=paper.story.pk).exists()


def make_a_section(client, paper):
    client.post(f"/desk/pages/add/newsroom/sectionpage/{paper.front_page.pk}/", section_form())
    return SectionPage.objects.filter(slug="sport").exists()


def make_a_section_in_a_section(client, paper):
    client.post(f"/desk/pages/add/newsroom/sectionpage/{paper.section.pk}/", section_form())
    return SectionPage.objects.filter(slug="sport").exists()


def change_a_section(client, paper):
    client.post(
        f"/desk/pages/{paper.section.pk}/edit/",
        {**section_form(title="Abroad", slug="world"), "action-publish": "1"},
    )
    return SectionPage.objects.get(pk=paper.section.pk).title == "Abroad"


def delete_a_section_with_stories(client, paper):
    client.post(f"/desk/pages/{paper.section.pk}/delete/", {"confirm_site_name": "x"})
    return not SectionPage.objects.filter(pk=paper.section.pk).exists()


def arrange_the_front_page(client, paper):
    return client.get(f"/desk/pages/{paper.front_page.pk}/edit/").status_code == 200


def add_a_topic(client, paper):
    client.post("/desk/topics/add/", {"name": "Rivers", "slug": "rivers", "description": ""})
    return Topic.objects.filter(slug="rivers").exists()


def add_an_author(client, paper):
    return client.get("/desk/authors/add/").status_code == 200


def upload_a_picture(client, paper):
    return client.get("/desk/images/add/").status_code == 200


def decide_about_a_comment(client, paper):
    comment = held_comment(paper)
    client.post(f"/desk/comments/{comment.pk}/act/", {"act": "approve"})
    return Comment.objects.get(pk=comment.pk).is_published


def read_the_log_of_comments(client, paper):
    return client.get("/desk/comments/log/").status_code == 200


def export_a_thread(client, paper):
    address = f"/desk/comments/threads/{paper.story.pk}/thread.csv"
    return client.get(address).status_code == 200


def change_a_reason_text(client, paper):
    text = ReasonText.objects.latest("pk")
    sent = {"title": text.title, "words": "Ours.", "order": 1, "is_offered": "on"}
    client.post(f"/desk/comments/texts/edit/{text.pk}/", sent)
    return ReasonText.objects.get(pk=text.pk).words == "Ours."


def change_a_word_list(client, paper):
    client.post("/desk/comments/words/new/", {"title": "Rude", "weight": "hold", "words": "oaf"})
    return WordList.objects.exists()


def try_a_policy_on_past_comments(client, paper):
    return client.get("/desk/comments/guidelines/").status_code == 200


def set_the_rules_of_comments(client, paper):
    sent = {"read_first_comments": "7", "passing_addresses": "warn"}
    client.post("/desk/comments/rules/", sent)
    return PaperRules.objects.filter(read_first_comments=7).exists()


def appoint_somebody(client, paper):
    role = Group.objects.get(name="Writers")
    sent = {"email": "new@example.org", "name": "New", "roles": [role.pk]}
    client.post("/desk/users/new/", sent)
    return Reader.objects.filter(email="new@example.org", is_staff=True).exists()


def change_the_way_to_the_page(client, paper):
    return client.get("/desk/workflows/list/").status_code == 200


def set_the_wall(client, paper):
    sent = {
        "visitor_allowance": "2",
        "reader_allowance": "",
        "teaser_words": "",
        "sections-TOTAL_FORMS": 0,
        "sections-INITIAL_FORMS": 0,
        "sections-MIN_NUM_FORMS": 0,
        "sections-MAX_NUM_FORMS": 1000,
    }
    client.post(f"/desk/settings/wall/wallpolicy/{WallPolicy.load().pk}/", sent)
    return WallPolicy.objects.filter(visitor_allowance=2).exists()


def make_a_group_of_the_papers_own(client, paper):
    client.post("/desk/groups/new/", group_form("Interns"))
    return Group.objects.filter(name="Interns").exists()


def make_a_collection(client, paper):
    root = Collection.get_first_root_node()
    client.post("/desk/collections/add/", {"name": "Sport", "parent": root.pk})
    return Collection.objects.filter(name="Sport").exists()


def change_what_roles_may(client, paper):
    editors = Group.objects.get(name="Editors")
    client.post(f"/desk/groups/edit/{editors.pk}/", group_form("Editors"))
    client.post(f"/desk/groups/delete/{editors.pk}/")
    return not Group.objects.filter(name="Editors", permissions__isnull=False).exists()


ACTS = [
    (get_to_the_desk, {W, E, M, C, A}),
    (see_the_stories, {W, E, A}),
    (write_a_story, {W, E, A}),
    (change_anothers_draft, {W, E, A}),
    (submit_to_the_desk, {W, E, A}),
    (approve_what_waits, {E, A}),
    (publish, {E, A}),
    (publish_in_bulk, {E, A}),
    (take_down, {E, A}),
    (correct, {E, A}),
    (lock, {E, A}),
    (move_what_is_published, {E, A}),
    (delete_a_draft_of_somebody_else, {E, A}),
    (delete_what_was_published, {A}),
    (make_a_section, {E, A}),
    (make_a_section_in_a_section, {E, A}),
    (change_a_section, {E, A}),
    (delete_a_section_with_stories, set()),
    (arrange_the_front_page, {E, A}),
    (add_a_topic, {E, A}),
    (add_an_author, {E, A}),
    (upload_a_picture, {W, E, A}),
    (decide_about_a_comment, {E, M, A}),
    (read_the_log_of_comments, {E, M, A}),
    (export_a_thread, {E, M, A}),
    (change_a_reason_text, {E, M, A}),
    (change_a_word_list, {E, M, A}),
    (try_a_policy_on_past_comments, {E, M, A}),
    (set_the_rules_of_comments, {E, A}),
    (appoint_somebody, {A}),
    (change_the_way_to_the_page, {A}),
    (set_the_wall, {A}),
    (make_a_group_of_the_papers_own, {A}),
    (make_a_collection, {A}),
    (change_what_roles_may, set()),
]


def group_form(name, *permissions):
    sent = {"name": name, "permissions": [one.pk for one in permissions]}
    for prefix in ("page_permissions", *_panels()):
        sent |= {
            f"{prefix}-TOTAL_FORMS": 0,
            f"{prefix}-INITIAL_FORMS": 0,
            f"{prefix}-MIN_NUM_FORMS": 0,
            f"{prefix}-MAX_NUM_FORMS": 1000,
        }
    return sent


def _panels():
    return [panel().prefix for panel in get_permission_panel_classes()]


def held_comment(paper):
    writer = factories.reader("writer@example.org", name="Wanda Writer")
    text = "THIS IS ALL WRONG AND ALWAYS WAS!"
    return post_comment(
        story=paper.story, writer=writer, text=text, asks_person=True, now=timezone.now()
    ).comment


class Paper:
    """What the acts are tried on. The draft and the story are somebody else's."""

    def __init__(self):
        self.front_page = factories.front_page()
        self.section = factories.section("World")
        self.other = factories.section("Business")
        self.draft = factories.story("A draft", section=self.section, publish=False)
        self.story = factories.story("A story", section=self.section)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("act", "may"), ACTS, ids=[act.__name__ for act, _ in ACTS])
def test_each_role_may_do_its_work_and_nothing_else(act, may, role, at_desk, db):
    assert act(at_desk(role.value), Paper()) is (role in may)


@pytest.mark.parametrize("act", [act for act, _ in ACTS], ids=lambda act: act.__name__)
def test_a_reader_may_do_nothing_at_the_desk(act, client, reader):
    client.force_login(reader)

    assert act(client, Paper()) is False


@pytest.mark.parametrize("act", [act for act, _ in ACTS], ids=lambda act: act.__name__)
def test_a_visitor_may_do_nothing_at_the_desk(act, db):
    assert act(Client(), Paper()) is False


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("act", "may"), ACTS, ids=[act.__name__ for act, _ in ACTS])
def test_the_page_on_roles_says_so(act, may, role):
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| {_words(act)} |"))
    marks = [cell.strip() for cell in row.strip("|").split("|")][1:]

    assert marks[list(Role).index(role)] == ("yes" if role in may else "")


def _words(act):
    words = act.__name__.replace("anothers", "another's").replace("papers", "paper's")
    return words.replace("_", " ")


def test_every_right_of_a_role_exists(db):
    named = {name for rights in RIGHTS.values() for name in rights.models}
    there = {
        f"{permission.content_type.app_label}.{permission.codename}"
        for permission in Permission.objects.select_related("content_type")
    }

    assert named <= there


def test_a_role_gets_its_rights_again_and_loses_what_it_was_given_besides(db):
    writers = Group.objects.get(name="Writers")
    writers.permissions.clear()
    root = Page.get_first_root_node()
    publish_page = Permission.objects.get(codename="publish_page")
    GroupPagePermission.objects.create(group=writers, page=root, permission=publish_page)

    roles.establish()

    assert writers.permissions.filter(codename="access_admin").exists()
    held = GroupPagePermission.objects.filter(group=writers)
    codenames = set(held.values_list("permission__codename", flat=True))
    assert codenames == {"add_page", "change_page"}


def test_nobody_gives_a_group_a_permission_that_they_lack(at_desk):
    held = Permission.objects.get(codename="manage_readers")
    lacked = Permission.objects.get(codename="delete_site")
    client = at_desk("Administrators")

    client.post("/desk/groups/new/", group_form("Helpers", held))
    client.post("/desk/groups/new/", group_form("Owners", lacked))

    assert Group.objects.get(name="Helpers").permissions.get() == held
    assert not Group.objects.filter(name="Owners").exists()


def test_a_group_of_the_papers_own_is_left_alone(db):
    own = Group.objects.create(name="Interns")
    own.permissions.add(Permission.objects.get(codename="access_admin"))

    roles.establish()

    assert own.permissions.count() == 1


def test_a_writer_deletes_a_draft_of_their_own_until_it_has_been_published(at_desk, staff, section):
    writer = staff("Writers")
    mine = factories.story("Mine", section=section, publish=False, owner=writer)
    out = factories.story("Out", section=section, owner=writer)
    client = at_desk(writer)

    for story in (mine, out):
        client.post(f"/desk/pages/{story.pk}/delete/", {})

    assert list(StoryPage.objects.all()) == [out]


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.WRITERS, True),
        (Role.EDITORS, True),
        (Role.ADMINISTRATORS, True),
        (Role.MODERATORS, False),
        (Role.CIRCULATION, False),
    ],
)
def test_the_first_page_tells_of_stories_those_only_who_see_them(role, sees, at_desk, section):
    embargoed = factories.story("The budget, under embargo", section=section, publish=False)
    embargoed.go_live_at = timezone.now() + timedelta(days=1)
    embargoed.save_revision().publish()

    page = at_desk(role.value).get("/desk/").text

    assert ("The budget, under embargo" in page) is sees
    assert ("with the desk" in page) is sees
    assert ("/desk/stories/" in page) is sees
