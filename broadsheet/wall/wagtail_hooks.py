"""Subscriptions and crawlers in the desk's menu, for circulation."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from broadsheet.wall import desk


class CirculationItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return desk.may(request)


@hooks.register("register_admin_urls")
def urls() -> list[Any]:
    return desk.urlpatterns


@hooks.register("register_admin_menu_item")
def subscriptions() -> MenuItem:
    return CirculationItem(
        "Subscriptions", reverse("desk-subscriptions"), icon_name="tick", order=310
    )


@hooks.register("register_admin_menu_item")
def crawlers() -> MenuItem:
    return CirculationItem("Crawlers", reverse("desk-crawlers"), icon_name="site", order=320)
