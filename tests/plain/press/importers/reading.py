"""Reading fixtures and made-up files, for the tests of importers."""

from pathlib import Path
from zoneinfo import ZoneInfo

from broadsheet.press.importers import formats
from broadsheet.press.importers.records import (
    Complaint,
    Limits,
    Redirect,
    Remark,
    StoryRecord,
    Wishes,
)

FIXTURES = Path(__file__).parent / "fixtures"
KOLKATA = ZoneInfo("Asia/Kolkata")


class Found:
    """What came of reading: sorted by kind."""

    def __init__(self, items):
        self.items = list(items)
        self.stories = [one for one in self.items if isinstance(one, StoryRecord)]
        self.complaints = [one for one in self.items if isinstance(one, Complaint)]
        self.remarks = [one for one in self.items if isinstance(one, Remark)]
        self.redirects = [one for one in self.items if isinstance(one, Redirect)]

    @property
    def reasons(self):
        found: list[Complaint | Remark] = [*self.complaints, *self.remarks]
        return " | ".join(one.reason for one in found)


def read(*paths, name=None, **wishes):
    wishes.setdefault("zone", KOLKATA)
    return Found(formats.read(list(paths), Wishes(**wishes), name))


def fixture(name, **wishes):
    return read(FIXTURES / name, **wishes)


def small(**limits):
    return Limits(**limits)


def kinds(story):
    return [block["type"] for block in story.body]


def words(story):
    return str([block["value"] for block in story.body])
