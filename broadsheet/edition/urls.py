"""The addresses of the public pages."""

from django.urls import include, path, re_path

from broadsheet.edition import views

urlpatterns = [
    path("topics/<str:slug>/", views.page, name="topic"),
    path("authors/<str:slug>/", views.page, name="author"),
    path("", include("broadsheet.edition.services.urls")),
    # Sections and stories, by their place in the tree. Wagtail asks for the address by this name.
    re_path(r"^((?:[\w\-]+/)*)$", views.page, name="wagtail_serve"),
]
