"""The addresses that machines and searchers ask for."""

from django.urls import path, re_path
from django.views.generic import RedirectView

from broadsheet.edition.services import feeds, oembed, robots, sitemaps
from broadsheet.edition.services.api.docs import docs
from broadsheet.edition.services.api.views import api
from broadsheet.edition.services.search.views import search

_FILE = rf"(?P<file>{'|'.join(name.replace('.', '[.]') for name in feeds.WRITERS)})"

urlpatterns = [
    path("search/", search, name="search"),
    path("robots.txt", robots.robots, name="robots"),
    path("oembed", oembed.oembed, name="oembed"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/pages.xml", sitemaps.pages, name="sitemap-pages"),
    path("sitemaps/news.xml", sitemaps.news, name="sitemap-news"),
    path("sitemaps/<int:year>-<int:month>.xml", sitemaps.month, name="sitemap-month"),
    path("sitemaps/<int:year>-<int:month>-<int:part>.xml", sitemaps.month, name="sitemap-month"),
    path("api/v1/docs", docs, name="api"),
    path("api/v1/", RedirectView.as_view(pattern_name="api"), name="api-root"),
    path("api/v1/", api.urls),
    re_path(rf"^{_FILE}$", feeds.paper, name="feed"),
    re_path(rf"^topics/(?P<slug>[^/]+)/{_FILE}$", feeds.topic, name="topic-feed"),
    re_path(rf"^authors/(?P<slug>[^/]+)/{_FILE}$", feeds.author, name="author-feed"),
    re_path(rf"^(?P<path>(?:[\w\-]+/)+){_FILE}$", feeds.section, name="section-feed"),
]
