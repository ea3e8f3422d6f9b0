"""The addresses of the archive's own pages."""

from django.urls import path

from broadsheet.archive import views

urlpatterns = [
    path("archive/history/<int:number>/", views.history, name="story-history"),
]
