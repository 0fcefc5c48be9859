"""Sessions that stay open through one piece of work, so that ten calls to a system sign in once.

A connector is stateless: each call brings its configuration and could open a session of its own. Inside `shared` the
first call's session is kept for the next ones of the same thread; at the end all are closed. After an error a session
is closed at once, and the next call opens a new one.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, TypeVar


class Closable(Protocol):
    """What can be kept."""

    def close(self) -> None:
        """End the session."""
        ...


S = TypeVar("S", bound=Closable)
_kept: ContextVar[dict[Hashable, Closable] | None] = ContextVar("sessions that stay open", default=None)


@contextmanager
def shared() -> Iterator[None]:
    """Keep sessions until the end; inside another `shared`, until the end of that one."""
    if _kept.get() is not None:
        yield
        return
    kept: dict[Hashable, Closable] = {}
    token = _kept.set(kept)
    try:
        yield
    finally:
        _kept.reset(token)
        for session in kept.values():
            session.close()


@contextmanager
def session(key: Hashable, connect: Callable[[], S]) -> Iterator[S]:
    """The session kept under `key`, or a new one from `connect`; `key` says everything that it was opened with."""
    kept = _kept.get()
    found = None if kept is None else kept.pop(key, None)  # taken out: a call inside this one opens its own
    used: S = connect() if found is None else found  # type: ignore[assignment]  # the key is of its kind
    try:
        yield used
    except BaseException:
        used.close()
        raise
    if kept is None or key in kept:
        used.close()
    else:
        kept[key] = used
