"""Reads of the provenance room: what a question means, the answer to it, and what is kept of outputs and answers."""

from portal.pages.provenance.selectors.answering import NOT_COVERED, answer_for_all, answer_to
from portal.pages.provenance.selectors.kept import given_answers, given_for, outputs, outputs_of_run
from portal.pages.provenance.selectors.subjects import Found, Offer, find

__all__ = [
    "NOT_COVERED",
    "Found",
    "Offer",
    "answer_for_all",
    "answer_to",
    "find",
    "given_answers",
    "given_for",
    "outputs",
    "outputs_of_run",
]
