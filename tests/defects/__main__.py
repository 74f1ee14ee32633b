"""Plants defects by the thousand and counts which the answers name: `uv run python -m tests.defects`.

Exits 1 if a defect is missed or a clean encounter gets a complaint, and says which. `--table` prints the table instead:
every defect, the plans that know it, and the rules that must name it.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from crosspayer import build_engine
from rich.console import Console
from rich.progress import track

from tests.defects.law import Twins, drawn, false_alarm, miss
from tests.defects.table import DEFECTS, PLACES

PAYERS = sorted({place.plan.partition("/")[0] for place in PLACES})
Cell = tuple[str, str]


def payer_of(pair: Twins) -> str:
    return pair.place.plan.partition("/")[0]


def table() -> str:
    """Every defect with the plans that know it, the verdict and the rules."""
    lines = []
    for defect in DEFECTS:
        lines.append(f"{defect.name}: {defect.meaning}")
        for known in defect.known:
            days = f" [{known.since or '…'} to {known.until or '…'}]" if known.since or known.until else ""
            of = f" ({' '.join(known.disciplines)})" if known.disciplines else ""
            lines.append(f"    {known.plans}{days}{of}: {known.verdict}, named by {known.rules}")
    return "\n".join(lines)


def figures(planted: Counter[Cell], named: Counter[Cell], silent: Counter[Cell]) -> str:
    """Counts for each payer, and for each defect at each payer: how many of the planted ones were named."""
    lines = [f"{'payer':<10}{'plans':>6}{'defects':>9}{'planted':>9}{'named':>7}{'clean':>7}{'none named':>12}"]
    for payer in PAYERS:
        of_payer = [cell for cell in planted if cell[1] == payer]
        plans = {place.plan for place in PLACES if place.plan.startswith(f"{payer}/")}
        numbers = [sum(counted[cell] for cell in of_payer) for counted in (planted, named, planted, silent)]
        lines.append(
            f"{payer:<10}{len(plans):>6}{len(of_payer):>9}{numbers[0]:>9}{numbers[1]:>7}{numbers[2]:>7}{numbers[3]:>12}"
        )
    total = [counted.total() for counted in (planted, named, planted, silent)]
    lines.append(f"{'all':<10}{'':>6}{len(DEFECTS):>9}{total[0]:>9}{total[1]:>7}{total[2]:>7}{total[3]:>12}")
    lines += ["", f"{'named of planted':<46}" + "".join(f"{payer:>10}" for payer in PAYERS)]
    for defect in DEFECTS:
        cells = [(defect.name, payer) for payer in PAYERS]
        counts = [f"{named[cell]}/{planted[cell]}" if planted[cell] else "–" for cell in cells]
        lines.append(f"{defect.name:<46}" + "".join(f"{count:>10}" for count in counts))
    return "\n".join(lines)


def run(count: int, seed: int) -> int:
    """Count over so many twins, print what was found; the number of misses and false alarms."""
    engine = build_engine(strict=True, execution="compiled")
    planted, named, silent = Counter[Cell](), Counter[Cell](), Counter[Cell]()
    faults = []
    progress = Console(stderr=True)
    for pair in track(
        drawn(PLACES, count, seed), "Planting", count, console=progress, disable=not progress.is_terminal
    ):
        cell = (pair.place.defect.name, payer_of(pair))
        alarm, missed = false_alarm(engine, pair), miss(engine, pair)
        planted[cell] += 1
        named[cell] += not missed
        silent[cell] += not alarm
        faults += [f"false alarm: {pair.place.label}: {alarm}"] if alarm else []
        faults += [f"missed: {pair.place.label}: {missed}"] if missed else []
    print(figures(planted, named, silent))
    for fault in faults:
        print(fault, file=sys.stderr)
    return len(faults)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.defects", description="Plants defects and counts them.")
    parser.add_argument("--count", type=int, default=2000, help="encounters to plant a defect in (default 2000)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other encounters (default 0)")
    parser.add_argument("--table", action="store_true", help="print which rules must name which defect")
    asked = parser.parse_args()
    if asked.table:
        print(table())
        return 0
    return 1 if run(asked.count, asked.seed) else 0


if __name__ == "__main__":
    sys.exit(main())
