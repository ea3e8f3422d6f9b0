"""``broadsheet demo``: a newspaper to look around in, with nothing else installed."""

import os
import socket
import sys
from pathlib import Path

import click

from broadsheet.config.commands import console, start_django

# Options that a demo takes from whoever starts it. The rest is its own: a database address in the
# environment belongs to another paper.
KEPT = {"debug", "log_level", "threads", "workers"}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def data_folder() -> Path:
    """Return the folder that the system keeps for what programs store for their user."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def free_port(host: str) -> int:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


@click.command("demo")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="The port to listen on; 0 takes a free one.",
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that keeps the demo paper. Without it: broadsheet/demo among your data "
    "(~/.local/share on Linux).",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--fresh", is_flag=True, help="Throw away what was changed and begin again.")
def command(port: int, folder: Path | None, host: str, fresh: bool) -> None:
    """Start a demo paper: forty-five stories, two people to sign in as, nothing else to install.

    What you change stays: a second start goes on with the same paper, unless you say --fresh.
    Ctrl+C ends it.
    """
    from broadsheet.config import server

    folder = (folder or data_folder() / "broadsheet" / "demo").expanduser().resolve()
    try:
        # Before anything is written: a taken port is the commonest reason why nothing starts.
        if port:
            server.listen(host, port).close()
        else:
            port = free_port(host)
    except server.PortTakenError as error:
        raise click.ClickException(
            f"{str(error).removesuffix('.')}: `broadsheet demo --port 0` takes a free one."
        ) from error
    except OSError as error:
        raise click.ClickException(f"--host {host}: {error.strerror or error}.") from error
    is_new = settle(folder, fresh=fresh)
    own_options(folder, host, port)
    start_django()
    migrate(folder)
    if host not in LOOPBACK:
        warn(host)

    def ready(at: str, on: int) -> None:
        say(folder, os.environ["PAPER_ADDRESS"], is_new=is_new)

    from django.conf import settings

    try:
        status = server.run(
            host=host,
            port=port,
            workers=settings.OPTIONS.workers,
            threads=settings.OPTIONS.threads,
            background=True,
            ready=ready,
        )
    except server.PortTakenError as error:
        raise click.ClickException(str(error)) from error
    sys.exit(status)


def settle(folder: Path, *, fresh: bool) -> bool:
    """See to it that the folder holds a demo paper; tell whether it is a new one."""
    import shutil

    from broadsheet.demo import paper_options, prepared

    if fresh and prepared.is_unpacked(folder):
        # Looked for before anything is thrown away: what can't be unpacked can't replace it.
        try:
            prepared.manifest()
        except prepared.PreparedError as error:
            raise click.ClickException(str(error)) from error
        shutil.rmtree(folder)
    if prepared.is_unpacked(folder):
        return False
    try:
        prepared.unpack(folder, options=paper_options.of_demo())
    except prepared.PreparedError as error:
        raise click.ClickException(str(error)) from error
    return True


def own_options(folder: Path, host: str, port: int) -> None:
    """Point the options at the demo paper, whatever the environment says of another."""
    from broadsheet.config.options import Options

    for name in Options.model_fields.keys() - KEPT:
        os.environ.pop(name.upper(), None)
        os.environ.pop(f"{name.upper()}_FILE", None)
    os.environ.pop("BROADSHEET_FILE", None)
    os.environ["PAPER_DIR"] = str(folder)
    # A demo is watched by a person, who needs to hear of trouble only.
    os.environ.setdefault("LOG_LEVEL", "warning")
    # Browsers allow passkeys on localhost, never on a number; the numbers go on working.
    shown = "localhost" if host in LOOPBACK else socket.gethostname()
    os.environ["PAPER_ADDRESS"] = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    if host not in LOOPBACK:
        os.environ["ALLOWED_HOSTS"] = "*"


def migrate(folder: Path) -> None:
    """Bring the demo's database up to this version of the code."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    unknown = [
        f"{app} {name}"
        for app, name in executor.loader.applied_migrations
        if (app, name) not in executor.loader.disk_migrations
        and app in executor.loader.migrated_apps
    ]
    if unknown:
        raise click.ClickException(
            f"The demo paper in {folder} was made by a newer Broadsheet. Install that one, choose "
            "another folder with --dir, or begin again with --fresh."
        )
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with console.status("Bringing the demo paper up to this version…"):
            call_command("migrate", interactive=False, verbosity=0)
    connection.close()


def warn(host: str) -> None:
    click.secho(
        f"Anybody who can reach {host} can sign in as an editor of this paper: its passwords are "
        "the same everywhere. Don't leave it running on a network that you don't trust.",
        fg="yellow",
        err=True,
    )


def say(folder: Path, address: str, *, is_new: bool) -> None:
    """Say where the paper is and whom to sign in as."""
    from broadsheet.demo import paper

    told = paper.description()
    reader, editor = told["reader"], told["editor"]
    lines = [
        "",
        click.style(told["name"], bold=True),
        f"  Front page    {click.style(f'{address}/', underline=True)}",
        f"  Back office   {click.style(f'{address}/desk/', underline=True)}",
        "",
        f"  A reader      {reader['email']}   {reader['password']}",
        f"  An editor     {editor['email']}   {editor['password']}",
        "                Choose “Use a password” where it asks for your address.",
        "",
        f"  Kept in       {folder}" + ("" if is_new else "   (as you left it)"),
        f"  Mail          {folder / 'mail'}   (nothing is sent; codes are in there)",
        "",
        "Ctrl+C ends it.",
    ]
    click.echo("\n".join(lines))
