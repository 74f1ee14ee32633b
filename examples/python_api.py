"""Ask the installed payers about an encounter from Python, and print what each coverage says and what failed."""

import sys
from pathlib import Path

import crosspayer

# Once per process: finds the installed plugins and checks their documents. The engine never changes afterwards and
# may be shared between threads.
engine = crosspayer.build_engine()


def report(path: Path) -> None:
    """Print each determination of a held coverage, then the rules that failed: effect, rule, remedy."""
    encounter = crosspayer.Encounter.from_json(path.read_bytes(), origin=path.name)
    for found in engine.evaluate(encounter).held:
        print(f"{found.payer}/{found.plan} line {found.line} {found.code}: {found.verdict or found.silence}")
        for finding in found.findings:
            if finding.kind == "fail":
                print(f"  {finding.effect}: {finding.rule}: {finding.remedy or finding.title}")


if __name__ == "__main__":
    here = Path(__file__).parent
    named = [Path(name) for name in sys.argv[1:]]
    for path in named or [here / "knee-orthosis-initial.json", here / "order-before-visit.json"]:
        report(path)
