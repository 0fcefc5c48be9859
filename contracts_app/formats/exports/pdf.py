"""PDF/A for the file and the auditor: the full text, the change report, the signatures with what each is worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import rfc8785

from contracts_app import selectors
from contracts_app.domain.formats.notes import FormatError
from contracts_app.formats.registry import export_format
from portal.core.clock.services import now

if TYPE_CHECKING:
    from contracts_app.models import Version

LAST_LINE = 6000  # some 100 pages; the whole text is attached in any case


@export_format(
    "pdf",
    label="PDF",
    hint="Full text, change report and signatures with their strength; PDF/A-3 with its facts. A worker makes it.",
    media_type="application/pdf",
    suffix=".pdf",
    stored=True,
    order=50,
)
def to_pdf(version: Version, _options: Mapping[str, str]) -> bytes:
    """The signed document; about two seconds and 90 MB, so call it in a worker only."""
    from portal.core.documents.services import render_pdf, sign_pdf

    if version.loaded.digest is None:
        raise FormatError("This draft cannot be read as a contract; mend its YAML first.")
    facts = selectors.facts_of(version)
    attached = rfc8785.dumps(facts)
    name = f"{version.contract.name}-{version.number}"
    pdf = render_pdf(
        "contracts_app/documents/contract.html",
        context_of(facts),
        title=f"Contract {version.contract.name} {version.number}",
        created=now(),
        attachments=[
            (f"{name}.json", attached, "Everything that this document shows, as canonical JSON (RFC 8785)"),
            (f"{name}.yaml", bytes(version.authored), "The contract exactly as it was written"),
        ],
    )
    return sign_pdf(pdf)


def context_of(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts as the template shows them."""
    lines = facts["text"].splitlines()
    signed = {each["role"] for each in facts["signatures"]}
    return {
        "facts": facts,
        "report": facts["report"],
        "changes": facts["report"].get("changes", []),
        "lines": list(enumerate(lines[:LAST_LINE], 1)),
        "more_lines": max(0, len(lines) - LAST_LINE),
        "missing": [role for role in facts["roles_needed"] if role not in signed],
    }
