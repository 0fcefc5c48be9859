"""JSON for programs: the command's own document, as docs/gate.md describes it."""

from __future__ import annotations

import json

from portal.cli.report import Report


def render(report: Report) -> str:
    """The document, indented."""
    return json.dumps(report.data, indent=2, ensure_ascii=False)
