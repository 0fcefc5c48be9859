"""Who may use the operations of the evidence room: "read evidence, make packs, verify" in the table of acts."""

from tests.access_entry import NONE, PUBLIC, Entry
from tests.people import World

READERS = {"contributor", "owner", "consumer", "outsider", "privacy_officer", "auditor", "head_of_data"}
"""Owners, contributors and consumers read what is about their own teams; the others read all."""
OF_PLATFORM = {"contributor", "owner", "privacy_officer", "auditor", "head_of_data"}


def _entry(world: World) -> dict[str, int]:
    """An entry about an asset of Data Platform, with its number."""
    from portal.core.evidence.actors import Actor
    from portal.core.evidence.kinds import declare
    from portal.core.evidence.services import record, sequence_all

    kind = declare("tests:access:tried", fields=("subject",), sentence="{actor} tried {subject}.")
    made = record(kind, actor=Actor("u-1", "owner"), payload={"subject": "a table"}, team_id=world.platform.pk)
    sequence_all()
    return {"pk": made.pk}


def _checkpoint(world: World) -> dict[str, int]:
    from portal.core.evidence.selectors import latest_checkpoint

    _entry(world)
    return {"size": latest_checkpoint().size}


def _sizes(world: World) -> dict[str, int]:
    size = _checkpoint(world)["size"]
    return {"from": 1, "to": size}


ACCESS = [
    Entry("evidence:list", READERS),
    Entry("evidence:entry", OF_PLATFORM, kwargs=_entry),
    Entry("evidence:entry-json", OF_PLATFORM, kwargs=_entry),
    Entry("evidence:entry-proof", OF_PLATFORM, kwargs=_entry),
    Entry("evidence:checkpoints", READERS),
    Entry("evidence:checkpoint", READERS, kwargs=_checkpoint),
    Entry("evidence:checkpoint-note", READERS, kwargs=_checkpoint),
    Entry("evidence:consistency", READERS, data=_sizes),
    Entry("evidence:verify", READERS),
    Entry("evidence:verify", READERS, method="post", data={"key": ""}),
    Entry("evidence:keys", PUBLIC),
    Entry("evidence:verifier", PUBLIC),
    Entry("evidence:signature-verifier", PUBLIC),
    Entry("api:evidence-checkpoint", NONE, kwargs=lambda world: _entry(world) and {}, token="evidence:read"),
    Entry("api:evidence-consistency", NONE, data=_sizes, token="evidence:read"),
]
