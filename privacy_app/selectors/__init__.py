"""Reads that check rights: who asks comes first. One file a subject."""

from privacy_app.selectors.batches import batch, batches
from privacy_app.selectors.by_hand import attestation_for_artifact, may_attest, task_for, tasks
from privacy_app.selectors.identifiers import GONE, hint_of, plain_spellings, plain_value
from privacy_app.selectors.naming import requests_called
from privacy_app.selectors.requests import (
    can_sign,
    counts,
    high_risk_url,
    near_the_law,
    request_for,
    request_of_secret,
    request_of_token,
    request_to_approve,
    request_with_proof,
    risky_request,
)
from privacy_app.selectors.restores import restores
from privacy_app.selectors.scope import decided_links, open_links
from privacy_app.selectors.suppression import (
    active_tokens,
    suppressed,
    suppression_askers,
    suppression_by_kind,
    tokens_against,
)
from privacy_app.selectors.texts import letter_to_post, letters_to_post, notice_texts, text_history

__all__ = [
    "GONE",
    "active_tokens",
    "attestation_for_artifact",
    "batch",
    "batches",
    "can_sign",
    "counts",
    "decided_links",
    "high_risk_url",
    "hint_of",
    "letter_to_post",
    "letters_to_post",
    "may_attest",
    "near_the_law",
    "notice_texts",
    "open_links",
    "plain_spellings",
    "plain_value",
    "request_for",
    "request_of_secret",
    "request_of_token",
    "request_to_approve",
    "request_with_proof",
    "requests_called",
    "restores",
    "risky_request",
    "suppressed",
    "suppression_askers",
    "suppression_by_kind",
    "task_for",
    "tasks",
    "text_history",
    "tokens_against",
]
