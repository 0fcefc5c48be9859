"""`privacy/deletion_proof_flow.md`: the procedure and the artifact's template, written from code and settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.conf import settings

from portal.core.evidence.selectors import newest_of_kind
from portal.pages.programme.generated import compared
from portal.pages.programme.registry import Document, File, Outcome, Scene, document
from privacy_app.services.procedure import as_markdown

if TYPE_CHECKING:
    from portal.core.identity.models import User

PROVED = "privacy:request:completed"
SHOWN = 10


@document("deletion_proof_flow")
class DeletionProofFlow(Document):
    """The standard procedure. It says what the code does, so nothing of it can be taken from a file."""

    path = r"privacy/deletion_proof_flow\.md"
    label = "privacy/deletion_proof_flow.md"
    about = "The procedure step by step, and what a proof holds. Never imported: it is written from code and settings."
    order = 50

    def count(self) -> int:
        """One."""
        return 1

    def files(self, scene: Scene) -> Iterator[File]:
        """One file."""
        yield File("privacy/deletion_proof_flow.md", iter([_text(scene.site).encode()]))

    def take(self, user: User, path: str, content: bytes) -> Iterator[Outcome]:
        """Only compared: a difference is told with its line."""
        del user
        yield compared(path, content, _text(settings.BASE_URL))


def _text(site: str) -> str:
    """The procedure, and where the ledger holds the newest proofs; the entries name no person."""
    entries = newest_of_kind(PROVED, SHOWN)
    links = [
        f"- [{entry.created_at:%Y-%m-%d}, entry {entry.pk}]({site}{entry.get_absolute_url()})" for entry in entries
    ]
    told = links or ["No deletion has been proved yet. Run one for a dummy subject, as the day-end checklist asks."]
    return "\n".join([as_markdown().rstrip("\n"), "", "## Evidence: the newest proofs", "", *told, ""])
