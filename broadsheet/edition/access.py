"""Who sees which print of a story.

The one place where the public pages decide it. What a story costs is told by its access level
(broadsheet.rules.access).
"""

from django.conf import settings
from django.http import HttpRequest

from broadsheet.edition.printing import Variant
from broadsheet.newsroom.models import StoryPage
from broadsheet.rules.access import Access, open_to_all


def variant(request: HttpRequest, story: StoryPage) -> Variant:
    """Decide what a request sees of a story."""
    access = Access(story.access)
    if open_to_all(access):
        return Variant.FULL
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        # A visitor: nothing is asked of the store of sessions.
        return Variant.TEASER
    user = request.user
    if user.is_authenticated and (access is Access.READERS or user.is_staff):
        return Variant.FULL
    return Variant.TEASER
