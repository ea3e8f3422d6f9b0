"""All addresses of a paper."""

from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns = [
    # Before the desk: some of Wagtail's ways in are closed there.
    path("", include("broadsheet.readers.urls")),
    path("", include("broadsheet.saved.urls")),
    path("", include("broadsheet.comments.urls")),
    path("desk/", include("broadsheet.newsroom.desk.urls")),
    path("desk/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("broadsheet.archive.urls")),
    path("", include("broadsheet.edition.urls")),
]

handler404 = "broadsheet.edition.views.not_found"
handler500 = "broadsheet.edition.views.failed"
