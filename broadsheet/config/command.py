"""The ``broadsheet`` command. Each sub-command is a module of broadsheet.config.commands."""

import os
from importlib import import_module

import click

from broadsheet import __version__

# Name → module. Modules are loaded when asked for, so that `--help` answers at once.
COMMANDS = {
    "demo": "demo",
    "serve": "serve",
    "work": "work",
    "check": "check",
    "import": "importing",
    "export": "exporting",
    "backup": "backup",
    "restore": "backup",
    "createeditor": "createeditor",
    "migrate": "migrate",
    "reindex": "reindex",
    "screen": "screen",
    "learn": "learn",
}


class Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = import_module(f"broadsheet.config.commands.{COMMANDS[name]}")
        command: click.Command = getattr(module, f"{name}_command", module.command)
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="broadsheet")
def main() -> None:
    """Run a newspaper: its stories, its readers and its archive.

    \b
    Start here:   broadsheet demo        a paper to look around in
    A real one:   broadsheet migrate     make or update its database
                  broadsheet createeditor you@paper.example
                  broadsheet serve

    Options come from the environment or from broadsheet.toml;
    `broadsheet check` tells whether they are right.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadsheet.config.settings")
