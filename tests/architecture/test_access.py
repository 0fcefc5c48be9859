"""Every URL and method, tried as every role, as an outsider and as nobody; a URL without an entry fails."""

from __future__ import annotations

import importlib.util
import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from portal.core.identity.access import Access
from tests.access_entry import PLAYERS, Entry
from tests.people import World, build_world

ENTRIES = Path(__file__).parents[1] / "access"
EXEMPT = {"allauth.": "django-allauth's own pages have their own rules; tests/identity walks through them"}
UNSAID = frozenset({"get", "post", "put", "patch", "delete"})
REFUSED = {401, 403, 404}


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"tests.access.{path.stem}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def entries() -> tuple[Entry, ...]:
    return tuple(entry for path in sorted(ENTRIES.glob("*.py")) for entry in _load(path).ACCESS)


def patterns(resolver: Any = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every pattern of the site under its full name, such as `api:lineage-ingest`."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from patterns(pattern, inner)
        elif not pattern.callback.__module__.startswith(tuple(EXEMPT)):
            yield f"{space}{pattern.name or ''}", pattern


def methods_of(view: Any) -> frozenset[str]:
    """The HTTP methods that a view answers: of its class, or as its require_… decorators say."""
    if getattr(view, "actions", None):
        return frozenset(view.actions) & UNSAID
    cls = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if cls:
        return frozenset(name for name in UNSAID & set(cls.http_method_names) if hasattr(cls, name))
    said = UNSAID
    while view:
        if inspect.isfunction(view):
            held = dict(zip(view.__code__.co_freevars, view.__closure__ or (), strict=True))
            if "request_method_list" in held:
                said &= {method.lower() for method in held["request_method_list"].cell_contents}
        view = getattr(view, "__wrapped__", None)
    return said


def test_every_url_has_a_name() -> None:
    assert [str(pattern.pattern) for name, pattern in patterns() if name.endswith(":") or not name] == []


def test_every_view_wears_one_of_the_access_decorators() -> None:
    bare = [name for name, pattern in patterns() if not isinstance(getattr(pattern.callback, "access", None), Access)]
    assert bare == [], "wear @requires, @public or @token_scope"


def test_every_view_says_which_methods_it_answers() -> None:
    vague = [name for name, pattern in patterns() if methods_of(pattern.callback) == UNSAID]
    assert vague == [], "wear @require_GET, @require_POST or @require_http_methods"


def test_every_url_and_method_has_an_entry_in_the_access_matrix_and_no_entry_is_left_over() -> None:
    there = {(name, method) for name, pattern in patterns() for method in methods_of(pattern.callback)}
    tried = {(entry.name, entry.method) for entry in entries()}
    assert sorted(there - tried) == [], "add an Entry in tests/access/<app>.py"
    assert sorted(tried - there) == [], "this Entry names no URL and method that exist"


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One cast for the whole module, in a transaction that is never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = build_world()
        for player in PLAYERS.values():
            world.client(player)  # signs in here, outside of what each test rolls back
        yield world
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("entry", entries(), ids=lambda entry: f"{entry.method} {entry.name}")
def test_each_operation_lets_in_exactly_the_roles_of_the_table(entry: Entry, stage: World) -> None:
    with _undone():
        url = reverse(entry.name, kwargs=_of(entry.kwargs, stage))
        data = _of(entry.data, stage)
        wrong = [
            f"{part}: {'let in' if got_in else 'refused'} with {status}"
            for part, client, expected in _callers(entry, stage)
            for got_in, status in [_try(client, url, entry, data)]
            if got_in != expected
        ]
    assert wrong == [], f"{entry.method.upper()} {url}"


def _callers(entry: Entry, world: World) -> Iterator[tuple[str, Client, bool]]:
    for part, player in PLAYERS.items():
        yield part, world.client(player), part in entry.allowed
    if entry.token:
        for scope, expected in ((entry.token, True), ("other:scope", False)):
            bearer = {"Authorization": f"Bearer {world.token(scope)}"}
            yield f"a token for {scope}", Client(headers=bearer), expected


def _try(client: Client, url: str, entry: Entry, data: Any) -> tuple[bool, int]:
    """Whether the caller got in, and the status; anything that the call wrote is undone."""
    how = {"content_type": entry.content_type} if entry.content_type else {}
    with _undone():
        response = getattr(client, entry.method)(url, data, **how)
        if response.streaming:
            b"".join(response)  # read to the end, which closes the file behind it
    status = response.status_code
    assert status != 405 and status < 500, f"{url} answered {status}"  # noqa: PT018
    to_sign_in = status == 302 and response["Location"].startswith(resolve_url(settings.LOGIN_URL))
    return status not in REFUSED and not to_sign_in, status


def _of(value: Any, world: World) -> Any:
    return value(world) if callable(value) else value


class _undone(transaction.Atomic):  # noqa: N801  # reads as a statement: with _undone()
    """A savepoint that is always rolled back."""

    def __init__(self) -> None:
        super().__init__(using=None, savepoint=True, durable=False)

    def __exit__(self, *exc: Any) -> None:
        transaction.set_rollback(True)
        super().__exit__(*exc)
