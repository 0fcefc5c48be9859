"""The `slos` section: targets, alerts and accuracy rules as written."""

from __future__ import annotations

from contracts_app.domain import readings, traps
from contracts_app.domain.findings import WARNING
from contracts_app.domain.model import Bound, RuleText, SloSpec, Spot
from contracts_app.domain.nodes import Node
from contracts_app.domain.scalars import quoted
from contracts_app.domain.section import Section

MAX_RULES = 1000
_OPENING = {'"': 1, "'": 1}


def read_slos(section: Section | None) -> tuple[tuple[SloSpec, ...], tuple[RuleText, ...]]:
    """The SLOs and the accuracy rules."""
    if section is None:
        return (), ()
    rules = _rules(section)
    slos = [
        slo
        for key, kind in readings.SLO_KEYS.items()
        if (node := section.get(key)) is not None and (slo := _slo(section, key, kind, node)) is not None
    ]
    section.leftover()
    return tuple(slos), rules


def _slo(slos: Section, key: str, kind: str, node: Node) -> SloSpec | None:
    if node.kind == "scalar" and node.value is not None:  # `freshness_minutes: 15` is the target alone
        bound = readings.target(node.value, kind)
        if bound is None:
            slos.add("slo.target", f"`{key}` must be a mapping with `target` and `alert`.", node, key)
        return SloSpec(kind, bound, spot=slos.spot(key))
    section = slos.inside(node, key)
    if section is None:
        return None
    target, alert = _bound(section, "target", kind), _bound(section, "alert", kind)
    _compare(section, target, alert, kind)
    expected = section.get("expected")
    slo = SloSpec(
        kind,
        target,
        alert,
        _minutes(section),
        element=section.text("element"),
        window=_window(section),
        owner=section.text("owner"),
        runbook=section.text("runbook"),
        schedule=section.text("schedule"),
        expected=expected.value if expected else None,
        objective=section.number("objective"),
        spot=slos.spot(key),
    )
    section.leftover()
    return slo


def _bound(section: Section, key: str, kind: str) -> Bound | None:
    node = section.get(key)
    if node is None:
        return None
    if fix := traps.block_as_text(section.source, node):
        section.add(
            "trap.block", f"`{key}`: YAML takes the unquoted `>` for a block of text. Quote it.", node, key, fix
        )
        return None
    if node.value is None:
        section.empty(node, key)
        return None
    is_alert = key == "alert"
    bound = (readings.alert if is_alert else readings.target)(node.value, kind)
    example = '"> 20"' if is_alert else '15 or ">= 99.5%"'
    if bound is None:
        section.add("slo.bound", f"`{key}` is not a bound; write for example {example}.", node, key)
    elif readings.wrong_way(bound, kind, is_alert=is_alert):
        side = "at most" if kind in readings.AT_MOST else "at least"
        said = f"`{key}` points the wrong way: {kind.replace('_', ' ')} is met when it is {side} the target."
        section.add("slo.direction", said, node, key)
    return bound


def _compare(section: Section, target: Bound | None, alert: Bound | None, kind: str) -> None:
    node = section.node.get("alert")
    if target and alert and node and readings.fires_within_target(target, alert, kind):
        said = "The alert fires while the target is still met; set it at the target or beyond."
        text = quoted(f"{alert.op} {target.value:.15g}")
        fix = traps.replace(node, text, f"Write {text}")
        section.add("slo.early-alert", said, node, "alert", fix, severity=WARNING)


def _minutes(section: Section) -> float | None:
    node = section.get("for")
    if node is None:
        return None
    value = readings.minutes(node.value)
    if value is None:
        section.add("slo.for", "`for` must be a duration such as `5`, `10 min` or `1h`.", node, "for")
    return value


def _window(section: Section) -> str | None:
    node = section.get("window")
    if node is None:
        return None
    if readings.minutes(node.value) is None:
        section.add("slo.window", "`window` must be a duration such as `60`, `24h` or `28d`.", node, "window")
        return None
    return str(node.value)


def _rules(slos: Section) -> tuple[RuleText, ...]:
    node = slos.get("accuracy_rules")
    if node is None:
        return ()
    if node.kind != "seq":
        slos.add("slo.rules", '`accuracy_rules` must be a list of `- rule: "…"`.', node, "accuracy_rules")
        return ()
    if len(node.items) > MAX_RULES:
        said = f"There are {len(node.items):,} rules; at most {MAX_RULES:,} are read. Join some with `and`."
        slos.add("slo.rules", said, node.items[MAX_RULES], "accuracy_rules")
    rules = [_rule(slos, item) for item in node.items[:MAX_RULES]]
    return tuple(rule for rule in rules if rule is not None)


def _rule(slos: Section, item: Node) -> RuleText | None:
    if item.kind == "scalar":
        text = slos.text_of(item, "accuracy_rules")
        return RuleText(text, "", _inside(item)) if text else None
    section = slos.inside(item, "accuracy_rules")
    if section is None:
        return None
    text, name, node = section.text("rule"), section.text("name"), section.node.get("rule")
    if node is None:
        section.add("slo.rules", "This entry has no `rule`.", item, "rule")
    section.leftover()
    return RuleText(text, name or "", _inside(node)) if text and node else None


def _inside(node: Node) -> Spot:
    """The first character of the text itself: after the opening quote."""
    return Spot(node.start.line, node.start.column + _OPENING.get(node.style, 0))
