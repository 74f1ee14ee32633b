"""What became of an imported table, file by file and row by row."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from crosspayer.authoring.tables.convert import Conversion, Tally
from crosspayer.plugins.overlays import OverlayFile


def write(
    done: Conversion, overlay: OverlayFile, folder: Path, written: bool, allowed: int, out: TextIO, err: TextIO
) -> None:
    """The account on `out`, refused rows on `err`."""
    for problem in done.shown:
        err.write(f"crosspayer: {problem}\n")
    if done.refused > len(done.shown):
        err.write(f"crosspayer: … and {done.refused - len(done.shown)} more rows were refused.\n")
    for tally in done.tallies:
        out.write(f"{_account(tally)}\n")
    refused = f", {done.refused} refused" if done.refused else ""
    if written:
        out.write(f"Wrote {folder / overlay.origin}: {done.count} rows{refused}. Use it with --tables {folder}.\n")
    else:
        out.write(
            f"Nothing was written: {done.count} rows fit{refused}, and --max-rejects allows {allowed}. A row that is "
            "missing would say that there is none: mend the file, or allow as many.\n"
        )


def _account(tally: Tally) -> str:
    words = ", ".join(f"{column} {word}" for column, word in sorted(tally.setting.items()))
    parts = [f"{tally.rows} rows", f"{tally.kept} kept"]
    if tally.other:
        parts.append(f"{tally.other} about other codes")
    if tally.repeated:
        parts.append(f"{tally.repeated} said again")
    parts += [f"{count} left out ({why})" for why, count in sorted(tally.skipped.items())]
    return f"{tally.origin}{f' ({words})' if words else ''}: {', '.join(parts)}"
