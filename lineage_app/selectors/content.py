"""The graph as content, for its hash."""

from lineage_app.domain.graph_hash import GraphContent, graph_hash
from lineage_app.models import ColumnEdge, Dataset, Edge, RunIO


def graph_content() -> GraphContent:
    """Return the projected graph by names, in the shape that lineage_app.domain.projection.graph_of gives."""
    names = {pk: (namespace, name, root) for pk, namespace, name, root in _datasets()}

    def text(pk: int) -> str:
        return "/".join(names[pk][:2])

    touched = RunIO.objects.order_by().values_list("dataset", flat=True).distinct()
    edges = list(Edge.objects.values_list("src", "dst", "job__namespace", "job__name", "state", "is_foreign"))
    roots = {names[pk][2] or pk for pk in touched} | {pk for edge in edges for pk in edge[:2]}
    columns = ColumnEdge.objects.values_list("src", "src_field", "dst", "dst_field", "type", "subtype", "masking")
    return GraphContent(
        nodes=[names[pk][:2] for pk in roots],
        edges=[(text(s), text(d), "" if job is None else f"{ns}/{job}", *rest) for s, d, ns, job, *rest in edges],
        columns=[(text(src), field, text(dst), *rest) for src, field, dst, *rest in columns],
    )


def graph_digest() -> str:
    """Return "sha256:<hex>" of the projected graph."""
    return graph_hash(graph_content())


def _datasets() -> list[tuple[int, str, str, int | None]]:
    return list(Dataset.objects.order_by().values_list("pk", "namespace", "name", "root"))
