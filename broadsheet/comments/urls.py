"""The addresses of comments, but for the threads', which stand below their stories' (edition)."""

from django.urls import path

from broadsheet.comments import own
from broadsheet.comments.views import following, others, writing
from broadsheet.comments.views import own as own_comment

urlpatterns = [
    path("comments/write/", writing.write, name="comment-write"),
    path("comments/follow/", following.follow, name="comment-follow"),
    path("comments/follow/<int:pk>/end/", following.end_follow, name="comment-end-follow"),
    path("comments/unfollow/<str:token>/", following.unfollow, name="comment-unfollow"),
    path("comments/unmute/<int:pk>/", others.unmute, name="comment-unmute"),
    path("comments/<int:pk>/", others.comment, name="comment"),
    path("comments/<int:pk>/more/", others.more, name="comment-more"),
    path("comments/<int:pk>/edit/", own_comment.edit, name="comment-edit"),
    path("comments/<int:pk>/delete/", own_comment.delete, name="comment-delete"),
    path("comments/<int:pk>/value/", others.value, name="comment-value"),
    path("comments/<int:pk>/report/", others.report, name="comment-report"),
    path("comments/<int:pk>/mute/", others.mute, name="comment-mute"),
    path("comments/<int:pk>/appeal/", own_comment.appeal, name="comment-appeal"),
    path("you/comments/", own.comments, name="you-comments"),
    path("guidelines/", own.guidelines, name="guidelines"),
    path("guidelines/numbers/", own.numbers, name="comment-numbers"),
]
