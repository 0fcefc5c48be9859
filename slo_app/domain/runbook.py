"""Runbook steps as text: one a line, with the phase of the work before a colon where it is one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

PHASES = ("Trigger", "Triage", "Fix", "Verify", "Rollback")
OTHER = "Runbook"


def parse(text: str) -> list[dict[str, str]]:
    """The steps of a text.

    >>> parse("Fix: rerun the job\\n\\n- look: twice")
    [{'phase': 'Fix', 'text': 'rerun the job'}, {'phase': 'Runbook', 'text': 'look: twice'}]
    """
    lines = (line.strip("-* \t") for line in text.splitlines())
    return [_step(line) for line in lines if line]


def _step(line: str) -> dict[str, str]:
    phase, colon, rest = line.partition(":")
    if colon and phase.strip().capitalize() in PHASES and rest.strip():
        return {"phase": phase.strip().capitalize(), "text": rest.strip()}
    return {"phase": OTHER, "text": line}


def written(steps: Iterable[Mapping[str, str]]) -> str:
    """The text of steps; `parse` reads it back.

    >>> written([{"phase": "Fix", "text": "Rerun."}, {"phase": "Runbook", "text": "Look."}])
    'Fix: Rerun.\\nLook.'
    """
    return "\n".join(s["text"] if s["phase"] == OTHER else f"{s['phase']}: {s['text']}" for s in steps)
