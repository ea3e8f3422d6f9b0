"""What robots are asked to leave alone, and where they find the rest."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from broadsheet.edition.services import addresses
from broadsheet.rules import crawlers
from broadsheet.wall import policies

# Nothing here is secret. The desk and the accounts are of no use to a robot, and a search page
# has no end.
LEAVE_ALONE = ("/desk/", "/accounts/", "/search/")


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    allowed = policies.load()
    lines = [
        f"# {settings.PAPER_NAME}",
        "User-agent: *",
        *(f"Disallow: {path}" for path in LEAVE_ALONE),
        "",
        # Those who collect words to train models are kept out (broadsheet.rules.crawlers).
        *crawlers.robots(training=allowed.training_is_allowed),
        *(f"Sitemap: {addresses.whole(reverse(name))}" for name in ("sitemap", "sitemap-news")),
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
