"""Where everything is, for search engines: an index, a file to each month, and the latest news.

A file is written while it is read, a thousand stories at a time, from one stretch of the list of
all stories: it costs the same whatever the size of the archive.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import batched

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from broadsheet.edition.services import addresses, lists, xml
from broadsheet.edition.services.xml import around, element
from broadsheet.newsroom import listings
from broadsheet.newsroom.models import Listing, SectionPage
from broadsheet.newsroom.notes import note
from broadsheet.newsroom.printable import is_path
from broadsheet.rules import days

# The protocol allows 50,000 addresses to a file, Google News 1,000 of the last two days.
MOST = 10_000
MOST_NEWS = 1000
NEWS_FOR = timedelta(hours=48)
_AT_ONCE = 1000
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


@require_safe
def index(request: HttpRequest) -> StreamingHttpResponse:
    """List the files: the fixed pages, and each month that has stories, latest first."""
    return _stream("sitemapindex", _files(timezone.now()))


@require_safe
def pages(request: HttpRequest) -> StreamingHttpResponse:
    """List the front page, sections, topics and authors."""
    return _stream("urlset", _pages())


@require_safe
def month(request: HttpRequest, year: int, month: int, part: int = 1) -> StreamingHttpResponse:
    """List the stories of a month, or of a part of one that has more than fit into a file."""
    if not (1 <= year <= 9998 and 1 <= month <= 12 and 1 <= part <= 1000):
        raise Http404("There is no such month")
    rows = _of_month(year, month)
    start = rows.values_list("published_at", "story_id")[(part - 1) * MOST :].first()
    if start is None:
        raise Http404("No story was published then")
    return _stream("urlset", _stories(rows, start))


@require_safe
def news(request: HttpRequest) -> StreamingHttpResponse:
    """List the stories of the last two days as Google News asks for them."""
    return _stream("urlset", _latest(timezone.now()), more=f' xmlns:news="{_NEWS}"')


def _stream(root: str, parts: Iterator[str], *, more: str = "") -> StreamingHttpResponse:
    def written() -> Iterator[bytes]:
        yield f'{xml.DECLARATION}<{root} xmlns="{_NAMESPACE}"{more}>\n'.encode()
        for some in batched(parts, 200):
            yield "\n".join((*some, "")).encode()
        yield f"</{root}>\n".encode()

    response = StreamingHttpResponse(written(), content_type="application/xml; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _files(now: datetime) -> Iterator[str]:
    yield _file(reverse("sitemap-pages"))
    ends = listings.bounds(listings.ALL)
    if ends is None:
        return
    first, last = (moment.astimezone(UTC) for moment in (ends[0], min(ends[1], now)))
    months = list(_months(first, last))
    stretches = [_stretch(*one) for one in months]
    for (year, number), stories in zip(months, _counted(stretches), strict=True):
        for part in range(1, -(-stories // MOST) + 1):
            named = [f"{year:04}", f"{number:02}", *([part] if part > 1 else [])]
            yield _file(reverse("sitemap-month", args=named))


def _file(path: str) -> str:
    return around("sitemap", element("loc", addresses.whole(path)))


def _months(first: datetime, last: datetime) -> Iterator[tuple[int, int]]:
    """Yield every month between two moments, latest first."""
    at = last.year * 12 + last.month - 1
    while at >= first.year * 12 + first.month - 1:
        yield at // 12, at % 12 + 1
        at -= 1


def _stretch(year: int, month: int) -> tuple[datetime, datetime]:
    # In UTC: the name of a file is nothing that a reader sees.
    after = (year, month + 1) if month < 12 else (year + 1, 1)
    return datetime(year, month, 1, tzinfo=UTC), datetime(*after, 1, tzinfo=UTC)


def _counted(stretches: list[tuple[datetime, datetime]]) -> Iterator[int]:
    """Yield the number of stories of each stretch of time.

    Hundreds are counted in one query, from the index alone: 0.1 µs a story.
    """
    count = (
        f"(SELECT count(*) FROM {Listing._meta.db_table}"  # noqa: S608  # our own name
        " WHERE key = %s AND published_at >= %s AND published_at < %s)"
    )
    adapt = connection.ops.adapt_datetimefield_value
    for some in batched(stretches, 500):
        values = [[listings.ALL, adapt(start), adapt(end)] for start, end in some]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {', '.join([count] * len(some))}", [one for row in values for one in row]
            )
            yield from cursor.fetchone()


def _of_month(year: int, month: int) -> QuerySet[Listing]:
    start, end = _stretch(year, month)
    now = timezone.now()
    # Earliest first, so that what comes later changes the last part alone.
    return Listing.objects.filter(
        key=listings.ALL, published_at__gte=start, published_at__lt=min(end, now)
    ).order_by("published_at", "story_id")


def _stories(rows: QuerySet[Listing], start: tuple[datetime, int]) -> Iterator[str]:
    now = timezone.now()
    left = MOST
    while left:
        moment, number = start
        # The second condition alone would do; the first lets the index find the place.
        later = rows.filter(published_at__gte=moment).exclude(
            published_at=moment, story_id__lt=number
        )
        some = list(
            later.values_list(
                "published_at",
                "story_id",
                "story__live",
                "story__url_path",
                "story__updated_at",
                "story__embargoed_until",
            )[: min(left, _AT_ONCE)]
        )
        for published_at, pk, live, url_path, updated_at, embargoed_until in some:
            changed_at = updated_at or published_at
            if not (live and is_path(url_path) and days.is_usable(changed_at)):
                note("story", pk, f"its address is {url_path!r}, it changed at {changed_at}")
            elif embargoed_until is None or embargoed_until <= now:
                yield _address(url_path, changed_at)
        left -= len(some)
        if len(some) < _AT_ONCE:
            return
        start = (some[-1][0], some[-1][1] + 1)


def _address(url_path: str, changed_at: datetime | None = None) -> str:
    changed = element("lastmod", _iso(changed_at)) if changed_at else ""
    return around("url", element("loc", addresses.below(url_path)), changed)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _pages() -> Iterator[str]:
    yield around("url", element("loc", addresses.whole("/")))
    sections = SectionPage.objects.live().order_by("path")
    for url_path in sections.values_list("url_path", flat=True).iterator():
        yield _address(url_path)
    # A list without a story says nothing.
    for found in (lists.topics(), lists.authors()):
        for one in found.order_by("pk").only("slug").iterator():
            yield around("url", element("loc", addresses.whole(one.get_absolute_url())))


def _latest(now: datetime) -> Iterator[str]:
    rows = Listing.objects.filter(
        key=listings.ALL, published_at__gt=now - NEWS_FOR, published_at__lte=now
    ).order_by("-published_at", "-story_id")
    told = rows.values_list(
        "published_at",
        "story_id",
        "story__live",
        "story__url_path",
        "story__title",
        "story__language",
        "story__embargoed_until",
    )
    for published_at, pk, live, url_path, headline, language, embargoed_until in told[:MOST_NEWS]:
        if embargoed_until and embargoed_until > now:
            continue
        if not (live and headline.strip() and is_path(url_path)):
            note("story", pk, f"its headline is {headline!r}, its address {url_path!r}")
            continue
        yield around(
            "url",
            element("loc", addresses.below(url_path)),
            around(
                "news:news",
                around(
                    "news:publication",
                    element("news:name", settings.PAPER_NAME),
                    element("news:language", _google(language or settings.LANGUAGE_CODE)),
                ),
                element("news:publication_date", _iso(published_at)),
                element("news:title", headline),
            ),
        )


def _google(language: str) -> str:
    """Return a language as Google News writes it: two letters, but for Chinese."""
    if language.lower() in {"zh-cn", "zh-hans"}:
        return "zh-cn"
    if language.lower() in {"zh-tw", "zh-hant", "zh-hk"}:
        return "zh-tw"
    return language.partition("-")[0].lower()
