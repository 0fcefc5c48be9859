"""How many datasets each typing rule speaks for, which ones no rule gives a layer, and why one is what it is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q, QuerySet

from lineage_app.domain.node_types import RULES, reason
from lineage_app.models import Dataset
from portal.core.identity.policies import Act, may

if TYPE_CHECKING:
    from portal.core.identity.models import User


@dataclass(frozen=True)
class Rule:
    """A typing rule with how many datasets it gives their kind and their layer, and what of it speaks most."""

    name: str
    text: str
    kinds: int
    layers: int
    examples: tuple[tuple[str, str, int], ...]


def rules_with_counts(examples: int = 8) -> list[Rule]:
    """Return every rule in its order; the owner's word first. Two queries, whatever the number of datasets."""
    nodes = Dataset.objects.filter(root=None).order_by()
    found: dict[str, list[tuple[str, str, int, str]]] = {}
    for part, said in (("kind", Q(asset=None) | Q(asset__kind="")), ("layer", Q(asset=None) | Q(asset__layer=""))):
        rows = nodes.values(rule=F(f"{part}_rule"), answer=F(part)).annotate(n=Count("pk", filter=said))
        rows = rows.annotate(by_owner=Count("pk") - F("n"))
        for row in rows:
            name, _, detail = row["rule"].partition(":")
            found.setdefault(name, []).append((part, f"{detail}: {row['answer']}", row["n"], row["answer"]))
            found.setdefault("asset", []).append((part, "", row["by_owner"], ""))
    texts = (("asset", "The owner's word: kind and layer of the asset that claims it"), *RULES)
    return [_rule(name, text, found.get(name, []), examples) for name, text in texts]


def _rule(name: str, text: str, rows: list[tuple[str, str, int, str]], examples: int) -> Rule:
    counted = [(part, detail, n) for part, detail, n, answer in rows if n and detail and answer]
    most = sorted(counted, key=lambda row: (-row[2], row[1]))[:examples]
    kinds, layers = (sum(n for part, _, n, _ in rows if part == wanted) for wanted in ("kind", "layer"))
    return Rule(name, text, kinds, layers, tuple(most))


def without_layer() -> QuerySet[Dataset]:
    """Return the representatives that neither a rule nor an owner gives a layer."""
    nodes = Dataset.objects.filter(root=None, layer="").filter(Q(asset=None) | Q(asset__layer=""))
    return nodes.select_related("asset__owner_team")


@dataclass(frozen=True)
class Typed:
    """What a dataset is, and why: the ends of two sentences."""

    kind: str
    kind_why: str
    layer: str
    layer_why: str


def typed(row: Dataset) -> Typed:
    """Return the dataset's kind and layer with the reason for each; the owner's word goes first."""
    said = {"kind": row.asset.kind, "layer": row.asset.layer} if row.asset else {"kind": "", "layer": ""}
    return Typed(
        kind=(said["kind"] or row.kind).replace("_", " "),
        kind_why=reason("asset" if said["kind"] else row.kind_rule),
        layer=said["layer"] or row.layer,
        layer_why=reason("asset" if said["layer"] else row.layer_rule),
    )


def may_type(user: "User", row: Dataset) -> bool:
    """Whether the person may say what the dataset is: it is claimed, and they write contracts in its team or
    administer.
    """
    return row.asset is not None and (may(user, Act.ADMINISTER) or may(user, Act.WRITE_CONTRACT, row.asset))
