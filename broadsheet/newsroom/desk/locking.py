"""A page is saved by one request at a time, and nothing older is written over something newer.

Wagtail reads a page, works on it and writes all of it back. The desk saves drafts by itself while
somebody types, so that such a draft is often on its way when “Publish” is pressed. Three things
keep the two apart:

- a request that changes a page holds a lock on it from before the page is read;
- a form that was filled in on an older version than the latest is shown back, not saved;
- each form open in a browser has a name and numbers what it sends (``DeskForm``), so that what
  arrives late or twice is told from what is new, and its own drafts from somebody else's.
"""

import json
import re
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from modelcluster.models import get_all_child_relations
from wagtail.admin import messages
from wagtail.admin.utils import set_query_params
from wagtail.admin.views.pages.edit import EditView
from wagtail.models import COMMENTS_RELATION_NAME, Page
from wagtail.utils.timestamps import render_timestamp

from broadsheet.newsroom.models import DeskForm

_TOKEN = re.compile(r"[0-9a-f]{32}")
_SAFE = {"GET", "HEAD", "OPTIONS"}
LATE = "A later version of this form was saved already."


def lock_page(pk: int) -> None:
    """Let nobody else change a page until the transaction ends."""
    # Other rows may go on pointing to the page meanwhile.
    list(Page.objects.select_for_update(no_key=True).filter(pk=pk).values_list("pk"))


def form_of(request: HttpRequest) -> DeskForm | None:
    """Return the form that a request comes from, locked; None for one that doesn't name itself."""
    token = request.POST.get("desk_form", "")
    user: Any = request.user
    if not user.is_authenticated or not _TOKEN.fullmatch(token):
        return None
    form, _ = DeskForm.objects.get_or_create(
        user=user, token=token, defaults={"used_at": timezone.now()}
    )
    return DeskForm.objects.select_for_update().get(pk=form.pk)


def turn_of(request: HttpRequest) -> int:
    """Return which of a form's requests this is; 0 where it doesn't say."""
    turn = request.POST.get("desk_turn", "")
    return int(turn) if turn.isascii() and turn.isdigit() and len(turn) < 9 else 0


def remember(form: DeskForm | None, request: HttpRequest, page: Page) -> None:
    """Note what a form has saved."""
    if form is None or not page.pk:
        return
    latest = Page.objects.values_list("latest_revision", flat=True).get(pk=page.pk)
    if (form.page_id, form.revision) != (page.pk, latest):
        form.page_id, form.revision = page.pk, latest
        form.turn = max(form.turn, turn_of(request))
        form.used_at = timezone.now()
        form.save()


class LockedPage:
    """A view that changes the page it names: nobody else changes it meanwhile."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method in _SAFE:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        with transaction.atomic():
            lock_page(int(kwargs.get("page_id") or kwargs.get("page_to_move_id") or args[0]))
            # Some views read the page before they are asked: what they read may be old by now.
            self.setup(request, *args, **kwargs)  # type: ignore[attr-defined]
            return self.dispatch_locked(request, *args, **kwargs)

    def dispatch_locked(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class LockedCreate:
    """A view that makes a page: one form makes one, however often it is sent."""

    desk_form: DeskForm | None = None
    page: Any
    edit_view: type[EditView]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method in _SAFE:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        with transaction.atomic():
            # The place of a page in its tree is counted from those that are there.
            lock_page(int(kwargs["parent_page_id"]))
            form = form_of(request)
            if form is not None and form.page_id:
                return self._edit_what_it_made(request, form.page_id)
            response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
            if getattr(self, "page", None) is not None:
                remember(form, request, self.page)
            return response

    def _edit_what_it_made(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Save to the page that the form made before: its answer never came back to the browser."""
        answer: HttpResponseBase = self.edit_view.as_view()(request, page_id=pk)
        if isinstance(answer, JsonResponse):
            said = json.loads(answer.content)
            if said.get("success"):
                # What the browser needs to go on from there.
                url = reverse("wagtailadmin_pages:edit", args=[pk])
                hydrate = set_query_params(url, {"_w_hydrate_create_view": "1"})
                return JsonResponse({**said, "url": url, "hydrate_url": hydrate})
        return answer


class LockedEdit(LockedPage):
    """The view of a page's form: knows its own drafts, and says when somebody else was quicker."""

    request: Any
    page: Any
    form: Any
    latest_revision: Any
    real_page_record: Any
    desk_form: DeskForm | None = None

    def dispatch_locked(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.desk_form = form_of(request)
        if self._is_late(int(kwargs["page_id"])):
            return self._say_it_is_late(int(kwargs["page_id"]))
        response = super().dispatch_locked(request, *args, **kwargs)
        remember(self.desk_form, request, self.real_page_record)
        return response

    def _is_late(self, pk: int) -> bool:
        """Whether the form has saved this, or something newer, already."""
        form, turn = self.desk_form, turn_of(self.request)
        return bool(form and form.page_id == pk and turn and turn <= form.turn)

    def _say_it_is_late(self, pk: int) -> HttpResponse:
        page = get_object_or_404(Page, pk=pk)
        if not page.specific.permissions_for_user(self.request.user).can_edit():
            return redirect("wagtailadmin_home")
        if self.expects_json_response:  # type: ignore[attr-defined]
            refused: HttpResponse = self.json_error_response("invalid_revision", LATE)  # type: ignore[attr-defined]
            return refused
        messages.info(self.request, "This was saved already; nothing was saved twice.")
        return redirect("wagtailadmin_pages:edit", pk)

    def get_object(self) -> Any:
        page = super().get_object()  # type: ignore[misc]
        if self._writes_over_own_draft:
            _forget_unnamed(page, self.request.POST)
        return page

    @property
    def _is_own_draft(self) -> bool:
        form = self.desk_form
        return bool(
            form
            and self.latest_revision
            and (form.page_id, form.revision) == (self.real_page_record.pk, self.latest_revision.pk)
        )

    @property
    def _writes_over_own_draft(self) -> bool:
        """Whether the form saved a draft whose answer may never have come back to it."""
        return self._is_own_draft and not self._names_the_latest

    @property
    def _names_the_latest(self) -> bool:
        sent = self.request.POST
        named = sent.get("overwrite_revision_id") or sent.get("desk_revision")
        return bool(named) and named == str(self.latest_revision.pk)

    @cached_property
    def is_out_of_date(self) -> bool:
        """Whether somebody has saved a newer version than the one the form was filled in on."""
        if self.latest_revision is None or self._is_own_draft:
            return False
        if self.desk_form and self.desk_form.page_id == self.real_page_record.pk:
            return not self._names_the_latest
        return bool(EditView.is_out_of_date.func(self))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.expects_json_response and self.is_out_of_date:  # type: ignore[attr-defined]
            return self._show_back()
        answer: HttpResponseBase = super().post(request, *args, **kwargs)  # type: ignore[misc]
        return answer

    def _show_back(self) -> HttpResponseBase:
        """Show the form as it was filled in, and who saved a newer version; save nothing."""
        self.form = self.form_class(  # type: ignore[attr-defined]
            self.request.POST,
            self.request.FILES,
            instance=self.page,
            subscription=self.subscription,  # type: ignore[attr-defined]
            parent_page=self.parent,  # type: ignore[attr-defined]
            for_user=self.request.user,
        )
        self.form.is_valid()
        messages.warning(
            self.request,
            format_html(
                "{} saved a newer version of this page {}, after you opened it. Yours is below and "
                "isn’t saved. <a href='{}'>See what is different</a>, or save or publish again to "
                "put yours in its place.",
                self._who_saved,
                render_timestamp(self.latest_revision.created_at),
                self._compare_url,
            ),
        )
        self.has_unsaved_changes = True
        # Whose words stand is for a person to decide now, not for the draft that saves itself.
        self.autosave_enabled = False
        shown: HttpResponseBase = self.render_to_response(self.get_context_data())  # type: ignore[attr-defined]
        return shown

    @property
    def _compare_url(self) -> str:
        loaded = self.request.POST.get("loaded_revision_id", "")
        since = loaded if loaded.isascii() and loaded.isdigit() and len(loaded) < 18 else ""
        if not since or not self.page.revisions.filter(pk=since).exists():
            since = "earliest"
        return reverse(
            "wagtailadmin_pages:revisions_compare",
            args=[self.page.pk, since, self.latest_revision.pk],
        )

    @property
    def _who_saved(self) -> str:
        user = self.latest_revision.user
        if user is None:
            return "The paper"
        if user == self.request.user:
            return "You, in another window,"
        return user.get_full_name() or user.get_username()


def _forget_unnamed(page: Any, sent: Any) -> None:
    """Take the rows of a page's lists out of it that a form doesn't name.

    A draft gave them their numbers, and the form never heard of it: it sends them again as new.
    """
    for relation in get_all_child_relations(type(page)):
        name = relation.get_accessor_name()
        prefix = "comments" if name == COMMENTS_RELATION_NAME else name
        named = {
            value
            for key, value in sent.items()
            if re.fullmatch(rf"{re.escape(prefix)}-\d+-id", key)
        }
        rows = getattr(page, name)
        kept = [row for row in rows.all() if str(row.pk) in named]
        if f"{prefix}-TOTAL_FORMS" in sent:
            rows.set(kept)
