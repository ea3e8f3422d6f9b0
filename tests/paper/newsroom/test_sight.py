"""Who has no sight of stories finds none at any address of the desk."""

import re

import pytest
from django.urls import get_resolver

from broadsheet.demo import factories
from broadsheet.newsroom.roles import Role

SECRET = "Nobody knows of this yet"


def addresses(resolver, before=""):
    """Yield every address of the desk as Django writes it, with its names of arguments."""
    for one in resolver.url_patterns:
        there = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from addresses(one, there)
        elif there.startswith("desk/") and not there.endswith("failwhale/"):
            yield there


def asked(pattern, page):
    """Return an address with a draft's number in the place of every number, or words that fit."""
    there = pattern.replace("^", "").replace("$", "").replace("\\", "")
    there = re.sub(r"<int:\w+>|<str:(pk|object_id)>|<(object_)?pk>", str(page.pk), there)
    there = re.sub(r"<\w+:(content_type_)?app_(name|label)>", "wagtailcore", there)
    there = re.sub(r"<\w+:(content_type_)?model_name>", "page", there)
    return "/" + re.sub(r"<[^>]+>", "main", there)


@pytest.mark.parametrize("role", [Role.MODERATORS, Role.CIRCULATION])
def test_no_address_shows_a_draft(role, client, staff, section):
    draft = factories.story(SECRET, section=section, publish=False)
    who = staff(role.value)
    queries = [f"q=nobody&id={draft.pk}&page_type=newsroom.storypage", ""]

    shown = []
    for pattern in addresses(get_resolver()):
        for query in queries:
            # One of the addresses signs out.
            client.force_login(who)
            answer = client.get(f"{asked(pattern, draft)}?{query}")
            if SECRET.encode() in b"".join(answer):
                shown.append((pattern, query))

    assert shown == []


@pytest.mark.parametrize("role", [Role.WRITERS, Role.EDITORS, Role.ADMINISTRATORS])
def test_who_writes_chooses_among_drafts(role, at_desk, section):
    factories.story(SECRET, section=section, publish=False)

    assert SECRET in at_desk(role.value).get("/desk/choose-page/search/?q=nobody").text
