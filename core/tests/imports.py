"""A plugin of the invented payer acme whose tables a site may import, and files to import. All of it is synthetic."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from crosspayer.authoring.tables.mapping import ImportMapping, find_mapping
from crosspayer.plugins.assemble import Library
from crosspayer.plugins.build import install
from crosspayer.policy.documents import ValidatedDigests

from core.tests.acme import HEAD, MANIFEST, SOURCES

PAIRS = """\
format = 1
id = "pairs"
title = "Invented pairs"
key = ["claim_type", "column_1", "column_2"]
covers_to = 2024-09-30
cites = ["notice"]
rows = [ { claim_type = "professional", column_1 = "97760", column_2 = "97763", indicator = 1 } ]
[columns]
claim_type = { type = "word", values = ["professional", "institutional"] }
column_1 = { type = "code" }
column_2 = { type = "code" }
indicator = { type = "integer" }
"""
LIMITS = """\
format = 1
id = "limits"
title = "Invented limits"
key = ["code"]
covers_to = 2024-09-30
cites = ["notice"]
rows = [ { code = "97760", units = 4 } ]
[columns]
code = { type = "code" }
units = { type = "integer", unit = "units" }
"""
LIFTING = """\
format = 1
id = "lifting"
title = "Invented modifiers that lift a pair"
codes = ["59"]
open_ended = "invented"
cites = ["notice"]
"""
PAIR_RULE = """\
[[rules]]
id = "pairs"
topic = "pairs"
effect = "not_covered"
cites = ["notice"]
confidence = "high"
[rules.pair]
table = "pairs"
loses = "column_2"
by = { claim_type = { fact = "claim_type" } }
bypass_when = { column = "indicator", is = 1 }
bypass_with = { table = "lifting" }
"""
IMPORT_PAIRS = """\
format = 1
table = "pairs"
alias = "edits"
title = "Pairs of the site"
confidence = "high"
covers_from = 2020-01-01
keep_codes_in = ["column_1", "column_2"]
not_named = ["elsewhere"]
[source]
publisher = "Acme Health"
title = "Invented pair files"
grade = "primary"
[columns.column_1]
headings = ["Column 1"]
length = 5
[columns.column_2]
headings = ["Column 2"]
length = 5
[columns.from]
headings = ["Effective"]
dates = ["YYYYMMDD"]
[columns.to]
headings = ["Deletion"]
dates = ["YYYYMMDD"]
none = ["*"]
[columns.indicator]
headings = ["Modifier"]
values = { "0" = 0, "1" = 1 }
[[skip]]
column = "indicator"
is = ["9"]
why = "never in force"
[[settings.claim_type]]
value = "professional"
named = ["prof"]
parts = ["-f1", "-f2"]
[[settings.claim_type]]
value = "institutional"
headings = ["Hospital Mark"]
named = ["hosp"]
"""
IMPORT_LIMITS = """\
format = 1
table = "limits"
title = "Limits of the site"
[source]
publisher = "Acme Health"
title = "Invented limit files"
grade = "primary"
[columns.code]
headings = ["Code"]
[columns.units]
headings = ["Units"]
first_word = true
"""
HEADER = "Column 1\tColumn 2\tEffective\tDeletion\tModifier\tReason\n"


def plugin_folder(home: Path, files: Mapping[str, str] | None = None) -> Path:
    """The plugin's folder; `files` are further files by path, or others in the place of its own."""
    every = {
        "payer.toml": MANIFEST,
        "sources.toml": SOURCES,
        "policies/main.toml": HEAD + PAIR_RULE,
        "tables/pairs.toml": PAIRS,
        "tables/limits.toml": LIMITS,
        "tables/lifting.toml": LIFTING,
        "imports/pairs.toml": IMPORT_PAIRS,
        "imports/limits.toml": IMPORT_LIMITS,
        **(files or {}),
    }
    for name, text in every.items():
        place = home / "acme" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return home / "acme"


def library_of(folder: Path) -> Library:
    """The documents of the plugin, which must load."""
    found = install(candidates=[], plugin_dirs=[folder])
    assert [report.reason for report in found.reports] == [None]
    return found.libraries["acme"]


def mapping_of(folder: Path, name: str = "pairs") -> ImportMapping:
    return find_mapping(library_of(folder), name, ValidatedDigests())


def pair_row(one: str, two: str, first: str = "20200101", last: str = "*", indicator: str = "1") -> str:
    return f"{one}\t{two}\t{first}\t{last}\t{indicator}\tan invented reason\n"


def put(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """An archive of these files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()
