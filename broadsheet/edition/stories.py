"""Finding the page at an address, with what printing it takes."""

from typing import NamedTuple

from django.db.models import Prefetch
from wagtail.models import Site

from broadsheet.newsroom.models import Author, Byline, FrontPage, SectionPage, StoryPage


def root() -> str:
    """Return where the edition starts in Wagtail's tree, as in ``/home/``. Kept in the cache."""
    path: str = Site.get_site_root_paths()[0].root_path
    return path


def story_at(path: str) -> StoryPage | None:
    """Return the live story at a path (``world/talks/``), in one indexed look-up.

    Its body stays in the database until somebody who may read it asks for it.
    """
    story: StoryPage | None = (
        StoryPage.objects.live()
        .with_teaser_only()
        .filter(url_path=root() + path)
        .select_related("lead_picture", "section__comment_rules", "thread")
        .prefetch_related(
            Prefetch("bylines", Byline.objects.select_related("author")),
            "lead_picture__renditions",
            "topics",
            "corrections",
        )
        .first()
    )
    return story


def section_at(path: str) -> SectionPage | None:
    section: SectionPage | None = SectionPage.objects.live().filter(url_path=root() + path).first()
    return section


def front_page() -> FrontPage | None:
    page: FrontPage | None = FrontPage.objects.live().filter(url_path=root()).first()
    return page


class Name(NamedTuple):
    """One name of a byline. A staff name leads to its page, an agency's too."""

    name: str
    address: str
    office: str
    agency: bool


def names(story: StoryPage) -> list[Name]:
    """Return who signed a story, in order."""
    return [
        Name(
            one.author.name,
            one.author.get_absolute_url(),
            one.author.office,
            one.author.kind == Author.Kind.AGENCY,
        )
        for one in story.bylines.all()
    ]
