"""``broadsheet migrate``: make or update the paper's database."""

import click

from broadsheet.config.commands import start_django


@click.command("migrate")
def command() -> None:
    """Make the paper's database, or bring it up to this version.

    Safe to run again. Do it after every upgrade, before `broadsheet serve`.
    """
    start_django()
    from django.core.management import call_command

    from broadsheet.config.commands.check import silent

    if said := silent():
        raise click.ClickException(said)
    call_command("migrate", interactive=False, verbosity=1)
