"""Rules of a pack as a payer uses them: what it changes, what stays the pack's, and what it may not change."""

from __future__ import annotations

from typing import Any

import pytest

from core.tests.acme import MANIFEST, TWO_PLANS, Acme, World, encounter, rule

LIMIT = "{ fact = 'line.units', at_most = { parameter = 'most' } }"
PACK_RULES = (
    "[timed]\ncodes = { table = 'pool' }\npool_by = 'day'\nmethod = 'cms_total'\ntraining_codes = ['97760']\n"
    "[parameters.most]\nunit = 'units'\nvalues = [\n"
    "  { from = 2025-01-01, to = 2025-12-31, value = 2, cites = ['secondary'] },\n"
    "  { from = 2026-01-01, to = 2026-12-31, value = 3, cites = ['notice'] },\n]\n"
    "[parameters.fee]\nunit = 'USD'\n"
    "values = [{ from = 2026-01-01, to = 2026-12-31, value = 10, cites = ['notice'] }]\n"
    + rule("limit", LIMIT, carries="['PCK-1']", see_also="['quoted']")
    + rule("charge", "{ fact = 'line.charge', at_most = { parameter = 'fee' } }")
    + rule("minutes", "{ fact = 'line.units', at_most = { fact = 'line.units_supported' } }")
    + rule("branched", "{ fact = 'line.units', at_most = 3 }", effect="")
    + "[[rules.otherwise]]\neffect = 'documentation_needed'\n"
)
POOL = """\
format = 1
id = "pool"
title = "Invented codes"
codes = ["97760", "97761"]
cites = ["notice"]
open_ended = "No end is published."
"""
MORE = {"tables/pool.toml": POOL}
FILES: dict[str, Any] = {"pack": PACK_RULES, "pack_more": MORE}


def uses(rules: str = "['limit']", manifest: str = MANIFEST, **keys: str) -> str:
    """A manifest that uses rules of the pack."""
    written = {"pack": "'shared'", "version": "'>=2026.11,<2027'", "policy": "'main'", "rules": rules, **keys}
    return manifest + "[[uses]]\n" + "".join(f"{key} = {value}\n" for key, value in written.items())


def world(acme: Acme, manifest: str) -> World:
    return acme(manifest=manifest, **FILES)


def on(day: str = "2026-10-05", units: int = 4, changes: dict[str, Any] | None = None) -> dict[str, Any]:
    return encounter({"lines[0].service_date": day, "lines[0].units": units, **(changes or {})})


def test_a_used_rule_keeps_its_id_its_sources_and_its_dates(acme: Acme) -> None:
    loaded = world(acme, uses())
    finding = loaded.finding("limit", on())
    assert (finding.rule, finding.kind, finding.effect) == ("shared/main/limit", "fail", "not_covered")
    assert (finding.cites, finding.carries, finding.grade) == (("shared/notice",), ("PCK-1",), "primary")
    assert loaded.finding("limit", on("2025-10-05")).effect == "warn"
    assert set(loaded.kinds(on())) == {"limit"}
    basis = loaded.one(on()).basis
    assert set(basis.policies) == {"shared/main"}
    assert basis.packs["shared"].startswith("2026.11.0 sha256:")


@pytest.mark.parametrize(
    ("key", "value", "field", "expected"),
    [
        ("effect", "'warn'", "effect", "warn"),
        ("carries", "['ACM-7']", "carries", ("ACM-7",)),
        ("cites", "['association']\nconfidence = 'high'", "cites", ("acme/association",)),
        ("set", "{ most = 4 }", "kind", "pass"),
    ],
)
def test_a_payer_says_what_is_otherwise(acme: Acme, key: str, value: str, field: str, expected: object) -> None:
    assert getattr(world(acme, uses(**{key: value})).finding("limit", on()), field) == expected


def test_a_payers_own_source_takes_the_place_of_the_packs_which_then_agrees(acme: Acme) -> None:
    loaded = world(acme, uses(cites="['association']", confidence="'high'"))
    assert (loaded.finding("limit", on()).grade, loaded.finding("limit", on()).confidence) == ("association", "high")
    (used,) = loaded.engine.payers["acme"].rules
    assert [source.id for source in used.see_also] == ["shared/notice", "shared/quoted"]


def test_a_set_value_holds_always_on_the_payers_source(acme: Acme) -> None:
    loaded = world(acme, uses(cites="['quoted']", set="{ most = 5 }"))
    for day in ("2020-01-01", "2025-06-01", "2026-10-05", "2040-01-01"):
        finding = loaded.finding("limit", on(day, 6))
        assert (finding.kind, finding.effect, finding.grade) == ("fail", "not_covered", "quoted")
        assert loaded.kind("limit", on(day, 5)) == "pass"
    money = world(acme, uses("['charge']", set="{ fee = 45.93 }"))
    assert money.kind("charge", on(changes={"lines[0].charge": 45.93})) == "pass"
    assert money.kind("charge", on(changes={"lines[0].charge": 45.94})) == "fail"


def test_how_minutes_are_counted_can_be_set(acme: Acme) -> None:
    def supported(data: dict[str, Any], **keys: str) -> tuple[int, int | None] | None:
        return world(acme, uses("['minutes']", **keys)).one(data).units.supported

    complete = {"day.lines_complete": True, "device.billed_here": False}
    two = on(changes={"lines[0].minutes": 10, "lines[1].minutes": 10, "lines[1].code": "97761", **complete})
    assert supported(two) == (0, 1)  # twenty minutes carry one unit, of either code
    assert supported(two, set="{ method = 'ama_midpoint' }") == (1, 1)
    by_contract = "{ method = { fact = 'coverage.unit_method' } }"
    assert supported(two, set=by_contract) == (0, 1)
    midpoint = {**two, "coverages": [{"payer": "acme", "unit_method": "ama_midpoint"}]}
    assert supported(midpoint, set=by_contract) == (1, 1)
    device = {"device.billed_here": True, "lines[0].minutes": 30, "lines[0].training_minutes": 0}
    fitted = on(changes={**complete, **device})
    assert supported(fitted) == (0, 0)
    assert supported(fitted, set="{ training_codes = [] }") == (2, 2)


def test_an_effect_of_the_payer_takes_the_place_of_the_branches_too(acme: Acme) -> None:
    assert world(acme, uses("['branched']")).finding("branched", on()).effect == "documentation_needed"
    assert world(acme, uses("['branched']", effect="'review'")).finding("branched", on()).effect == "review"


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-02-28", {}), ("2026-03-01", {"limit": "fail"}), ("2026-08-31", {"limit": "fail"}), ("2026-09-01", {})],
)
def test_days_of_use(acme: Acme, day: str, expected: dict[str, str]) -> None:
    loaded = world(acme, uses(**{"from": "2026-03-01", "to": "2026-08-31"}))
    assert loaded.kinds(on(day)) == expected


def test_plans_and_codes_of_use(acme: Acme) -> None:
    loaded = world(acme, uses(manifest=TWO_PLANS, plans="['exchange']", codes="['97110']"))
    for plan, code, expected in (
        ("exchange", "97110", {"limit"}),
        ("exchange", "97760", set()),
        ("commercial", "97110", set()),
        ("unheard-of", "97110", set()),
    ):
        data = on(changes={"lines[0].code": code, "coverages[0].plan": plan})
        assert set(loaded.kinds(data)) == expected


def test_a_rule_used_twice_for_different_plans(acme: Acme) -> None:
    first = uses(manifest=TWO_PLANS, plans="['commercial']", set="{ most = 4 }")
    second = uses(manifest="", plans="['exchange']", effect="'review'")
    loaded = world(acme, first + second)
    assert loaded.kind("limit", on()) == "pass"
    assert loaded.finding("limit", on(changes={"coverages[0].plan": "exchange"})).effect == "review"


FAULTS: dict[str, tuple[str, str]] = {
    "policy": (
        uses(policy="'mian'"),
        "acme/payer.toml:13:1: uses[0].policy: the pack shared has no policy mian; did you mean main?",
    ),
    "rule": (
        uses("['limits']"),
        "acme/payer.toml:14:10: uses[0].rules[0]: shared/main has no rule limits; did you mean limit?",
    ),
    "setting": (
        uses(set="{ mots = 4 }"),
        "acme/payer.toml:15:9: uses[0].set.mots: shared/main has no setting mots; did you mean most?",
    ),
    "value": (
        uses(set="{ most = 4.5 }"),
        "acme/payer.toml:15:9: uses[0].set.most: the value cannot be an integer; correct the value.",
    ),
    "source": (
        uses(cites="['notise']"),
        "acme/payer.toml:15:10: uses[0].cites[0]: no source is named notise; did you mean notice?",
    ),
    "plan": (
        uses(plans="['exchange']"),
        "acme/payer.toml:15:10: uses[0].plans[0]: the manifest knows no plan exchange; add it, or correct its name.",
    ),
    "weak source": (
        uses(cites="['secondary']"),
        "acme/payer.toml:10:1: uses[0]: sources graded secondary with medium confidence cannot carry not_covered; "
        "use warn, or a better source.",
    ),
    "strong effect": (
        uses(cites="['secondary']", effect="'review'"),
        "acme/payer.toml:16:1: uses[0].effect: sources graded secondary with medium confidence cannot carry review; "
        "use warn, or a better source.",
    ),
    "twice": (
        uses() + uses(manifest=""),
        "acme/payer.toml:10:3: uses: shared/main/limit is used twice for the same plans, codes and days; "
        "narrow one of the uses.",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_use_that_does_not_fit_is_refused_at_its_place(acme: Acme, name: str) -> None:
    manifest, says = FAULTS[name]
    assert acme.faults("", manifest=manifest, **FILES) == [says]


@pytest.mark.parametrize(
    ("manifest", "pack", "says"),
    [
        (uses(), "", "it uses the pack shared, which is not installed; install it with: "),
        (uses(version="'>=2027'"), PACK_RULES, "it uses the pack shared >=2027, version 2026.11.0 is installed; "),
        (
            uses(),
            rule("limit", "{ fact = 'x' }"),
            "it uses the pack shared, which is quarantined: its documents",
        ),
    ],
)
def test_a_missing_unfit_or_broken_pack_quarantines_the_payer(acme: Acme, manifest: str, pack: str, says: str) -> None:
    loaded = acme.load("", manifest=manifest, pack=pack, pack_more=MORE if pack else None)
    assert loaded.reason().startswith(says)
    assert loaded.engine.payers == {}


def test_a_payer_uses_a_packs_table_by_its_full_name_on_the_packs_sources(acme: Acme) -> None:
    member = rule("r", "{ fact = 'line.code', in = { table = 'shared/pool' } }")
    loaded = acme(member, manifest=uses(), **FILES)
    assert loaded.kind("r", on()) == "pass"
    assert "shared/pool" in loaded.one(on()).basis.tables
    weak = {"tables/pool.toml": POOL.replace("notice", "secondary")}
    late = acme(member, manifest=uses(), pack=PACK_RULES, pack_more=weak)
    assert late.finding("r", on()).effect == "warn"
    (fault,) = acme.faults(member.replace("shared/pool", "pool"), manifest=uses(), **FILES)
    assert "no table is named pool" in fault
