"""A document of the tests, rendered from templates that lie beside them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

CREATED = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
PROOF = b'{"req_id":"DEL-2026-11-22-0001"}'


@pytest.fixture
def document(settings, tmp_path):
    """render(template, **context) -> the PDF's bytes."""
    from portal.core.documents.services import render_pdf

    settings.VAR_DIR = tmp_path
    settings.CUSTODY_CLOCK_OFFSET_ALLOWED = False  # no database is needed here
    engine = {**settings.TEMPLATES[0]}
    engine["DIRS"] = [*engine["DIRS"], Path(__file__).parent / "templates"]
    settings.TEMPLATES = [engine]

    def render(template="letter.html", **context):
        return render_pdf(
            template,
            context,
            title="A letter about one thing",
            created=CREATED,
            attachments=[("proof.json", PROOF, "The proof as JSON")],
        )

    return render
