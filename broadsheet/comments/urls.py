"""The addresses of comments, but for the threads', which stand below their stories' (edition)."""

from django.urls import path

from broadsheet.comments import own, views

urlpatterns = [
    path("comments/write/", views.write, name="comment-write"),
    path("comments/follow/", views.follow, name="comment-follow"),
    path("comments/follow/<int:pk>/end/", views.end_follow, name="comment-end-follow"),
    path("comments/unfollow/<str:token>/", views.unfollow, name="comment-unfollow"),
    path("comments/unmute/<int:pk>/", views.unmute, name="comment-unmute"),
    path("comments/<int:pk>/", views.comment, name="comment"),
    path("comments/<int:pk>/more/", views.more, name="comment-more"),
    path("comments/<int:pk>/edit/", views.edit, name="comment-edit"),
    path("comments/<int:pk>/delete/", views.delete, name="comment-delete"),
    path("comments/<int:pk>/value/", views.value, name="comment-value"),
    path("comments/<int:pk>/report/", views.report, name="comment-report"),
    path("comments/<int:pk>/mute/", views.mute, name="comment-mute"),
    path("comments/<int:pk>/appeal/", views.appeal, name="comment-appeal"),
    path("you/comments/", own.comments, name="you-comments"),
    path("guidelines/", own.guidelines, name="guidelines"),
    path("guidelines/numbers/", own.numbers, name="comment-numbers"),
]
