"""Writes the schemas that are made from code into a folder: `python -m crosspayer.authoring.write_schemas schemas`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from crosspayer.authoring.attestation import Attestation
from crosspayer.determination.schema import answer_schema
from crosspayer.encounter.feed.schema import columns_schema, payer_map_schema
from crosspayer.encounter.profile_schema import profile_schema
from crosspayer.encounter.schema import encounter_schema
from crosspayer.plugins.report import PluginList
from crosspayer.report.case_results import CaseResults
from crosspayer.report.comparison import ComparisonDocument
from crosspayer.report.coverage_document import CoverageDocument
from crosspayer.report.denial import Denial
from crosspayer.report.explanation import Explanation
from crosspayer.report.fact_list import FactList
from crosspayer.report.payable import WhyPayable
from crosspayer.report.questions import Questions
from crosspayer.report.settling_text import SettlingDocument
from crosspayer.report.table_list import TableList
from crosspayer.report.validation import ValidationDocument
from crosspayer.schemas.from_types import schema_of

PRINTED: Mapping[str, type] = {
    "attestation": Attestation,
    "case-results": CaseResults,
    "comparison": ComparisonDocument,
    "coverage": CoverageDocument,
    "denial": Denial,
    "explanation": Explanation,
    "facts": FactList,
    "payable": WhyPayable,
    "plugins": PluginList,
    "questions": Questions,
    "settling": SettlingDocument,
    "tables": TableList,
    "validation": ValidationDocument,
}
"""The documents that commands print for programs beside answers, and what they are made of."""


def texts() -> dict[str, str]:
    """The text of each generated schema by its file name."""
    made = {
        "answer": answer_schema(),
        "columns": columns_schema(),
        "encounter": encounter_schema(),
        "payer-map": payer_map_schema(),
        "profile": profile_schema(),
        **{name: schema_of(name, root) for name, root in PRINTED.items()},
    }
    return {
        f"{name}.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for name, schema in made.items()
    }


def write(folder: Path) -> None:
    """Write them, replacing what is there. Raises OSError where the folder is missing or may not be written to."""
    for name, text in texts().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m crosspayer.authoring.write_schemas FOLDER")
    write(Path(sys.argv[1]))
