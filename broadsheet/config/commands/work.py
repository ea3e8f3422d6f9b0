"""``broadsheet work``: the background work alone."""

import click

from broadsheet.config.commands import need_migrated, start_django


@click.command("work")
def command() -> None:
    """Do the background work: publish what is due, make pictures' sizes, tidy up.

    `broadsheet serve` does this too; run it alone where the web processes run on other machines
    (`broadsheet serve --no-work` there). Safe to run more than once: each letter and each task is
    claimed by one worker, and what a killed worker had claimed another takes over.
    """
    start_django()
    need_migrated()
    from broadsheet.config import server, work

    # The last one may have been killed between a change and telling the web processes of it.
    server.tell_everything()
    click.echo("Working. Ctrl+C ends it.")
    work.run()
