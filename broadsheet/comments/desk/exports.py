"""A thread as a file: for the law, for research, for the spreadsheet. Every comment, however it stands."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from broadsheet.comments.desk.records import story_or_404
from broadsheet.comments.desk.views import moderators_only
from broadsheet.comments.models import Comment
from broadsheet.newsroom.models import StoryPage
from broadsheet.readers.requests import ReaderRequest

# Spreadsheets take what begins with one of these for a formula (OWASP, “CSV Injection”).
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
COLUMNS = (
    "number",
    "answers",
    "writer",
    "badge",
    "standing",
    "reason",
    "posted_at",
    "edited_at",
    "picked_at",
    "thoughtful",
    "well_sourced",
    "text",
)


def guarded(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe stands before one."""
    if isinstance(cell, str) and cell.startswith(FORMULAS):
        return f"'{cell}"
    return cell


def _rows(story: StoryPage) -> Iterator[dict[str, Any]]:
    """Yield a thread's comments in the order in which they came; addresses of writers stay here."""
    rows = (
        Comment.objects.filter(thread=story.pk)
        .select_related("writer", "parent")
        .order_by("number")
        .iterator(chunk_size=1_000)
    )
    for one in rows:
        yield {
            "number": one.number,
            "answers": one.parent.number if one.parent else None,
            "writer": one.shown_name,
            "badge": one.badge,
            "standing": one.standing,
            "reason": one.reason,
            "posted_at": one.posted_at.isoformat(),
            "edited_at": one.edited_at.isoformat() if one.edited_at else None,
            "picked_at": one.picked_at.isoformat() if one.picked_at else None,
            "thoughtful": one.thoughtful,
            "well_sourced": one.well_sourced,
            "text": one.text,
        }


def _csv(story: StoryPage) -> Iterator[str]:
    line = io.StringIO()
    sheet = csv.writer(line)
    # Without the mark, spreadsheets read the letters of another century.
    yield "\ufeff"
    sheet.writerow(COLUMNS)
    for row in _rows(story):
        sheet.writerow([guarded(row[name]) for name in COLUMNS])
        if line.tell() > 32_768:
            yield _taken(line)
    yield _taken(line)


def _taken(line: io.StringIO) -> str:
    said = line.getvalue()
    line.seek(0)
    line.truncate()
    return said


def _json(story: StoryPage) -> Iterator[str]:
    head = {"headline": story.title, "address": story.full_url}
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "comments": ['
    between = "\n"
    for row in _rows(story):
        yield between + json.dumps(row, ensure_ascii=False)
        between = ",\n"
    yield "\n]}\n"


@require_safe
@moderators_only
def thread(request: ReaderRequest, pk: int, form: str) -> HttpResponse:
    """Send a thread as CSV or JSON, piece by piece."""
    story = story_or_404(pk)
    pieces, kind = (_csv, "text/csv") if form == "csv" else (_json, "application/json")
    response = StreamingHttpResponse(pieces(story), content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="thread-{pk}.{form}"'
    return response  # type: ignore[return-value]
