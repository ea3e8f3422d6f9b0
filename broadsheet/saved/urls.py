"""The addresses of the saved list and the reading history."""

from django.urls import path

from broadsheet.saved import views

urlpatterns = [
    path("saved/", views.saved, name="saved"),
    path("saved/add/", views.add, name="saved-add"),
    path("saved/remove/", views.remove, name="saved-remove"),
    path("saved/mark/", views.mark, name="saved-mark"),
    path("saved/history/", views.history, name="history"),
]
