"""``broadsheet reindex``: make the readers' search anew."""

import click

from broadsheet.config.commands import need_migrated, start_django


@click.command("reindex")
def command() -> None:
    """Make the readers' search anew from the stories.

    Needed after a change of LANGUAGE, whose stems the search follows; else it keeps itself up to
    date. The paper stays open meanwhile, and the search finds the newest stories first.
    """
    start_django()
    need_migrated()
    from django.db import connection
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from broadsheet.edition.services.search import index
    from broadsheet.newsroom.models import Listing

    connection.ensure_connection()
    count = Listing.objects.filter(key="all").count()
    with Progress(TextColumn("Stories"), BarColumn(), MofNCompleteColumn()) as progress:
        task = progress.add_task("stories", total=count)
        done = index.rebuild(lambda stories: progress.update(task, completed=stories))
    click.echo(f"{done:,} stories can be searched.")
