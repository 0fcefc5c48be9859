"""Passkeys in a real Chromium: its virtual authenticator, over the DevTools protocol, enrolled at allauth's own page.

`with_passkey(visit("ana"))` gives the page back with a device that signs; the device belongs to that page alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

ADD = "/accounts/2fa/webauthn/add/"
INTERNAL = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Device:
    """A virtual authenticator inside the browser: internal, with user verification, touched by itself."""

    session: CDPSession
    id: str

    @classmethod
    def plug_in(cls, page: Page) -> Device:
        """Give the page a device without any passkey yet."""
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        made = session.send("WebAuthn.addVirtualAuthenticator", {"options": INTERNAL})
        return cls(session, made["authenticatorId"])

    def verifies(self, *, person: bool) -> None:
        """Whether the next PIN, fingerprint or face is the right one."""
        self._send("WebAuthn.setUserVerified", isUserVerified=person)

    def forget(self) -> None:
        """Lose every passkey, as a device that was reset."""
        self._send("WebAuthn.clearCredentials")

    def passkeys(self) -> list[dict[str, Any]]:
        """What it holds: credentialId, privateKey, signCount, rpId."""
        return self._send("WebAuthn.getCredentials")["credentials"]

    def restore(self, passkey: dict[str, Any]) -> None:
        """Put a passkey back as it was, counter included: what a copied key looks like to us."""
        self.forget()
        self._send("WebAuthn.addCredential", credential=passkey)

    def _send(self, command: str, **given: Any) -> dict[str, Any]:
        return self.session.send(command, {"authenticatorId": self.id, **given})


def with_passkey(page: Page, *, name: str = "Laptop") -> Device:
    """Add a passkey at the page of whoever is signed in, and come back to where the page was."""
    before, device = page.url, Device.plug_in(page)
    page.goto(ADD)
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("button", name="Add").click()
    page.wait_for_url(lambda url: not url.endswith(ADD))
    page.goto(before)
    return device
