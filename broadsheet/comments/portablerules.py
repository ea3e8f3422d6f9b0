"""The desk's rules, texts and word lists in a paper's export."""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module

from django.core.exceptions import ValidationError
from django.db import transaction

from broadsheet.comments.models import Decision, PaperRules, ReasonText, SectionRules, WordList
from broadsheet.comments.portable import text, whole, why
from broadsheet.newsroom.models import SectionPage
from broadsheet.newsroom.portable import Part, Row, address, numbers
from broadsheet.rules.guidelines.policy import Policy

_PAPER = (
    "policy",
    "closes_after_days",
    "read_first_comments",
    "passing_addresses",
    "passing_domains",
    "guidelines",
)
_SECTION = ("comments_are", "closes_after_days")
_REASON = ("title", "words", "order", "is_offered")
_LIST = ("title", "words", "weight", "explanation", "is_used")

type Tell = Callable[[str], None]


def write_rules() -> Iterator[Row]:
    """Yield the paper's rules, if it has set any, and those of sections by their addresses."""
    paper = PaperRules.objects.first()
    if paper is not None:
        yield {"section": None, **{name: getattr(paper, name) for name in _PAPER}}
    for one in SectionRules.objects.select_related("section").order_by("section__path"):
        yield {
            "section": address(one.section.url_path),
            **{name: getattr(one, name) for name in _SECTION},
        }


def read_rules(rows: Iterable[Row], tell: Tell) -> None:
    """Bring rules in where the paper, or the section, has set none."""
    for row in rows:
        place = row.get("section")
        try:
            if place is None:
                _paper(row)
            elif not _section(row, str(place)):
                tell(f"the section {place} is not there, so that its rules are left out")
        except (ValueError, TypeError, AttributeError, ValidationError) as error:
            whose = f"the section {place}" if place else "the paper"
            tell(f"the rules of {whose} can't be what they say ({why(error)})")


def _paper(row: Row) -> None:
    one = PaperRules(
        pk=1,
        policy=_policy(row["policy"]) if row.get("policy") else {},
        closes_after_days=_days(row),
        read_first_comments=whole(row, "read_first_comments"),
        passing_addresses=text(row, "passing_addresses"),
        passing_domains=text(row, "passing_domains"),
        guidelines=text(row, "guidelines"),
    )
    one.clean_fields()
    with transaction.atomic():
        if not PaperRules.objects.exists():
            one.save(force_insert=True)


def _policy(given: Row) -> Row:
    policy = Policy.from_json(given)
    for lines in policy.lines.values():
        for line in (lines.returns_at, lines.holds_at, lines.tells_at):
            if not isinstance(line, int | float | None):
                raise ValueError(f"policy: {line!r} is no number")
    return policy.as_json()


def _section(row: Row, place: str) -> bool:
    number = numbers([place]).get(place)
    section = SectionPage.objects.filter(pk=number).first()
    if section is None:
        return False
    one = SectionRules(
        section=section, comments_are=text(row, "comments_are"), closes_after_days=_days(row)
    )
    one.clean_fields(exclude=["section"])
    with transaction.atomic():
        if not SectionRules.objects.filter(section=section).exists():
            one.save(force_insert=True)
    return True


def _days(row: Row) -> int | None:
    given = row.get("closes_after_days")
    return None if given is None else whole(row, "closes_after_days", least=1, most=32_767)


def write_reasons() -> Iterator[Row]:
    yield from ReasonText.objects.order_by("order", "title", "pk").values(*_REASON).iterator()


def read_reasons(rows: Iterable[Row], tell: Tell) -> None:
    """Bring in texts with titles that aren't here; texts nobody has touched yet make room."""
    made: list[ReasonText] = []
    for row in rows:
        try:
            one = ReasonText(
                title=text(row, "title"),
                words=text(row, "words"),
                order=whole(row, "order", most=32_767),
                is_offered=row.get("is_offered", True),
            )
            one.clean_fields()
        except (ValueError, ValidationError) as error:
            tell(f"the text {str(row.get('title'))[:80]!r} can't be what it says ({why(error)})")
        else:
            made.append(one)
    if not made:
        return
    with transaction.atomic():
        if _first_reasons():
            ReasonText.objects.all().delete()
        known = set(ReasonText.objects.values_list("title", flat=True))
        ReasonText.objects.bulk_create(one for one in made if one.title not in known)


def _first_reasons() -> bool:
    """Tell whether the texts here are those that every new paper has, and none was ever sent."""
    if (
        Decision.objects.exclude(reason=None).exists()
        or ReasonText.objects.filter(is_offered=False).exists()
    ):
        return False
    first = import_module("broadsheet.comments.migrations.0003_reason_texts").TEXTS
    here = ReasonText.objects.order_by("order").values_list(*_REASON[:3])
    return list(here) == [(*words, order) for order, words in enumerate(first, start=1)]


def write_lists() -> Iterator[Row]:
    """Yield the word lists in the order in which they are looked through."""
    yield from WordList.objects.order_by("pk").values(*_LIST).iterator()


def read_lists(rows: Iterable[Row], tell: Tell) -> None:
    """Bring in word lists with titles that aren't here."""
    for row in rows:
        try:
            one = WordList(
                title=text(row, "title"),
                words=text(row, "words"),
                weight=text(row, "weight"),
                explanation=text(row, "explanation"),
                is_used=row.get("is_used", True),
            )
            one.clean_fields()
        except (ValueError, ValidationError) as error:
            tell(f"the list {str(row.get('title'))[:80]!r} can't be what it says ({why(error)})")
            continue
        if not WordList.objects.filter(title=one.title).exists():
            one.save()


RULES = Part("comment-rules", write_rules, read_rules)
REASONS = Part("comment-reasons", write_reasons, read_reasons)
LISTS = Part("comment-word-lists", write_lists, read_lists)
