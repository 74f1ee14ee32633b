"""`crosspayer plugins`: what is installed and what became of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from crosspayer.cli.app import ERROR, OK, check_folders, plugin_options, refuse, tables_option
from crosspayer.cli.attest import attest_plugins
from crosspayer.cli.compare import compare
from crosspayer.errors import InputError


@click.group()
def plugins() -> None:
    """Look at the installed plugins."""


plugins.add_command(compare)
plugins.add_command(attest_plugins)


@plugins.command("list")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@tables_option
@plugin_options
def list_plugins(
    form: str, plugin_dirs: Sequence[str], allow_code: Sequence[str], strict: bool, tables: str | None
) -> None:
    """List every plugin that was found: loaded, or quarantined with stage and reason.

    \b
    Example:
      crosspayer plugins list --format json
    """
    import msgspec

    from crosspayer.plugins.build import install
    from crosspayer.plugins.report import PluginList

    check_folders(plugin_dirs)
    try:
        found = install(plugin_dirs=plugin_dirs, allow_code=allow_code, tables=tables)
    except InputError as error:
        refuse(error)
    if form == "json":
        click.echo(msgspec.json.encode(PluginList("crosspayer/plugins/1", tuple(found.reports))).decode())
    else:
        from crosspayer.report import plugin_list

        plugin_list.write(found, sys.stdout)
    broken = any(report.state == "quarantined" for report in found.reports)
    sys.exit(ERROR if strict and broken else OK)
