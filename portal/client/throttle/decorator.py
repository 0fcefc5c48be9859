"""`throttled`: a function, coroutine or Celery task that reads no more than the portal lets it."""

from __future__ import annotations

import asyncio
import inspect
import random
import sys
import threading
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from portal.client.throttle.answer import Held
from portal.client.throttle.keeper import Throttle, throttle_from_environment
from portal.client.throttle.pace import Pace, ThrottleDenied

Function = TypeVar("Function", bound=Callable[..., Any])
SHORT_S = 1.0
"""A Celery task waits so long in its worker; for longer it gives the worker back and is retried."""


def throttled(
    *assets: str,
    throttle: Throttle | None = None,
    job: str = "",
    degrade: str = "delay",
    per_second: float | None = None,
    wait_s: float = 0.0,
    fail_closed: bool = False,
) -> Callable[[Function], Function]:
    """Ask before each call how much of reading `assets` (`namespace/name`) the job may do, and keep to it.

    Degraded, calls are spread so that the function runs the share `rate_factor` of the time (`degrade="delay"`), or
    only that share of the calls runs and the others return None (`degrade="sample"`). Denied, a Celery task is retried
    later without counting; a plain function waits up to `wait_s` in all and then raises ThrottleDenied. A portal that
    is away never stops a call, unless `fail_closed` and it never answered, or it last said so itself. Raises ValueError
    for a decorator that cannot be obeyed.
    """
    if not assets or not all(isinstance(each, str) and "/" in each for each in assets):
        raise ValueError('Name what the function reads as namespace/name: @throttled("shop/orders").')
    if degrade not in ("delay", "sample"):
        raise ValueError(f"`degrade` is delay or sample, not {degrade!r}.")

    def wrap(function: Function) -> Function:
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(f"{function.__qualname__} is a generator; throttle the function that reads its rows.")
        keeper = _Keeper(throttle, job or _name_of(function), fail_closed)
        call = _Call(function, assets, keeper, Pace(per_second), sample=degrade == "sample", wait_s=wait_s)
        return call.wrapper()  # type: ignore[return-value]  # the same signature, by functools.wraps

    return wrap


class _Keeper:
    """The Throttle given, else the environment's, made at the first call."""

    def __init__(self, given: Throttle | None, job: str, fail_closed: bool) -> None:
        self._made, self._job, self._fail_closed = given, job, fail_closed
        self._lock = threading.Lock()

    def ask(self, assets: tuple[str, ...]) -> Held:
        with self._lock:
            if self._made is None:
                self._made = throttle_from_environment(self._job, fail_closed=self._fail_closed)
        return self._made.ask(*assets)


class _Call:
    """One decorated function: what it reads, whom it asks, and its pace."""

    def __init__(
        self, function: Callable[..., Any], assets: tuple[str, ...], keeper: _Keeper, pace: Pace, *,
        sample: bool, wait_s: float,
    ) -> None:  # fmt: skip
        self.function, self.assets, self.keeper, self.pace = function, assets, keeper, pace
        self.sample, self.wait_s = sample, wait_s

    def wrapper(self) -> Callable[..., Any]:
        @wraps(self.function)
        def call(*args: Any, **kwargs: Any) -> Any:
            began = time.monotonic()
            while True:
                held = self.keeper.ask(self.assets)
                if self.left_out(held):
                    return None
                if not (pause := self.pause(held, time.monotonic() - began)):
                    return self.run(held.rate_factor, args, kwargs)
                time.sleep(pause)

        @wraps(self.function)
        async def waiting(*args: Any, **kwargs: Any) -> Any:
            began = time.monotonic()
            while True:
                held = await asyncio.to_thread(self.keeper.ask, self.assets)  # the event loop is not held up
                if self.left_out(held):
                    return None
                if not (pause := self.pause(held, time.monotonic() - began)):
                    return await self.awaited(held.rate_factor, args, kwargs)
                await asyncio.sleep(pause)

        return waiting if inspect.iscoroutinefunction(self.function) else call

    def left_out(self, held: Held) -> bool:
        """Whether sampling leaves this call out."""
        return self.sample and not held.denied and not self.pace.takes(held.rate_factor)

    def pause(self, held: Held, waited_s: float) -> float:
        """Seconds until it is asked again, 0 where the call may start; raises ThrottleDenied, or Celery's Retry."""
        task = _celery_task()
        if held.denied:
            if task is not None:
                raise task.retry(countdown=_spread(held.retry_after_s), max_retries=None)
            if waited_s + held.retry_after_s > self.wait_s:
                raise ThrottleDenied(held)
            return held.retry_after_s
        pause = 0.0 if self.sample else self.pace.pause(held.rate_factor)
        if task is not None and pause > SHORT_S:
            raise task.retry(countdown=_spread(pause), max_retries=None)
        return pause

    def run(self, factor: float, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        began = time.monotonic()
        try:
            return self.function(*args, **kwargs)
        finally:
            self.pace.done(time.monotonic() - began, factor)

    async def awaited(self, factor: float, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        began = time.monotonic()
        try:
            return await self.function(*args, **kwargs)
        finally:
            self.pace.done(time.monotonic() - began, factor)


def _celery_task() -> Any:
    """The Celery task that a worker runs now, where Celery is there at all; None in a plain call."""
    celery = sys.modules.get("celery")
    task = getattr(celery, "current_task", None)
    return task if task and not task.request.called_directly else None


def _spread(seconds: float) -> float:
    """A little later, so that tasks that were sent off together do not come back together."""
    return seconds * (1 + random.random() / 4)  # noqa: S311  # spreads load, protects nothing


def _name_of(function: Callable[..., Any]) -> str:
    """`module.function`, as `traced` names the job; of a script its file's name instead of `__main__`."""
    module = function.__module__
    code = getattr(inspect.unwrap(function), "__code__", None)
    known = Path(code.co_filename).stem if module == "__main__" and code else module
    return f"{known}.{function.__qualname__}"
