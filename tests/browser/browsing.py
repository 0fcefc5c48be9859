"""What the browser tests do with a page: read it as axe does, measure it, keep a picture of it."""

from __future__ import annotations

import gzip
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FLAGS = [
    *(["--no-sandbox"] if os.geteuid() == 0 else []),  # Chromium refuses its sandbox to root, as in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCHEMES = ("light", "dark")


@cache
def _axe() -> str:
    return AXE.read_text()


def faults_of(page: Page) -> list[str]:
    """What axe finds on the page as it is drawn now, one line an element: rule, place, what is wrong."""
    for frame in page.frames:
        frame.evaluate(_axe())
    found: list[dict[str, Any]] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(r => r.violations)", RULES
    )
    return [
        f"{each['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary'].splitlines()[-1].strip()}"
        for each in found
        for node in each["nodes"]
    ]


def assert_accessible(page: Page) -> None:
    """axe finds nothing on the page in light and in dark."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        faults = faults_of(page)
        assert not faults, f"{page.url} in {scheme}: {faults}"
    page.emulate_media(color_scheme="light")


def assert_fits(page: Page, width: int = 320) -> None:
    """At `width` CSS pixels nothing scrolls sideways, in folded parts neither: not the page, not a table (WCAG 1.4.10).

    A table that says in `data-grid` why it is read in two dimensions may.
    """
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": 800})
    folded = page.evaluate_handle("[...document.querySelectorAll('main details:not([open])')]")
    folded.evaluate("all => all.forEach(each => { each.open = true })")
    settle(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"{page.url} is {wide} px wide at {width} px: {_too_wide(page, width)}"
    tables = wide_tables(page)
    assert not tables, f"{page.url} at {width} px: tables that scroll sideways: {tables}"
    folded.evaluate("all => all.forEach(each => { each.open = false })")
    page.set_viewport_size(before)
    settle(page)


def assert_light(page: Page, most: int = 60_000) -> None:
    """Scripts and styles of the page, gzipped, weigh at most `most` bytes; a diagram in its frame is not counted."""
    parts = page.evaluate(
        "[...document.querySelectorAll('script[src], link[rel=stylesheet]')].map(each => each.src || each.href)"
    )
    weights = {part: _weight(page, part) for part in parts}
    assert sum(weights.values()) <= most, f"{page.url} weighs {sum(weights.values())} bytes: {weights}"


@cache
def _weights() -> dict[str, int]:
    return {}


def _weight(page: Page, part: str) -> int:
    known, name = _weights(), part.split("/", 3)[-1]
    if name not in known:
        known[name] = len(gzip.compress(page.request.get(part).body(), 9))
    return known[name]


def settle(page: Page) -> None:
    """Let the page's scripts answer to what just happened, as a change of its size."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def wide_tables(page: Page) -> list[str]:
    """The captions of the tables that scroll sideways, but for those that say in `data-grid` why they may."""
    return page.evaluate(
        """[...document.querySelectorAll('table')]
            .filter(table => !table.dataset.grid)
            .map(table => [table, table.closest('.table-wrap') || table.parentElement])
            .filter(([, place]) => place.scrollWidth > place.clientWidth + 1)
            .map(([table]) => table.caption?.textContent.trim() || table.className)"""
    )


def _too_wide(page: Page, width: int) -> list[str]:
    return page.evaluate(
        """width => [...document.querySelectorAll('main *')]
            .filter(e => e.getBoundingClientRect().right > width + 1 && !e.closest('.table-wrap, .code'))
            .slice(0, 5).map(e => e.tagName + '.' + e.className)""",
        width,
    )


def shoot(page: Page, name: str) -> Path:
    """A picture of the whole page under the suite's `var/`, for people to look at."""
    path = Path(settings.VAR_DIR) / "pictures" / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True)
    return path


def picture(page: Page, name: str, *, at: str = "", height: int = 900) -> Path:
    """What the window shows, as a how-to prints it: kept in docs/screenshots where CUSTODY_PICTURES is set.

    `at` is scrolled to first; `height` cuts off what a reader need not see.
    """
    kept = os.environ.get("CUSTODY_PICTURES") == "1"
    path = (ROOT / "docs" / "screenshots" if kept else Path(settings.VAR_DIR) / "pictures" / "docs") / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    if at:
        page.locator(at).first.evaluate("found => scrollTo(0, found.getBoundingClientRect().top + scrollY - 24)")
        settle(page)
    page.screenshot(path=path, clip={"x": 0, "y": 0, "width": 1280, "height": height})
    return path


def focused(page: Page) -> str:
    """The words of the element that has the focus."""
    return page.evaluate("document.activeElement.innerText || document.activeElement.name || ''").strip()
