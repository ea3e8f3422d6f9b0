"""The reader's own pages."""

from typing import Any

from django.conf import settings
from django.contrib import auth, messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from broadsheet.press.outages import UnavailableError
from broadsheet.readers import actions, events, exports, mails, registry, requests
from broadsheet.readers.adapters import entrance
from broadsheet.readers.forms import NameForm
from broadsheet.readers.gates import proved_only, readers_only
from broadsheet.readers.models import AccountEvent, Reader
from broadsheet.readers.requests import ReaderRequest, wants_json
from broadsheet.readers.views.entrance import signed_out
from broadsheet.rules import limits
from broadsheet.rules.addresses import own_path
from broadsheet.rules.limits import Action

STORIES = 60  # on one page, whose state is told at once


def _panels(reader: Reader) -> list[registry.Panel]:
    now = timezone.now()
    made = (part.panel(reader, now) for part in registry.parts() if part.panel)
    return [panel for panel in made if panel]


@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """Show what the paper keeps for the reader, and the name they are shown by.

    Pages that are for everybody have one link here, with the way ``back``: a visitor who follows it
    signs in and is there again.
    """
    reader = request.user
    if not isinstance(reader, Reader):
        return redirect(entrance(own_path(request.GET.get("back")) or request.path))
    now = timezone.now()
    form, status = NameForm(initial={"name": reader.name}, reader=reader), 200
    if request.method == "POST":
        form, status = NameForm(request.POST, reader=reader), 422
        if form.is_valid():
            name = form.cleaned_data["name"]
            actions.change_name(reader=reader, name=name, now=now, request=request)
            messages.success(request, "Your name is saved.")
            return redirect("you")
    facts = {
        "form": form,
        "month": registry.month(reader, now),
        "panels": _panels(reader),
    }
    return render(request, "readers/overview.html", facts, status=status)


@readers_only
@require_safe
def readings(request: ReaderRequest) -> HttpResponse:
    """Show which stories counted this month, how many are left, and when that resets."""
    month = registry.month(request.user, timezone.now())
    if month is None and registry.has_meter():
        raise UnavailableError("the readings can't be asked for")
    if month is None:
        raise Http404
    if wants_json(request):
        shown = [{"headline": one.headline, "url": one.url} for one in month.readings]
        return JsonResponse({"readings": shown})
    return render(request, "readers/readings.html", {"month": month})


@require_safe
def state(request: HttpRequest) -> JsonResponse:
    """Tell the script of a public page who is signed in, and about the stories on the page."""
    response: JsonResponse
    if isinstance(request.user, Reader):
        asked = [requests.number(one) for one in request.GET.getlist("story")[:STORIES]]
        stories = [one for one in asked if one]
        page = requests.number(request.GET.get("page"))
        facts: dict[str, Any] = {
            "name": request.user.get_full_name(),
            "csrf": get_token(request),
            **registry.state(request.user, stories, timezone.now()),
            **(registry.page_state(request.user, page) if page else {}),
        }
        response = JsonResponse(facts)
    else:
        response = JsonResponse({"name": None})
    return response


@proved_only
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: ReaderRequest) -> HttpResponseBase:
    """Hand over everything the paper keeps about the reader."""
    if request.method != "POST":
        return render(request, "readers/data.html", {})
    reader = request.user
    outcome = requests.try_once(request, Action.EXPORT, reader=reader.pk)
    if not outcome.allowed:
        wait = limits.wait_in_words(outcome.wait)
        messages.error(request, f"Wait {wait}, then ask for the archive again.")
        return render(request, "readers/data.html", {}, status=429)
    now = timezone.now()
    events.note(reader, AccountEvent.Kind.EXPORTED, now=now, request=request)
    return FileResponse(
        exports.archive(reader, now=now),
        as_attachment=True,
        filename=f"reader-{now.astimezone(settings.OPTIONS.zone):%Y-%m-%d}.zip",
        content_type="application/zip",
    )


@proved_only
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: ReaderRequest) -> HttpResponseBase:
    """Erase the account within this request."""
    questions = [choice for part in registry.parts() for choice in part.choices]
    facts = {"questions": questions}
    if request.method != "POST":
        return render(request, "readers/erase.html", facts)
    if request.POST.get("sure") != "yes":
        messages.error(request, "Tick the box if you want everything erased.")
        return render(request, "readers/erase.html", facts, status=422)
    reader, address = request.user, request.user.email
    try:
        choices = chosen(questions, request)
        actions.erase(reader=reader, choices=choices, now=timezone.now())
    except actions.ErasureRefused as error:
        messages.error(request, str(error))
        return render(request, "readers/erase.html", facts, status=403)
    request.session.flush()
    request.user = auth.get_user(request)  # type: ignore[assignment]
    mails.notify("erased", address, {})
    return signed_out(render(request, "readers/erased.html", {}))


def chosen(questions: list[registry.Choice], request: HttpRequest) -> dict[str, str]:
    """Return the answers to the questions; the first answer where none or a strange one came."""
    answers = {}
    for question in questions:
        values = [value for value, _ in question.answers]
        answer = request.POST.get(question.name, "")
        answers[question.name] = answer if answer in values else values[0]
    return answers
