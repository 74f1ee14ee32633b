"""`policy validate`: packs that are missing, are checked too, or have faults."""

from pathlib import Path

import pytest

from core.tests.cli.conftest import Shell
from core.tests.cli.spoiling import errors, spoil
from core.tests.invented import copied


def test_a_pack_that_is_missing_is_told_with_the_line_that_mends_it(shell: Shell, acme: Path) -> None:
    spoil(acme / "payer.toml", *[('pack = "basics"', 'pack = "basic"')] * 3)
    assert errors(shell) == [
        "acme/payer.toml:24:1: error: uses[0].pack: it uses the pack basic, which is not installed; "
        "install it with: pip install 'crosspayer-basic>=2026.11,<2027'."
    ]


def test_a_pack_that_is_checked_too_or_named_serves_the_payer(shell: Shell, acme: Path) -> None:
    basics = copied("basics", shell.home)
    spoil(acme / "payer.toml", *[('pack = "basics"', 'pack = "nuts"')] * 3)
    for path in [basics / "pack.toml", *basics.glob("*/*.toml")]:
        path.write_text(path.read_text(encoding="utf-8").replace("basics", "nuts"), encoding="utf-8")
    assert shell("policy", "validate", "acme/", "basics/").exit_code == 0
    assert shell("policy", "validate", "acme/", "--plugin-dir", "basics").exit_code == 0
    assert shell("policy", "validate", "acme/").exit_code == 2


def test_the_faults_of_a_pack_are_told_with_the_pack(shell: Shell, acme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    basics = copied("basics", shell.home)
    spoil(basics / "policies/codes.toml", ('topic = "codes"', 'topic = "code"'))
    told = errors(shell, "acme/", "basics/")
    assert [line.partition(":")[0] for line in told] == ["basics/policies/codes.toml"]
    monkeypatch.chdir(acme)
    told = errors(shell, ".", "../basics")
    assert [line.partition(":")[0] for line in told] == ["../basics/policies/codes.toml"]


def test_a_fault_of_a_pack_that_is_only_used_is_told_with_the_payer_whose_rules_it_spoils(
    shell: Shell, acme: Path
) -> None:
    basics = copied("basics", shell.home)
    spoil(basics / "policies/codes.toml", ('"episode.earlier_initial_encounter"', '"episode.earlier_initial"'))
    told = errors(shell, "acme/", "--plugin-dir", "basics")
    assert [line.partition(":")[0] for line in told] == ["basics/policies/codes.toml"]
    assert [line.partition(":")[0] for line in errors(shell, "acme/", "basics/")] == ["basics/policies/codes.toml"]
    assert acme.is_dir()
