"""Having new comments and replies mailed, and stopping it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from broadsheet.comments import actions
from broadsheet.comments.models import Follow
from broadsheet.comments.views.common import address_of, live_story, place_of, published_comment
from broadsheet.comments.views.kept_words import signed_in
from broadsheet.readers.gates import readers_only
from broadsheet.readers.requests import ReaderRequest, number


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: ReaderRequest) -> HttpResponse:
    """Have new comments under a story mailed, or replies to a comment."""
    asked = request.POST if request.method == "POST" else request.GET
    pk = number(asked.get("comment"))
    comment = published_comment(pk) if pk else None
    story = live_story(comment.thread_id if comment else number(asked.get("story")))
    context = {"story": story, "comment": comment, "address": address_of(story)}
    if request.method != "POST":
        return render(request, "comments/follow.html", context)
    actions.follow(reader=request.user, story=story, comment=comment, now=timezone.now())
    messages.success(request, "We’ll email you. Every email has a link to unsubscribe.")
    return HttpResponseRedirect(place_of(comment) if comment else f"{address_of(story)}?mine=1")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unfollow(request: HttpRequest, token: str) -> HttpResponse:
    """Unsubscribe by the link of a mail: a page asks, a mail program's one click doesn't.

    It needs no sign-in and no form token: the address is the proof (RFC 8058), and all it does is
    to end this one follow.
    """
    if request.method == "POST":
        actions.unfollow_by_token(token=token)
        return render(request, "comments/unfollowed.html", {})
    subscription = Follow.objects.filter(token=token).select_related("thread__story").first()
    return render(request, "comments/unfollow.html", {"follow": subscription, "token": token})


@readers_only
@require_POST
def end_follow(request: ReaderRequest, pk: int) -> HttpResponse:
    """Unsubscribe from the reader's own page."""
    actions.unfollow(reader=request.user, follow=pk)
    return redirect("you-comments")
