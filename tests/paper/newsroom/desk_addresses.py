"""Every address of the back office, with what it asks for filled in from a paper that has one of each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.urls import get_resolver
from django.utils import timezone
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.models import Collection, Site, Task, Workflow

from broadsheet.comments.actions import post_comment
from broadsheet.comments.models import ReasonText, WordList
from broadsheet.demo import factories
from broadsheet.newsroom.models import Picture
from broadsheet.wall.models import Subscription

SECRET = "Nobody knows of this yet"
WORDS = "The minister resigns tomorrow at nine."
CAPTION = "The minister, packing"


@dataclass(frozen=True)
class Address:
    """One address of the desk as somebody may type it.

    :param pattern: as Django writes it, to name it by
    """

    pattern: str
    path: str
    query: str = ""

    def __str__(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


def everything(picture: Picture) -> dict[str, Any]:
    """Make a paper that has one of each thing that addresses name."""
    now = timezone.now()
    section = factories.section("World")
    author = factories.author("Ann Author")
    picture.title = CAPTION
    picture.save()
    draft = factories.story(
        SECRET,
        section=section,
        body=factories.paragraphs(WORDS),
        authors=[author],
        lead_picture=picture,
        publish=False,
    )
    editor = factories.staff("chief@example.org", role="Editors", name="Chief")
    draft.locked, draft.locked_by, draft.locked_at = True, editor, now
    draft.save()
    draft.go_live_at = now + timedelta(days=1)
    revision = draft.save_revision(user=editor)
    flow = Workflow.objects.get()
    state = flow.start(draft, editor)
    story = factories.story("A story", section=section, body=factories.paragraphs("It is out."))
    writer = factories.reader("writer@example.org", name="Wanda Writer")
    posted = post_comment(
        story=story, writer=writer, text="The mayor should answer for this one day.", now=now
    )
    document = get_document_model()(title="Minutes")
    document.file.save("minutes.txt", ContentFile(b"Minutes."))
    return {
        "draft": draft.pk,
        "revision": revision.pk,
        "section": section.pk,
        "story": story.pk,
        "picture": picture.pk,
        "author": author.pk,
        "topic": factories.topic("Rivers").pk,
        "workflow": flow.pk,
        "task": Task.objects.get().pk,
        "task_state": state.current_task_state.pk,
        "state": state.pk,
        "document": document.pk,
        "collection": Collection.get_first_root_node().add_child(name="Press").pk,
        "redirect": Redirect.objects.create(old_path="/old", redirect_link="/new").pk,
        "site": Site.objects.get().pk,
        "group": Group.objects.get(name="Writers").pk,
        "person": editor.pk,
        "reader": writer.pk,
        "comment": posted.comment.pk,
        "text": ReasonText.objects.latest("pk").pk,
        "words": WordList.objects.create(title="Rude", weight="hold").pk,
        "subscription": Subscription.objects.create(
            email="a@example.org", until=now + timedelta(days=9), granted_at=now
        ).pk,
        "policy": 1,
    }


# What stands for an argument: where the address begins so, the argument of that name.
ARGUMENTS = [
    (r"desk/stories/<int:pk>/correct", "pk", "story"),
    (r"desk/api/main/\^?images", "pk", "picture"),
    (r"desk/api/main/\^?documents", "pk", "document"),
    (r"desk/pages/workflow/", "task_state_id", "task_state"),
    (r"desk/pages/", "revision_id.*", "revision"),
    (r"desk/pages/", "task_id", "task"),
    (r"desk/pages/", "workflow_state_id", "state"),
    (r"desk/pages/", "destination_id", "section"),
    (r"desk/pages/(add|<int:parent_page_id>/add)", "parent_page_id", "section"),
    (r"desk/choose-page/", "parent_page_id", "section"),
    (r"desk/workflows/remove/", "page_pk", "section"),
    (r"desk/workflows/remove/", "workflow_pk", "workflow"),
    (r"desk/workflows/(tasks|task_chooser)/", ".*", "task"),
    (r"desk/workflows/", ".*", "workflow"),
    (r"desk/collections/", ".*", "collection"),
    (r"desk/subscriptions/", ".*", "subscription"),
    (r"desk/readers/", ".*", "reader"),
    (r"desk/comments/(threads)/", ".*", "story"),
    (r"desk/comments/(writers)/", ".*", "reader"),
    (r"desk/comments/words/", ".*", "words"),
    (r"desk/comments/texts/", ".*", "text"),
    (r"desk/comments/", ".*", "comment"),
    (r"desk/redirects/", ".*", "redirect"),
    (r"desk/settings/", "pk", "policy"),
    (r"desk/documents/", ".*", "document"),
    (r"desk/images/", "image_id|pk|uploaded_file_id", "picture"),
    (r"desk/(snippets/choose/newsroom/author|authors)/", ".*", "author"),
    (r"desk/(snippets/choose/newsroom/topic|topics)/", ".*", "topic"),
    (r"desk/sites/", ".*", "site"),
    (r"desk/users/", ".*", "person"),
    (r"desk/groups/", ".*", "group"),
    (r"", "(page_|parent_|object_|content_)?(pk|id)|page_id|parent_page_id", "draft"),
    (r"", "page_to_move_id|object_id", "draft"),
    (r"", "session_id", "draft"),
]
NAMES = {
    "content_type_app_name": "newsroom",
    "content_type_model_name": "storypage",
    "filter_spec": "width-100",
    "batch": "none",
    "uidb64": "MQ",
    "token": "none",
}
# The models that an address takes by name, where it takes any.
MODELS = {
    "desk/settings/": [("wall", "wallpolicy")],
    "desk/tag-autocomplete/": [("taggit", "tag")],
    "desk/workflows/tasks/add/": [("wagtailcore", "groupapprovaltask")],
    "desk/pages/create/": [("newsroom", "storypage"), ("newsroom", "sectionpage")],
    "desk/editing-sessions/": [("wagtailcore", "page"), ("newsroom", "storypage")],
}
# Words of an address of the API that are no names of arguments.
ACTS = ("copy", "delete", "publish", "unpublish", "revert_to_page_revision")
_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


def addresses(things: dict[str, Any]) -> list[Address]:
    """Return every address of the desk, filled in."""
    return [found for pattern in patterns() for found in _filled(pattern, things)]


def patterns() -> Iterator[str]:
    """Yield every address of the desk as Django writes it."""
    for pattern in _patterns(get_resolver(), ""):
        # One ends the session, one shows how an error looks, one answers what is no address.
        if not pattern.endswith(("logout/", "failwhale/", "^.*/$")):
            yield pattern


def _patterns(resolver: Any, before: str) -> Iterator[str]:
    for one in resolver.url_patterns:
        there = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from _patterns(one, there)
        elif there.startswith("desk/"):
            yield there


def _filled(pattern: str, things: dict[str, Any]) -> Iterator[Address]:
    if pattern.startswith("desk/bulk/"):
        yield from _in_bulk(pattern, things)
        return
    path = re.sub(r"\(\?P(<\w+>)[^)]*\)", r"\1", pattern)
    path = path.replace("^", "").replace("$", "").replace("\\", "")
    named = next((pairs for start, pairs in MODELS.items() if path.startswith(start)), [("", "")])
    acts = ACTS if "<str:action_name>" in path else ("approve",)
    for app, model in named:
        for act in acts:
            words = {**NAMES, "app_label": app, "app_name": app, "model_name": model}
            words["action_name"] = act
            there = path
            for name in _ARGUMENT.findall(path):
                value = _argument(path, name, words, things)
                there = re.sub(rf"<(?:\w+:)?{name}>", value, there)
            for query in ("", f"q=nobody&id={things['draft']}&page_type=newsroom.storypage"):
                yield Address(pattern, f"/{there}", query)


def _argument(path: str, name: str, words: dict[str, str], things: dict[str, Any]) -> str:
    if words.get(name):
        return words[name]
    for start, names, thing in ARGUMENTS:
        if re.match(start, path) and re.fullmatch(names, name):
            return str(things[thing])
    raise LookupError(f"nothing stands for {name} in {path}")


def _in_bulk(pattern: str, things: dict[str, Any]) -> Iterator[Address]:
    """Yield every act on many things that any part of the paper signed up."""
    bulk_action_registry.get_bulk_actions_for_model("", "")
    objects = {"page": "draft", "image": "picture", "picture": "picture", "reader": "person"}
    for app, models in bulk_action_registry.actions.items():
        for model, acts in models.items():
            number = things.get(objects.get(model, model), things["draft"])
            for act in acts:
                yield Address(pattern, f"/desk/bulk/{app}/{model}/{act}/", f"id={number}")
                yield Address(pattern, f"/desk/bulk/{app}/{model}/{act}/", "id=all")
