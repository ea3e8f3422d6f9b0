"""``broadsheet createeditor``: the first of the staff, and every further one from the command line."""

import sys

import click

from broadsheet.config.commands import start_django


@click.command("createeditor")
@click.argument("email")
@click.option("--name", default="", help="The name beside what they write.")
@click.option(
    "--role",
    default="Editors",
    show_default=True,
    help="Writers, Editors, Moderators, Circulation or Administrators.",
)
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input, for scripts."
)
def command(email: str, name: str, role: str, password_stdin: bool) -> None:
    """Make somebody one of the staff, or give a reader a role.

    They sign in at /accounts/login/ and work at /desk/. Whoever has an account keeps it, with its
    password and all that is theirs. A new account gets a password made up here and shown once,
    unless you type one.
    """
    start_django()
    from broadsheet.config.commands.check import unmigrated
    from broadsheet.config.staff import StaffError, employ

    if waiting := unmigrated():
        raise click.ClickException(waiting)
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
    try:
        employed = employ(email=email, name=name, role=role, password=password)
    except StaffError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{employed.reader.email} works for the paper now, as one of the {role}.")
    if employed.made_up:
        click.echo(f"Password, shown this once: {employed.made_up}")
