"""Circulation's part of the desk: give readings back, give and end subscriptions, see crawlers."""

import io
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from broadsheet.press.edge.ledger.stores import StoreError
from broadsheet.readers.actions import log_staff_act
from broadsheet.readers.desk import PERMISSION, circulation_only
from broadsheet.readers.forms import AddressField
from broadsheet.readers.models import Reader
from broadsheet.readers.requests import ReaderRequest
from broadsheet.rules.grants import ColumnsError
from broadsheet.wall import actions, gate
from broadsheet.wall.models import CrawlerDay, Subscription

SHOWN = 100
LARGEST_LIST = 20 * 1024 * 1024  # bytes


class GrantForm(forms.Form):
    email = AddressField(label="E-mail address")
    until = forms.DateField(
        label="Last day",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="It counts to its end.",
    )
    note = forms.CharField(label="Note", max_length=200, required=False)


class ListForm(forms.Form):
    list = forms.FileField(
        label="List",
        help_text="A CSV file. Its first line names the columns: email, until, and note if you like.",
    )

    def clean_list(self) -> Any:
        file = self.cleaned_data["list"]
        if file.size > LARGEST_LIST:
            raise forms.ValidationError("The file is larger than 20 MB; send it in parts.")
        return file


class GiveBackForm(forms.Form):
    # No row has a number of more digits.
    story = forms.IntegerField(min_value=1, max_value=10**18 - 1, widget=forms.HiddenInput)
    reason = forms.CharField(label="Why", max_length=300)


def _page(request: ReaderRequest, *, status: int = 200, **facts: Any) -> HttpResponse:
    now = timezone.now()
    shown = {
        "grant": GrantForm(),
        "list": ListForm(),
        "run": None,
        "rows": Subscription.objects.holding(now)
        .select_related("reader", "granted_by")
        .order_by("-granted_at", "-pk")[:SHOWN],
        "breadcrumbs_items": [{"url": "", "label": "Subscriptions"}],
        "header_title": "Subscriptions",
    }
    return render(request, "wall/desk/subscriptions.html", {**shown, **facts}, status=status)


@require_safe
@circulation_only
def subscriptions(request: ReaderRequest) -> HttpResponse:
    """Show the subscriptions given last, and the forms to give more."""
    return _page(request)


@require_POST
@circulation_only
def grant(request: ReaderRequest) -> HttpResponse:
    """Give one address a subscription, or move the end of the one it has."""
    form = GrantForm(request.POST)
    if form.is_valid():
        until: date = form.cleaned_data["until"]
        try:
            subscription, _ = actions.grant_subscription(
                email=form.cleaned_data["email"],
                until=actions.end_of(until, gate.zone()),
                by=request.user,
                now=timezone.now(),
                note=form.cleaned_data["note"],
            )
        except actions.SubscriptionError as error:
            form.add_error("until", str(error))
        else:
            log_staff_act(
                staff=request.user,
                reader=subscription.reader,
                act="grant",
                now=timezone.now(),
                reason=subscription.note,
                facts={"until": until.isoformat()},
            )
            messages.success(
                request, f"{subscription.email} has a subscription until {until:%Y-%m-%d}."
            )
            return redirect("desk-subscriptions")
    return _page(request, grant=form, status=422)


@require_POST
@circulation_only
def grant_list(request: ReaderRequest) -> HttpResponse:
    """Give subscriptions from a list, and show what became of every line."""
    form = ListForm(request.POST, request.FILES)
    if form.is_valid():
        lines = io.TextIOWrapper(form.cleaned_data["list"].file, encoding="utf-8", errors="replace")
        try:
            run = actions.grant_list(
                lines=lines, by=request.user, now=timezone.now(), zone=gate.zone()
            )
        except ColumnsError as error:
            form.add_error("list", str(error))
        else:
            log_staff_act(
                staff=request.user,
                reader=None,
                act="grant-list",
                now=timezone.now(),
                facts={"read": run.read, "granted": run.granted, "refused": len(run.refused)},
            )
            return _page(request, run=run)
    return _page(request, list=form, status=422)


@require_POST
@circulation_only
def end(request: ReaderRequest, pk: int) -> HttpResponse:
    """End a subscription now."""
    subscription = get_object_or_404(Subscription, pk=pk, ended_at=None)
    now = timezone.now()
    actions.end_subscription(subscription=subscription, now=now)
    log_staff_act(staff=request.user, reader=subscription.reader, act="end-subscription", now=now)
    messages.success(request, f"The subscription of {subscription.email} has ended.")
    return redirect("desk-subscriptions")


@require_POST
@circulation_only
def give_back(request: ReaderRequest, pk: int) -> HttpResponse:
    """Take a counted story off a reader's month."""
    reader = get_object_or_404(Reader, pk=pk)
    form = GiveBackForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say why the reading is given back; nothing was changed.")
        return redirect("desk-reader", pk=pk)
    try:
        gone = actions.give_reading_back(
            reader=reader,
            staff=request.user,
            story=form.cleaned_data["story"],
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except StoreError:
        messages.error(
            request, "The store of readings can't be asked just now; nothing was changed."
        )
    else:
        if gone:
            messages.success(request, f"{reader} has one story more this month.")
        else:
            messages.warning(request, "That story doesn't count this month; nothing was changed.")
    return redirect("desk-reader", pk=pk)


@require_safe
@circulation_only
def crawlers(request: ReaderRequest) -> HttpResponse:
    """Show what crawlers were answered, day by day."""
    facts = {
        "rows": CrawlerDay.objects.order_by("-on", "-times", "token")[:SHOWN],
        "breadcrumbs_items": [{"url": "", "label": "Crawlers"}],
        "header_title": "Crawlers",
    }
    return render(request, "wall/desk/crawlers.html", facts)


def may(request: HttpRequest) -> bool:
    return bool(request.user.has_perm(PERMISSION))


urlpatterns = [
    path("subscriptions/", subscriptions, name="desk-subscriptions"),
    path("subscriptions/grant/", grant, name="desk-grant"),
    path("subscriptions/list/", grant_list, name="desk-grant-list"),
    path("subscriptions/<int:pk>/end/", end, name="desk-end-subscription"),
    path("readers/<int:pk>/give-back/", give_back, name="desk-give-back"),
    path("crawlers/", crawlers, name="desk-crawlers"),
]
