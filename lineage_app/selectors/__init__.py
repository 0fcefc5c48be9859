"""Questions to lineage."""

from lineage_app.selectors.content import graph_content, graph_digest

__all__ = ["graph_content", "graph_digest"]
