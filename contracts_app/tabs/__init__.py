"""The tabs of a contract's page: one module and one template each, found by walking this package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from contracts_app.models import Version
from portal.core.registry import Registry

Context = Callable[[HttpRequest, Version], dict[str, Any]]
When = Callable[[HttpRequest, Version], bool]


def _always(_request: HttpRequest, _version: Version) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Tab:
    """A part of the page; `when` says whether a version has it, `context` runs only while it is open."""

    key: str
    title: str
    order: int
    template: str
    context: Context
    when: When


_tabs: Registry[Tab] = Registry("tab", __name__)


def tab(*, key: str, title: str, order: int, template: str, when: When = _always) -> Callable[[Context], Context]:
    """Register the function below it (request, version -> context of the template).

    `when` is asked on every view of the page, so it should cost no query. Raises ValueError for a taken key.
    """

    def register(context: Context) -> Context:
        _tabs.add(key, Tab(key, title, order, template, context, when), where=context.__module__)
        return context

    return register


def tabs() -> list[Tab]:
    """Every tab in its order."""
    return sorted(_tabs.members().values(), key=lambda each: (each.order, each.key))


def opened(request: HttpRequest, version: Version, asked: str) -> tuple[list[Tab], Tab, dict[str, Any]]:
    """The tabs that this version has, the one asked for (else the first), and the context of that one."""
    shown = [each for each in tabs() if each.when(request, version)]
    chosen = next((each for each in shown if each.key == asked), shown[0])
    return shown, chosen, chosen.context(request, version)
