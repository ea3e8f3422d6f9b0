"""What a reader can ask for on the search page."""

from typing import Any

from django import forms
from django.conf import settings

from broadsheet.edition.services import lists
from broadsheet.edition.services.search.find import Filters, Order
from broadsheet.newsroom.models import Author, SectionPage, Topic


def section_choices() -> list[tuple[str, str]]:
    """Return (address without its slashes at the ends, title set in by depth) of all sections."""
    sections = SectionPage.objects.live().order_by("path")
    return [
        (place(url_path), "\u2003" * (depth - 3) + title)
        for url_path, depth, title in sections.values_list("url_path", "depth", "title")
    ]


def place(url_path: str) -> str:
    """Return where a page is below the front page: ``world/asia``."""
    return url_path.split("/", 2)[2].strip("/")


class SearchForm(forms.Form):
    use_required_attribute = False

    q = forms.CharField(label="Search for", required=False, strip=True)
    section = forms.ChoiceField(
        required=False,
        error_messages={"invalid_choice": "There is no such section. Choose one from the list."},
    )
    topic = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)
    author = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)
    since = forms.DateField(
        label="From",
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Write the day as 2011-03-22: year, month, day."},
    )
    until = forms.DateField(
        label="To",
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Write the day as 2011-03-22: year, month, day."},
    )
    order = forms.ChoiceField(
        required=False,
        choices=[(Order.RELEVANCE.value, "Best match first"), (Order.NEWEST.value, "Newest first")],
        error_messages={"invalid_choice": "Choose best match first or newest first."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = [("", "All sections"), *section_choices()]  # type: ignore[attr-defined]
        # Any sign may be typed, and means nothing.
        self.fields["q"].validators = []
        self.fields["q"].widget = forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "enterkeyhint": "search"}
        )
        for name, field in self.fields.items():
            if self.is_bound and name in self.errors:
                field.widget.attrs |= {
                    "aria-invalid": "true",
                    "aria-describedby": f"error-{name}",
                }

    def clean_section(self) -> SectionPage | None:
        if not (where := self.cleaned_data["section"]):
            return None
        return next(
            (
                section
                for section in SectionPage.objects.live().filter(slug=where.rsplit("/", 1)[-1])
                if place(section.url_path) == where
            ),
            None,
        )

    def clean_topic(self) -> Topic | None:
        if not (slug := self.cleaned_data["topic"]):
            return None
        found = lists.topics().filter(slug=slug).first()
        if found is None:
            raise forms.ValidationError(f"There is no topic at “{slug}” in {settings.PAPER_NAME}.")
        return found

    def clean_author(self) -> Author | None:
        if not (slug := self.cleaned_data["author"]):
            return None
        found = lists.authors().filter(slug=slug).first()
        if found is None:
            raise forms.ValidationError(f"There is no author at “{slug}” in {settings.PAPER_NAME}.")
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "This day is before the first one. Change one of the two.")
        return cleaned

    def filters(self) -> Filters:
        wanted = ("section", "topic", "author", "since", "until")
        return Filters(**{name: self.cleaned_data.get(name) for name in wanted})

    def chosen_order(self) -> Order:
        return Order(self.cleaned_data.get("order") or Order.RELEVANCE)
