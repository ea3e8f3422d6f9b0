"""``broadsheet work``: the background work alone."""

import click

from broadsheet.config.commands import need_migrated, start_django


@click.command("work")
def command() -> None:
    """Do the background work: publish what is due, make pictures' sizes, tidy up.

    `broadsheet serve` does this too; run it alone where the web processes run on other machines
    (`broadsheet serve --no-work` there). Safe to run more than once.
    """
    start_django()
    need_migrated()
    from broadsheet.config import work

    click.echo("Working. Ctrl+C ends it.")
    work.run()
