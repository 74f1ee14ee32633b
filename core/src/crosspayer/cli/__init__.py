"""The command line. Each command stands in a module of its own and is imported when it is run."""

from __future__ import annotations

import importlib
import io
import sys

import click

COMMANDS = ("evaluate", "explain", "facts", "plugins", "schema", "tables")


class Commands(click.Group):
    """Imports a command's module only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"crosspayer.cli.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.group(cls=Commands)
@click.version_option(package_name="crosspayer", prog_name="crosspayer")
def cli() -> None:
    """Hold outpatient-therapy encounters against the coverage policies of every installed payer."""


def main() -> None:
    """Run the command line; no failure ends in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", newline="\n")  # the same bytes whatever the locale
    try:
        sys.exit(cli(standalone_mode=False))
    except click.UsageError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:  # the user interrupted it
        sys.exit(2)
    except Exception as error:  # a fault of ours: say so without a traceback, whose lines could show a patient's values
        click.echo(
            f"crosspayer: internal error ({type(error).__name__}); please report it with the command you ran.", err=True
        )
        sys.exit(2)
