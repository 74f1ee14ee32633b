"""Checking a plugin's documents: every fault of every one in one run, each with its place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Literal, NamedTuple

from crosspayer.authoring.cases import gather_cases
from crosspayer.authoring.tables.mapping import check_mappings
from crosspayer.authoring.target import folder_of, no_plugin
from crosspayer.authoring.unused import placeholders, unused
from crosspayer.errors import InputError, Problem
from crosspayer.language.names import Spoilt
from crosspayer.plugins import discovery
from crosspayer.plugins.assemble import Library, gather, join, packs_used
from crosspayer.plugins.build import install
from crosspayer.plugins.discovery import Candidate, locate
from crosspayer.plugins.folder import DataPlugin, manifest
from crosspayer.plugins.load import LoadedPlugin
from crosspayer.plugins.report import Quarantine
from crosspayer.policy.documents import Document, Problems, ValidatedDigests
from crosspayer.policy.parts import read_parts

Level = Literal["error", "warning"]
DOCUMENTS = ("manifest", "sources", "table", "policy", "import", "case")
"""The kinds of documents: each names only what those before it declare."""
HOOKS = ("crosspayer_payer", "crosspayer_policies", "crosspayer_tables", "crosspayer_cases")


class Remark(NamedTuple):
    """One thing to mend. An `error` keeps the plugin from answering or its cases from running, a `warning` does not.

    `kind` is the kind of document an error stands in (`manifest`, `sources`, `policy`, `table`, `import`, `case`), or
    what a warning is about (`unused`, `placeholder`).
    """

    level: Level
    kind: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Validation:
    """What became of one plugin: what was read, and everything to mend.

    The remarks are sorted by the kind of document, so that a fault comes before what follows from it, and by place.
    """

    id: str
    kind: Literal["payer", "pack"]
    documents: int
    rules: int
    cases: int
    remarks: tuple[Remark, ...]

    @property
    def errors(self) -> int:
        """How many faults keep it from being used."""
        return sum(remark.level == "error" for remark in self.remarks)

    @property
    def warnings(self) -> int:
        """How many remarks there are beside them."""
        return len(self.remarks) - self.errors


def validate(named: Sequence[str], plugin_dirs: Iterable[str | Path] = ()) -> list[Validation]:
    """Check plugins, each named by its folder or, where it is installed, by its id.

    `plugin_dirs` are folders of packs they use that are not installed; packs that are checked too need not be named
    there. Raises `InputError` where something named is no plugin.
    """
    validated = ValidatedDigests()
    lent = list(plugin_dirs)
    for given in lent:
        folder_of(str(given))
    try:
        opened = [_Opened(candidate, validated) for candidate in _candidates(named)]
        packs, refused = _packs(opened, lent)
        told = [{origin for other in opened if other is not one for origin in other.origins} for one in opened]
        return [one.checked(packs, refused, elsewhere) for one, elsewhere in zip(opened, told, strict=True)]
    except Quarantine as quarantine:  # a document that cannot be opened
        raise InputError([Problem("", None, None, "", quarantine.reason, "")]) from None


def _candidates(named: Sequence[str]) -> list[Candidate]:
    """The plugins that are named, each with the folder of its package. Raises `InputError`."""
    found, wrong = list[Candidate](), list[Problem]()
    installed = {candidate.name: candidate for candidate in discovery.installed()}
    for name in dict.fromkeys(named):
        try:
            candidate = folder_of(name) if Path(name).is_dir() else installed.get(name)
            if candidate is None:
                raise InputError([no_plugin(name, installed)])
            root = locate(candidate)
            manifest(root, str(root))
        except InputError as error:
            wrong += error.problems
        except Quarantine as quarantine:
            what, _, remedy = quarantine.reason.partition("; ")
            wrong.append(Problem(name, None, None, "", what.removeprefix(f"{name} "), remedy))
        else:
            found.append(candidate._replace(root=root, label=str(root)))
    if wrong:
        raise InputError(wrong)
    return found


def _packs(opened: Iterable[_Opened], plugin_dirs: Iterable[str | Path]) -> tuple[dict[str, Library], dict[str, str]]:
    """The packs that the plugins use, and why those that cannot be used are not; the ones at hand come first."""
    own = {one.library.plugin.id: one.library for one in opened if one.library.plugin.is_pack}
    uses = {use["pack"] for one in opened for use in one.library.plugin.manifest.data.get("uses", [])}
    wanted = uses - own.keys()
    if not wanted:
        return own, {}
    found = install(plugins=sorted(wanted), plugin_dirs=plugin_dirs)
    others = {name: library for name, library in found.libraries.items() if library.plugin.is_pack}
    refused = {r.id: (r.reason or "").splitlines()[0] for r in found.reports if r.state == "quarantined"}
    return {**others, **own}, refused


class _Opened:
    """A plugin that is being checked."""

    def __init__(self, candidate: Candidate, validated: ValidatedDigests) -> None:
        self.problems, self.spoilt, self.validated = Problems(), Spoilt(), validated
        assert candidate.root is not None
        plugin = DataPlugin(candidate.root, candidate.label)
        written = manifest(candidate.root, candidate.label)
        kind = "pack" if written.name == "pack.toml" else "payer"
        document = read_parts(written, kind, candidate.name, validated, self.problems, self.spoilt)
        if document is None:
            data = {"id": candidate.name, "name": "", "version": "0"}
            document = Document(written.origin, "", data, "")
        elif document.data.get("kind") == "code":
            what = "the documents of a code plugin are what its hooks answer, not the files of its folder"
            self.problems.add(document, ("kind",), what, "check it with crosspayer plugins list --allow-code")
        hooks = {name: getattr(plugin, name) for name in HOOKS}
        loaded = LoadedPlugin(candidate, "pack" if kind == "pack" else "data", document, hooks)
        self.kind: Literal["payer", "pack"] = "pack" if kind == "pack" else "payer"
        given = [written, *loaded.policies, *loaded.tables, *loaded.cases()]
        self.origins = {document.origin for document in given}
        self.library = gather(loaded, validated, self.problems, self.spoilt)

    def checked(self, packs: dict[str, Library], refused: dict[str, str], elsewhere: Collection[str]) -> Validation:
        """Everything there is to say of it, but for the faults of documents that are told `elsewhere`: a pack's."""
        plugin, problems = self.library.plugin, self.problems
        found, lacking = packs_used(self.library, packs, refused)
        told = set[str]()
        for index, quarantine in lacking.items():
            pack = plugin.manifest.data["uses"][index]["pack"]
            what, _, remedy = quarantine.reason.partition("; ")
            if quarantine.reason not in told:
                problems.add(plugin.manifest, ("uses", index, "pack"), what, remedy)
            told.add(quarantine.reason)
            self.spoilt.add("table", f"{pack}/")
            self.spoilt.add("rule", f"{pack}/")
        rules = join(self.library, found, problems).rules
        check_mappings(self.library, self.validated, problems)
        cases = len(gather_cases(self.library, found.values(), self.validated, problems))
        mine = (problem for problem in problems.found if problem.origin not in elsewhere)
        errors = {Remark("error", _kind(problem), problem) for problem in mine}
        warnings = set[Remark]()
        if not errors:  # they come first; and what is not used may be used where a fault stands
            warnings |= {Remark("warning", "placeholder", problem) for problem in placeholders(self.library)}
            warnings |= {Remark("warning", "unused", problem) for problem in unused(self.library)}
        remarks = sorted(errors | warnings, key=_order)
        return Validation(plugin.id, self.kind, len(self.origins), len(rules), cases, tuple(remarks))


def _order(remark: Remark) -> tuple[int, Problem, str]:
    """What others build on comes first: a case that names nothing may only follow from a fault of the manifest."""
    return DOCUMENTS.index(_kind(remark.problem)), remark.problem, remark.kind


def _kind(problem: Problem) -> str:
    """The kind of document a fault stands in, by its place in the plugin's folder."""
    path = PurePath(problem.origin)
    kinds = {"payer.toml": "manifest", "pack.toml": "manifest", "sources.toml": "sources", "policies": "policy"}
    kinds |= {"tables": "table", "imports": "import", "cases": "case"}
    return kinds.get(path.name) or kinds[path.parent.name]
