"""The outside time: what a time-stamp authority (RFC 3161) says about a checkpoint, kept with its chain."""

from django.conf import settings
from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence import authority, verify
from portal.core.evidence.models import Checkpoint, Entry, Leaf, Timestamp
from portal.core.evidence.selectors import latest_checkpoint
from portal.core.evidence.services import anchoring

TIMESTAMP = "timestamp"


@anchoring.anchor(TIMESTAMP, label="Time stamp (RFC 3161)", setting="TSA_URL")
def stamp(checkpoint: Checkpoint) -> str:
    """Have one checkpoint stamped; a stamp that does not verify against TSA_CHAIN_FILE is refused, not kept."""
    if not Timestamp.objects.filter(checkpoint=checkpoint).exists():
        _ask_and_keep(checkpoint)
    kept = Timestamp.objects.get(checkpoint=checkpoint)
    return f"Stamped by {kept.authority}."


def _ask_and_keep(checkpoint: Checkpoint) -> None:
    chain = authority.chain()
    token = authority.stamp(checkpoint.note.encode())
    if chain:
        try:
            verify.stamped_at(checkpoint.note, token, ca=settings.TSA_CHAIN_FILE)
        except (verify.Refused, verify.NotChecked) as error:
            raise anchoring.AnchorFailed(f"The stamp does not verify against TSA_CHAIN_FILE: {error}") from error
    _keep(checkpoint, token, chain)


@transaction.atomic
def _keep(checkpoint: Checkpoint, token: bytes, chain: str) -> None:
    fields = {"token": token, "chain": chain, "authority": authority.name(), "created_at": now()}
    Timestamp.objects.get_or_create(checkpoint=checkpoint, defaults=fields)  # another worker may have been first


def stamp_latest() -> Timestamp | None:
    """Have the newest checkpoint stamped now; None when no authority is set, it is stamped already, or that failed.

    How it went is kept like every run of an anchor, so a failure is on the page of anchors.
    """
    checkpoint = latest_checkpoint()
    if not settings.TSA_URL or checkpoint is None or Timestamp.objects.filter(checkpoint=checkpoint).exists():
        return None
    anchoring.cast(anchoring.anchors()[TIMESTAMP], checkpoint)
    return Timestamp.objects.filter(checkpoint=checkpoint).first()


def stamp_over(entry: Entry) -> None:
    """Have a checkpoint over this entry stamped before its bundle is made, so that the bundle can hold the stamp.

    One stamp serves every entry below it: a thousand proofs of one hour ask once. A failure leaves the bundle without
    a stamp, which it says; it never keeps a proof from being made.
    """
    leaf = Leaf.objects.filter(entry=entry).first()
    if leaf and not Timestamp.objects.filter(checkpoint__size__gt=leaf.index).exists():
        stamp_latest()
