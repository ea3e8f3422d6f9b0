"""People, stories and requests for the tests of the back office."""

import io
from typing import Any

import pytest
from django.core.files.images import ImageFile
from PIL import Image
from wagtail.test.utils.form_data import nested_form_data, streamfield

from broadsheet.demo import factories
from broadsheet.newsroom.models import Picture
from broadsheet.newsroom.roles import Role


@pytest.fixture
def staff(db):
    """Make somebody of a role: ``staff("Writers")``."""

    def make(role: str) -> Any:
        return factories.staff(f"{role.lower()}@example.org", role=role, name=role)

    return make


@pytest.fixture
def at_desk(client, staff):
    """Sign somebody in: ``at_desk("Writers").get("/desk/")``."""

    def sign_in(who: Any) -> Any:
        client.force_login(staff(who) if isinstance(who, str) else who)
        return client

    return sign_in


@pytest.fixture
def roles():
    return [role.value for role in Role]


@pytest.fixture
def picture(db):
    drawn = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(drawn, "PNG")
    drawn.seek(0)
    return Picture.objects.create(title="Harbour", file=ImageFile(drawn, name="harbour.png"))


def typed(story: Any = None, *, body: Any = (), bylines: Any = (), **fields: Any) -> dict[str, Any]:
    """Return what the story's form sends, for a new story or for one as it stands."""
    written = {
        "title": story.title if story else "A headline",
        "slug": story.slug if story else "a-headline",
        "standfirst": "",
        "dateline": "",
        "lead_picture": "",
        "lead_caption": "",
        "topics": "",
        "access": "readers",
        "teaser_words": "",
        "comments_are": "open",
        "published_at": "",
        "updated_at": "",
        "embargoed_until": "",
        "language": "",
        "seo_title": "",
        "search_description": "",
        "go_live_at": "",
        "expire_at": "",
        "body": streamfield(list(body)),
    }
    bylines = [{"author": author.pk, "ORDER": at} for at, author in enumerate(bylines, start=1)]
    sent: dict[str, Any] = nested_form_data({**written, **fields})
    for at, row in enumerate(bylines):
        sent |= {f"bylines-{at}-{name}": value for name, value in row.items()}
        sent |= {f"bylines-{at}-id": "", f"bylines-{at}-DELETE": ""}
    for name, count in (("bylines", len(bylines)), ("comments", 0)):
        sent |= {
            f"{name}-TOTAL_FORMS": count,
            f"{name}-INITIAL_FORMS": 0,
            f"{name}-MIN_NUM_FORMS": 0,
            f"{name}-MAX_NUM_FORMS": 1000,
        }
    return sent


def section_form(**fields: Any) -> dict[str, Any]:
    return {
        "title": "Sport",
        "slug": "sport",
        "description": "",
        "seo_title": "",
        "search_description": "",
        "go_live_at": "",
        "expire_at": "",
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
        "comments-MIN_NUM_FORMS": 0,
        "comments-MAX_NUM_FORMS": 1000,
        **fields,
    }


def draftail(text: str) -> str:
    """Return what the editor of rich text sends for one paragraph."""
    block = (
        f'{{"key":"a","text":"{text}","type":"unstyled","depth":0,"inlineStyleRanges":[],'
        '"entityRanges":[],"data":{}}'
    )
    return f'{{"blocks":[{block}],"entityMap":{{}}}}'
