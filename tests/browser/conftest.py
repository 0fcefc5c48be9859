"""A real Chromium against a real server on localhost: `visit("ana")` opens a page as somebody of the cast.

Every page that a test opens is watched: a violation of the content security policy, an exception in a script or an
answer of 500 fails the test at its end.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.browsing import FLAGS

# Playwright's synchronous API runs an event loop in this thread, which Django would take for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

Visit = Callable[..., Page]
WATCH = """addEventListener('securitypolicyviolation', event =>
    tellViolation(`${event.violatedDirective} refused ${event.blockedURI || event.sample} on ${location.pathname}`))"""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the run: Debian's Chromium."""
    found = shutil.which("chromium")
    assert found, "Chromium is missing: `make setup` installs Debian's package `chromium`."
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def troubles() -> list[str]:
    """What went wrong on the pages of this test; empty at its end, or the test fails."""
    return []


@pytest.fixture
def visit(live_server, chromium: Browser, world, troubles: list[str], monkeypatch) -> Iterator[Visit]:
    """`visit("ana", "/contracts/", width=1280)`: a page of that person, signed in; "nobody" is not signed in."""
    monkeypatch.setattr(settings, "BASE_URL", live_server.url)  # the one address that passkeys sign at
    opened: list[BrowserContext] = []

    def open_page(name: str = "nobody", path: str = "/", *, width: int = 1280, scheme: str = "light") -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",  # a colour is measured when it has arrived, not on its way
        )
        opened.append(context)
        _watch(context, troubles)
        if name != "nobody":
            session = world.client(name).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(path)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert troubles == []


def _watch(context: BrowserContext, troubles: list[str]) -> None:
    context.expose_binding("tellViolation", lambda _source, text: troubles.append(text))
    context.add_init_script(WATCH)
    context.on("weberror", lambda error: troubles.append(f"a script failed: {error.error}"))
    context.on("response", lambda answer: troubles.append(f"{answer.url}: 500") if answer.status == 500 else None)
