"""oEmbed: what another site shows of a story when somebody puts its link there. Off by default.

https://oembed.com; only JSON, and nothing but what everybody may read.
"""

from urllib.parse import unquote, urlencode, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from broadsheet.edition import stories
from broadsheet.edition.services import addresses
from broadsheet.edition.services.wire import Dispatch, dispatches
from broadsheet.newsroom import listings

WIDTH = 600
HEIGHT = 260


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Tell what to show of the story at ``url``."""
    if not settings.OEMBED:
        raise Http404("oEmbed is off")
    if request.GET.get("format", "json") != "json":
        return _refusal("Only format=json is offered.", 501)
    address = request.GET.get("url", "")
    if not address:
        return _refusal("Say which story: ?url= and its address.", 400)
    entry = _story(address)
    if entry is None:
        return _refusal("No story is at this address.", 404)
    width = _within(request.GET.get("maxwidth"), WIDTH)
    told = {
        "version": "1.0",
        "type": "rich",
        "title": entry.headline,
        "url": entry.address,
        "provider_name": settings.PAPER_NAME,
        "provider_url": addresses.whole("/"),
        "cache_age": 3600,
        "width": width,
        "height": _within(request.GET.get("maxheight"), HEIGHT),
        "html": _html(entry),
    }
    if entry.authors:
        told["author_name"] = ", ".join(author.name for author in entry.authors)
        told["author_url"] = entry.authors[0].address
    picture = entry.picture
    if picture and picture.width <= width:
        told["thumbnail_url"] = addresses.whole(picture.address)
        told["thumbnail_width"] = picture.width
        told["thumbnail_height"] = picture.height
    response = JsonResponse(told)
    response["Cache-Control"] = "public, max-age=3600"
    return response


def discovery(path: str) -> str:
    """Return where a story's oEmbed is, for a link in its head; empty while oEmbed is off."""
    if not settings.OEMBED:
        return ""
    return addresses.whole(f"{reverse('oembed')}?{urlencode({'url': addresses.whole(path)})}")


def _story(address: str) -> Dispatch | None:
    try:
        asked, paper = urlsplit(address), urlsplit(settings.PAPER_ADDRESS)
    except ValueError:
        return None
    if asked.scheme not in {"http", "https"} or asked.netloc != paper.netloc:
        return None
    found = stories.story_at(unquote(asked.path).lstrip("/").rstrip("/") + "/")
    if found is None:
        return None
    return next(iter(dispatches(listings.fetch([found.pk]), now=timezone.now())), None)


def _html(entry: Dispatch) -> str:
    standfirst = format_html("<p>{}</p>", entry.standfirst) if entry.standfirst else ""
    return format_html(
        '<blockquote cite="{}"><p><a href="{}">{}</a></p>{}<footer>{}</footer></blockquote>',
        entry.address,
        entry.address,
        entry.headline,
        standfirst,
        settings.PAPER_NAME,
    )


def _within(asked: str | None, most: int) -> int:
    if asked and asked.isascii() and asked.isdecimal() and len(asked) < 6:
        return max(1, min(int(asked), most))
    return most


def _refusal(said: str, status: int) -> JsonResponse:
    return JsonResponse({"error": said}, status=status)
