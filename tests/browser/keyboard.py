"""A person without a mouse: reaches each control by Tab and its name, sees the focus, and looks at each page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.browsing import assert_light, faults_of, picture, settle, shoot, wide_tables

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.people import World

MOST_TABS = 60
"""More than that from the head of a page's content, and nobody would call it reachable."""
TOP = "document.activeElement === document.body && !location.hash"
"""Nothing has the focus, and the address led to no part of the page."""
FOCUSED = "each => each === document.activeElement"
UNSEEN = """() => {
    const it = document.activeElement, box = it.getBoundingClientRect();
    const ringed = (each) => {
        const drawn = getComputedStyle(each);
        return drawn.outlineStyle !== 'none' && parseFloat(drawn.outlineWidth) >= 1;
    };
    if (![it, it.nextElementSibling].some((each) => each && ringed(each))) return 'has no ring';
    const inside = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].map(([x, y]) =>
        document.elementFromPoint(box.left + box.width * x, box.top + box.height * y));
    const label = it.closest('label');
    const seen = inside.some((hit) => hit && (it.contains(hit) || hit.contains(it) || label?.contains(hit)));
    return seen ? '' : 'is out of sight or covered';
}"""


@dataclass
class Keyboard:
    """One person's window, in one light and width."""

    page: Page
    world: World
    name: str
    small: bool

    def link(self, name: str | re.Pattern[str]) -> Locator:
        """A link by its accessible name."""
        return self.page.get_by_role("link", name=name)

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """A button by its accessible name."""
        return self.page.get_by_role("button", name=name)

    def field(self, label: str) -> Locator:
        """A field by its label."""
        return self.page.get_by_label(label)

    def reach(self, what: Locator, most: int = MOST_TABS, *, back: bool = False) -> None:
        """Press Tab until it has the focus, past the navigation by the skip link, or go back; and see that it shows."""
        goal = what.first.element_handle()
        if not back and self.page.evaluate(TOP):
            self._skip_to_content()
        for _ in range(most):
            if goal.evaluate(FOCUSED):
                break
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
        assert goal.evaluate(FOCUSED), f"{most} tabs do not reach {what} on {self.page.url}."
        unseen = self.page.evaluate(UNSEEN)
        assert not unseen, f"The focus on {what} {unseen} on {self.page.url}."

    def press(self, what: Locator, key: str = "Enter", *, back: bool = False) -> None:
        """Reach it and press Enter."""
        self.reach(what, back=back)
        self.page.keyboard.press(key)

    def write(self, label: str, text: str) -> None:
        """Reach the field, and put the text in place of what is there, as typing or pasting does."""
        self.reach(self.field(label))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def go(self, room: str) -> None:
        """Open a room by the main navigation; on a small screen behind its button."""
        self.page.evaluate("document.activeElement.blur()")
        if self.small:
            menu = self.button("Menu")
            self._tab_to(menu)
            self.page.keyboard.press("Enter")
            expect(menu).to_have_attribute("aria-expanded", "true")
        self._tab_to(self.page.get_by_role("navigation", name="Main").get_by_role("link", name=room, exact=True))
        self.page.keyboard.press("Enter")

    def sign_in(self) -> None:
        """Password and one-time code, each typed and sent by Enter."""
        self.look("Sign in")
        self._tab_to(self.field("Email"))
        self.page.keyboard.type(self.world.people[self.name].email)
        self._tab_to(self.field("Password"))
        self.page.keyboard.type(self.world.password)
        self.page.keyboard.press("Enter")
        self.look("One-time code")
        self._tab_to(self.field("Code"))
        self.page.keyboard.type(self.world.code(self.name))
        self.page.keyboard.press("Enter")

    def sign_out(self) -> None:
        """By the menu of the account."""
        self.page.evaluate("document.activeElement.blur()")
        self._tab_to(self.page.locator(".account > summary"))
        self.page.keyboard.press("Enter")
        self.press(self.button("Sign out"))

    def sign(self) -> None:
        """Password and one-time code under a document; Enter sends them."""
        self.reach(self.field("Your password"), most=2 * MOST_TABS)
        self.page.keyboard.type(self.world.password)
        self.reach(self.field("One-time code"), most=3)
        self.page.keyboard.type(self.world.code(self.name))
        self.page.keyboard.press("Enter")

    def take(self, what: Locator, path: Path) -> Path:
        """Download it."""
        self.reach(what)
        with self.page.expect_download() as download:
            self.page.keyboard.press("Enter")
        download.value.save_as(path)
        return path

    def attach(self, what: Locator, path: Path) -> None:
        """Choose a file for it, in the dialog that Enter opens."""
        with self.page.expect_file_chooser() as chooser:
            self.press(what)
        chooser.value.set_files(path)

    def look(self, heading: str | re.Pattern[str]) -> None:
        """The page has arrived, and reads well in this light and at this width."""
        self.page.get_by_role("heading", level=1, name=heading).wait_for()
        self.look_again(str(getattr(heading, "pattern", heading)))

    def look_again(self, name: str) -> None:
        """What the page shows by now reads well."""
        page = self.page
        settle(page)
        shoot(page, f"people-{self.name}-{'small' if self.small else 'wide'}-{re.sub('[^a-z0-9]+', '-', name.lower())}")
        assert page.locator("h1").count() == 1, f"{page.url} has not one heading of the first level."
        faults = faults_of(page)
        assert not faults, f"{page.url}: {faults}"
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{page.url} scrolls sideways by {wide} px."
        if self.small:
            assert not wide_tables(page), f"{page.url}: tables that scroll sideways: {wide_tables(page)}"
        assert_light(page)

    def picture(self, name: str, *, at: str = "", height: int = 900) -> None:
        """Keep what a how-to shows of the wide window."""
        if self.small:
            return
        before = self.page.viewport_size
        self.page.set_viewport_size({"width": 1280, "height": 900})
        picture(self.page, name, at=at, height=height)
        self.page.set_viewport_size(before)

    def _skip_to_content(self) -> None:
        self.page.keyboard.press("Tab")
        assert self.link("Skip to the content").evaluate(FOCUSED), f"{self.page.url} begins with another control."
        self.page.keyboard.press("Enter")
        assert self.page.evaluate("document.activeElement.id") == "main"

    def _tab_to(self, what: Locator) -> None:
        """From wherever the focus is, through every control on the way."""
        self.page.keyboard.press("Tab")
        self.reach(what)
