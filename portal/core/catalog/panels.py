"""What each app shows of an asset: registered here from above, composed on the asset page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.core.catalog.models import Asset

Context = Callable[[Any, Asset], dict[str, Any] | None]


@dataclass(frozen=True)
class Panel:
    """A titled part of the asset page; its context is None where it has nothing to say."""

    key: str
    title: str
    order: int
    template: str
    context: Context


_panels: dict[str, Panel] = {}


def panel(*, key: str, title: str, order: int, template: str) -> Callable[[Context], Context]:
    """Register the function below it (user, asset -> context or None) as a panel."""

    def register(context: Context) -> Context:
        _panels[key] = Panel(key, title, order, template, context)
        return context

    return register


def panels() -> list[Panel]:
    """Every panel in its order."""
    return sorted(_panels.values(), key=lambda each: each.order)
