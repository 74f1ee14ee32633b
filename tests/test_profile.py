"""The profile with the real plugins: the example and the page about it do what they say."""

import io
import json
import re
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from click.testing import CliRunner
from crosspayer import Determination, Encounter, Engine, InputError, Profile, build_engine
from crosspayer.cli import cli
from crosspayer.encounter.fact import Ask
from crosspayer.report.profile_template import template

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "profile.toml"
PAGE = (ROOT / "docs" / "profile.md").read_text(encoding="utf-8")
TOML = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
ENCOUNTERS = sorted((ROOT / "examples").glob("*.json"))


@pytest.fixture(scope="module")
def engine() -> Engine:
    return build_engine(strict=True)


def answer(engine: Engine, name: str, profile: Profile | None, plan: str) -> Determination:
    """What the plan says of the first line of an example."""
    encounter = Encounter.from_json((ROOT / "examples" / name).read_bytes())
    return engine.evaluate(encounter, plans=[plan], profile=profile).determinations[0]


@pytest.mark.parametrize("path", ENCOUNTERS, ids=lambda path: path.stem)
def test_every_example_is_answered_with_the_example_profile(path: Path) -> None:
    words = ["evaluate", str(path), "--all-payers", "--format", "json", "--profile", str(EXAMPLE)]
    result = CliRunner().invoke(cli, words)
    assert (result.exit_code in (0, 1, 3), result.stderr) == (True, "")
    found = json.loads(result.stdout)["determinations"]
    assert {d["basis"]["profile"] for d in found} == {Profile.read(EXAMPLE).digest}


def test_the_example_profile_answers_what_a_bare_claim_leaves_open(engine: Engine) -> None:
    before = answer(engine, "bare-claim.json", None, "cigna/commercial")
    after = answer(engine, "bare-claim.json", Profile.read(EXAMPLE), "cigna/commercial")
    asked, still = ({path for need in d.info_needed for path in need.paths} for d in (before, after))
    assert still < asked
    assert {"payer_facts.cigna.ash_market", "coverages[0].unit_method"} <= asked - still
    assert "payer_facts.cigna.ash_market" in after.from_profile


def test_the_example_profile_knows_the_day_the_contract_changed(engine: Engine) -> None:
    text = (ROOT / "examples" / "bare-claim.json").read_text(encoding="utf-8")
    profile = Profile.read(EXAMPLE)

    def supplied(day: str) -> set[str]:
        encounter = Encounter.from_json(text.replace("2026-07-14", day))
        found = engine.evaluate(encounter, plans=["cigna/commercial"], profile=profile)
        return {path for d in found.determinations for path in d.from_profile}

    assert supplied("2026-07-01") - supplied("2026-06-30") == {"payer_facts.cigna.ash_market"}


def test_the_example_profile_fits_the_loaded_plugins(engine: Engine) -> None:
    engine.check_profile(Profile.read(EXAMPLE))


def test_what_the_example_says_is_asked_for_by_the_template(engine: Engine) -> None:
    asked = set(re.findall(r"^# facts\.(\S+) =", template(engine.payers), re.MULTILINE))
    said = {path for entry in Profile.read(EXAMPLE).entries for path in entry.facts}
    assert said <= asked


def test_no_clinicians_fact_may_stand_in_a_profile(engine: Engine) -> None:
    declared = [fact for payer in engine.payers.values() for fact in payer.facts.values()]
    assert [fact.path for fact in declared if fact.holds_for != "visit" and fact.ask is Ask.CLINICIAN] == []


@pytest.mark.parametrize("text", TOML)
def test_every_profile_of_the_page_loads(text: str) -> None:
    assert Profile.from_toml(text).entries


def test_the_page_is_right_that_two_of_its_entries_contradict_each_other_without_the_third() -> None:
    (text,) = [block for block in TOML if "without it" in block]
    two, third, _ = text.partition("\n[[entries]]   ")
    assert third
    with pytest.raises(InputError, match="entries\\[0\\] says otherwise"):
        Profile.from_toml(two)


def test_the_python_of_the_page_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(ROOT)
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(code, "docs/profile.md", "exec"), {})
    assert "payer_facts.cigna.ash_market" in printed.getvalue()
