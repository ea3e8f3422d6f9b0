"""The engine that settings.py names. Django looks for the class under this name in this module."""

from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel
from psycopg.conninfo import make_conninfo

from broadsheet.config.postgresql.watchdog import WatchedConnection, watchdog
from broadsheet.press.outages import outages

# What Django passes to psycopg that libpq doesn't know.
_PSYCOPG_ONLY = {"autocommit", "context", "cursor_factory", "prepare_threshold", "row_factory"}


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> WatchedConnection:
        self.isolation_level = IsolationLevel.READ_COMMITTED
        parameters = {
            name: value for name, value in conn_params.items() if name not in _PSYCOPG_ONLY
        }
        watchdog.check(make_conninfo("", **parameters))
        connection = WatchedConnection.connect(**conn_params)
        outages.end()
        return connection

    def is_usable(self) -> bool:
        # A thread that knows of the outage doesn't find out again, half a second at a time.
        return not watchdog.is_down and super().is_usable()
