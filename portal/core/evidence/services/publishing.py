"""The checkpoint in a folder that others copy: a synchronised directory, a repository, a write-once share."""

import os
from pathlib import Path

from django.conf import settings

from portal.core.evidence.models import Checkpoint
from portal.core.evidence.services import anchoring


@anchoring.anchor("folder", label="Folder", setting="CHECKPOINT_FOLDER")
def publish_in_folder(checkpoint: Checkpoint) -> str:
    """Write the note under a name of its own, once; a file of that name with other bytes is a failure, never replaced.

    Two different notes of one size are a fork of the ledger, so the sentence says what to compare.
    """
    folder = Path(settings.CHECKPOINT_FOLDER)
    path, note = folder / name_of(checkpoint), checkpoint.note.encode()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
    except FileExistsError:
        if path.read_bytes() != note:
            raise anchoring.AnchorFailed(
                f"{path.name} is there already with another content: compare both, one of them is not this ledger."
            ) from None
        return f"{path.name} was there already."
    with os.fdopen(handle, "wb") as file:
        file.write(note)
        file.flush()
        os.fsync(file.fileno())
    return f"Written as {path.name}."


def name_of(checkpoint: Checkpoint) -> str:
    """A name that sorts by size and never comes twice."""
    return f"checkpoint-{checkpoint.size:012d}.txt"
