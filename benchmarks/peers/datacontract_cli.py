"""The peer datacontract-cli as the benchmarks speak to it."""

from __future__ import annotations

from pathlib import Path

from benchmarks.peers import warm
from benchmarks.peers.environment import programs_of, version_of

NAME = "datacontract_cli"
VERSION = version_of(NAME, "datacontract-cli")
TITLE = f"datacontract-cli {VERSION}"


def command() -> Path:
    """Its console script."""
    return programs_of(NAME) / "datacontract"


class Warm(warm.Warm):
    """One process of the peer."""

    def __init__(self) -> None:
        super().__init__(NAME, "datacontract_server.py")
