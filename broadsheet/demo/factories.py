"""Make sections, stories and people, for the tests and for the demo paper."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.utils.text import slugify

from broadsheet.newsroom.models import (
    Author,
    Byline,
    FrontPage,
    SectionPage,
    StoryPage,
    Topic,
)
from broadsheet.readers.models import Reader

PASSWORD = "a long enough pass phrase"  # noqa: S105  # of people made for tests


def front_page() -> FrontPage:
    return FrontPage.objects.get()


def section(title: str, *, parent: SectionPage | None = None, **fields: Any) -> SectionPage:
    """Return the section of that title, made when there is none."""
    slug = fields.pop("slug", None) or slugify(title)
    above = parent or front_page()
    found = SectionPage.objects.child_of(above).filter(slug=slug).first()
    if found:
        return found
    made: SectionPage = above.add_child(instance=SectionPage(title=title, slug=slug, **fields))
    return made


def topic(name: str, **fields: Any) -> Topic:
    return Topic.objects.get_or_create(slug=slugify(name), defaults={"name": name, **fields})[0]


def author(name: str, **fields: Any) -> Author:
    return Author.objects.get_or_create(slug=slugify(name), defaults={"name": name, **fields})[0]


def paragraphs(*texts: str) -> list[tuple[str, str]]:
    """Return a body of paragraphs."""
    return [("paragraph", f"<p>{text}</p>") for text in texts]


def story(
    headline: str,
    *,
    section: SectionPage,
    body: Any = None,
    authors: Iterable[Author] = (),
    topics: Iterable[Topic] = (),
    published_at: datetime | None = None,
    publish: bool = True,
    editor: Reader | None = None,
    **fields: Any,
) -> StoryPage:
    """Make a story, published unless asked otherwise, the way an editor would.

    :param editor: who did it, for the story's record
    """
    fields.setdefault("slug", slugify(headline)[:200])
    made = StoryPage(
        title=headline,
        body=paragraphs("The first sentence of it.", "The second one.") if body is None else body,
        published_at=published_at,
        live=False,
        **fields,
    )
    made.topics = list(topics)
    made.bylines = [Byline(author=one, sort_order=at) for at, one in enumerate(authors)]
    # Wagtail reads the tree's numbers from the instance, which may be older than the tree.
    section.refresh_from_db()
    section.add_child(instance=made)
    revision = made.save_revision(user=editor)
    if publish:
        revision.publish(user=editor)
        made.refresh_from_db()
    return made


def reader(email: str, *, name: str = "", password: str | None = PASSWORD) -> Reader:
    """Make a reader whose address is verified."""
    made = Reader.objects.create_user(email, password, name=name)
    EmailAddress.objects.create(user=made, email=email, verified=True, primary=True)
    return made


def staff(email: str, *, role: str, name: str = "", password: str | None = PASSWORD) -> Reader:
    """Make one of the staff, with a role (the name of a group)."""
    made = reader(email, name=name, password=password)
    made.is_staff = True
    made.save()
    made.groups.add(Group.objects.get_or_create(name=role)[0])
    return made
