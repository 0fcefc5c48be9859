"""Records of deploys that went through without a verdict (`--fail-open`): kept in a folder until they are uploaded."""

from __future__ import annotations

import json
import os
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.cli.talking import Unreadable
from portal.client.answers import PortalRefused

if TYPE_CHECKING:
    from portal.client.portal import Portal

FOLDER = Path(".custody") / "ungated"


def write(folder: Path, request: dict[str, Any], why: str) -> Path:
    """Keep what would have been asked, and why nobody could be; raises Unreadable where that fails."""
    found = {"id": str(uuid.uuid4()), "at": datetime.now(UTC).isoformat(), "why": why, "request": request}
    file = folder / f"{found['id']}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".partial")
        partial.write_text(json.dumps(found), encoding="utf-8")
        os.replace(partial, file)
    except OSError as error:
        raise Unreadable(
            f"The record of the ungated deploy cannot be written to {folder}: {error.strerror}."
        ) from error
    return file


def waiting(folder: Path) -> list[Path]:
    """Records that no call has uploaded yet."""
    return sorted(folder.glob("*.json")) if folder.is_dir() else []


def upload(portal: Portal, folder: Path) -> tuple[int, list[str]]:
    """Send what waits and delete what was taken: how many, and a sentence for each that was refused and is kept."""
    taken, kept = 0, []
    for file in waiting(folder):
        body = file.read_bytes()
        try:
            portal.post("gate/records", body, "application/json", key=file.stem)
        except PortalRefused as error:
            kept.append(f"The record {file} was refused and is kept: {error}")
            continue
        file.unlink()
        taken += 1
    return taken, kept
