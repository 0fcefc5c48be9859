"""Live data is ready for what the version promises (gate R), as the registered checks found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts_app.conditions import Condition, condition
from contracts_app.domain.lifecycle import State
from contracts_app.models import Version

TITLE = "Readiness of live data"
GROUP = "readiness"


@condition(order=80)
def readiness(version: Version) -> Iterator[Condition]:
    """A check that has not run yet is a state of its own and never counts as ready."""
    if version.state == State.DRAFT:
        return
    if version.readiness_at is None:
        text = "Not run yet. The checks run when nothing else holds the version back."
        yield Condition(GROUP, TITLE, False, text, who="the clock", url=_tab(version))
    elif not version.readiness:
        yield Condition(GROUP, TITLE, True, f"No check had anything to say on {version.readiness_at:%d %b %Y}.")
    else:
        yield from (_answer(version, answer) for answer in version.readiness)


def _tab(version: Version) -> str:
    """Where the checks are shown, and asked for."""
    return f"{version.get_absolute_url()}&tab=tests"


def _answer(version: Version, answer: dict[str, Any]) -> Condition:
    key, ok = f"{GROUP}.{answer['check']}", bool(answer["ok"])
    waits = bool(answer.get("waits"))
    who = "" if ok else "the clock" if waits else "its owner"
    url = str(answer.get("url") or _tab(version))
    return Condition(key, TITLE, ok, str(answer["text"]), who=who, url=url, failing=not ok and not waits)
