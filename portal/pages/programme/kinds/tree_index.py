"""`README.md`: which files there are, and each contract with its state and its entries in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.conf import settings

from contracts_app.selectors.programme import standing_rows, standing_versions
from portal.core.diagrams.markdown import plain
from portal.pages.programme.registry import Document, File, Outcome, Scene, Word, document, document_of, documents

if TYPE_CHECKING:
    from portal.core.identity.models import User

COLUMNS = (
    "| Contract | Version | State | Owner | Digest of the signed content | Evidence |\n|---|---|---|---|---|---|\n"
)


@document("tree_index")
class TreeIndex(Document):
    """The index of the tree, and the evidence links of the contracts: signed bytes have no room for them."""

    path = r"README\.md"
    label = "README.md"
    about = "What is in the tree, and each contract with its state and its entries in the ledger. Never imported."
    order = 60

    def count(self) -> int:
        """One a contract, and the head."""
        return standing_versions().count() + 1

    def files(self, scene: Scene) -> Iterator[File]:
        """One file."""
        yield File("README.md", (piece.encode() for piece in _pieces(scene)))

    def take(self, user: User, path: str, content: bytes) -> Iterator[Outcome]:
        """Nothing of it is taken."""
        del user
        content.decode()
        yield Outcome(path, 0, Word.TOLD, "It is an index, written anew with every export.")


def _pieces(scene: Scene) -> Iterator[str]:
    whose = f" of {plain(settings.ORGANISATION)}" if settings.ORGANISATION else ""
    yield f"# Data contracts, lineage and observability{whose}\n\n"
    yield "Written by Custody from live data. `manage.py programme_import` takes the tree in again.\n\n"
    yield "".join(f"- `{each.label}`: {each.about}\n" for each in documents() if each.key != "tree_index")
    yield "\n## Contracts and their evidence\n\n"
    yield COLUMNS
    for version, entries in standing_rows():
        yield _row(scene, version, entries)


def _row(scene: Scene, version: Any, entries: list[Any]) -> str:
    path = version.contract.repository_path
    name = (
        f"[{plain(version.contract.name)}]({path})"
        if document_of(path)
        else f"{plain(version.contract.name)} (no file)"
    )
    links = ", ".join(
        f"[{'in force' if entry.kind.endswith('activated') else 'signed'} {entry.created_at:%Y-%m-%d}]"
        f"({scene.site}{entry.get_absolute_url()})"
        for entry in entries
    )
    owner = plain(version.contract.owner_team.name) if version.contract.owner_team else "nobody"
    digest = f"`{version.digest}`" if version.digest else "cannot be read"
    cells = (name, plain(version.number) or "none", version.state, owner, digest, links or "none")
    return f"| {' | '.join(cells)} |\n"
