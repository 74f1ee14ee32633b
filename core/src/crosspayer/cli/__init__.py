"""The command line. Each command stands in a module of its own and is imported when it is run."""

from __future__ import annotations

import io
import signal
import sys

import click

from crosspayer.cli.lazy import LazyGroup

COMMANDS = ("ask", "columns", "evaluate", "explain", "facts", "plugins", "policy", "schema", "tables")


@click.group(cls=LazyGroup, package=__name__, modules=COMMANDS)
@click.version_option(package_name="crosspayer", prog_name="crosspayer")
def cli() -> None:
    """Hold outpatient-therapy encounters against the coverage policies of every installed payer."""


def main() -> None:
    """Run the command line; no failure ends in a traceback.

    Whoever reads no further (`| head`) ends it as it ends other programs: quietly, by SIGPIPE, which shells tell as
    exit code 141. No exit code of ours would be true: the answer was cut off.
    """
    if hasattr(signal, "SIGPIPE"):  # Windows has none
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
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
