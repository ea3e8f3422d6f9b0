"""What public pages show to staff: the way to the form in which the page is changed."""

from typing import Any

from django.urls import reverse
from wagtail.models import Page

from broadsheet.readers.models import Reader
from broadsheet.readers.registry import Part


def page_state(reader: Reader, pk: int) -> dict[str, Any]:
    """Return where a page is edited, to those who may; nothing to everybody else."""
    if not reader.is_staff or not reader.has_perm("wagtailadmin.access_admin"):
        return {}
    page = Page.objects.filter(pk=pk, live=True).first()
    if page is None or not page.specific_deferred.permissions_for_user(reader).can_edit():
        return {}
    return {"edit": reverse("wagtailadmin_pages:edit", args=[page.pk])}


PART = Part(name="edition", page_state=page_state)
