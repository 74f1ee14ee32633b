"""An invented payer, acme, and encounters of its invented members: what the tests of the deciding core build on.

Everything here is synthetic. A policy is real TOML in a real plugin folder, loaded as a user's folder would be.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crosspayer.authoring.facts_of import drop_fact, put_fact
from crosspayer.determination.model import Answer, Determination, Finding
from crosspayer.encounter.read import Encounter
from crosspayer.engine.engine import Engine
from crosspayer.plugins.build import Installation, install

MANIFEST = """\
api = 1
kind = "data"
version = "2026.11.0"
id = "acme"
name = "Acme Health"
[[plans]]
id = "commercial"
name = "Commercial plans"
line_of_business = "commercial"
"""
TWO_PLANS = MANIFEST + '[[plans]]\nid = "exchange"\nname = "Exchange plans"\nline_of_business = "individual_exchange"\n'
PACK = 'api = 1\nkind = "pack"\nversion = "2026.11.0"\nid = "shared"\nname = "Shared rules"\n'
GRADES = ("primary", "quoted", "association", "secondary", "unverified")
SOURCES = "format = 1\n" + "".join(
    f"[sources.{name}]\npublisher = 'Acme Health'\ntitle = 'Invented {name}'\nread = 2026-11-23\ngrade = '{grade}'\n"
    for name, grade in (("notice", "primary"), *((grade, grade) for grade in GRADES))
)
HEAD = """\
format = 1
id = "acme/main"
title = "Rules of an invented payer"
codes = ["97760", "97761", "97763"]
"""
PACK_HEAD = HEAD.replace("acme/main", "shared/main")

Truth = bool | None
TRUTHS: dict[str, Truth] = {"pass": True, "fail": False, "open": None}


def rule(name: str, require: str = "", /, **keys: str) -> str:
    """One rule as TOML text; `keys` are further keys with their TOML values, by default a strong and simple rule."""
    written = {"topic": "'units'", "effect": "'not_covered'", "cites": "['notice']", **keys}
    if require:
        written["require"] = require
    lines = [f"{key} = {value}" for key, value in written.items() if value]
    return "\n".join(["[[rules]]", f"id = '{name}'", *lines, ""])


def condition_rules(conditions: Mapping[str, str]) -> str:
    """One rule a condition, so that its finding shows what the condition is: pass, fail or open."""
    return "".join(rule(name, text) for name, text in conditions.items())


def encounter(changes: Mapping[str, Any] | None = None, /, **facts: Any) -> dict[str, Any]:
    """An encounter of an acme member with one line. `changes` sets (`...` removes) facts by full path."""
    data: dict[str, Any] = {
        "id": "e",
        "coverages": [{"payer": "acme", "plan": "commercial"}],
        "lines": [{"number": 1, "code": "97760", "service_date": "2026-10-05"}],
    }
    data |= copy.deepcopy(facts)
    for path, value in (changes or {}).items():
        put(data, path, copy.deepcopy(value))
    return data


def put(data: dict[str, Any], path: str, value: Any) -> None:
    """Set one fact by its full path, as in `lines[0].units`; `...` removes it."""
    if value is ...:
        drop_fact(data, path)
    else:
        put_fact(data, path, value)


@dataclass(frozen=True)
class World:
    """Loaded plugins, the two executions of the engine over them, and the folder the plugins stand in."""

    home: Path
    installation: Installation
    engine: Engine
    compiled: Engine

    def answer(self, data: Mapping[str, Any], **asked: Any) -> Answer:
        """The interpreter's answer, which the compiled form must give too."""
        given = Encounter.from_mapping(data)
        answer = self.engine.evaluate(given, **asked)
        assert self.compiled.evaluate(given, **asked) == answer
        return answer

    def one(self, data: Mapping[str, Any], line: int = 1, **asked: Any) -> Determination:
        """The only determination of the line."""
        (found,) = [d for d in self.answer(data, **asked).determinations if d.line == line]
        return found

    def finding(self, name: str, data: Mapping[str, Any], line: int = 1, **asked: Any) -> Finding:
        """The finding, deferred or not, of the rule with this short id."""
        found = self.one(data, line, **asked)
        (finding,) = [f for f in (*found.findings, *found.deferred) if f.rule.rpartition("/")[2] == name]
        return finding

    def kind(self, name: str, data: Mapping[str, Any], line: int = 1, **asked: Any) -> str:
        return self.finding(name, data, line, **asked).kind

    def kinds(self, data: Mapping[str, Any], line: int = 1, **asked: Any) -> dict[str, str]:
        """Every finding's kind by the rule's short id."""
        found = self.one(data, line, **asked)
        return {f.rule.rpartition("/")[2]: f.kind for f in (*found.findings, *found.deferred)}

    def truth(self, name: str, data: Mapping[str, Any], line: int = 1) -> Truth:
        """What the condition of a rule made by `condition_rules` is."""
        return TRUTHS[self.kind(name, data, line)]

    def reason(self, plugin: str = "acme") -> str:
        """Why a plugin is quarantined."""
        (report,) = [r for r in self.installation.reports if r.id == plugin]
        assert report.reason is not None
        return report.reason


@dataclass(frozen=True)
class Acme:
    """Writes plugin folders and loads them."""

    home: Callable[[], Path]

    def __call__(self, rules: str = "", **files: Any) -> World:
        """A world that must load: no plugin of it is quarantined."""
        world = self.load(rules, **files)
        broken = [f"{r.id}: {r.reason}" for r in world.installation.reports if r.state != "loaded"]
        assert broken == []
        return world

    def load(
        self,
        rules: str = "",
        *,
        head: str = HEAD,
        manifest: str = MANIFEST,
        sources: str = SOURCES,
        tables: Mapping[str, str] | None = None,
        more: Mapping[str, str] | None = None,
        pack: str = "",
        pack_more: Mapping[str, str] | None = None,
    ) -> World:
        """The world of acme with this policy; `more` are further files by path, `pack` is the pack's policy."""
        home = self.home()
        files = {"payer.toml": manifest, "sources.toml": sources, **(more or {})}
        if rules:
            files["policies/main.toml"] = head + rules
        files |= {f"tables/{name}": text for name, text in (tables or {}).items()}
        folders = [_write(home / "acme", files)]
        if pack:
            shared = {"pack.toml": PACK, "sources.toml": sources, "policies/main.toml": PACK_HEAD + pack}
            folders.append(_write(home / "shared", {**shared, **(pack_more or {})}))
        found = install(candidates=[], plugin_dirs=folders)
        interpreted = Engine(found.payers, found.reports, execution="interpreted")
        return World(home, found, interpreted, Engine(found.payers, found.reports, execution="compiled"))

    def conditions(self, conditions: Mapping[str, str], declared: str = "", **files: Any) -> World:
        """A world with one rule a condition, and what the conditions need declared."""
        return self(declared + condition_rules(conditions), **files)

    def faults(self, rules: str, **files: Any) -> list[str]:
        """What is wrong with a policy that must not load, one sentence a fault; `main` stands for its own file."""
        world = self.load(rules, **files)
        shown = world.reason().replace(f"{world.home}/acme/policies/main.toml", "main")
        return shown.replace(f"{world.home}/", "").splitlines()


def _write(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return root
