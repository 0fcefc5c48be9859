"""How somebody proved that it was they who signed, and what that is worth, in words for a page and a proof."""

from __future__ import annotations

PASSWORD_TOTP = "password_totp"  # noqa: S105  # the name of a method, no password

STRENGTH = {
    PASSWORD_TOTP: "password and one-time code: weaker than a passkey; not a qualified eIDAS signature",
}
