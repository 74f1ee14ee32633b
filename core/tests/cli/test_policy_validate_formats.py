"""`policy validate`: the same remarks for programs, editors and code hosts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.tests.cli.conftest import Shell
from core.tests.cli.spoiling import half, spoil


def test_json_holds_every_remark_by_its_fields(shell: Shell, acme: Path) -> None:
    spoil(acme / "policies/units.toml", ("has_one_of", "has_one_off"))
    found = json.loads(shell("policy", "validate", "acme/", "bolt", "--format", "json").stdout)
    (remark,) = found["plugins"][0].pop("remarks")
    assert found["plugins"][1].pop("remarks") == []
    assert found == {
        "format": "crosspayer/validation/1",
        "errors": 1,
        "warnings": 0,
        "plugins": [
            {"id": "acme", "kind": "payer", "documents": 6, "rules": 7, "cases": 5},
            {"id": "bolt", "kind": "payer", "documents": 3, "rules": 2, "cases": 0},
        ],
    }
    assert remark == {
        "level": "error",
        "kind": "policy",
        "origin": "acme/policies/units.toml",
        "line": 18,
        "column": 38,
        "path": "rules[0].require.has_one_off",
        "what": "is not a key here",
        "remedy": 'did you mean "has_one_of"?',
    }


def test_sarif_has_what_editors_and_code_hosts_read(shell: Shell, acme: Path) -> None:
    spoil(acme / "policies/units.toml", ("has_one_of", "has_one_off"))
    half(acme / "cases/units.toml")
    result = shell("policy", "validate", "acme/", "--format", "sarif")
    assert result.exit_code == 2
    log = json.loads(result.stdout)
    assert (log["version"], set(log)) == ("2.1.0", {"$schema", "version", "runs"})
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "crosspayer policy validate"
    assert all(set(rule) == {"id", "shortDescription"} and rule["shortDescription"]["text"] for rule in driver["rules"])
    ids = [rule["id"] for rule in driver["rules"]]
    assert ids == sorted(set(ids))
    assert run["columnKind"] == "unicodeCodePoints"
    results: list[dict[str, Any]] = run["results"]
    assert [(found["level"], found["ruleId"]) for found in results] == [
        ("error", "policy"),
        ("error", "case"),
    ]
    for found in results:
        assert ids[found["ruleIndex"]] == found["ruleId"]
        ((physical,),) = [location.values() for location in found["locations"]]
        assert set(physical) == {"artifactLocation", "region"}
        assert (shell.home / physical["artifactLocation"]["uri"]).is_file()
        assert all(isinstance(number, int) and number >= 1 for number in physical["region"].values())
    (region,) = [found["locations"][0]["physicalLocation"]["region"] for found in results[:1]]
    assert region == {"startLine": 18, "startColumn": 38}
    assert (
        results[0]["message"]["text"] == 'rules[0].require.has_one_off: is not a key here; did you mean "has_one_of"?'
    )


def test_sarif_names_a_file_elsewhere_by_its_address(shell: Shell, acme: Path) -> None:
    log = json.loads(shell("policy", "validate", str(acme), "--format", "sarif").stdout)
    (found,) = log["runs"][0]["results"]
    uri = found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == (acme / "sources.toml").as_uri()


def test_the_same_is_told_whatever_the_order_of_the_names(shell: Shell, acme: Path) -> None:
    def by_plugin(*words: str) -> Iterator[Any]:
        yield from json.loads(shell("policy", "validate", *words, "--format", "json").stdout)["plugins"]

    spoil(acme / "policies/units.toml", ("has_one_of", "has_one_off"))
    assert list(by_plugin("acme/", "bolt", "acme/")) == list(by_plugin("bolt", "acme/"))[::-1]
