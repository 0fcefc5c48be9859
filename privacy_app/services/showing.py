"""What the PDF of a proof shows: the artifact's own values in words, and the drawings made from them."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from portal.core.diagrams import Edge, Graph, Node, to_svg
from privacy_app.domain import drawing
from privacy_app.domain.verdict import PROBES

TONES = {"erased": "ok", "no_baseline": "ok", "residual": "warn", "exempt": "warn", "failed": "bad"}
WEAKEST = ("failed", "not_probed", "exempt", "residual", "no_baseline", "erased")
SHOWN_APART = {
    "name", "status", "ids", "partitions", "ts", "dataset", "kind", "place", "action", "action_reason", "verdict",
    "verdict_text", "probes", "residuals", "attempts", "purged_at",
}  # fmt: skip
PARTS = (
    ("exemptions", "Exemptions and their basis", "None: nothing was kept under an exemption or a hold."),
    ("models", "Models trained on the data, and the duty", "None that lineage shows."),
    ("recipients", "Recipients told (GDPR Art. 19)", "None are registered."),
    ("left_out", "Findings left out, and why", "None."),
)
APPROVAL = {"role", "approver", "digest", "strength", "signed_at"}
DRAWN_AT_MOST = 40


def pdf_context(proof: Mapping[str, Any], artifact_digest: str) -> dict[str, Any]:
    """The template's values: the artifact itself, so that the two cannot differ, with labels and drawings."""
    return {
        "proof": proof,
        "artifact_digest": artifact_digest,
        "tone": tone_of(proof),
        "systems": [_system(each) for each in proof["systems"]],
        "approvals": [{**each, "facts": rows(_others(each))} for each in proof["approvals"]],
        "clocks": _clocks(proof["clocks"]),
        "parts": [(heading, none, [rows(each) for each in proof[key]]) for key, heading, none in PARTS],
        "drawing": as_picture(drawing.to_svg(proof["systems"])),
        "drawing_words": drawing.in_words(proof["systems"]),
        **_lineage(proof["lineage"]),
    }


def tone_of(proof: Mapping[str, Any]) -> str:
    """How the headline is drawn: by the weakest verdict of the systems that are not the portal itself."""
    verdicts = [each["verdict"] for each in proof["systems"] if each["kind"] != "portal"]
    weakest = min(verdicts, key=WEAKEST.index, default="no_baseline")
    return TONES.get(weakest, "warn")


def rows(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, value) of each field, in words.

    >>> rows({"expires_on": "2027-01-01", "fields": ["iban", "name"], "acknowledged": True})
    [('Expires on', '2027-01-01'), ('Fields', 'iban, name'), ('Acknowledged', 'yes')]
    """
    return [(key.replace("_", " ").capitalize(), in_words(value)) for key, value in values.items()]


def in_words(value: Any) -> str:
    """One JSON value as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(in_words(each) for each in value)
    return "" if value is None else str(value)


def _others(approval: Mapping[str, Any]) -> dict[str, Any]:
    """What only some approvals have: a list that was signed as a whole, the rules that asked for the head of data."""
    return {key: value for key, value in approval.items() if key not in APPROVAL and value != []}


def _system(system: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **system,
        "status_words": str(system["status"]).replace("_", " "),
        "facts": rows({key: value for key, value in system.items() if key not in SHOWN_APART}),
        "probe_cells": [_probe(system["probes"].get(name)) for name in PROBES],
    }


def _probe(probe: Mapping[str, Any] | None) -> str:
    """Before and after, as one cell."""
    if probe is None:
        return "none declared"
    return " → ".join("not run" if probe[when] is None else str(probe[when]) for when in ("before", "after"))


def _clocks(clocks: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The clocks but for the pauses, each deadline with whether it was met."""
    labels = {
        "gross_seconds": "Time taken, gross",
        "net_seconds": "Time taken, net of pauses",
        "slo_due": "Own deadline",
        "statutory_due": "Deadline of the law",
    }
    words = {
        "gross_seconds": f"{clocks['gross_seconds']} seconds",
        "net_seconds": f"{clocks['net_seconds']} seconds",
        "slo_due": f"{clocks['slo_due']} ({clocks['slo_hours']} hours): {_met(clocks['slo_met'])}",
        "statutory_due": f"{clocks['statutory_due']}: {_met(clocks['statutory_met'])}",
    }
    known = {*labels, "pauses", "slo_hours", "slo_met", "statutory_met"}
    more = rows({key: value for key, value in clocks.items() if key not in known and value != ""})
    return [(label, words[key]) for key, label in labels.items()] + more


def _met(met: bool) -> str:
    return "met" if met else "missed"


def _lineage(edges: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The lineage at the time of the plan as a drawing and as words; the words alone where it is too large to draw."""
    names = sorted({each[end] for each in edges for end in ("from", "to")})
    if not names or len(names) > DRAWN_AT_MOST:
        return {}
    graph = Graph(
        tuple(Node(key=name, label=name) for name in names),
        tuple(Edge(each["from"], each["to"]) for each in edges),
        title="How the data had been copied",
    )
    words = "; ".join(f"{each['from']} fed {each['to']}" for each in edges)
    return {"lineage_drawing": as_picture(to_svg(graph, description=words, sheet=True)), "lineage_words": words}


def as_picture(svg: str) -> str:
    """A data URL: a document loads nothing from outside, and its drawings stay vectors."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
