"""A stored document as the PDF shows it, with its drawing."""

from __future__ import annotations

from typing import Any

from django.utils.safestring import mark_safe

from portal.core.diagrams import to_svg
from portal.pages.provenance.domain.drawing import described, drawing_of_document

SHOWN = 200
"""Rows of one table in the PDF; the attached JSON has all."""
TABLES = ("inputs", "contracts", "slos", "deletions_since", "gaps")


def pdf_context(document: dict[str, Any], digest: str, number: str) -> dict[str, Any]:
    """What the template shows: the document, its tables cut to SHOWN rows, and the drawing as SVG."""
    graph = drawing_of_document(document)
    svg = to_svg(graph, description=described(graph), sheet=True) if graph.edges else ""
    return {
        "document": document,
        "digest": digest,
        "number": number,
        "tables": {name: document[name][:SHOWN] for name in TABLES},
        "left": {name: max(0, len(document[name]) - SHOWN) for name in TABLES},
        "svg": mark_safe(svg),  # noqa: S308 - made by our own renderer, which escapes every label
    }
