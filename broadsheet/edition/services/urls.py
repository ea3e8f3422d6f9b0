"""The addresses that machines and searchers ask for."""

from django.urls import path

from broadsheet.edition.services.search.views import search

urlpatterns = [
    path("search/", search, name="search"),
]
