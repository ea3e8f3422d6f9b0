"""``broadsheet reindex``."""

from click.testing import CliRunner

from broadsheet.config.commands.reindex import command
from broadsheet.demo import factories
from broadsheet.edition.models import OpenText


def test_reindexing_makes_the_search_anew_and_says_what_it_holds(story, section, monkeypatch):
    # Asking for the migrations closes the connection, and the test's transaction with it.
    monkeypatch.setattr("broadsheet.config.commands.check.unmigrated", lambda: "")
    factories.story("Another headline", section=section)
    OpenText.objects.all().delete()

    told = CliRunner().invoke(command)

    assert told.exit_code == 0, told.output
    assert "2 stories can be searched." in told.output
    assert OpenText.objects.count() == 2
