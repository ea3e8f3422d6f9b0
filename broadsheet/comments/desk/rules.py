"""The paper's rules as the desk sees, tries and sets them: guidelines, word lists, threads."""

import io
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from broadsheet.comments import rulebook, rulechanges, rulings, screening
from broadsheet.comments.desk import context, replay
from broadsheet.comments.desk.views import SETS_RULES, moderators_only, page
from broadsheet.comments.models import PaperRules, SectionRules, WordList
from broadsheet.newsroom.models import SectionPage
from broadsheet.readers.requests import ReaderRequest
from broadsheet.rules import limits
from broadsheet.rules.guidelines import wordlists
from broadsheet.rules.guidelines.findings import SCREENED, Guideline
from broadsheet.rules.guidelines.policy import Lines, Policy

LARGEST_LIST = 2 * 1024 * 1024  # bytes
MOST_SECTIONS = 200
EDITS = require_http_methods(["GET", "HEAD", "POST"])


def _setters_only(request: ReaderRequest) -> None:
    if not request.user.has_perm(SETS_RULES):
        raise PermissionDenied


# Guidelines.

_CONSEQUENCES = ("returns_at", "holds_at", "tells_at")


class PolicyForm(forms.Form):
    """Each guideline's three lines, in per cent of strength; an empty one is never reached."""

    longest = forms.IntegerField(
        label="Longest comment, in characters", min_value=100, max_value=20_000
    )
    most_links = forms.IntegerField(label="Links that are no finding", min_value=0, max_value=50)

    def __init__(self, policy: Policy, data: Any = None) -> None:
        initial: dict[str, Any] = {"longest": policy.longest, "most_links": policy.most_links}
        for guideline in Guideline:
            lines = policy.of(guideline)
            for name in _CONSEQUENCES:
                line = getattr(lines, name)
                initial[f"{guideline}-{name}"] = "" if line is None else round(line * 100, 1)
        super().__init__(data, initial=initial)
        for guideline in Guideline:
            for name in _CONSEQUENCES:
                words = name.removesuffix("_at")
                self.fields[f"{guideline}-{name}"] = forms.FloatField(
                    required=False,
                    min_value=0,
                    max_value=100,
                    label=f"{context.GUIDELINES[guideline]} {words} from",
                    widget=forms.NumberInput(attrs={"step": "0.1"}),
                )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for guideline in Guideline:
            lines = [given.get(f"{guideline}-{name}") for name in _CONSEQUENCES]
            drawn = [line for line in lines if line is not None]
            if drawn != sorted(drawn, reverse=True):
                title = context.GUIDELINES[guideline]
                self.add_error(
                    None, f"{title}: what is returned must be surer than what is held, and so on."
                )
        return given

    def policy(self, present: Policy) -> Policy:
        """Return the policy that was written, with the word lists of the present one."""
        given = self.cleaned_data

        def line(guideline: Guideline, name: str) -> float | None:
            percent = given[f"{guideline}-{name}"]
            return None if percent is None else round(percent / 100, 4)

        lines = {one: Lines(*(line(one, name) for name in _CONSEQUENCES)) for one in Guideline}
        return Policy(
            lines, longest=given["longest"], most_links=given["most_links"], lists=present.lists
        )

    def rows(self) -> list[dict[str, Any]]:
        """Return the guidelines as the page's table has them."""
        rows = []
        for guideline in Guideline:
            agreed, of = rulings.agreement(guideline.value)
            rows.append(
                {
                    "title": context.GUIDELINES[guideline],
                    "fields": [self[f"{guideline}-{name}"] for name in _CONSEQUENCES],
                    "is_off": all(
                        self[f"{guideline}-{name}"].value() in {None, ""} for name in _CONSEQUENCES
                    ),
                    "is_blind": guideline in SCREENED and not screening.is_installed(),
                    "agreed": agreed,
                    "of": of,
                    "percent": round(100 * agreed / of) if of else None,
                }
            )
        return rows


@EDITS
@moderators_only
def guidelines(request: ReaderRequest) -> HttpResponse:
    """Show what follows from which finding; try a change on past comments, and switch it on."""
    present = rulebook.read().policy
    form = PolicyForm(present, request.POST if request.method == "POST" else None)
    tried = None
    if request.method == "POST" and form.is_valid():
        policy = form.policy(present)
        if request.POST.get("do") == "switch-on":
            _setters_only(request)
            rulechanges.set_policy(policy=policy, by=request.user, now=timezone.now())
            messages.success(request, "The policy holds from the next comment on.")
            return redirect("desk-comments-guidelines")
        tried = replay.run(present, policy)
    return page(
        request,
        "guidelines.html",
        "Guidelines",
        status=422 if form.errors else 200,
        form=form,
        rows=form.rows(),
        tried=tried,
        changes=list(replay.changes(tried)) if tried else [],
        agreements=[
            (context.GUIDELINES[guideline], one) for guideline, one in tried.guidelines.items()
        ]
        if tried
        else [],
        is_screened=screening.is_installed(),
    )


# Word lists.


class WordsForm(forms.ModelForm):
    class Meta:
        model = WordList
        fields = ["title", "weight", "explanation", "words", "is_used"]
        widgets = {"words": forms.Textarea(attrs={"rows": 12, "spellcheck": "false"})}
        labels = {"is_used": "In use", "weight": "What follows"}

    def clean_words(self) -> str:
        """Refuse what could never be found, line by line."""
        typed: str = self.cleaned_data["words"]
        wrong = [
            f"Line {one.line}: {one.reason}"
            for one in wordlists.read(typed.splitlines())
            if isinstance(one, wordlists.Complaint)
        ]
        if wrong:
            raise forms.ValidationError(wrong[:20])
        return typed


class ImportForm(forms.Form):
    pasted = forms.CharField(
        label="Paste words, one to a line",
        required=False,
        max_length=LARGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label="Or a file",
        required=False,
        help_text="Plain text, or CSV with the words in its first column; UTF-8.",
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("pasted") and not given.get("file"):
            raise forms.ValidationError("Paste some words, or choose a file.")
        if given.get("file") and given["file"].size > LARGEST_LIST:
            raise forms.ValidationError("The file is larger than 2 MB; send it in parts.")
        return given

    def lines(self) -> Any:
        file = self.cleaned_data.get("file")
        if file:
            return io.TextIOWrapper(file.file, encoding="utf-8", errors="replace")
        return self.cleaned_data["pasted"].splitlines()


@require_safe
@moderators_only
def word_lists(request: ReaderRequest) -> HttpResponse:
    lists = [(one, len(rulebook.words_of(one.words))) for one in WordList.objects.all()]
    return page(request, "word_lists.html", "Word lists", lists=lists)


@EDITS
@moderators_only
def word_list(request: ReaderRequest, pk: int | None = None) -> HttpResponse:
    """Show a word list, or make one; change its words."""
    kept = get_object_or_404(WordList, pk=pk) if pk is not None else None
    form = WordsForm(request.POST or None, instance=kept)
    if request.method == "POST" and form.is_valid():
        made = form.save(commit=False)
        rulechanges.save_words(words=made, by=request.user, now=timezone.now())
        messages.success(request, f"“{made.title}” is kept.")
        return redirect("desk-comments-word-list", pk=made.pk)
    return _words_page(request, kept, form=form)


def _words_page(request: ReaderRequest, kept: WordList | None, **facts: Any) -> HttpResponse:
    shown = {"list": kept, "form": WordsForm(instance=kept), "import_form": ImportForm()} | facts
    wrong = any(form.errors for form in (shown["form"], shown["import_form"]) if form.is_bound)
    title = kept.title if kept else "A new word list"
    return page(request, "word_list.html", title, status=422 if wrong else 200, **shown)


@require_POST
@moderators_only
def import_words(request: ReaderRequest, pk: int) -> HttpResponse:
    """Add words from a paste or a file, and show what became of every bad line."""
    kept = get_object_or_404(WordList, pk=pk)
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _words_page(request, kept, import_form=form)
    made = rulechanges.import_words(
        words=kept, lines=form.lines(), by=request.user, now=timezone.now()
    )
    kept.refresh_from_db()
    return _words_page(request, kept, made=made, form=WordsForm(instance=kept))


@require_POST
@moderators_only
def delete_words(request: ReaderRequest, pk: int) -> HttpResponse:
    kept = get_object_or_404(WordList, pk=pk)
    rulechanges.delete_words(words=kept, by=request.user, now=timezone.now())
    messages.success(request, f"“{kept.title}” is deleted.")
    return redirect("desk-comments-words")


# Threads, trust, addresses.


class PaperForm(forms.ModelForm):
    class Meta:
        model = PaperRules
        fields = list(rulechanges.PAPER_FIELDS)
        labels = {
            "closes_after_days": "Threads close after so many days",
            "read_first_comments": "Comments of a new reader that are read first",
            "passing_domains": "More domains of throw-away addresses",
            "guidelines": "The paper’s own words above the guidelines",
        }
        widgets = {
            "passing_domains": forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
            "guidelines": forms.Textarea(attrs={"rows": 6}),
        }


class SectionForm(forms.Form):
    comments_are = forms.ChoiceField(
        choices=SectionRules.Comments.choices, required=False, label="Comments are"
    )
    closes_after_days = forms.IntegerField(
        required=False, min_value=1, max_value=3_650, label="Close after days"
    )


_COMMENT_ACTS = (
    (limits.Action.POST_COMMENT, "Comments posted"),
    (limits.Action.VALUE_COMMENT, "Comments valued"),
    (limits.Action.REPORT_COMMENT, "Comments reported"),
)


def _sections(data: Any) -> list[tuple[SectionPage, SectionForm]]:
    kept = SectionRules.objects.in_bulk()
    forms_of = []
    for section in SectionPage.objects.live().order_by("path")[:MOST_SECTIONS]:
        rules = kept.get(section.pk)
        initial = {
            "comments_are": rules.comments_are if rules else "",
            "closes_after_days": rules.closes_after_days if rules else None,
        }
        forms_of.append((section, SectionForm(data, initial=initial, prefix=f"s{section.pk}")))
    return forms_of


@EDITS
@moderators_only
def paper_rules(request: ReaderRequest) -> HttpResponse:
    """Show and set when threads close, who is read first, which addresses don't last."""
    data = request.POST if request.method == "POST" else None
    if data is not None:
        _setters_only(request)
    # A copy, so that what is typed isn't taken for what is kept.
    form = PaperForm(data, instance=PaperRules.objects.filter(pk=1).first() or PaperRules(pk=1))
    sections = _sections(data)
    if data is not None and form.is_valid() and all(one.is_valid() for _, one in sections):
        now = timezone.now()
        values = {name: form.cleaned_data[name] for name in rulechanges.PAPER_FIELDS}
        rulechanges.set_paper_rules(values=values, by=request.user, now=now)
        for section, one in sections:
            rulechanges.set_section_rules(
                section=section,
                comments_are=one.cleaned_data["comments_are"],
                closes_after_days=one.cleaned_data["closes_after_days"],
                by=request.user,
                now=now,
            )
        messages.success(request, "The rules are kept.")
        return redirect("desk-comments-rules")
    return page(
        request,
        "rules.html",
        "Rules",
        status=422 if data is not None else 200,
        form=form,
        sections=sections,
        limits=[
            (title, limit.tries, limits.wait_in_words(limit.seconds), limit.share.value)
            for action, title in _COMMENT_ACTS
            for limit in limits.LIMITS[action]
        ],
    )


@require_safe
@moderators_only
def help_page(request: ReaderRequest) -> HttpResponse:
    """Say how the desk works, and what no check can see."""
    return page(request, "help.html", "Help", is_screened=screening.is_installed())
