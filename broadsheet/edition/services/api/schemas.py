"""What the API tells. Every field here is open to everybody; a test holds the list of them."""

import re
from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import AwareDatetime, BeforeValidator

MOST = 100
MOST_KEYS = (1 << 63) - 1


_CURSOR = "`next_cursor` of the page before; leave it out for the first."


def _written(value: object) -> object:
    if isinstance(value, str) and not re.match(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        # Pydantic takes a bare number for seconds since 1970.
        raise ValueError("no year, month and day")
    return value


Moment = Annotated[AwareDatetime | date | None, BeforeValidator(_written)]


class PageAsked(Schema):
    limit: int = Field(
        default=20, ge=1, le=MOST, description=f"How many at most; {MOST} is the most there is."
    )
    cursor: str | None = Field(default=None, pattern=r"^[0-9]{1,18}$", description=_CURSOR)


class StoriesAsked(PageAsked):
    cursor: str | None = Field(
        default=None, pattern=r"^-?[0-9]{1,17}-[0-9]{1,18}$", description=_CURSOR
    )
    section: str | None = Field(
        default=None,
        max_length=500,
        description="The path of a section, as in `world/asia`. Those below it count.",
    )
    topic: str | None = Field(default=None, max_length=120, description="The slug of a topic.")
    author: str | None = Field(default=None, max_length=120, description="The slug of an author.")
    since: Moment = Field(
        default=None, description="Published at this moment or on this day, or later."
    )
    until: Moment = Field(
        default=None, description="Published before this moment, or on this day at the latest."
    )


class SectionName(Schema):
    id: int
    title: str
    path: str = Field(description="Its place in the paper, as in `world/asia`.")
    url: str


class TopicName(Schema):
    id: int
    name: str
    slug: str
    url: str


class AuthorName(Schema):
    id: int
    name: str
    slug: str
    url: str


class Picture(Schema):
    url: str
    width: int
    height: int
    alternative_text: str
    caption: str
    credit: str


class StoryInList(Schema):
    id: int
    key: str = Field(description="A name for good: it stays when the address changes.")
    url: str
    headline: str
    standfirst: str
    dateline: str
    language: str
    access: Literal["free", "readers", "subscribers"] = Field(description="Who may read it all.")
    published_at: datetime
    updated_at: datetime | None = Field(description="When its news last changed; null for never.")
    section: SectionName | None
    topics: list[TopicName]
    authors: list[AuthorName]
    picture: Picture | None


class Block(Schema):
    type: str = Field(description="`paragraph`, `crosshead`, `quotation`, `picture`, `table` …")
    html: str


class Body(Schema):
    complete: bool = Field(description="False where this is the opening that everybody may read.")
    html: str
    blocks: list[Block]


class Correction(Schema):
    corrected_at: datetime
    html: str


class Story(StoryInList):
    body: Body
    corrections: list[Correction]


class Section(SectionName):
    description: str
    parent_id: int | None = Field(description="The section it is in; null for one at the top.")


class Topic(TopicName):
    description: str


class Author(AuthorName):
    kind: Literal["staff", "contributor", "agency"]
    office: str = Field(description="As in “Moscow correspondent”.")
    about_html: str


NEXT = "Pass it as `cursor` for the page after this one; null on the last."


class Stories(Schema):
    stories: list[StoryInList]
    next_cursor: str | None = Field(description=NEXT)


class Sections(Schema):
    sections: list[Section]


class Topics(Schema):
    topics: list[Topic]
    next_cursor: str | None = Field(description=NEXT)


class Authors(Schema):
    authors: list[Author]
    next_cursor: str | None = Field(description=NEXT)


class Fault(Schema):
    where: str = Field(description="The parameter.")
    said: str


class Refusal(Schema):
    error: str
    faults: list[Fault]
