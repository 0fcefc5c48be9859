"""The peer datacontract-cli as the benchmarks speak to it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks.peers.environment import programs_of, version_of

NAME = "datacontract_cli"
SERVER = Path(__file__).parent / "datacontract_server.py"
VERSION = version_of(NAME, "datacontract-cli")
TITLE = f"datacontract-cli {VERSION}"


def command() -> Path:
    """Its console script."""
    return programs_of(NAME) / "datacontract"


class Warm:
    """One process of the peer that answers question after question; a context manager."""

    def __enter__(self) -> Warm:
        self.process = subprocess.Popen(
            [programs_of(NAME) / "python", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def ask(self, **question: Any) -> dict[str, Any]:
        """Its answer; raises RuntimeError where it has died."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{TITLE} ended while it was asked {str(question)[:200]}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.process.communicate(timeout=30)
