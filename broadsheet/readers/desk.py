"""Circulation's part of the desk: look a reader up, see the account, help, block, erase."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from broadsheet.readers import actions, mails, registry
from broadsheet.readers.models import Reader
from broadsheet.readers.requests import ReaderRequest
from broadsheet.readers.views.you import chosen

SHOWN = 50  # readers found at once
PERMISSION = "readers.manage_readers"


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Why", max_length=300)


def circulation_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        return view(cast("ReaderRequest", request), *args, **kwargs)

    return gate


def _crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    return [{"url": reverse("desk-readers"), "label": "Readers"}, *more]


@require_safe
@circulation_only
def find(request: ReaderRequest) -> HttpResponse:
    """Find readers by address or name, or show who came last."""
    asked = request.GET.get("q", "").strip()[:200]
    found = Reader.objects.found_by_words(asked) if asked else Reader.objects.all()
    rows = list(found.order_by("-pk")[: SHOWN + 1])
    facts = {
        "asked": asked,
        "rows": rows[:SHOWN],
        "is_more": len(rows) > SHOWN,
        "breadcrumbs_items": _crumbs(),
        "header_title": "Readers",
    }
    return render(request, "readers/desk/find.html", facts)


@require_safe
@circulation_only
def account(request: ReaderRequest, pk: int) -> HttpResponse:
    """Show an account: its facts, what happened to it, and what staff did."""
    reader = get_object_or_404(Reader, pk=pk)
    now = timezone.now()
    actions.open_account(reader=reader, staff=request.user, now=now)
    panels = (part.desk(reader, request, now) for part in registry.parts() if part.desk)
    factors = Authenticator.objects.filter(user=reader).values_list("type", flat=True)
    facts = {
        "reader": reader,
        "addresses": EmailAddress.objects.filter(user=reader).order_by("-primary", "email"),
        "ways": _ways(reader, set(factors)),
        "sessions": UserSession.objects.filter(user=reader).count(),
        "panels": [panel for panel in panels if panel],
        "events": reader.events.order_by("-happened_at")[:50],
        "acts": reader.acts_of_staff.select_related("staff").order_by("-done_at")[:50],
        "is_protected": is_protected(reader, request.user),
        "breadcrumbs_items": _crumbs({"url": "", "label": str(reader)}),
        "header_title": str(reader),
    }
    return render(request, "readers/desk/account.html", facts)


def _ways(reader: Reader, factors: set[str]) -> list[str]:
    """Say how a reader can sign in."""
    ways = ["code by e-mail"]
    if reader.has_usable_password():
        ways.append("password")
    if Authenticator.Type.WEBAUTHN in factors:
        ways.append("passkey")
    if Authenticator.Type.TOTP in factors:
        ways.append("second factor: authenticator app")
    return ways


def is_protected(reader: Reader, by: Reader) -> bool:
    """Tell whether circulation may only look: at themselves, and at those with other roles."""
    return reader == by or ((reader.is_staff or reader.is_superuser) and not by.is_superuser)


def _act(
    request: ReaderRequest, pk: int, template: str, title: str, **more: Any
) -> tuple[Reader, str, HttpResponse | None]:
    """Return the reader and the reason given, or a page that asks for it."""
    reader = get_object_or_404(Reader, pk=pk)
    if is_protected(reader, request.user):
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return reader, form.cleaned_data["reason"], None
    crumbs = _crumbs(
        {"url": reverse("desk-reader", args=[reader.pk]), "label": str(reader)},
        {"url": "", "label": title},
    )
    facts = {"reader": reader, "form": form, "breadcrumbs_items": crumbs, "header_title": title}
    status = 422 if request.method == "POST" else 200
    return reader, "", render(request, template, {**facts, **more}, status=status)


@circulation_only
def block(request: ReaderRequest, pk: int) -> HttpResponse:
    """Block a reader; sessions end at once."""
    reader, reason, page = _act(request, pk, "readers/desk/block.html", "Block")
    if page:
        return page
    actions.block(reader=reader, staff=request.user, reason=reason, now=timezone.now())
    messages.success(request, f"{reader} is blocked and signed out everywhere.")
    return redirect("desk-reader", pk=pk)


@circulation_only
def unblock(request: ReaderRequest, pk: int) -> HttpResponse:
    """Let a blocked reader in again."""
    reader, reason, page = _act(request, pk, "readers/desk/unblock.html", "Unblock")
    if page:
        return page
    actions.unblock(reader=reader, staff=request.user, reason=reason, now=timezone.now())
    messages.success(request, f"{reader} can sign in again.")
    return redirect("desk-reader", pk=pk)


@require_POST
@circulation_only
def help_in(request: ReaderRequest, pk: int) -> HttpResponse:
    """Send a reader a letter that says how to sign in. Codes are only for who asks for them."""
    reader = get_object_or_404(Reader, pk=pk)
    now = timezone.now()
    entrance = f"{settings.PAPER_ADDRESS}{reverse('account_login')}"
    try:
        mails.send("help", reader.email, {"entrance": entrance})
    except mails.NotSent:
        messages.error(request, "The mail can’t be sent at this moment; nothing was done.")
        return redirect("desk-reader", pk=pk)
    actions.log_staff_act(staff=request.user, reader=reader, act="sent-help", now=now)
    messages.success(request, f"A letter on how to sign in is on its way to {reader.email}.")
    return redirect("desk-reader", pk=pk)


@require_POST
@circulation_only
def sign_out(request: ReaderRequest, pk: int) -> HttpResponse:
    """End every session of a reader."""
    reader = get_object_or_404(Reader, pk=pk)
    if is_protected(reader, request.user):
        raise PermissionDenied
    now = timezone.now()
    actions.sign_out_everywhere(reader=reader, now=now)
    actions.log_staff_act(staff=request.user, reader=reader, act="signed-out", now=now)
    messages.success(request, f"{reader} is signed out everywhere.")
    return redirect("desk-reader", pk=pk)


@circulation_only
def erase(request: ReaderRequest, pk: int) -> HttpResponse:
    """Erase an account at its reader's request."""
    questions = [choice for part in registry.parts() for choice in part.choices]
    reader, reason, page = _act(
        request, pk, "readers/desk/erase.html", "Erase", questions=questions
    )
    if page:
        return page
    address = reader.email
    try:
        actions.erase(
            reader=reader,
            choices=chosen(questions, request),
            now=timezone.now(),
            staff=request.user,
            reason=reason,
        )
    except actions.ErasureRefused as error:
        messages.error(request, str(error))
        return redirect("desk-reader", pk=pk)
    mails.notify("erased", address, {})
    messages.success(request, "The account is erased.")
    return redirect("desk-readers")


urlpatterns = [
    path("readers/", find, name="desk-readers"),
    path("readers/<int:pk>/", account, name="desk-reader"),
    path("readers/<int:pk>/block/", block, name="desk-reader-block"),
    path("readers/<int:pk>/unblock/", unblock, name="desk-reader-unblock"),
    path("readers/<int:pk>/help/", help_in, name="desk-reader-help"),
    path("readers/<int:pk>/sign-out/", sign_out, name="desk-reader-sign-out"),
    path("readers/<int:pk>/erase/", erase, name="desk-reader-erase"),
]
