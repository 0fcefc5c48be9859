"""What is signed and what is kept: a proposal's and a version's documents, ready for RFC 8785."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .changes import RowChange
from .matrix import Matrix, as_json, by_key, from_json

PROPOSAL = "custody.raci.proposal.v1"
VERSION = "custody.raci.v1"


def proposal_document(changes: Iterable[RowChange], *, reason: str, asked: str) -> dict[str, Any]:
    """The bytes' content that each signature of a proposal is about; `asked` makes equal proposals differ."""
    return {
        "format": PROPOSAL,
        "asked": asked,
        "reason": reason,
        "changes": [
            {
                "row": change.key,
                "before": as_json(change.before) if change.before else None,
                "after": as_json(change.after) if change.after else None,
            }
            for change in sorted(changes, key=lambda each: each.key)
        ],
    }


def version_document(number: int, matrix: Matrix) -> dict[str, Any]:
    """A whole matrix, its rows in the order of their keys."""
    return {"format": VERSION, "version": number, "rows": [as_json(matrix[key]) for key in sorted(matrix)]}


def matrix_of(document: dict[str, Any]) -> Matrix:
    """The matrix that `version_document` wrote; raises ValueError for another format."""
    if document.get("format") != VERSION:
        raise ValueError(f"This is no matrix of the format {VERSION}.")
    return by_key(from_json(each) for each in document["rows"])
