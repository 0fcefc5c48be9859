"""A plan at a glance: sums for its head, and a drawing of its order and of what it touches, with the same in words."""

from collections.abc import Iterable
from typing import Any

from portal.core.diagrams import HARD_EDGES, Edge, Graph, Group, Node
from privacy_app.domain.plan import Decision, Place, apart
from privacy_app.models import Plan, Step

DRAWN_AT_MOST = 60
GROUPS = {
    Place.DERIVED: "Data, copies first",
    Place.IDENTITY_SOURCE: "Identity sources",
    Place.BACKUP: "Backups",
    Place.PORTAL: "This portal",
}
UNPLANNED = "unplanned"


def sums_of(steps: Iterable[Step]) -> dict[str, Any]:
    """What a reader wants first: systems, records, where nothing was found, what was not reached, how long."""
    rows = list(steps)
    counts = [step.preview.get("count") for step in rows if not step.preview.get("error") and not step.is_portal]
    known = [step.preview["expected_seconds"] for step in rows if "expected_seconds" in step.preview]
    return {
        "systems": len({step.system_name for step in rows}),
        "steps": len(rows),
        "records": sum(each for each in counts if isinstance(each, int)),
        "empty": sum(each == 0 for each in counts),
        "unreached": [step for step in rows if step.preview.get("error")],
        "blind": [step for step in rows if any(not each["runs"] for each in step.preview.get("probes", ()))],
        "apart": sum(len(apart(step.preview)) for step in rows),
        "seconds": sum(known),
        "seconds_of": len(known),
    }


def drawable(plan: Plan) -> bool:
    """Whether the plan is small enough for a drawing that somebody can read."""
    return plan.steps.count() + plan.findings.count() + len(plan.body.get("models", ())) <= DRAWN_AT_MOST


def graph_of(plan: Plan) -> Graph:
    """Steps as boxes numbered in their order, models and undecided findings apart, lineage as arrows."""
    nodes = [_step(step) for step in plan.steps.all()]
    open_ones = plan.findings.filter(decision=Decision.OPEN)
    nodes += [Node(each.dataset, each.dataset, "not planned", shape="pill", group=UNPLANNED) for each in open_ones]
    nodes += [
        Node(each["name"], each["name"], "model: retrain or document", shape="round", group=UNPLANNED)
        for each in plan.body.get("models", ())
    ]
    keys: dict[str, list[str]] = {}
    for step in plan.steps.all():
        keys.setdefault(step.dataset, []).append(f"step-{step.position}")
    for node in nodes:
        keys.setdefault(node.key, []).append(node.key)
    known = {node.key for node in nodes}
    edges = [
        Edge(src, dst)
        for each in plan.body.get("lineage", ())
        for src in keys.get(each["from"], ())
        for dst in keys.get(each["to"], ())
        if src in known and dst in known
    ]
    groups = [Group(place.name, words) for place, words in GROUPS.items()]
    return Graph(
        tuple({node.key: node for node in nodes}.values()),
        tuple(dict.fromkeys(edges))[:HARD_EDGES],
        f"Plan {plan.number} of {plan.request.req_id}",
        (*groups, Group(UNPLANNED, "Not erased by this plan")),
    )


def _step(step: Step) -> Node:
    count = step.preview.get("count")
    said = "not reached" if step.preview.get("error") else f"{count} found" if isinstance(count, int) else ""
    label = f"{step.position}. {step.dataset}"
    note = ", ".join(filter(None, (step.system_name, said)))
    return Node(f"step-{step.position}", label, note, group=Place(step.place).name)


def in_words(graph: Graph) -> str:
    """The drawing as a sentence a node and an arrow, for whoever cannot see it."""
    labels = {node.key: node.label for node in graph.nodes}
    steps = "; ".join(f"{node.label} in {node.note}" if node.group != UNPLANNED else node.label for node in graph.nodes)
    arrows = "; ".join(f"{labels[edge.src]} feeds {labels[edge.dst]}" for edge in graph.edges)
    return f"{graph.title}. In this order: {steps}. {arrows or 'Lineage shows no arrow between them'}."
