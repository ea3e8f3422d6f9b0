"""What the views of comments share: where things stand, and how a script is answered."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render

from broadsheet.comments import looking
from broadsheet.comments.models import Comment
from broadsheet.newsroom.models import StoryPage
from broadsheet.readers.requests import ReaderRequest, try_once
from broadsheet.rules import limits
from broadsheet.rules.limits import Action


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def address_of(story: StoryPage) -> str:
    """Return the address of a story's thread."""
    return f"{story.url}comments/"


def place_of(comment: Comment, story: StoryPage | None = None) -> str:
    """Return where a comment stands.

    :param story: that it stands under, for whoever has it; else it is asked for
    """
    story = story or comment.thread.story
    return f"{address_of(story)}?comment={comment.number}#{comment.anchor}"


def live_story(pk: int) -> StoryPage:
    """Return a story that readers see, with what posting asks for.

    :raises Http404: when there is none
    """
    story = looking.story_for_posting(pk)
    if story is None:
        raise Http404
    return story


def published_comment(pk: int) -> Comment:
    """Return a comment that others see, with what its pages print.

    :raises Http404: when there is none
    """
    comment: Comment = get_object_or_404(
        Comment.objects.published().select_related("writer", "thread__story__section"),
        pk=pk,
        thread__story__live=True,
    )
    return comment


def wait_for(request: ReaderRequest, action: Action, *, thread: int = 0) -> float:
    """Count a try; return how many seconds to wait when there were too many, and 0 otherwise."""
    outcome = try_once(request, action, reader=request.user.pk, thread=thread)
    return 0 if outcome.allowed else max(1.0, outcome.wait)


def wait_message(seconds: float) -> str:
    return (
        f"You’ve sent a lot in a short time. Nothing was posted. Wait {limits.wait_in_words(seconds)}, "
        "then send it again."
    )


def too_many(
    request: HttpRequest, template: str, context: dict[str, object], wait: float
) -> HttpResponse:
    """Answer a form that came too soon, with the words that it brought."""
    response: HttpResponse
    if wants_json(request):
        response = JsonResponse({"error": wait_message(wait)}, status=429)
    else:
        context["error"] = wait_message(wait)
        response = render(request, template, context, status=429)
    response.headers["Retry-After"] = str(int(wait) + 1)
    return response
