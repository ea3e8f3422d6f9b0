"""The search page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from broadsheet.edition.services import lists
from broadsheet.edition.services.search.find import MOST_RANKED, PAGE, Found, Order, find
from broadsheet.edition.services.search.forms import SearchForm
from broadsheet.newsroom.models import Author, Topic
from broadsheet.rules.access import Person
from broadsheet.rules.query import MOST_TERMS, Query, Term, parse

_MOST_DIGITS = 20


def who(request: HttpRequest) -> Person:
    """Return as whom somebody searches. Everybody searches what everybody may read."""
    return Person.VISITOR


@require_safe
@cache_control(private=True, no_cache=True)
def search(request: HttpRequest) -> HttpResponse:
    """Show what was found, or how to search."""
    form = SearchForm(request.GET)
    found, query, asked = Found(), Query(), False
    order = Order.RELEVANCE
    page = min(max(_number(request.GET.get("page")) or 1, 1), MOST_RANKED // PAGE + 20)
    before = _number(request.GET.get("before"))
    if form.is_valid():
        query = parse(form.cleaned_data["q"])
        filters = form.filters()
        order = form.chosen_order()
        asked = bool(query) or bool(filters)
        found = find(
            query,
            person=who(request),
            now=timezone.now(),
            filters=filters,
            order=order,
            before=before,
            page=page,
        )
    context = {
        "form": form,
        "found": found,
        "query": query,
        "typed": form.cleaned_data.get("q", ""),
        "asked": asked,
        "wanted": [term for term in _said(query.wanted) if term not in found.everywhere],
        "unwanted": _said(query.unwanted),
        "newest": order is Order.NEWEST or not query,
        "orders": [
            (label, _address(request, order=value), value == order.value)
            for value, label in form.fields["order"].choices  # type: ignore[attr-defined]
        ],
        "narrowed": bool(form.errors) or (form.is_valid() and bool(form.filters())),
        "further": _further(request, found, order),
        "first": _address(request) if before is not None or page > 1 else "",
        "without_topic": _address(request, topic=""),
        "without_author": _address(request, author=""),
        "without_filters": _address(
            request, topic="", author="", section="", since="", until="", order=""
        ),
        "most_terms": MOST_TERMS,
        "most_ranked": MOST_RANKED,
        "named": _named(form.cleaned_data.get("q", "")) if page == 1 and before is None else [],
    }
    response = render(request, "edition/search.html", context, status=422 if form.errors else 200)
    response["X-Robots-Tag"] = "noindex"
    return response


def _said(terms: tuple[Term, ...]) -> list[str]:
    """Return terms as they are printed, phrases in quotation marks."""
    return [f"“{' '.join(term)}”" if len(term) > 1 else term[0] for term in terms]


def _number(text: str | None) -> int | None:
    """Return the number an address holds; None where it holds anything else."""
    text = text or ""
    if len(text) <= _MOST_DIGITS and text.removeprefix("-").isdecimal():
        return max(-(1 << 62), min(int(text), 1 << 62))
    return None


def _address(request: HttpRequest, **changes: str) -> str:
    """Return this page's address with other values, from the first page of results."""
    asked = request.GET.copy()
    for name in ("page", "before"):
        asked.pop(name, None)
    for name, value in changes.items():
        asked[name] = value
    for name in [name for name, value in asked.items() if not value]:
        del asked[name]
    return f"?{asked.urlencode()}" if asked else "?"


def _further(request: HttpRequest, found: Found, order: Order) -> str:
    """Return the address of the next page; empty for the last."""
    asked = request.GET.copy()
    if found.page is not None:
        asked["page"] = str(found.page)
    elif found.before is not None:
        asked.pop("page", None)
        asked["before"] = str(found.before)
    else:
        return ""
    return f"?{asked.urlencode()}"


def _named(typed: str) -> list[Author | Topic]:
    """Return the author and the topic that are called what was typed."""
    slug = slugify(typed[:120], allow_unicode=True)
    return lists.called(slug) if slug else []
