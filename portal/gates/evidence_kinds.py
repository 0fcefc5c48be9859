"""The ledger's kind of the gates."""

from portal.core.evidence.kinds import declare

UNGATED = declare(
    "gates:deploy:ungated",
    fields=("run", "job", "commit", "deployed"),
    sentence="{actor} told of an ungated deploy of {job} from {commit} on {deployed}.",
)
