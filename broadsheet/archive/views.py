"""The archive's own pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from broadsheet.archive import history as histories
from broadsheet.newsroom.models import StoryPage


@require_safe
def history(request: HttpRequest, number: int) -> HttpResponse:
    """Tell a live story's history: the same page for everybody, and no word of its body."""
    stories = StoryPage.objects.live().defer("body", "teaser")
    story = get_object_or_404(stories.prefetch_related("corrections"), pk=number)
    response = render(
        request, "archive/history.html", {"story": story, "events": histories.of(story)}
    )
    response.headers["Cache-Control"] = "public, max-age=60"
    return response
