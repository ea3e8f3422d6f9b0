"""``broadsheet serve``: the whole paper in one command."""

import sys

import click

from broadsheet.config.commands import start_django


@click.command("serve")
@click.option("--host", help="The address to listen on (option HOST).")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="The port (option PORT); 0 takes a free one."
)
@click.option("--workers", type=click.IntRange(1, 64), help="Web processes (option WORKERS).")
@click.option(
    "--no-work", is_flag=True, help="Leave the background work to `broadsheet work` elsewhere."
)
def command(host: str | None, port: int | None, workers: int | None, no_work: bool) -> None:
    """Serve the paper: web processes and the background work, supervised.

    A process that dies is started again. Ctrl+C or SIGTERM stops everything once the requests
    under way are answered.

    Put a proxy that speaks TLS in front (docs/running/deploying.md) and set PAPER_ADDRESS to the
    address readers use. Run `broadsheet migrate` first, after every upgrade too.
    """
    start_django()
    from django.conf import settings

    from broadsheet.config import server
    from broadsheet.config.commands.check import show_doubts, unmigrated

    options = settings.OPTIONS
    if waiting := unmigrated():
        raise click.ClickException(waiting)
    show_doubts()

    def ready(at: str, on: int) -> None:
        click.echo(
            f"{options.paper_name} is served at http://{at}:{on} (readers: {options.paper_address})"
        )

    try:
        status = server.run(
            host=host or options.host,
            port=options.port if port is None else port,
            workers=workers or options.workers,
            threads=options.threads,
            background=not no_work,
            ready=ready,
        )
    except server.PortTakenError as error:
        raise click.ClickException(str(error)) from error
    sys.exit(status)
