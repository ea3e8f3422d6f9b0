"""The first of the paper's applications: it sees to what the others would load for nothing."""

import sys

from django.apps import AppConfig
from django.db import connection

# Django REST framework, which Wagtail's back office needs, asks for these fields if they are there.
FIELDS = "django.contrib.postgres.fields"


class ConfigConfig(AppConfig):
    name = "broadsheet.config"
    label = "config"

    def ready(self) -> None:
        if connection.vendor != "postgresql":
            leave_out_postgresql()


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
