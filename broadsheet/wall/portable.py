"""The policies of the wall in a paper's export."""

from collections.abc import Callable, Iterable, Iterator

from django.core.exceptions import ValidationError
from django.db import transaction

from broadsheet.newsroom.portable import Part, Row, address, numbers
from broadsheet.wall.models import SectionPolicy, WallPolicy

_NUMBERS = ("visitor_allowance", "reader_allowance", "teaser_words")
_CHOICES = ("search_engines_read_on", "training_is_allowed")
_TEXTS = ("subscribe_text", "subscribe_contact", "subscribe_address")


def write() -> Iterator[Row]:
    """Yield the paper's policy, if it has set one, and those of sections by their addresses."""
    policy = WallPolicy.objects.first()
    if policy is None:
        return
    yield {
        "section": None,
        **{name: getattr(policy, name) for name in (*_NUMBERS, *_CHOICES, *_TEXTS)},
    }
    rows = policy.sections.select_related("section").order_by("sort_order", "pk")
    for one in rows:
        yield {
            "section": address(one.section.url_path),
            **{name: getattr(one, name) for name in _NUMBERS},
        }


def read(rows: Iterable[Row], tell: Callable[[str], None]) -> None:
    """Bring the policies in where this paper has set none."""
    if WallPolicy.objects.exists():
        return
    with transaction.atomic():
        policy: WallPolicy | None = None
        made: list[SectionPolicy] = []
        for row in rows:
            given = {name: row.get(name) for name in _NUMBERS}
            place = row.get("section")
            one: WallPolicy | SectionPolicy
            if place is None:
                choices = {name: row[name] for name in _CHOICES if isinstance(row.get(name), bool)}
                texts = {name: row[name] for name in _TEXTS if isinstance(row.get(name), str)}
                one = policy = WallPolicy(**given, **choices, **texts)
            elif number := numbers([str(place)]).get(str(place)):
                one = SectionPolicy(section_id=number, sort_order=len(made), **given)
                made.append(one)
            else:
                tell(f"the section {place} is not there, so that its policy is left out")
                continue
            try:
                one.clean_fields(exclude=["policy"])
            except ValidationError as error:
                tell(f"a policy can't be what it says ({'; '.join(error.messages)})")
                return
        if policy is None:
            return
        policy.save()
        for each in made:
            each.policy = policy
            each.save()


PART = Part("wall", write, read, first=True)
