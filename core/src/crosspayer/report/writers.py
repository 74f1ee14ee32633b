"""Writing an answer in the format asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TextIO

import msgspec

from crosspayer.determination.model import Answer
from crosspayer.encounter.fact import Fact
from crosspayer.errors import Problem
from crosspayer.report import spreadsheet


def write(
    answer: Answer, problems: Sequence[Problem], form: str, file: TextIO, payer_facts: Mapping[str, Fact]
) -> None:
    """Write the answer; records that were rejected are listed beside it in JSON."""
    if form == "table":
        from crosspayer.report import table

        table.write(answer, file, payer_facts)
    elif form == "json":
        file.write(as_json(answer, problems) + "\n")
    elif form == "ndjson":
        for determination in answer.determinations:
            file.write(msgspec.json.encode(determination).decode() + "\n")
    elif form == "findings-csv":
        spreadsheet.write_findings(answer, file)
    else:
        spreadsheet.write_summary(answer, file)


def as_json(answer: Answer, problems: Sequence[Problem]) -> str:
    """The answer document; `rejected` lists what is wrong with records that were not answered."""
    document = {"format": answer.format, "determinations": answer.determinations}
    if problems:
        document["rejected"] = [problem.as_dict() for problem in problems]
    return msgspec.json.encode(document).decode()
