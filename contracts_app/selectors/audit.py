"""Where contracts in force want to read what happens to their data in deletions."""

from __future__ import annotations

from contracts_app.selectors.names import deletion_targets
from contracts_app.selectors.reading import versions_in_force


def audit_topics() -> dict[str, list[str]]:
    """Name of a dataset -> the `audit_log_topic` of each contract in force that is about it or names it, sorted."""
    found: dict[str, set[str]] = {}
    for version in versions_in_force():
        topic = version.document.audit_log_topic
        if not topic:
            continue
        for target in deletion_targets(version):
            for asset in (target.source, target.asset):
                if asset is not None:
                    found.setdefault(asset.name, set()).add(topic)
    return {name: sorted(topics) for name, topics in sorted(found.items())}
