from pathlib import Path

import pytest
from django.conf import settings

from broadsheet.archive import actions
from broadsheet.archive.pictures import Folder, Pictures
from broadsheet.archive.reports import Report
from broadsheet.press.importers import formats
from broadsheet.press.importers.records import Wishes
from tests.conftest import NOW

FIXTURES = Path(__file__).parents[2] / "plain/press/importers/fixtures"


@pytest.fixture(autouse=True)
def media(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "media")


@pytest.fixture
def bring_in(db):
    """Bring files in and return the report."""

    def bring(*files, pictures=None, **wishes):
        options = {name: wishes.pop(name) for name in ("section", "dry_run") if name in wishes}
        now = wishes.pop("now", NOW)
        report = Report()
        from zoneinfo import ZoneInfo

        actions.import_stories(
            formats.read(list(files), Wishes(zone=ZoneInfo("Asia/Kolkata"), **wishes)),
            now=now,
            report=report,
            pictures=Pictures([Folder(pictures)] if pictures else [], report),
            **options,
        )
        assert report.read == report.imported + report.already_there + report.refused
        assert report.refused == len(list(report.refusals()))
        return report

    return bring


@pytest.fixture
def fixtures():
    return FIXTURES


@pytest.fixture
def wordpress(fixtures):
    return fixtures / "wordpress.xml"
