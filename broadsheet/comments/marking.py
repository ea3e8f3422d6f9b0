"""Showing a comment back to its writer: every finding in words, and the words it is about marked."""

import itertools
from collections.abc import Sequence
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from broadsheet.comments.looking import FLOOD, ReturnedError
from broadsheet.comments.models import Comment
from broadsheet.rules.guidelines.findings import Finding, Guideline
from broadsheet.rules.guidelines.judging import Reason

# As the guidelines' page has them.
TITLES = {
    Guideline.ENGLISH: "In English",
    Guideline.FULL_SENTENCES: "In full sentences",
    Guideline.NOT_ABUSIVE: "Not abusive",
    Guideline.NOT_PERSONAL: "Not personal",
    Guideline.LINKS: "No advertising",
    Guideline.SHOUTING: "No shouting",
    Guideline.REPETITION: "Repetition",
    Guideline.LENGTH: "Not too long",
    Guideline.WORDS: "The paper’s words",
}

WHY_HELD = {
    Reason.ASKED_FOR_PERSON: "You asked a person to look at it.",
    Reason.SCREENING_FAILED: "Comments can’t be checked at the moment, so a person reads it first.",
    Reason.DOUBTFUL: "A person reads it first, because of what is said below.",
    Reason.THREAD_READ_FIRST: "Comments on this story are read before they appear.",
    Reason.WRITER_READ_FIRST: "The desk reads your comments before they appear.",
    Reason.FIXED_AFTER_RETURN: "The desk returned it to you before, so a person reads it first.",
    Reason.NEW_READER: "The first comments of new readers are read before they appear.",
    Reason.PASSING_ADDRESS: "Your email address is a temporary one, so a person reads it first.",
}


def why_held(comment: Comment) -> str:
    """Say to its writer that a comment waits, and why."""
    try:
        why = WHY_HELD.get(Reason(comment.reason), "")
    except ValueError:
        why = ""
    return f"Your comment is waiting for a moderator. {why} We’ll email you.".replace("  ", " ")


def marked(text: str, findings: Sequence[Finding]) -> SafeString:
    """Return a text as HTML, with the words of every finding in a ``<mark>``.

    Findings may overlap; a stretch that several are about is marked once.
    """
    edges = sorted({0, len(text), *(at for one in findings for at in (one.start, one.end))})
    parts = []
    for start, end in itertools.pairwise(edges):
        about = [
            at
            for at, one in enumerate(findings, start=1)
            if one.start <= start and end <= one.end and one.start < one.end
        ]
        piece = escape(text[start:end]).replace("\n", "<br>")
        if about:
            # The number stands once, where the words end.
            ended = ", ".join(str(at) for at in about if findings[at - 1].end == end)
            note = f"<sup>{ended}</sup>" if ended else ""
            piece = f'<mark data-findings="{" ".join(map(str, about))}">{piece}{note}</mark>'
        parts.append(piece)
    return mark_safe("".join(parts))  # noqa: S308


def returned_facts(error: ReturnedError) -> dict[str, Any]:
    """Return what a form shows of a comment that came back."""
    return {
        # What is far too long stands in the form, not a second time beside it.
        "marked": marked(error.text, error.findings) if len(error.text) <= FLOOD else "",
        "findings": [
            {
                "guideline": one.guideline.value,
                "title": TITLES[one.guideline],
                "words": error.text[one.start : one.end][:120],
                "explanation": one.explanation,
            }
            for one in error.findings
        ],
    }


def kept_findings(comment: Comment) -> list[dict[str, str]]:
    """Return the findings that a comment was stored with, for its writer."""
    return [
        {
            "title": TITLES[Guideline(one["guideline"])],
            "words": comment.text[one["start"] : one["end"]][:120],
            "explanation": one["explanation"],
        }
        for one in comment.findings
    ]
