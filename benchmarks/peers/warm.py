"""A peer in one process of its own environment that answers question after question, a line of JSON each."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks.peers.environment import programs_of


class Warm:
    """The peer that `<name>.txt` locks, spoken to through `<server>`, a script beside it; a context manager."""

    def __init__(self, name: str, server: str) -> None:
        self.name, self.server = name, Path(__file__).parent / server

    def __enter__(self) -> Warm:
        self.process = subprocess.Popen(
            [programs_of(self.name) / "python", self.server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
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
            raise RuntimeError(f"{self.name} ended while it was asked {str(question)[:200]}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is not None:
            self.process.kill()
        self.process.communicate(timeout=60)
