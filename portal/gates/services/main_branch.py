"""What a question from the main branch shows: the contract files as main has them, for the day-end checklist."""

from __future__ import annotations

from django.conf import settings

from contracts_app import services as contracts
from portal.gates.selectors.facts import Case


def note_main(case: Case) -> None:
    """Keep the hashes of the contract files, where the pipeline asked from main and said its commit."""
    question = case.question
    if question.branch == settings.MAIN_BRANCH and question.commit:
        known = (touched for touched in case.writes if touched.contract is not None)
        files = ((each.contract.name, each.subject.digest, each.subject.file) for each in known)
        contracts.note_on_main(commit=question.commit, files=files, at=case.at)
