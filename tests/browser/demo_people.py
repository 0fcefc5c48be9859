"""The made-up people of a running demo, each in a browser context of their own, signed in with password and code."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from portal.demo.build import codes

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.faults.stand import Stand


class People:
    """Who uses the demo of a stand; `var/demo.json` says how they sign in."""

    def __init__(self, chromium: Browser, stand: Stand) -> None:
        self.chromium, self.base = chromium, f"http://localhost:{stand.port}"
        told = json.loads((stand.var / "demo.json").read_text())["people"]
        self.known = {each["email"].split("@")[0]: each for each in told}
        self.opened: list[BrowserContext] = []

    def page(self, name: str = "nobody", path: str = "/") -> Page:
        """A page of that person; "nobody" is not signed in."""
        context = self.chromium.new_context(base_url=self.base, viewport={"width": 1280, "height": 900})
        self.opened.append(context)
        page = context.new_page()
        page.set_default_timeout(90_000)
        if name != "nobody":
            self._sign_in(page, name)
        page.goto(path)
        return page

    def _sign_in(self, page: Page, name: str) -> None:
        page.goto("/accounts/login/")
        page.get_by_label("Email").fill(self.known[name]["email"])
        page.get_by_label("Password").fill(self.known[name]["password"])
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_label("Code").fill(self.code(name))
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(re.compile("^(?!.*/accounts/)"))

    def code(self, name: str) -> str:
        """A one-time code that nobody used before."""
        return codes.fresh(self.known[name]["totp_secret"])

    def sign(self, page: Page, name: str) -> None:
        """Fill in the form for a signature and send it."""
        page.get_by_label("Your password").fill(self.known[name]["password"])
        page.get_by_label("One-time code").fill(self.code(name))
        page.get_by_role("button", name=re.compile("^Sign as")).click()

    def leave(self) -> None:
        """Close every page."""
        while self.opened:
            self.opened.pop().close()
