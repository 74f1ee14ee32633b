"""The canonical order of keys in a plugin's documents: what `policy fmt` writes and `docs/language.md` shows."""

from __future__ import annotations

from collections.abc import Mapping

Context = tuple[str, ...]
"""The keys from the document's root down to a table; elements of a list have no key of their own."""

_DATES = ("from", "to")
_RULE = (
    "id", "title", "topic", "compare", "carries", "plans", "judges", *_DATES, "dated_by", "scope", "stage", "when",
    "require", "cap", "pair", "grants", "effect", "instead_of", "adjustment", "cites", "see_also", "confidence",
    "remedy", "notes", "off", "otherwise",
)  # fmt: skip
_CONDITION = (
    "fact", "days_from", "business_days_from", "sum_of", "count_of", "look_up", "condition", "all_of", "any_of",
    "none_of", "any_line", "every_line", "no_line", "any_past_line", "every_past_line", "no_past_line", "any_coverage",
    "every_coverage", "no_coverage", "to", "over", "as", "since", "within_days", "where", "by", "column", "has_row",
)  # fmt: skip
"""First what a condition is about; its operator comes last."""
_ADJUSTMENT = ("group", "carc", "rarc", "cites")
_CAP = ("units_of", "per", "at_most", "keep_first_by")
_PAIR = ("table", "loses", "by", "bypass_when", "bypass_with", "bypass_on", "same", "where")
_VALUE = (*_DATES, "value", "open_ended", "cites", "confidence")
_TIMED = ("codes", "pool_by", "method", "assistant_rule", "training_codes")
_SOURCE = ("publisher", "title", "section", "url", *_DATES, "read", "grade")
_HEAD = ("format", "id", "title", "plans", "codes", *_DATES, "timed", "parameters", "conditions", "rules")
_TABLE = (
    "format", "id", "title", "key", "covers_from", "covers_to", "codes", "open_ended", "cites", "confidence", "rows",
    "columns", "imported",
)  # fmt: skip
_CASE = (
    "id", "rule", "from", "encounter", "change", "remove", "line", "plan", "expect", "effect", "missing", "payable",
    "verdict", "findings", "note",
)  # fmt: skip
_USE = (
    "pack", "version", "policy", "rules", "plans", "codes", "effect", "cites", "confidence", "carries", *_DATES, "set",
)  # fmt: skip

ORDER: Mapping[str, Mapping[Context, tuple[str, ...]]] = {
    "policy": {
        (): _HEAD,
        ("timed",): _TIMED,
        ("parameters", "*"): ("unit", "values"),
        ("parameters", "*", "values"): _VALUE,
        ("rules",): _RULE,
        ("rules", "adjustment"): _ADJUSTMENT,
        ("rules", "cap"): _CAP,
        ("rules", "pair"): _PAIR,
        ("rules", "otherwise"): ("when", "effect", "adjustment", "remedy"),
        ("rules", "otherwise", "adjustment"): _ADJUSTMENT,
    },
    "sources": {(): ("format", "sources"), ("sources", "*"): _SOURCE},
    "table": {(): _TABLE, ("columns", "*"): ("type", "values", "unit")},
    "import": {
        (): ("format", "table", "alias", "title", "confidence"),
        ("source",): ("publisher", "title", "url", "grade"),
    },
    "case": {(): ("format",), ("cases",): _CASE},  # an encounter may stand before its cases
    "payer": {
        (): ("api", "kind", "version", "id", "name", "plans", "facts", "uses"),
        ("plans",): ("id", "name", "line_of_business"),
        ("facts",): ("name", "type", "values", "meaning", "ask", "holds_for"),
        ("uses",): _USE,
    },
    "pack": {(): ("api", "kind", "version", "id", "name")},
}
"""By schema and context; `*` is any one name. What is not listed keeps the place its author gave it."""

_CONDITIONS = {"conditions", "when", "require", "where"}
"""Below these keys of a policy stand conditions."""


def order_of(schema: str, context: Context) -> tuple[str, ...]:
    """The order of the keys of a table in this context; empty where its author's order stands."""
    known = ORDER[schema]
    for listed, keys in known.items():
        if len(listed) == len(context) and all(a in ("*", b) for a, b in zip(listed, context, strict=True)):
            return keys
    if schema == "policy" and not _CONDITIONS.isdisjoint(context):
        return _CONDITION
    return ()


def placed(schema: str, context: Context, key: str) -> int:
    """Where a key stands among those of its table; what is not listed comes after, in its author's order."""
    order = order_of(schema, context)
    return order.index(key) if key in order else len(order)
