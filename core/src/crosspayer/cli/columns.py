"""`crosspayer columns`: maps of the columns of other systems' exports, ready-made or drafted."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path

import click

from crosspayer.cli.app import fail, refuse
from crosspayer.errors import InputError, nearest


@click.group()
def columns() -> None:
    """Look at the ready-made column maps, and draft one for a table of your own."""


@columns.command("list")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def list_maps(form: str) -> None:
    """List the ready-made column maps by the name that --columns takes.

    \b
    Example:
      crosspayer columns list
    """
    from crosspayer.encounter.feed.columns import ColumnMap, ready_made

    titles = {name: str(ColumnMap.read(name).document.data["title"]) for name in ready_made()}
    if form == "json":
        click.echo(json.dumps([{"name": name, "title": title} for name, title in titles.items()]))
        return
    wide = max(map(len, titles))
    for name, title in titles.items():
        click.echo(f"{name:<{wide}}   {title}")


@columns.command("show")
@click.argument("name", metavar="NAME")
def show(name: str) -> None:
    """Print a ready-made column map, to read it or to start one of your own from it.

    \b
    Example:
      crosspayer columns show webpt-charges > columns.toml
    """
    from crosspayer.encounter.feed.columns import ready_made

    known = ready_made()
    if name not in known:
        near = nearest(name, known)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(known)}."
        fail(f"no ready-made column map is named {name}; {hint}")
    click.echo(known[name].read_text(encoding="utf-8"), nl=False)


@columns.command("sniff")
@click.argument("file", metavar="FILE")
def sniff_file(file: str) -> None:
    """Draft a column map from the header row of a table, and say in it what a person must check.

    FILE is a table in text (CSV), or - for standard input. Nothing below the header row is read.

    \b
    Example:
      crosspayer columns sniff examples/feeds/webpt-charges.csv > columns.toml
    """
    from crosspayer.authoring.sniff import sniff

    try:
        with nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as stream:
            drafted = sniff(stream, "<stdin>" if file == "-" else file)
    except FileNotFoundError:
        fail(f"{file}: there is no such file; correct its name, or use - for standard input.")
    except OSError:
        fail(f"{file}: the file cannot be read; check that it is a file you may read.")
    except InputError as error:
        refuse(error)
    click.echo(drafted, nl=False)
