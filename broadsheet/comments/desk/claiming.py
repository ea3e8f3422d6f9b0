"""Taking a comment to work on, letting it go, and notes about writers: the buttons for them."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from broadsheet.comments.desk import views, work
from broadsheet.comments.desk.views import moderators_only
from broadsheet.comments.models import Comment, WriterNote
from broadsheet.readers.models import Reader
from broadsheet.readers.requests import ReaderRequest


@require_POST
@moderators_only
def claim(request: ReaderRequest, pk: int) -> HttpResponse:
    """Take a comment, take it over, or let it go."""
    comment = get_object_or_404(Comment, pk=pk)
    what = request.POST.get("what", "take")
    if what == "release":
        work.release(comment=comment, moderator=request.user)
        messages.success(request, "The comment is free for others again.")
        return redirect(views.back(request, pk))
    try:
        work.take(
            comment=comment, moderator=request.user, now=timezone.now(), over=what == "take-over"
        )
    except work.TakenError as error:
        messages.error(request, str(error))
    else:
        minutes = int(work.LASTS.total_seconds() // 60)
        messages.success(request, f"The comment is yours for {minutes} minutes.")
    return redirect(views.back(request, pk))


class NoteForm(forms.Form):
    words = forms.CharField(
        label="Note", max_length=500, error_messages={"required": "Write the note first."}
    )


@require_POST
@moderators_only
def add_note(request: ReaderRequest, pk: int) -> HttpResponse:
    """Write a note about a reader down."""
    reader = get_object_or_404(Reader, pk=pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        WriterNote.objects.create(
            reader=reader,
            moderator=request.user,
            moderator_name=request.user.get_full_name()[:80],
            words=form.cleaned_data["words"],
            made_at=timezone.now(),
        )
        messages.success(request, "The note is kept.")
    else:
        messages.error(request, " ".join(str(one) for one in form.errors["words"]))
    return redirect("desk-comments-writer", pk=pk)


@require_POST
@moderators_only
def remove_note(request: ReaderRequest, pk: int) -> HttpResponse:
    """Remove a note of one's own."""
    note = get_object_or_404(WriterNote, pk=pk, moderator=request.user)
    note.delete()
    messages.success(request, "The note is removed.")
    return redirect("desk-comments-writer", pk=note.reader_id)
