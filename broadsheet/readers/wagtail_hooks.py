"""Readers in the desk's menu, for those who look after them."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from broadsheet.readers import desk


class ReadersItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(desk.PERMISSION))


@hooks.register("register_admin_urls")
def urls() -> list[Any]:
    return desk.urlpatterns


@hooks.register("register_admin_menu_item")
def item() -> MenuItem:
    return ReadersItem("Readers", reverse("desk-readers"), icon_name="user", order=300)
