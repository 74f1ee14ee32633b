"""The example feeds are read by the ready-made maps and answered by the plugins; the page about them is true."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from crosspayer.encounter.feed.columns import ColumnMap, ready_made
from crosspayer.encounter.feed.gather import Reading, read_table
from crosspayer.encounter.feed.payer_map import PayerMap
from crosspayer.encounter.feed.schema import IDENTIFIERS
from crosspayer.report.spreadsheet import FINDINGS, SUMMARY

ROOT = Path(__file__).parents[1]
FEEDS = ROOT / "examples" / "feeds"
PAGE = ROOT / "docs" / "feeds.md"
ORTHOSIS = {"number": 1, "code": "97760", "modifiers": ["GP", "RT"], "service_date": "2026-10-05", "units": 2}
EXERCISE = {"number": 2, "code": "97110", "modifiers": ["GP"], "service_date": "2026-10-05", "units": 1}
EXPECTED: dict[str, list[dict[str, Any]]] = {
    "webpt-charges": [
        {
            "id": "5001-2026-10-05",
            "coverages": [{"payer": "medicare", "plan": "original-medicare"}],
            "episode": {"is_evaluation_visit": True},
            "lines": [{key: value for key, value in line.items() if key != "number"} for line in (ORTHOSIS, EXERCISE)],
        },
        {
            "id": "5001-2026-10-12",
            "coverages": [{"payer": "medicare", "plan": "original-medicare"}],
            "episode": {"is_evaluation_visit": False},
            "lines": [{"code": "97763", "modifiers": ["GP", "RT"], "service_date": "2026-10-12", "units": 1}],
        },
        {
            "id": "5002-2026-10-06",
            "coverages": [{"payer": "aetna", "plan": "commercial"}],
            "episode": {"is_evaluation_visit": False},
            "lines": [{"code": "97760", "modifiers": ["GP"], "service_date": "2026-10-06", "units": 2}],
        },
        {
            "id": "5003-2026-10-06",
            "coverages": [{}],
            "episode": {"is_evaluation_visit": False},
            "lines": [{"code": "97763", "modifiers": ["GP"], "service_date": "2026-10-06", "units": 1}],
        },
    ],
    "webpt-billing": [
        {
            "id": "B-1",
            "lines": [
                {"code": "97760", "modifiers": ["GO", "CO"], "service_date": "2026-10-05", "units": 1},
                {"code": "97760", "modifiers": ["GO"], "service_date": "2026-10-05", "units": 1},
            ],
        },
        {"id": "B-2", "lines": [{"code": "97763", "modifiers": ["GP"], "service_date": "2026-10-06", "units": 2}]},
    ],
    "epic-svc-ln-info": [
        {"id": "9001", "stage": "claim", "lines": [ORTHOSIS, EXERCISE]},
        {
            "id": "9002",
            "stage": "claim",
            "lines": [{"number": 1, "code": "97763", "modifiers": ["GP"], "service_date": "2026-10-06", "units": 1}],
        },
    ],
    "tuva-medical-claim": [
        {
            "id": "T-1",
            "stage": "claim",
            "coverages": [{"payer": "cigna", "plan": "commercial", "network": "in"}],
            "diagnoses": [{"code": "M23.221"}],
            "lines": [{**line, "place_of_service": "11"} for line in (ORTHOSIS, EXERCISE)],
        },
        {
            "id": "T-2",
            "stage": "claim",
            "coverages": [{"payer": "cigna", "network": "out"}],
            "diagnoses": [{"code": "M18.11"}, {"code": "M25.541"}],
            "lines": [
                {
                    "number": 1,
                    "code": "97763",
                    "modifiers": ["GO"],
                    "place_of_service": "11",
                    "service_date": "2026-10-06",
                    "units": 1,
                }
            ],
        },
    ],
}
KEYS = {"webpt-billing": ["--encounter-by", "claim_no"]}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "FORCE_COLOR", "PYTHONWARNINGS")}
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=env, check=False, capture_output=True, encoding="utf-8"
    )


def evaluate(name: str, *more: str) -> subprocess.CompletedProcess[str]:
    program = "from crosspayer.cli import main; main()"
    file, payers = f"examples/feeds/{name}.csv", "examples/feeds/payers.toml"
    options = ("--columns", name, "--payer-map", payers, *KEYS.get(name, ()), *more)
    return run("-c", program, "evaluate", file, *options)


def test_every_ready_made_map_has_an_example() -> None:
    assert sorted(EXPECTED) == sorted(ready_made()) == sorted(path.stem for path in FEEDS.glob("*.csv"))


@pytest.mark.parametrize("name", EXPECTED)
def test_the_examples_are_read_as_they_are_meant(name: str) -> None:
    columns = ColumnMap.read(name)
    if name in KEYS:
        from dataclasses import replace

        columns = replace(columns, encounter=(KEYS[name][1],))
    reading = Reading(name)
    with (FEEDS / f"{name}.csv").open("rb") as stream:
        read = [
            json.loads(one.raw)
            for one in read_table(stream, name, columns, PayerMap.read(FEEDS / "payers.toml"), reading)
        ]
    assert read == [{"format": "crosspayer/encounter/1", **one} for one in EXPECTED[name]]
    assert (reading.problems, reading.notes) == ([], [])


@pytest.mark.parametrize("name", EXPECTED)
def test_the_examples_are_answered(name: str) -> None:
    done = evaluate(name, "--format", "csv", "--strict")
    assert done.returncode in (0, 1, 3), done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert {row["encounter"] for row in rows} == {one["id"] for one in EXPECTED[name]}
    unknown = [row["encounter"] for row in rows if row["silence"] == "payer_not_known"]
    assert unknown == (["5003-2026-10-06"] if name == "webpt-charges" else [])
    assert (done.stderr != "") == bool(unknown)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_maps_of_the_page_are_maps() -> None:
    columns, payers = blocks("toml")
    assert ColumnMap.from_toml(columns).encounter == ("claim_no",)
    assert len(PayerMap.from_toml(payers).entries) == 4


def test_the_code_of_the_page_runs() -> None:
    (code,) = blocks("python")
    done = run("-W", "error", "-c", code)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["T-1", "T-2", "0"]


def test_the_command_of_the_page_runs() -> None:
    command = blocks("")[0].split()
    assert command[0] == "crosspayer"
    done = run("-c", "from crosspayer.cli import main; main()", *command[1:])
    assert done.returncode in (0, 1, 3)
    assert "payer not known" in done.stdout


def test_the_page_names_every_map_identifier_and_column() -> None:
    text = PAGE.read_text("utf-8")
    named = set(re.findall(r"`([\w-]+)`", text))
    assert set(ready_made()) | set(IDENTIFIERS) <= named
    first = FINDINGS.index("rule")
    assert set(SUMMARY) | set(FINDINGS[first:]) <= named
