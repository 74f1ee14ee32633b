"""`crosspayer tables`: what the plugins look things up in, and a site's own files in its place."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from crosspayer.cli.app import ACT, ERROR, OK, check_folders, day_of, fail, plugin_options, refuse, tables_option
from crosspayer.errors import InputError, nearest
from crosspayer.policy.grades import GRADES


@click.group()
def tables() -> None:
    """Look at the plugins' tables, and import current ones."""


@tables.command("list")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@tables_option
@plugin_options
def list_tables(
    form: str, plugin_dirs: Sequence[str], allow_code: Sequence[str], strict: bool, tables: str | None
) -> None:
    """List every table of the loaded plugins: rows, key, the days it covers, digest, and where it comes from.

    \b
    Examples:
      crosspayer tables list
      crosspayer tables list --tables site-tables --format json
    """
    from crosspayer.plugins.build import install
    from crosspayer.report import table_list

    check_folders(plugin_dirs)
    try:
        found = install(plugin_dirs=plugin_dirs, allow_code=allow_code, tables=tables)
    except InputError as error:
        refuse(error)
    if form == "json":
        click.echo(table_list.as_json(found))
    else:
        table_list.write(found, sys.stdout)
    broken = any(report.state == "quarantined" for report in found.reports)
    sys.exit(ERROR if strict and broken else OK)


@tables.command("import")
@click.argument("name", metavar="PLUGIN/TABLE")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--into", required=True, metavar="FOLDER", help="The folder to write to, for --tables FOLDER later.")
@click.option("--read", "read", required=True, metavar="DATE", help="The day the files were fetched.")
@click.option("--covers-to", required=True, metavar="DATE", help="Last day the files are right for.")
@click.option("--covers-from", metavar="DATE", help="First day they are right for; may be known to the plugin.")
@click.option("--setting", "settings", multiple=True, metavar="COLUMN=WORD", help="What files are that do not say it.")
@click.option("--grade", type=click.Choice(GRADES), help="Instead of the plugin's, if the files are second-hand.")
@click.option(
    "--max-rejects", type=click.IntRange(min=0), default=0, show_default=True, help="Rows that may be refused."
)
@plugin_options
def import_table(
    name: str,
    files: Sequence[str],
    into: str,
    read: str,
    covers_to: str,
    covers_from: str | None,
    settings: Sequence[str],
    grade: str | None,
    max_rejects: int,
    plugin_dirs: Sequence[str],
    allow_code: Sequence[str],
    strict: bool,
) -> None:
    """Make a table of the files a publisher offers: comma- or tab-separated, plain or zipped.

    Give all files of one edition at once. Dates are written YYYY-MM-DD. Nothing is written when more rows are refused
    than --max-rejects: a row that is missing from a table would say that there is none.

    \b
    Example:
      crosspayer tables import acme/limits limits.csv --into site-tables \\
          --read 2026-10-05 --covers-from 2026-10-01 --covers-to 2026-12-31

    Exit codes: 0 written, 1 too many rows refused, 2 nothing could be used.
    """
    from crosspayer.authoring.tables import run
    from crosspayer.authoring.tables.write import Circumstances
    from crosspayer.plugins.build import install
    from crosspayer.report import table_import

    plugin, _, table = name.partition("/")
    if not table:
        fail(f"{name} is not a table; write it as plugin/table (crosspayer tables list shows them).")
    days = {"--read": day_of("--read", read), "--covers-to": day_of("--covers-to", covers_to)}
    begins = None if covers_from is None else day_of("--covers-from", covers_from)
    check_folders(plugin_dirs)
    found = install(plugin_dirs=plugin_dirs, allow_code=allow_code)
    library = found.libraries.get(plugin)
    broken = [report for report in found.reports if report.state == "quarantined"]
    told = next((report for report in broken if report.id == plugin or strict), None)
    if told is not None:
        fail(f"{told.distribution} is quarantined at stage {told.stage}: {told.reason}")
    if library is None:
        near = nearest(plugin, found.libraries)
        fail(f"no plugin is named {plugin}; " + (f"did you mean {near}?" if near else "see crosspayer plugins list."))
    try:
        mapping = run.mapping_of(library, table)
        first = begins or mapping.covers_from
        if first is None:
            fail("the files do not say from which day on they are right; give it with --covers-from.")
        if first > days["--covers-to"]:
            fail(f"--covers-to lies before {first}, the first day the files are right for; correct the dates.")
        said = Circumstances(first, days["--covers-to"], days["--read"], grade or mapping.source["grade"])
        words = _settings(settings, {n: [w.value for w in given] for n, given in mapping.settings.items()})
        done, overlay = run.import_table(library, mapping, [Path(file) for file in files], words, said)
    except InputError as error:
        refuse(error)
    written = done.refused <= max_rejects
    if written:
        try:
            run.write(overlay, Path(into))
        except OSError as error:
            fail(f"{into}: the table cannot be written ({error.strerror}); check the folder.")
    table_import.write(done, overlay, Path(into), written, max_rejects, sys.stdout, sys.stderr)
    sys.exit(OK if written else ACT)


def _settings(given: Sequence[str], known: dict[str, list[str]]) -> dict[str, str]:
    found = {}
    for text in given:
        column, _, word = text.partition("=")
        if word not in known.get(column, ()):
            offered = ", ".join(f"{name}={value}" for name, values in known.items() for value in values)
            fail(f"--setting {text} is not known; write one of {offered or 'none: the files say it all'}.")
        found[column] = word
    return found
