"""`observability/slo_catalog.md`: all SLOs with what they read, and the definitions of those set by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from portal.pages.programme.definitions import block, definitions_of
from portal.pages.programme.registry import Document, File, Outcome, Scene, Word, document
from portal.pages.programme.taking import one_by_one
from slo_app import definitions
from slo_app.formats import FORMS, text
from slo_app.selectors.exporting import Chosen, chosen_slos

if TYPE_CHECKING:
    from portal.core.identity.models import User


@document("slo_catalog")
class SloCatalog(Document):
    """The SLOs. What they read is written for people; what is read back are the terms of those set by hand."""

    path = r"observability/slo_catalog\.md"
    label = "observability/slo_catalog.md"
    about = "SLIs, targets, thresholds, owners, runbooks. Imported are those set by hand; contracts bring the others."
    order = 40

    def count(self) -> int:
        """One an SLO, and the head."""
        return chosen_slos(Chosen()).count() + 1

    def files(self, scene: Scene) -> Iterator[File]:
        """One file."""
        del scene
        yield File("observability/slo_catalog.md", (piece.encode() for piece in _pieces()))

    def take(self, user: User, path: str, content: bytes) -> Iterator[Outcome]:
        """Each SLO set by hand; the number of those that contracts promise is told."""
        yield from one_by_one(path, definitions_of(content.decode()), lambda given: _take(user, given))


def _pieces() -> Iterator[str]:
    yield from text(FORMS["catalog"], Chosen())
    promised = definitions.promised_by_contracts()
    yield f"\nContracts promise {promised} of them: their terms are in `data_contracts/`, not below.\n"
    yield from block(definitions.definitions())


def _take(user: User, given: dict[str, Any]) -> tuple[Word, str]:
    slo, what = definitions.define(user, given)
    said = {"kept": "is measured so here.", "changed": "has these terms now.", "created": "is measured from now on."}
    return Word(what), f"{slo} {said[what]}"
