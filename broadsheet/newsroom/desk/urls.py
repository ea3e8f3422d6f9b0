"""What the newsroom adds below /desk/, and the pages of Wagtail's it replaces there."""

from django.urls import path
from wagtail.admin.auth import require_admin_access
from wagtail.utils.urlpatterns import decorate_urlpatterns

from broadsheet.newsroom.desk import views

urlpatterns = decorate_urlpatterns(
    [
        path("account/", views.Account.as_view(), name="desk_account"),
        path("topics/names/", views.topic_names, name="desk_topic_names"),
        path("stories/<int:pk>/correct/", views.Correct.as_view(), name="desk_correct"),
    ],
    require_admin_access,
)
