"""One rule as a short statement for one comparison topic, generated from the rule itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from crosspayer.encounter.fact import Type
from crosspayer.engine.bind import Binder, rule_nodes
from crosspayer.language.sentences import operand_words, sentence
from crosspayer.language.tree import FactRef, Literal, LookUp, Node, ParameterRef, SumOver, TableCodes, walk
from crosspayer.policy.grades import Standing, weakest
from crosspayer.policy.model import EFFECTS, Cap, Parameter, ParameterValue, Rule, Source
from crosspayer.policy.tables import Row, Table
from crosspayer.policy.vocabulary import Confidence, Effect, Grade, Grants

MAX_CODES, MAX_ROWS, MAX_WORDS = 8, 20, 240
POOLS = {"code": "code", "discipline": "therapy discipline", "rendering": "rendering provider"}
EFFECT_WORDS = {
    "not_covered": "denies",
    "reduce_units": "reduces units",
    "auth_needed": "asks for authorization",
    "documentation_needed": "asks for documentation",
    "review": "leaves it to review",
    "warn": "warns",
    "inform": "informs",
}
METHODS = {
    "cms_total": "Minutes count by the day's total, as CMS counts",
    "ama_midpoint": "Minutes count code by code, from the midpoint on",
    "by_contract": "The contract says how minutes count",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """What a rule says on a topic, and on what it rests.

    `applies` says when the rule applies and `reads` names the facts that decide it, in document order; `details` are
    values of parameters and tables; `effects` is what may follow a failure, strongest first. `in_force` holds the
    first and last day, None for no bound.
    """

    rules: tuple[str, ...]
    text: str
    applies: str
    reads: tuple[str, ...]
    details: tuple[str, ...]
    effects: tuple[Effect, ...]
    instead_of: Effect | None
    grants: Grants | None
    in_force: tuple[str | None, str | None]
    grade: Grade
    confidence: Confidence
    sources: tuple[str, ...]
    notes: str


def statement(rule: Rule, topic: str, day: date | None, codes: frozenset[str]) -> tuple[Statement, dict[str, Source]]:
    """The statement, with the sources it cites by id.

    `day` binds parameters, tables and grades to a day on which the rule is in force; without it the latest values are
    shown with their dates. `codes` are those of the rule's policy.
    """
    teller = _Teller(rule, day, codes)
    bound = Binder(day).rule(rule) if day is not None else None
    said, branches = (bound, bound.branches) if bound is not None else (rule, rule.branches)
    effects = {said.effect, *(branch.effect for branch in branches)} - {None}
    text, details = teller.text(topic), tuple(dict.fromkeys(teller.details(topic)))
    cites = {source.id: source for source in (*rule.cites, *teller.used)}
    standing = bound.standing if bound is not None else weakest(Standing(s.grade, rule.confidence) for s in rule.cites)
    told = Statement(
        rules=(rule.id,),
        text=text,
        applies=sentence(said.when) if said.when is not None else "always",
        reads=tuple(dict.fromkeys(n.name for n in _below(rule.when) if isinstance(n, FactRef))),
        details=details,
        effects=tuple(sorted((e for e in effects if e is not None), key=EFFECTS.index)),
        instead_of=rule.instead_of,
        grants=rule.grants,
        in_force=(_iso(rule.span.first), _iso(rule.span.last)),
        grade=standing.grade,
        confidence=standing.confidence,
        sources=tuple(cites),
        notes=rule.notes,
    )
    return told, cites


class _Teller:
    """Puts one rule into words and remembers the sources of the values it names."""

    def __init__(self, rule: Rule, day: date | None, codes: frozenset[str]) -> None:
        self.rule, self.day, self.codes = rule, day, codes
        self.used: list[Source] = []

    def text(self, topic: str) -> str:
        rule = self.rule
        if topic == "minute_method":
            settings = [node.timed for node in rule_nodes(rule) if isinstance(node, FactRef) and node.timed]
            if settings:
                return f"{METHODS[settings[0].method]}; pooled per {settings[0].pool_by}"
        if not isinstance(rule.require, Cap):
            return rule.title or f"Requires: {shortened(sentence(rule.require))}"
        if topic == "what_counts":
            return f"Counts units of {self._counted(rule.require)}"
        return self._limit(rule.require)

    def details(self, topic: str) -> Iterator[str]:
        rule = self.rule
        if not rule.loser and rule.judges != self.codes:
            yield f"for {self._codes(rule.judges)}"
        roots: list[Node] = [] if rule.when is None else [rule.when]
        if not isinstance(rule.require, Cap):
            roots.append(rule.require)
        for branch in rule.branches if topic != "what_counts" else ():
            if branch.when is not None:
                roots.append(branch.when)
                if topic == "cap_exceptions":
                    yield f"{EFFECT_WORDS[branch.effect]} if {sentence(branch.when)}"
        nodes = [node for root in roots for node in walk(root)]
        named = {operand_words(node) for node in nodes if isinstance(node, Literal) and node.type is Type.DATE}
        if named:
            yield f"named days: {', '.join(sorted(named))}"
        for node in nodes:
            match node:
                case ParameterRef(name, _):
                    yield f"{_spaced(name)}: {self._value(rule.parameters[name])}"
                case LookUp(Table() as table, _, _):
                    yield self._rows(table)
                case TableCodes(Table() as table):
                    yield self._codes(table)
                case SumOver(_, over) if topic == "what_counts":
                    yield f"counts lines where {sentence(over.where)}"
                case _:
                    pass

    # --- caps

    def _limit(self, cap: Cap) -> str:
        per = f" per {' and '.join(POOLS[part] for part in cap.per)}" if cap.per else ""
        order = "the highest charge first" if cap.highest_charge_first else "in line order"
        match cap.at_most:
            case FactRef():
                return f"At most {operand_words(cap.at_most)}{per}, {order}"
            case ParameterRef(name, _) if self._current(self.rule.parameters[name]) is None:
                return f"At most the {_spaced(name)}, which has no value on this day{per}, {order}"
            case ParameterRef(name, _):
                amount = self._value(self.rule.parameters[name])
            case LookUp(Table() as table, _, column) if column is not None:
                amount = self._column(table, column)
            case other:
                amount = _counted(operand_words(other), "units")
        return f"At most {amount} a day{per}, {order}"

    def _counted(self, cap: Cap) -> str:
        which = [] if cap.codes is None else [self._codes(cap.codes)]  # type: ignore[arg-type]
        if cap.where is not None:
            which.append(f"lines where {sentence(cap.where)}")
        return " and ".join(which)

    # --- values

    def _value(self, parameter: Parameter) -> str:
        """The value on the day; without a day the latest, with the days it holds for."""
        found = self._current(parameter)
        if found is None:
            return "no value on this day"
        self.used += found.cites
        unit = "" if parameter.unit == "USD" else parameter.unit
        amount = _counted(operand_words(Literal(found.value, parameter.type)), unit)
        amount = f"{amount} USD" if parameter.type is Type.MONEY else amount
        dates = f" ({days(_iso(found.span.first), _iso(found.span.last))})" if self.day is None else ""
        return amount + dates

    def _current(self, parameter: Parameter) -> ParameterValue | None:
        return parameter.values[-1] if self.day is None else parameter.on(self.day)

    def _column(self, table: Table, column: str) -> str:
        self._cite(table)
        cells = {row.cells[column] for row in self._on(table)}
        unit = table.columns[column].unit
        if len(cells) == 1:
            return _counted(str(cells.pop()), unit)
        return f"the {_spaced(column)} of the table {table.id}"

    def _codes(self, given: frozenset[str] | Table) -> str:
        """Codes, or the codes of a table: all of a few, else how many, and which of the policy's own are among them."""
        if isinstance(given, Table):
            self._cite(given)
            found, name = {str(row.key[0]) for row in self._on(given)}, f"the codes of {given.id} "
        else:
            found, name = set(given), ""
        listed = sorted(found)
        if len(listed) <= MAX_CODES:
            words = ", ".join(listed) or "none"
        else:
            inside = sorted(found & self.codes)
            outside = sorted(self.codes - found) if inside else []
            words = f"{len(listed)} codes" + (f", with {', '.join(inside)}" if inside else f", {listed[0]} and others")
            words += f", without {', '.join(outside)}" if outside else ""
        return f"{name}({words})" if name else words

    def _rows(self, table: Table) -> str:
        """What a table says: its keys, by what is said of them and when."""
        self._cite(table)
        rows = self._on(table)
        known = f", known to {table.covers_to.isoformat()}" if table.covers_to is not None else ""
        if not rows or len(rows) > MAX_ROWS:
            return f"{table.id}: {_counted(str(len(rows)) if rows else 'no', 'rows')}{known}"
        alike: dict[str, list[str]] = {}
        for row in rows:
            alike.setdefault(self._cells(table, row), []).append(" ".join(str(part) for part in row.key))
        groups = (f"{', '.join(keys)}{said}" for said, keys in alike.items())
        return f"{table.id}: {'; '.join(groups)}{known}"

    def _cells(self, table: Table, row: Row) -> str:
        cells = [
            f"{_spaced(name)} {'open' if cell is None else _spaced(str(cell))}"
            for name, cell in row.cells.items()
            if name not in table.key
        ]
        dates = days(_iso(row.first), _iso(row.last)) if (row.first, row.last) != (date.min, date.max) else ""
        said = ", ".join(part for part in (*cells, dates) if part)
        return f" ({said})" if said else ""

    def _on(self, table: Table) -> list[Row]:
        """The rows in force on the day; without a day each key's latest."""
        if self.day is not None:
            view = table.on(self.day)
            return [row for row in table.rows if view.rows.get(row.key) is row.cells]
        latest: dict[object, Row] = {}
        for row in sorted(table.rows, key=lambda row: row.first):
            latest[row.key] = row
        return [row for row in table.rows if latest[row.key] is row]

    def _cite(self, table: Table) -> None:
        known: Mapping[str, Source] = self.rule.sources
        self.used += [known[name] for name in table.cites if name in known]


def shortened(text: str) -> str:
    """The text, or its beginning up to a word and an ellipsis."""
    if len(text) <= MAX_WORDS:
        return text
    return text[:MAX_WORDS].rpartition(" ")[0] + " …"


def days(first: str | None, last: str | None) -> str:
    """The days something holds for, in words."""
    if first is None:
        return "undated" if last is None else f"until {last}"
    return f"from {first}" if last is None else f"{first} to {last}"


def _below(node: Node | None) -> Iterable[Node]:
    return () if node is None else walk(node)


def _counted(amount: str, unit: str) -> str:
    one = unit.removesuffix("s") if amount == "1" else unit
    return f"{amount} {one}".rstrip()


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _iso(day: date) -> str | None:
    return None if day in (date.min, date.max) else day.isoformat()
