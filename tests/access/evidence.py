"""Who may use the operations of the evidence room: "read evidence, make packs, verify" in the table of acts."""

from uuid import uuid4

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


def _file(world: World) -> dict[str, object]:
    """A stored file that an entry about an asset of Data Platform names."""
    from portal.core.evidence.actors import Actor
    from portal.core.evidence.kinds import declare
    from portal.core.evidence.services import record, store_artifact

    kind = declare("tests:access:tried", fields=("subject",), sentence="{actor} tried {subject}.")
    stored = store_artifact(b"{}", media_type="application/json", name="tried.json", retain_days=1)
    made = record(kind, actor=Actor("u-1", "owner"), payload={"subject": stored.digest}, team_id=world.platform.pk)
    return {"pk": made.pk, "digest": stored.digest}


WHOLE = {"privacy_officer", "auditor", "head_of_data"}
"""Who reads the whole ledger."""


def _pack(world: World) -> dict[str, int]:
    """A finished pack that Ana made with her roles."""
    from portal.core.clock.services import now
    from portal.pages.evidence.packs.making import ask, make

    asked = ask(user=world.ana, key=uuid4(), since=now().date(), until=now().date(), subjects=["contracts"])
    make(asked.pk)
    return {"pk": asked.pk}


def _asking(world: World) -> dict[str, object]:
    del world
    return {"idempotency_key": str(uuid4()), "since": "2026-01-01", "until": "2026-01-31", "subjects": ["waivers"]}


def _stored(world: World) -> dict[str, object]:
    return {"digest": _file(world)["digest"]}


ACCESS = [
    Entry("evidence:retention", WHOLE),
    Entry("evidence:artifacts", WHOLE),
    Entry("evidence:recomputations", READERS),
    Entry("evidence:hold", WHOLE, kwargs=_stored),
    Entry("evidence:hold", WHOLE, kwargs=_stored, method="post", data={"reason": "a court asked"}),
    Entry("evidence:hold-release", WHOLE, kwargs=_stored),
    Entry("evidence:hold-release", WHOLE, kwargs=_stored, method="post", data={"reason": "it is over"}),
    Entry("evidence:packs", READERS),
    Entry("evidence:packs", READERS, method="post", data=_asking),
    Entry("evidence:pack", WHOLE | {"owner"}, kwargs=_pack),
    Entry("evidence:pack-file", WHOLE | {"owner"}, kwargs=_pack),
    Entry("evidence:entry-file", OF_PLATFORM, kwargs=_file),
    Entry("evidence:find", WHOLE),
    Entry("evidence:find", WHOLE, method="post", data={"req_id": "DEL-2020-01-01-0001"}),
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
