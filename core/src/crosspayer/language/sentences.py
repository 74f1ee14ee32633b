"""Conditions in plain English, made from the tree itself."""

from __future__ import annotations

import re
from datetime import date

from crosspayer.encounter.fact import Fact, Type
from crosspayer.language.operators import OPERATORS
from crosspayer.language.tree import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    CountOver,
    Days,
    FactRef,
    HasRow,
    ListName,
    Literal,
    LookUp,
    NoneOf,
    Operand,
    Over,
    ParameterRef,
    Quantifier,
    Scalar,
    SumOfFacts,
    SumOver,
    TableCodes,
    Window,
)
from crosspayer.policy.model import Cap
from crosspayer.policy.tables import Table, TableView

Inside = ListName | None
"""The list whose items are spoken of at this point: there the judged line becomes "this line"."""

LISTS: dict[ListName, tuple[str, str]] = {
    "lines": ("line of the day", "lines of the day"),
    "history": ("earlier line", "earlier lines"),
    "coverages": ("coverage", "coverages"),
}
PLURALS = {"is": "are", "has": "have", "contains": "include", "lacks": "lack"}
"""How the verbs of `OPERATORS` go with several things; a list of codes includes, it does not contain."""
PLURAL_NOUNS = {"charges", "codes", "days", "minutes", "modifiers", "sessions", "units", "visits"}
ONE_OF_ONE = {
    "in": "is", "not_in": "is not", "has_any_of": "contains", "has_all_of": "contains", "has_one_of": "contains",
    "has_none_of": "does not contain",
}  # fmt: skip
"""Operators on a list with a single element."""
TABLE_WORDS = {
    "in": "is in", "not_in": "is not in", "has_any_of": "contains a code of", "has_all_of": "contains every code of",
    "has_none_of": "contains no code of", "has_one_of": "contains exactly one code of",
    "has_only": "contains only codes of",
}  # fmt: skip
"""Operators against a table's key column."""
_PREPOSITIONS = {"after", "at", "before", "by", "for", "in", "of", "on", "per", "since", "to", "whose"}
_NO_ARTICLE = {"a", "all", "an", "any", "how", "its", "of", "the", "what", "which", "who", "whose"}
_OWN = re.compile(r"\b(?:an earlier|the) line\b")


def sentence(node: Condition) -> str:
    """What the condition says, without capital or full stop."""
    return _sentence(node, None)


def cap_sentence(cap: Cap) -> str:
    """What a cap says."""
    pooled = f", counted per {' and '.join(cap.per)}," if cap.per else ""
    order = "with the highest charge first" if cap.highest_charge_first else "in the order of the line numbers"
    which = f" of lines where {sentence(cap.where)}" if cap.where is not None else ""
    if cap.codes is not None:
        which = f" of the codes {_codes(cap)}{which.replace(' of lines', '', 1)}"
    return f"the units{which} on one day{pooled} are at most {_operand(cap.at_most, None)}, kept {order}"


def operand_words(node: Operand) -> str:
    """How a sentence names a fact, a value, a sum or a cell of a table."""
    return _operand(node, None)


def table_name(table: Table | TableView) -> str:
    """How a sentence names a table or its view."""
    return f"the table {table.id}"


def meaning(fact: Fact) -> str:
    """What a fact is, as part of a sentence; of the record's facts, that the record shows it."""
    words = fact.meaning.rstrip(".")
    if words[:1].isupper() and words[1:2].islower() and words.split()[0] in ("A", "An", "The"):
        words = words[0].lower() + words[1:]
    return f"the record shows {words}" if fact.path.startswith("documentation.") else words


def _sentence(node: Condition, inside: Inside) -> str:
    match node:
        case AllOf(()):
            return "always"
        case AllOf(parts):
            return " and ".join(_grouped(part, inside) for part in parts)
        case AnyOf(parts):
            joined = " or ".join(_grouped(part, inside) for part in parts)
            return f"either {joined}" if len(parts) > 1 else joined
        case NoneOf((part,)):
            return f"it is not so that {_grouped(part, inside)}"
        case NoneOf(parts):
            return "none of these holds: " + "; ".join(_grouped(part, inside) for part in parts)
        case Quantifier(kind, over):
            return _quantified(kind, over, inside)
        case HasRow(look_up, expected):
            return f"{table_name(look_up.table)} has {'a' if expected else 'no'} row for {_key(look_up, inside)}"
        case Compare(left, operator, right):
            return _comparison(left, operator, right, inside)


def _codes(cap: Cap) -> str:
    if isinstance(cap.codes, frozenset):
        return ", ".join(sorted(cap.codes))
    assert cap.codes is not None
    return f"in {table_name(cap.codes)}"


def _grouped(part: Condition, inside: Inside) -> str:
    text = _sentence(part, inside)
    compound = isinstance(part, (AllOf, AnyOf, NoneOf)) and len(part.parts) > 1
    return f"({text})" if compound or isinstance(part, Quantifier) else text


def _quantified(kind: str, over: Over, inside: Inside) -> str:
    one, _ = LISTS[over.list]
    other = "other " if over.skip_self else ""
    window = _window(over.window, inside)
    if kind == "every":
        return f"for every {other}{one}{window}: {_sentence(over.where, over.list)}"
    where = _where(over)
    if kind == "no":
        return f"there is no {other}{one}{window}{where}"
    article = "another" if over.skip_self else "an" if one[0] in "aeiou" else "a"
    return f"there is {article} {one}{window}{where}"


def _where(over: Over) -> str:
    return "" if over.where == AllOf(()) else f" where {_sentence(over.where, over.list)}"


def _window(window: Window | None, inside: Inside) -> str:
    if window is None:
        return ""
    if window.since is not None:
        return f" since {_operand(window.since, inside)}"
    return f" in the {window.days} days before the service"


def _key(look_up: LookUp, inside: Inside) -> str:
    return " and ".join(f"{name} = {_operand(operand, inside)}" for name, operand in look_up.by)


def _comparison(left: Operand, operator: str, right: Operand | tuple[Operand, ...], inside: Inside) -> str:
    if isinstance(left, FactRef) and left.fact.type is Type.BOOLEAN and isinstance(right, Literal):
        return _statement(left, right.value is True, inside)
    if isinstance(left, FactRef) and isinstance(right, FactRef) and _twins(left, right):
        return _alike(left, operator, right)
    subject = _operand(left, inside)
    if "," in subject and isinstance(left, FactRef):
        subject += ","  # closes what the meaning says in passing
    verb = OPERATORS[operator].words
    if operator == "is_empty":
        assert isinstance(right, Literal)
        return f"{subject} {_inflected(verb if right.value is True else OPERATORS[operator].negated, left)}"
    if isinstance(right, tuple):
        low, high = (_operand(part, inside) for part in right)
        return f"{subject} {_inflected(verb, left)} {low} and {high}"
    if isinstance(right, TableCodes):
        verb = TABLE_WORDS[operator]
    elif isinstance(right, Literal) and isinstance(right.value, tuple) and len(right.value) == 1:
        verb = ONE_OF_ONE.get(operator, verb)
    return f"{subject} {_inflected(verb, left)} {_operand(right, inside)}"


def _statement(ref: FactRef, wanted: bool, inside: Inside) -> str:
    """A yes-or-no fact: what it means, or that in quotation marks after a "not"."""
    owner = _owner(ref, inside)
    words = meaning(ref.fact)
    own = owner is not None and _OWN.search(words) is None
    statement = words if owner is None else _OWN.sub(owner, words)
    if not wanted:
        statement = f"not “{statement}”"
    return f"on {owner}, {statement}" if own else statement


def _twins(left: FactRef, right: FactRef) -> bool:
    """Whether the same fact of two lines, or of two coverages, is compared."""
    tails = {ref.fact.path.partition(".")[2] for ref in (left, right)}
    return left.of != right.of and len(tails) == 1 and bool(left.fact.entity) and bool(right.fact.entity)


def _alike(left: FactRef, operator: str, right: FactRef) -> str:
    ref = left if left.fact.entity != "past" else right
    if operator in ("is", "is_not"):
        subject = _with_article(meaning(ref.fact).replace("the line's", "the"))
        alike = "the same" if operator == "is" else "not the same"
        both = "for both coverages" if ref.fact.entity == "coverage" else "on both lines"
        return f"{subject} {_inflected('is', ref)} {alike} {both}"
    verb = _inflected(OPERATORS[operator].words, ref)
    return f"{_operand(left, LIST_OF[left.fact.entity])} {verb} that of {_owner(right, LIST_OF[right.fact.entity])}"


LIST_OF: dict[str, ListName] = {"line": "lines", "past": "history", "coverage": "coverages"}


def _inflected(verb: str, subject: Operand) -> str:
    """The verb of an operator as it goes with its subject."""
    if not (isinstance(subject, FactRef) and _plural(subject.fact)):
        return verb
    first, _, rest = verb.partition(" ")
    if verb.startswith("does not contain"):
        return verb.replace("does not contain", "do not include", 1)
    return f"{PLURALS.get(first, first)} {rest}".rstrip()


def _plural(fact: Fact) -> bool:
    """Whether a fact's meaning names several things: its head noun, before the first preposition, is a plural."""
    if fact.type not in (Type.INTEGER, Type.MONEY, Type.CODES):
        return False
    for word in fact.meaning.replace(",", "").split():
        if word in _PREPOSITIONS:
            return False
        if word in PLURAL_NOUNS:
            return True
    return False


def _owner(ref: FactRef, inside: Inside) -> str | None:
    """Whose fact it is, where two of a kind are spoken of."""
    if ref.of == "":
        return None
    noun = "coverage" if ref.fact.entity == "coverage" else "line"
    if ref.of in ("line", "coverage"):
        spoken_of = inside == "coverages" if ref.of == "coverage" else inside in ("lines", "history")
        return f"this {noun}" if spoken_of else None
    return f"that {noun}" if ref.of in ("other", "past") else f"the {noun} “{ref.of}”"


def _with_article(words: str) -> str:
    return words if words.split(" ", 1)[0].lower() in _NO_ARTICLE else f"the {words}"


def _fact(ref: FactRef, inside: Inside) -> str:
    words, owner = meaning(ref.fact), _owner(ref, inside)
    if owner is not None:
        near = "of" if ref.fact.entity == "coverage" else "on"
        words = _OWN.sub(owner, words) if _OWN.search(words) else f"{words} {near} {owner}"
    return _with_article(words)


def _operand(node: Operand, inside: Inside) -> str:
    match node:
        case FactRef():
            return _fact(node, inside)
        case Literal(None, _, parameter):
            return f"{parameter} (no value on this day)"
        case Literal(value, kind, parameter):
            text = _value(value, kind)
            return f"{parameter} ({text})" if parameter else text
        case ParameterRef(name, _):
            return name
        case TableCodes(table):
            return table_name(table)
        case LookUp(table, _, column):
            return f"the column {column} of {table_name(table)} for {_key(node, inside)}"
        case Days(start, end, business):
            counted = "business days" if business else "days"
            return f"the number of {counted} from {_operand(start, inside)} to {_operand(end, inside)}"
        case SumOfFacts(parts):
            return f"the sum of {' and '.join(_operand(part, inside) for part in parts)}"
        case SumOver(fact, over):
            return f"the sum of {_with_article(meaning(fact.fact))} over the {_items(over, inside)}"
        case CountOver(over):
            return f"the number of {_items(over, inside)}"


def _items(over: Over, inside: Inside) -> str:
    _, many = LISTS[over.list]
    where = _where(over)
    return f"{many}{_window(over.window, inside)}{f' ({where.lstrip()})' if where else ''}"


def _value(value: Scalar | tuple[Scalar, ...] | None, kind: Type) -> str:
    if isinstance(value, tuple):
        return ", ".join(_value(element, kind) for element in value)
    if kind is Type.MONEY and isinstance(value, int):
        return f"{value / 100:.2f}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return str(value).replace("_", " ") if kind is Type.WORD else str(value)
