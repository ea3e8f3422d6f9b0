"""What the tests of the public pages share."""

import json
import uuid
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from broadsheet.demo import factories
from broadsheet.newsroom.models import Picture

PUBLISHED = datetime(2011, 3, 22, 15, 41, tzinfo=UTC)
UPDATED = datetime(2016, 9, 30, 17, 56, tzinfo=UTC)


def raw(*blocks):
    """Return a body as it is stored, from (type, value)."""
    return json.dumps(
        [{"type": kind, "value": value, "id": str(uuid.uuid4())} for kind, value in blocks]
    )


def listed(*values):
    """Return the values of a list block as they are stored."""
    return [{"type": "item", "value": value, "id": str(uuid.uuid4())} for value in values]


def paragraph(words):
    return ("paragraph", f"<p>{words}</p>")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def make_picture(db):
    def make(title="A harbour", *, size=(600, 400), **fields):
        drawn = BytesIO()
        Image.new("RGB", size, (40, 80, 120)).save(drawn, "JPEG")
        fields.setdefault("alternative_text", f"{title} at dawn")
        picture = Picture(title=title, **fields)
        picture.file.save("harbour.jpg", ContentFile(drawn.getvalue()), save=False)
        picture.width, picture.height = size
        picture.save()
        return picture

    return make


@pytest.fixture
def picture(make_picture):
    return make_picture()


@pytest.fixture
def talks(section):
    """The story that the head line is known from."""
    return factories.story(
        "Talks on missile defence go on",
        section=section,
        slug="talks",
        standfirst="The ministers part with a date for the next round.",
        dateline="Moscow",
        published_at=PUBLISHED,
        updated_at=UPDATED,
        access="free",
        body=raw(paragraph("The ministers met here on Tuesday.")),
        authors=[
            factories.author("Vladimir Petrov", office="Moscow correspondent"),
            factories.author("Agence Nord", kind="agency"),
        ],
        topics=[factories.topic("Missile defence")],
    )


@pytest.fixture
def locked(section):
    """A story for readers: a teaser of one sentence, and more behind it."""
    return factories.story(
        "Eleven questions",
        section=section,
        slug="eleven-questions",
        published_at=PUBLISHED,
        access="readers",
        body=raw(
            paragraph("The two sides wrote down eleven questions. " + "They agree on some. " * 20),
            paragraph("The secret is zanzibar. " * 30),
        ),
    )
