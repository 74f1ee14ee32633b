import os
import tomllib
from datetime import date
from pathlib import Path

import pytest
from crosspayer.authoring.tables.run import import_table
from crosspayer.authoring.tables.write import Circumstances, digest_of, write
from crosspayer.errors import InputError
from crosspayer.plugins.overlays import OverlayFile

from core.tests.imports import HEADER, library_of, mapping_of, pair_row, plugin_folder, put

SAID = Circumstances(date(2020, 1, 1), date(2026, 12, 31), date(2026, 10, 5), "quoted")


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    rows = pair_row("97760", "97110", "20210101", "20251231") + pair_row("97150", "97760", indicator="0")
    return [
        put(tmp_path / "prof.txt", HEADER + rows),
        put(tmp_path / "hosp.txt", HEADER + pair_row("97760", "97110", "20200101")),
    ]


def imported(folder: Path, files: list[Path]) -> OverlayFile:
    return import_table(library_of(folder), mapping_of(folder), files, {}, SAID)[1]


def test_the_rows_are_sorted_and_the_description_says_what_they_are(tmp_path: Path, files: list[Path]) -> None:
    overlay = imported(plugin_folder(tmp_path), files)
    assert (overlay.plugin, overlay.origin, overlay.rows_origin) == ("acme", "acme/pairs.toml", "acme/pairs.csv")
    assert overlay.rows.decode() == (
        "claim_type,column_1,column_2,indicator,from,to\n"
        "institutional,97760,97110,1,2020-01-01,\n"
        "professional,97150,97760,0,2020-01-01,\n"
        "professional,97760,97110,1,2021-01-01,2025-12-31\n"
    )
    raw = tomllib.loads(overlay.content.decode())
    assert raw["imported"].pop("rows").startswith("sha256:")
    assert raw == {
        "format": 1,
        "id": "pairs",
        "title": "Pairs of the site",
        "key": ["claim_type", "column_1", "column_2"],
        "rows": "pairs.csv",
        "covers_from": date(2020, 1, 1),
        "covers_to": date(2026, 12, 31),
        "cites": ["site-pairs"],
        "confidence": "high",
        "columns": {
            "claim_type": {"type": "word", "values": ["professional", "institutional"]},
            "column_1": {"type": "code"},
            "column_2": {"type": "code"},
            "indicator": {"type": "integer"},
        },
        "imported": {
            "refused": 0,
            "codes": ["97760", "97761", "97763"],
            "source": {
                "publisher": "Acme Health",
                "title": "Invented pair files",
                "read": date(2026, 10, 5),
                "grade": "quoted",
            },
            "files": [{"name": path.name, "digest": digest_of(path)} for path in reversed(files)],
        },
    }


def test_the_same_files_in_any_order_give_the_same_bytes(tmp_path: Path, files: list[Path]) -> None:
    folder = plugin_folder(tmp_path)
    assert imported(folder, files) == imported(folder, files[::-1])


def test_an_import_that_would_not_load_is_not_made(tmp_path: Path, files: list[Path]) -> None:
    sources = (plugin_folder(tmp_path) / "sources.toml").read_text(encoding="utf-8")
    own = sources.replace("[sources.notice]", "[sources.site-pairs]") + sources.partition("\n")[2].split("[", 2)[0]
    named = own + sources.partition("[sources.primary]")[0].partition("\n")[2]
    with pytest.raises(InputError, match="acme has a source site-pairs of its own; rename that source"):
        imported(plugin_folder(tmp_path, {"sources.toml": named}), files)


def test_a_file_that_has_gone_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.txt: the file cannot be read again; leave it where it is until"):
        digest_of(tmp_path / "gone.txt")


def test_what_is_written_is_what_was_made_and_nothing_else(tmp_path: Path, files: list[Path]) -> None:
    overlay = imported(plugin_folder(tmp_path), files)
    for _ in range(2):  # a second import takes the first one's place
        write(overlay, tmp_path / "site")
        found = {path.name: path.read_bytes() for path in (tmp_path / "site" / "acme").iterdir()}
        assert found == {"pairs.toml": overlay.content, "pairs.csv": overlay.rows}


def test_a_failed_write_leaves_the_old_files_and_no_others(
    tmp_path: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    overlay = imported(plugin_folder(tmp_path), files)
    write(overlay, tmp_path / "site")

    def full(descriptor: int) -> None:
        del descriptor
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(overlay._replace(rows=b"x", content=b"x"), tmp_path / "site")
    found = {path.name: path.read_bytes() for path in (tmp_path / "site" / "acme").iterdir()}
    assert found == {"pairs.toml": overlay.content, "pairs.csv": overlay.rows}


def test_others_may_read_what_is_written(tmp_path: Path, files: list[Path]) -> None:
    write(imported(plugin_folder(tmp_path), files), tmp_path / "site")
    assert (tmp_path / "site" / "acme" / "pairs.csv").stat().st_mode & 0o777 == 0o644
