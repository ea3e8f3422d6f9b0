"""The first of the paper's applications: it sees to what the others would load for nothing."""

import sys

from django.apps import AppConfig
from django.db import connection
from django.urls.converters import IntConverter

# Django REST framework, which Wagtail's back office needs, asks for these fields if they are there.
FIELDS = "django.contrib.postgres.fields"


class ConfigConfig(AppConfig):
    name = "broadsheet.config"
    label = "config"

    def ready(self) -> None:
        keep_numbers_short()
        if connection.vendor != "postgresql":
            leave_out_postgresql()


def keep_numbers_short() -> None:
    """Let a number in any address, Wagtail's too, be one that a database can hold.

    Asked for a longer one some queries find nothing and others break. Before the addresses are
    loaded, for Django reads this when they are made.
    """
    IntConverter.regex = "[0-9]{1,18}"


def leave_out_postgresql() -> None:
    """Load Django REST framework without PostgreSQL's library: 10 MB less in each process.

    Whatever needs the library later, a store of readings say, still finds it.
    """
    if FIELDS in sys.modules:
        return
    sys.modules[FIELDS] = None  # type: ignore[assignment]  # the way to say that there is none
    try:
        import rest_framework.compat  # type: ignore[import-untyped]  # noqa: F401
    finally:
        del sys.modules[FIELDS]
