"""The addresses of the public pages."""

from django.urls import include, path, re_path, register_converter
from django.urls.converters import IntConverter

from broadsheet.edition import media, views
from broadsheet.edition.services import icons


class FourDigits(IntConverter):
    regex = "[0-9]{4}"


class TwoDigits(IntConverter):
    regex = "[0-9]{2}"

    def to_url(self, value: int | str) -> str:
        return f"{int(value):02}"


register_converter(FourDigits, "year")
register_converter(TwoDigits, "two")

urlpatterns = [
    path("", include("broadsheet.edition.services.urls")),
    path("favicon.ico", icons.favicon, name="favicon"),
    path("apple-touch-icon.png", icons.touch_icon, name="touch-icon"),
    path("manifest.webmanifest", icons.manifest, name="manifest"),
    path("most-read/", views.most_read_page, name="most-read"),
    path("feeds/", views.feeds, name="feeds"),
    path("topics/", views.topics, name="topics"),
    path("authors/", views.authors, name="authors"),
    path("topics/<str:slug>/", views.topic, name="topic"),
    path("authors/<str:slug>/", views.author, name="author"),
    path("corrections/", views.corrections, name="corrections"),
    path("subscribe/", views.subscribe, name="subscribe"),
    path("archive/", views.archive, name="archive"),
    path("archive/on-this-day/", views.on_this_day, name="on-this-day-today"),
    path("archive/on-this-day/<two:month>/<two:day>/", views.on_this_day, name="on-this-day"),
    path("archive/<year:year>/<two:month>/", views.archive_month, name="archive-month"),
    path("archive/<year:year>/<two:month>/<two:day>/", views.archive_day, name="archive-day"),
    path("media/images/<str:name>", media.picture, name="picture"),
    # Sections and stories, by their place in the tree. Wagtail asks for the address by this name.
    re_path(r"^((?:[\w\-]+/)*)$", views.page, name="wagtail_serve"),
    # All else may be an address of former days.
    re_path(r"^(.*)$", views.elsewhere, name="elsewhere"),
]
