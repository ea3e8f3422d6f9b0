"""What a process loads before it has anything to do."""

import os
import subprocess
import sys

import pytest

SET_UP = """
import django, sys
django.setup()
from django.urls import get_resolver
get_resolver()._populate()
print(*(name for name in {names!r} if name in sys.modules))
{then}
"""


def loaded(tmp_path, *names, then=""):
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "DJANGO_SETTINGS_MODULE": "broadsheet.config.settings",
        "PAPER_DIR": str(tmp_path),
    }
    code = SET_UP.format(names=names, then=then)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.split()


@pytest.mark.parametrize("name", ["psycopg", "numpy"])
def test_a_paper_on_sqlite_that_screens_nothing_goes_without(tmp_path, name):
    assert loaded(tmp_path, "rest_framework.compat", name) == ["rest_framework.compat"]


def test_postgresqls_library_is_there_for_whoever_needs_it(tmp_path):
    then = "import broadsheet.press.edge.postgres, django.contrib.postgres.fields; print('found')"

    assert loaded(tmp_path, then=then) == ["found"]
