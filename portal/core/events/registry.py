"""Who listens to which topics."""

from collections.abc import Callable
from dataclasses import dataclass

from portal.core.events.models import Event

Handler = Callable[[Event], None]


@dataclass(frozen=True)
class Consumer:
    """A named handler; its name is the key of its cursor and must never change."""

    name: str
    topics: tuple[str, ...]
    handle: Handler


consumers: dict[str, Consumer] = {}


def consumer(*, name: str, topics: tuple[str, ...]) -> Callable[[Handler], Handler]:
    """Register the function below it as the consumer `name` of `topics`."""

    def register(handler: Handler) -> Handler:
        if name in consumers and consumers[name].handle is not handler:
            raise ValueError(f"Two consumers are called {name!r}; each cursor belongs to one.")
        consumers[name] = Consumer(name, topics, handler)
        return handler

    return register
