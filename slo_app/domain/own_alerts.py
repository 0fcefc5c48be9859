"""What to do where the portal itself is what fails: the runbooks of deploy/prometheus/custody.rules.yml.

They stand on a page and, word for word, in docs/observability.md, which can be read while the portal is down.
"""

from __future__ import annotations

from typing import NamedTuple


class OwnAlert(NamedTuple):
    """An alert of the rules, what it means, and the steps in their order."""

    name: str
    means: str
    steps: tuple[str, ...]


OWN_ALERTS = (
    OwnAlert(
        "CustodyDown",
        "Prometheus cannot scrape the portal, so no SLO is known and no alert can come from here.",
        (
            "Ask `/healthz`: it names the part that does not answer, database or cache.",
            "401 or 403 in the log of Prometheus: the token has expired; issue one of the scope `metrics:read`.",
            "Start the portal again; SLOs that came due meanwhile are measured once, not once for each missed time.",
        ),
    ),
    OwnAlert(
        "CustodySlosUnmeasured",
        "SLOs are past their time by more than two intervals: beat or the workers stand still, or are too few.",
        (
            "Look whether beat and workers run, and what they wrote to the log last.",
            "Look at what probes cost: one slow system holds up only its own SLOs, all of them mean the workers.",
            "Start another worker, or widen the intervals of the dearest probes.",
        ),
    ),
    OwnAlert(
        "CustodyLettersWait",
        "Messages have waited for more than ten minutes, so alerts may have reached nobody.",
        (
            "See by the label `channel` which one waits, and try its address by hand.",
            "Open Incidents and call by telephone whoever is on call for those that nobody acknowledged.",
            "What waits is delivered by itself once the channel answers; nothing has to be sent again.",
        ),
    ),
    OwnAlert(
        "CustodyNoData",
        "An SLO has had no verdict for half an hour; its page says why.",
        (
            "Open the SLO by its address: an empty dataset, too few rows and a failed probe are told apart there.",
            "A probe that fails: test the system under Systems, and its credentials.",
        ),
    ),
    OwnAlert(
        "CustodyLineageBehind",
        "The graph is more than a quarter of an hour behind its events.",
        (
            "Look whether a worker runs; a burst of events is worked off in batches, and the lag then falls by itself.",
            "Events that were set aside do not hold up others; see them under Lineage, Producers.",
        ),
    ),
    OwnAlert(
        "CustodyLedgerUnsigned",
        "Entries of the ledger have waited for ten minutes for their number and a signed head.",
        (
            "Look whether a worker runs: one of them gives the numbers.",
            "Look in its log for the key: a head is signed with the file that `EVIDENCE_KEY_FILE` names.",
        ),
    ),
    OwnAlert(
        "CustodyLedgerDamaged",
        "The ledger's own check found an entry or a hash that is not what was signed.",
        (
            "Stop the portal, and keep the database and the folder of artifacts as they are.",
            "Open Evidence, Audits on a copy: it names the entries.",
            "Call the auditor; never repair an entry.",
        ),
    ),
)
