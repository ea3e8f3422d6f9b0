"""``broadsheet check``: everything that must be right before a paper is served."""

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from broadsheet.config.commands import start_django


class Checks(click.Group):
    """`broadsheet check` alone checks the paper; `check addresses FILE` its old addresses."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return ["addresses"]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name != "addresses":
            return None
        found: click.Command = import_module("broadsheet.config.commands.addresses").command
        return found


def silent() -> str:
    """Return a sentence on why the database doesn't answer, or nothing."""
    from django.db import Error, connection

    try:
        connection.ensure_connection()
    except Error as error:
        # A file is named; a server has a password in its address.
        at = f" ({connection.settings_dict['NAME']})" if connection.vendor == "sqlite" else ""
        return f"The database doesn't answer: {str(error).strip().rstrip('.')}{at}."
    finally:
        connection.close()
    return ""


def unmigrated() -> str:
    """Return what is wrong with the database and what to do if the paper can't run on it."""
    from django.db import Error, connection
    from django.db.migrations.executor import MigrationExecutor

    if said := silent():
        return said
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error as error:
        return f"The database doesn't answer: {str(error).strip()}."
    finally:
        connection.close()
    if plan:
        lacks = f"{len(plan)} migration{'s' if len(plan) > 1 else ''}"
        return f"The database lacks {lacks}. Run `broadsheet migrate`."
    return ""


def _faults() -> Iterator[str]:
    """Yield every fault that the options alone don't show."""
    from django.conf import settings
    from django.core.checks import WARNING, run_checks
    from django.db import Error

    from broadsheet.config import reachability

    folder: Path = settings.OPTIONS.paper_dir
    if folder.exists() and not os.access(folder, os.W_OK):
        yield f"PAPER_DIR: {folder} can't be written to; give this user the right to."
    if settings.DEBUG and settings.OPTIONS.paper_address.startswith("https:"):
        yield "DEBUG: is on at a public address; it shows the paper's insides to everybody."
    options = settings.OPTIONS
    if options.paper_address.startswith("https:") and not options.trusted_proxies:
        yield (
            "TRUSTED_PROXIES: is 0 though readers come by https, so through a proxy: all of them would "
            "share its address, and the limits of one reader hold for all. Set it to 1, and have the "
            "proxy send X-Forwarded-For and X-Forwarded-Proto (docs/running/deploying.md)."
        )
    if said := unmigrated():
        yield f"DATABASE_URL: {said}"
    yield from reachability.unreachable()
    try:
        messages = run_checks()
    except Error:
        # Some ask the database what it can do; why it doesn't answer has been said.
        return
    for message in messages:
        if message.level >= WARNING and not message.is_silenced():
            yield f"{message.id}: {message.msg}"


def doubts() -> Iterator[str]:
    """Yield what may be wrong, and doesn't keep the paper from being served."""
    from broadsheet.config import faults, forwarding, options

    yield from faults.lookalikes(os.environ, options.Options.model_fields)
    if said := forwarding.warning():
        yield said


def show_doubts() -> None:
    for doubt in doubts():
        click.secho(f"Look at this: {doubt}", fg="yellow", err=True)


@click.group("check", cls=Checks, invoke_without_command=True)
@click.pass_context
def command(context: click.Context, /, **_: Any) -> None:
    """Check options, folder, servers and code; list every fault at once.

    The database, the servers of readings and of the edition's number, and the mail server are asked
    whether they are there. Ends with status 0 when the paper can be served, with 2 when something
    must be fixed first. What may be wrong (a variable that looks like an option, a proxy that isn't
    trusted) is told too.
    `broadsheet check addresses FILE` looks whether a list or a sitemap of old addresses answers.
    """
    if context.invoked_subcommand:
        return
    start_django()
    show_doubts()
    faults = list(_faults())
    if not faults:
        from django.conf import settings

        click.secho(f"{settings.PAPER_NAME} is ready to be served.", fg="green")
        return
    click.secho("Fix this first:", fg="red", err=True)
    for fault in faults:
        click.echo(f"  - {fault}", err=True)
    sys.exit(2)
