"""The forms in which pages are written. Models are asked for by name: theirs name these."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.apps import apps
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.text import slugify
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.forms.pages import WagtailAdminPageForm
from wagtail.blocks import StreamBlockValidationError, StructBlockValidationError

from broadsheet.newsroom import addresses, widgets
from broadsheet.rules import days

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_MOMENTS = ["published_at", "updated_at", "embargoed_until", "go_live_at", "expire_at"]


class TopicsField(forms.Field):
    """Topics by name. New ones are made when the form is saved, by those who may."""

    widget = widgets.TopicsInput

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.may_add = False

    def prepare_value(self, value: Any) -> Any:
        if value is None or isinstance(value, str):
            return value
        return widgets.joined(self._names(value))

    def clean(self, value: Any) -> list[Any]:
        """Return the topics; one that is new has no number yet."""
        topic_model = apps.get_model("newsroom", "Topic")
        names = widgets.parted(value or "")
        found = list(topic_model.objects.filter(name__in=names))
        missing = [name for name in names if name not in {topic.name for topic in found}]
        for name in missing:
            # People don't mind capitals; neither does the address of a topic.
            close = topic_model.objects.filter(slug=slugify(name, allow_unicode=True)).first()
            if close is not None:
                found.append(close)
            elif not self.may_add:
                raise forms.ValidationError(
                    f"There is no topic “{name}”. Choose one from the list, or ask an editor to "
                    "add it."
                )
            elif len(name) > 120 or not slugify(name, allow_unicode=True):
                raise forms.ValidationError(f"“{name[:120]}” can't be the name of a topic.")
            else:
                found.append(topic_model(name=name, slug=slugify(name, allow_unicode=True)))
        return list({topic.slug: topic for topic in found}.values())

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = initial if isinstance(initial, str) else widgets.joined(self._names(initial or []))
        return set(widgets.parted(before)) != set(widgets.parted(data or ""))

    @staticmethod
    def _names(topics: Iterable[Any]) -> list[str]:
        # A model form hands over topics, or their numbers.
        topics = list(topics)
        numbers = [topic for topic in topics if not hasattr(topic, "name")]
        named = {topic.name for topic in topics if hasattr(topic, "name")}
        if numbers:
            topic_model = apps.get_model("newsroom", "Topic")
            named |= set(topic_model.objects.filter(pk__in=numbers).values_list("name", flat=True))
        return sorted(named)


class PageForm(WagtailAdminPageForm):
    """What the forms of all pages share."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        for name in _MOMENTS:
            # The form shows minutes: a moment nobody touched keeps its seconds.
            before = self.initial.get(name) or getattr(self.instance, name, None)
            now = cleaned.get(name)
            if before and now and before.replace(second=0, microsecond=0) == now:
                cleaned[name] = before
            elif now and not days.is_usable(now):
                self.add_error(name, days.UNUSABLE)
        return cleaned


class SectionForm(PageForm):
    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        # Below the front page: deeper down, every name is free.
        if self.parent_page.depth == 2 and addresses.is_taken(slug):
            raise forms.ValidationError(addresses.refused(slug))
        return slug


class StoryForm(PageForm):
    topics = TopicsField(
        required=False,
        help_text="What it is about, across sections. Readers can follow a topic.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "topics" in self.fields:
            may_add = bool(self.for_user and self.for_user.has_perm("newsroom.add_topic"))
            self.fields["topics"].may_add = may_add
            self.fields["topics"].widget.known_only = not may_add

    @property
    def is_out(self) -> bool:
        """Whether readers see the story now. A new one says so of itself before it is stored."""
        return bool(self.instance.pk and self.instance.live)

    def clean_language(self) -> str:
        language: str = self.cleaned_data["language"]
        if language and not _LANGUAGE.fullmatch(language):
            raise forms.ValidationError(
                "Write the language as a code, as in “en”, “hi-Latn” or “pt-BR”."
            )
        return language

    def clean_slug(self) -> str:
        """Number an address that was made from the headline and is taken already."""
        slug: str = self.cleaned_data["slug"]
        headline = self.cleaned_data.get("title") or ""
        if not slug or self.is_out or slug != slugify(headline, allow_unicode=True)[: len(slug)]:
            return slug
        number, free = 1, slug
        while not self.instance._slug_is_available(free, self.parent_page, self.instance):
            number += 1
            free = f"{slug[:240]}-{number}"
        return free

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        now = timezone.now()
        self._follow_embargo(cleaned)
        until: datetime | None = cleaned.get("embargoed_until")
        if until and until > now and self.is_out:
            self.add_error(
                "embargoed_until", "This story is out already. Unpublish it first, or wait."
            )
        published: datetime | None = cleaned.get("published_at")
        out_at = max(filter(None, [now, cleaned.get("go_live_at"), until]))
        if published and published > out_at:
            self.add_error(
                "published_at",
                "A story can't have been published in the future. Set a schedule instead "
                "(“Status”, at the right), and leave this empty.",
            )
        self._refuse_corrections_to_come(cleaned.get("body") or (), out_at)
        return cleaned

    def _refuse_corrections_to_come(self, body: Iterable[Any], out_at: datetime) -> None:
        said = forms.ValidationError(
            "A story can't have been corrected in the future, nor later than it comes out."
        )
        wrong = {
            place: StructBlockValidationError(block_errors={"corrected_at": said})
            for place, block in enumerate(body)
            if block.block_type == "correction"
            and (at := block.value["corrected_at"])
            and at > out_at
        }
        if wrong:
            self.add_error("body", StreamBlockValidationError(block_errors=wrong))

    def _follow_embargo(self, cleaned: dict[str, Any]) -> None:
        """Let a schedule that an embargo made go with it when the embargo changes."""
        before, now = self.initial.get("embargoed_until"), cleaned.get("embargoed_until")
        if before and before != now and cleaned.get("go_live_at") == before:
            cleaned["go_live_at"] = now

    def save(self, commit: bool = True) -> Any:
        for topic in self.cleaned_data.get("topics", []):
            if topic.pk is None:
                topic.save()
        return super().save(commit=commit)


def _people() -> Any:
    return get_user_model().objects


class AuthorForm(WagtailAdminModelForm):
    """An author. The account is named by its address: there may be a million readers."""

    reader = forms.CharField(
        max_length=254,
        required=False,
        label="Account",
        help_text="The e-mail address they sign in by, so that readers see who answers them. "
        "Empty for none.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.reader_id:
            self.initial["reader"] = self.instance.reader.email

    def clean_reader(self) -> Any:
        address = self.cleaned_data["reader"]
        if not address:
            return None
        reader = _people().at_address(address).first()
        if reader is None:
            raise forms.ValidationError("Nobody has an account with this address.")
        taken = type(self.instance).objects.filter(reader=reader).exclude(pk=self.instance.pk)
        if other := taken.first():
            raise forms.ValidationError(f"This is the account of {other} already.")
        return reader
