"""Which tasks run by the clock, and how a task is woken before its time."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import transaction

Task = TypeVar("Task", bound=Any)
_log = logging.getLogger(__name__)
_tasks: dict[str, float] = {}


def every(seconds: float) -> Callable[[Task], Task]:
    """Register the task below it in the beat schedule, once every `seconds`."""

    def register(task: Task) -> Task:
        _tasks[task.name] = seconds
        return task

    return register


def schedule() -> dict[str, dict[str, Any]]:
    """Celery's beat schedule. A tick that nobody took within its interval expires instead of piling up."""
    return {
        name: {"task": name, "schedule": seconds, "options": {"expires": max(seconds, 1.0) * 2}}
        for name, seconds in sorted(_tasks.items())
    }


def wake(task: Any, *args: object) -> None:
    """Run `task` soon after the present transaction commits.

    A message is only a hint: where the broker is away it is logged, since beat finds the row at its next tick.
    """

    def send() -> None:
        try:
            task.delay(*args)
        except Exception as error:  # noqa: BLE001 - the broker's client raises many kinds, and none may fail a commit
            _log.warning("could not wake %s: %s; the next tick takes it", task.name, type(error).__name__)

    transaction.on_commit(send)
