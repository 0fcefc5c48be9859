"""Programs of third parties in environments of their own, installed from hash-locked files when they are missing."""

import os
import re
import subprocess
from pathlib import Path

from benchmarks.peers.environment import programs_of
from tests.clients.snippets import snippet

LOCKS = Path(__file__).parent / "requirements"


def environment(name: str, here: Path, **more: str) -> dict[str, str]:
    """The variables under which a shell finds the programs of `requirements/<name>.txt`, and nothing of ours."""
    return {"PATH": f"{programs_of(name, LOCKS)}:{os.environ['PATH']}", "HOME": str(here), **more}


def bash(text: str, here: Path, env: dict[str, str]) -> str:
    """Run a block of the guide; its output, also where it failed."""
    command = ["bash", "-euo", "pipefail", "-c", text]
    done = subprocess.run(command, cwd=here, env=env, capture_output=True, text=True, check=False, timeout=400)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-4000:]
    return said


def installs(block: str, lock: str) -> None:
    """Assert that what the guide says to install is what the lock was made of."""
    wanted = re.findall(r"'([^']+)'|(\S+)", snippet(block).text.partition("#")[0].removeprefix("pip install "))
    locked = (LOCKS / f"{lock}.in").read_text().splitlines()
    for requirement in (quoted or bare for quoted, bare in wanted):
        assert any(line == requirement or line.startswith(f"{requirement}==") for line in locked), requirement
