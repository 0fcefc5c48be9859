"""The peer Evidently as the benchmark of drift speaks to it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks.peers.environment import programs_of, version_of

NAME = "evidently"
SERVER = Path(__file__).parent / "evidently_server.py"
TITLE = f"Evidently {version_of(NAME, 'evidently')}"


class Warm:
    """One process of the peer that answers question after question; a context manager. Raises PeerMissing."""

    def __enter__(self) -> Warm:
        command = [programs_of(NAME) / "python", SERVER]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def ask(self, expected: Path, actual: Path, how: str = "function", rounds: int = 1) -> dict[str, Any]:
        """Its PSI of two files and its seconds; raises RuntimeError where it has died."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        asked = {"expected": str(expected), "actual": str(actual), "how": how, "rounds": rounds}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{TITLE} ended while it was asked {asked}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.process.communicate(timeout=60)
