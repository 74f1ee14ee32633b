"""The comparison of payers for people: a table on the terminal, Markdown for documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

from crosspayer.policy.model import Payer, Source
from crosspayer.report.comparison import NAMED_PLANS, TITLES, Cell, Comparison
from crosspayer.report.statements import EFFECT_WORDS, MAX_WORDS, Statement, days
from crosspayer.report.table import console

if TYPE_CHECKING:
    from rich.text import Text

INSTEAD_WORDS = {
    "not_covered": "deny",
    "auth_needed": "ask for authorization",
    "documentation_needed": "ask for documentation",
    "review": "leave it to review",
}
GRANT_WORDS = {
    "no_auth": "where met, no authorization is needed",
    "coverage": "where met, it is covered",
}


def basis(found: Comparison) -> str:
    """Which rules are compared, in one sentence."""
    rules = "The latest version of each rule" if found.on is None else f"The rules in force on {found.on.isoformat()}"
    about = "" if found.code is None else f" that speak of {found.code} or of services beside it"
    return f"{rules}{about}{', with the days it holds for' if found.on is None else ''}."


def plan_words(cell: Cell, payer: Payer, cells: Sequence[Cell]) -> str:
    """The plans of a cell: all, the others, or their ids."""
    if len(cell.plans) == len(payer.plans) > 1:
        return f"all {len(payer.plans)} plans"
    many = [other for other in cells if other.payer == payer.id and len(other.plans) > NAMED_PLANS]
    if many == [cell]:
        return f"the other {len(cell.plans)} plans"
    return ", ".join(cell.plans)


def silence_words(cell: Cell, found: Comparison) -> str:
    """Why a cell says nothing; empty where it does."""
    if cell.silence == "not_in_force" and found.on is not None:
        return f"no rule in force on {found.on.isoformat()}"
    return "no rule" if cell.silence else ""


def where_words(told: Statement) -> str:
    """When the rule applies: the condition itself, or the facts that decide it where that is long."""
    if told.applies == "always":
        return ""
    if len(told.applies) <= MAX_WORDS:
        return f"if {told.applies}"
    return f"depending on {', '.join(told.reads)}"


def effect_words(told: Statement) -> str:
    """What follows a failure, strongest first."""
    words = " or ".join(EFFECT_WORDS[effect] for effect in told.effects)
    if told.instead_of is not None:
        words += f" (would {INSTEAD_WORDS[told.instead_of]} on a firm source)"
    granted = GRANT_WORDS.get(told.grants or "")
    return f"{granted}; else {words}" if granted else words


def standing_words(told: Statement) -> str:
    """Effect, days in force and grade."""
    return f"{effect_words(told)}; {days(*told.in_force)}; {told.grade}, {told.confidence} confidence"


def write_table(found: Comparison, file: TextIO) -> None:
    """One table a topic, one row for the plans of a payer that agree."""
    from rich import box
    from rich.table import Table

    out = console(file)
    payers = {payer.id: payer for payer in found.payers}
    out.print(basis(found), markup=False)
    for topic, cells in found.topics:
        table = Table(
            title=TITLES[topic], title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False
        )
        table.add_column("Payer", no_wrap=True)
        table.add_column("Plans", max_width=24)
        table.add_column("What the rules say", ratio=1)
        for cell in cells:
            said = "\n".join(_plain(told) for told in cell.statements) or silence_words(cell, found)
            table.add_row(cell.payer, plan_words(cell, payers[cell.payer], cells), _text(said))
        out.print(table)
    if found.sources:
        out.print("Sources", style="bold")
    for source in found.sources.values():
        out.print(_text(f"  {source.id}: {document_words(source)} ({source.grade}, read {source.read})"))
    out.print("Plans that agree share a row; --open PAYER shows each by itself.", style="dim", markup=False)
    out.print("Advice from published sources, not the payers' word.", style="dim", markup=False)


def _text(words: str) -> Text:
    from rich.text import Text

    return Text(words)


def _plain(told: Statement) -> str:
    lines = [f"• {told.text}", *_indented((where_words(told), *told.details))]
    return "\n".join([*lines, *_indented([f"{standing_words(told)} [{', '.join(told.sources)}]"])])


def _indented(parts: Iterable[str]) -> list[str]:
    return [f"  {part}" for part in parts if part]


def document_words(source: Source) -> str:
    """A source's publisher, title and section."""
    return ", ".join(part for part in (source.publisher, source.title, source.section) if part)


def write_markdown(found: Comparison, file: TextIO) -> None:
    """A page: a section a topic, each with a table, and the sources at the end."""
    payers = {payer.id: payer for payer in found.payers}
    lines = [
        "# Where payers differ",
        "",
        "Printed by `crosspayer plugins compare --format markdown` from the payers' own rules: change those, not this",
        "page. Days, grades and sources are the rules' own; a payer without a rule on a topic is shown with “no rule”.",
        "",
        f"{basis(found)} Advice from published sources, not the payers' word.",
    ]
    for topic, cells in found.topics:
        lines += ["", f"## {TITLES[topic]}", "", "| Payer | Plans | What the rules say |", "|---|---|---|"]
        for cell in cells:
            said = "<br>".join(_linked(told, found.sources) for told in cell.statements)
            plans = _escaped(plan_words(cell, payers[cell.payer], cells))
            lines.append(f"| {cell.payer} | {plans} | {said or silence_words(cell, found)} |")
    if found.sources:
        lines += ["", "## Sources", "", "| Source | Document | Grade | Read |", "|---|---|---|---|"]
    for source in found.sources.values():
        lines.append(f"| {_link(source)} | {_escaped(document_words(source))} | {source.grade} | {source.read} |")
    addresses = [f"[{source.id}]: <{source.url}>" for source in found.sources.values() if source.url]
    lines += ["", *addresses] if addresses else []
    file.write("\n".join(lines) + "\n")


def _linked(told: Statement, sources: dict[str, Source]) -> str:
    parts = "; ".join(part for part in (where_words(told), *told.details) if part)
    cited = ", ".join(_link(sources[name]) for name in told.sources)
    said = f"**{_escaped(told.text)}**" + (f" – {_escaped(parts)}" if parts else "")
    return f"{said} – *{standing_words(told)}* ({cited})"


def _link(source: Source) -> str:
    return f"[{source.id}]" if source.url else source.id  # the page ends with the addresses


def _escaped(text: str) -> str:
    text = " ".join(text.split())  # a title may have several lines, a row may not
    for mark in "\\|*<[":
        text = text.replace(mark, f"\\{mark}")
    return text
