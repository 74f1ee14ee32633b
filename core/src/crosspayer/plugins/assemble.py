"""From loaded plugins to payers: documents read, packs joined, everything typed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from crosspayer.encounter.fact import Ask, Fact, Type
from crosspayer.errors import nearest
from crosspayer.language.names import Spoilt
from crosspayer.plugins.folder import IMPORTS
from crosspayer.plugins.load import LoadedPlugin
from crosspayer.plugins.report import Quarantine
from crosspayer.policy.documents import Document, Problems, ValidatedDigests
from crosspayer.policy.model import Payer, Plan, Policy, Rule
from crosspayer.policy.namespace import Namespace, TableDocument, load_namespace
from crosspayer.policy.parts import read_parts
from crosspayer.policy.rules import Override, check_unused, load_policy


@dataclass(frozen=True, slots=True)
class Library:
    """The documents of one plugin, read and validated, with the names they declare."""

    plugin: LoadedPlugin
    space: Namespace
    sources: Document | None
    tables: tuple[Document, ...]
    policies: tuple[Document, ...]
    facts: Mapping[str, Fact]
    digest: str


def read_library(plugin: LoadedPlugin, validated: ValidatedDigests) -> Library:
    """Read a plugin's documents. Raises `InputError` with every fault that was found in them."""
    problems = Problems()
    library = gather(plugin, validated, problems, Spoilt())
    problems.check()
    return library


def gather(plugin: LoadedPlugin, validated: ValidatedDigests, problems: Problems, spoilt: Spoilt) -> Library:
    """Read a plugin's documents as far as they are in order; what is not goes to `problems`.

    `spoilt` are names that the manifest lost to its own faults; the library's are added to them.
    """
    sources: Document | None = None
    policies: list[Document] = []
    for given in plugin.policies:
        schema = "sources" if given.name == "sources.toml" else "policy"
        document = read_parts(given, schema, plugin.id, validated, problems, spoilt)
        if document is None:
            continue
        if schema == "sources":
            sources = document
        else:
            policies.append(document)
    tables = _tables(plugin, validated, problems, spoilt)
    if (policies or tables) and all(given.name != "sources.toml" for given in plugin.policies):
        problems.add(plugin.manifest, (), "there is no sources.toml beside it", "list the published documents there")
        spoilt.add("source")
    space = load_namespace(plugin.id, sources, tables, policies, problems, spoilt)
    facts = {} if plugin.is_pack else payer_facts(plugin.manifest, plugin.id)
    _ids_begin(plugin, policies, problems, spoilt)
    _ids_apart(policies, problems)
    whole = hashlib.sha256()
    for given in (*plugin.policies, *plugin.tables):
        whole.update(given.name.encode() + b"\0" + hashlib.sha256(given.content).digest())
    described = tuple(table.document for table in tables)
    return Library(plugin, space, sources, described, tuple(policies), facts, f"sha256:{whole.hexdigest()}")


def _ids_begin(plugin: LoadedPlugin, policies: list[Document], problems: Problems, spoilt: Spoilt) -> None:
    """A policy's id begins with the plugin's. Where several agree on another, the manifest is what is wrong.

    Who names a rule or a fact by either id is not told so again, nor where the manifest's own id has a fault.
    """
    told = spoilt.holds("payer", plugin.id)
    foreign = [document for document in policies if document.data["id"].partition("/")[0] != plugin.id]
    payers = {document.data["id"].partition("/")[0] for document in foreign}
    for payer in payers:
        for fact in plugin.manifest.data.get("facts", []):
            spoilt.add("fact", f"payer_facts.{payer}.{fact['name']}")
    agreed = len(payers) == 1 and 1 < len(policies) == len(foreign)
    if agreed and not told:
        what = f"the manifest says {plugin.id}, the ids of its policies all begin with {min(payers)}/"
        problems.add(plugin.manifest, ("id",), what, "make them agree")
    for document in foreign:
        payer, _, policy = document.data["id"].partition("/")
        for rule in document.data["rules"]:
            spoilt.add("rule", f"{plugin.id}/{policy}/{rule['id']}")
        if not agreed and not told:
            what = f"the policy's id names {payer}, the plugin is {plugin.id}"
            either = ", or correct the manifest's id" if len(policies) == len(foreign) else ""
            problems.add(document, ("id",), what, f"begin it with {plugin.id}/{either}")


def _ids_apart(policies: list[Document], problems: Problems) -> None:
    seen: dict[str, Document] = {}
    for document in policies:
        name = document.data["id"]
        if name in seen:
            what = f"{problems.place(seen[name], ('id',))} has the same id {name}"
            problems.add(document, ("id",), what, "give each policy its own id")
        seen.setdefault(name, document)


def _tables(
    plugin: LoadedPlugin, validated: ValidatedDigests, problems: Problems, spoilt: Spoilt
) -> list[TableDocument]:
    files = {given.name: given for given in plugin.tables}
    tables = []
    for name, given in files.items():
        if not name.endswith(".toml") or name.startswith(IMPORTS):
            continue
        document = read_parts(given, "table", plugin.id, validated, problems, spoilt)
        if document is None:
            continue
        rows = document.data.get("rows")
        if not isinstance(rows, str):
            tables.append(TableDocument(document))
            continue
        found = files.get(f"tables/{rows}")
        if found is None:
            what = f"there is no file tables/{rows}"
            near = nearest(rows, (PurePath(name).name for name in files if name.endswith(".csv")))
            remedy = f"did you mean {near}?" if near else "name the CSV file beside this one"
            problems.add(document, ("rows",), what, remedy)
            spoilt.add("table", document.data["id"])
            continue
        try:
            tables.append(TableDocument(document, found.origin, found.content.decode("utf-8-sig")))
        except UnicodeDecodeError:
            problems.add(document, ("rows",), f"{found.origin} is not UTF-8 text", "save it as UTF-8")
            spoilt.add("table", document.data["id"])
    return tables


def payer_facts(manifest: Document, payer: str) -> dict[str, Fact]:
    """The facts a payer's manifest declares, by full path."""
    facts = {}
    for raw in manifest.data.get("facts", []):
        path = f"payer_facts.{payer}.{raw['name']}"
        kind = Type(raw["type"])
        low = 0 if kind in (Type.INTEGER, Type.MONEY) else None
        facts[path] = Fact(
            path,
            kind,
            raw["meaning"],
            Ask(raw["ask"]),
            raw.get("unit", ""),
            tuple(raw.get("values", ())),
            low,
            holds_for=raw.get("holds_for", "visit"),
        )
    return facts


def assemble(library: Library, packs: Mapping[str, Library], quarantined: Mapping[str, str]) -> Payer:
    """The payer with its own rules and those of the packs it uses.

    Raises `InputError` for faults in its documents, `Quarantine` for a pack that is missing or does not fit.
    """
    found, lacking = packs_used(library, packs, quarantined)
    for quarantine in lacking.values():
        raise quarantine
    problems = Problems()
    payer = join(library, found, problems)
    problems.check()
    return payer


def packs_used(
    library: Library, packs: Mapping[str, Library], quarantined: Mapping[str, str]
) -> tuple[dict[int, Library], dict[int, Quarantine]]:
    """By the index under `uses` of its manifest: the packs a payer uses, and why those that it cannot use are not."""
    found: dict[int, Library] = {}
    lacking: dict[int, Quarantine] = {}
    for index, use in enumerate(library.plugin.manifest.data.get("uses", [])):
        try:
            found[index] = _pack(use["pack"], use["version"], packs, quarantined)
        except Quarantine as quarantine:
            lacking[index] = quarantine
    return found, lacking


def join(library: Library, packs: Mapping[int, Library], problems: Problems) -> Payer:
    """The payer with its own rules and those of the packs it uses, by their index under `uses`.

    Faults go to `problems`; where there are any, the payer must not answer.
    """
    policies: list[Policy] = []
    rules: list[Rule] = []
    used: dict[str, str] = {}
    manifest = library.plugin.manifest
    for pack in packs.values():
        library.space.tables.update({table.id: table for table in pack.space.tables.values()})
        library.space.borrowed.update(pack.space.sources_by_id())
    for document in library.policies:
        policy, found = load_policy(document, library.space, library.facts, problems)
        policies.append(policy)
        rules += found
    check_unused(library.policies, library.space, library.facts, problems)
    for index, pack in packs.items():
        use = manifest.data["uses"][index]
        place = ("uses", index)
        offered = next((d for d in pack.policies if d.data["id"] == f"{pack.plugin.id}/{use['policy']}"), None)
        if offered is None:
            if pack.space.spoilt.holds("rule", ""):  # a policy of the pack cannot be read
                continue
            known = [document.data["id"].partition("/")[2] for document in pack.policies]
            what = f"the pack {use['pack']} has no policy {use['policy']}"
            near = nearest(use["policy"], known)
            remedy = f"did you mean {near}?" if near else f"it has {', '.join(known) or 'none'}"
            problems.add(manifest, (*place, "policy"), what, remedy)
            continue
        cites = library.space.cited(use.get("cites", []), manifest, (*place, "cites"), problems)
        policy, found = load_policy(offered, pack.space, library.facts, problems, Override(use, cites, manifest, place))
        policies.append(policy)
        rules += found
        used[pack.plugin.id] = f"{pack.plugin.version} {pack.digest}"
    plans = tuple(
        Plan(raw["id"], raw["name"], raw.get("line_of_business", "")) for raw in manifest.data.get("plans", [])
    )
    _plans_known(library, plans, problems)
    _apart([rule for rule in rules if rule.policy.partition("/")[0] != library.plugin.id], manifest, problems)
    return Payer(
        id=library.plugin.id,
        name=str(manifest.data["name"]),
        distribution=library.plugin.candidate.distribution,
        version=library.plugin.version,
        plans=plans,
        policies=tuple(policies),
        rules=tuple(rules),
        tables={table.id: table for table in library.space.tables.values()},
        sources=library.space.sources_by_id(),
        facts=library.facts,
        packs=used,
    )


def _pack(name: str, wanted: str, packs: Mapping[str, Library], quarantined: Mapping[str, str]) -> Library:
    from packaging.specifiers import SpecifierSet

    install = f"install it with: pip install 'crosspayer-{name}{wanted}'"
    if name in quarantined:
        raise Quarantine("document", f"it uses the pack {name}, which is quarantined: {quarantined[name]}")
    if name not in packs:
        raise Quarantine("document", f"it uses the pack {name}, which is not installed; {install}")
    version = packs[name].plugin.version
    if version not in SpecifierSet(wanted) and not packs[name].space.spoilt.holds("version", version):
        raise Quarantine("document", f"it uses the pack {name} {wanted}, version {version} is installed; {install}")
    return packs[name]


def _plans_known(library: Library, plans: tuple[Plan, ...], problems: Problems) -> None:
    known = {plan.id for plan in plans}
    manifest = library.plugin.manifest
    places = [(document, (), document.data) for document in library.policies]
    places += [(d, ("rules", i), rule) for d in library.policies for i, rule in enumerate(d.data["rules"])]  # type: ignore[misc]
    places += [(manifest, ("uses", i), use) for i, use in enumerate(manifest.data.get("uses", []))]  # type: ignore[misc]
    for document, path, raw in places:
        for index, plan in enumerate(raw.get("plans", [])):
            if isinstance(plan, str) and plan not in known and not library.space.spoilt.holds("plan", plan):
                problems.add(
                    document,
                    (*path, "plans", index),
                    f"the manifest knows no plan {plan}",
                    f"did you mean {near}?" if (near := nearest(plan, known)) else "add it, or correct its name",
                )


def _apart(rules: list[Rule], manifest: Document, problems: Problems) -> None:
    """A pack's rule may be used several times only for different plans or days."""
    seen: dict[str, list[Rule]] = {}
    for rule in rules:
        for other in seen.setdefault(rule.id, []):
            plans_meet = rule.plans is None or other.plans is None or rule.plans & other.plans
            codes_meet = (
                not isinstance(rule.judges, frozenset)
                or not isinstance(other.judges, frozenset)
                or rule.judges & other.judges
            )
            if plans_meet and codes_meet and rule.span.meets(other.span):
                problems.add(
                    manifest,
                    ("uses",),
                    f"{rule.id} is used twice for the same plans, codes and days",
                    "narrow one of the uses",
                )
        seen[rule.id].append(rule)
