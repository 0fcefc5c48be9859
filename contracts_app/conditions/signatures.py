"""Each role that the version needs has signed it."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from contracts_app import selectors
from contracts_app.conditions import Condition, condition
from contracts_app.domain.lifecycle import SigningRole
from contracts_app.models import SignatureLink, Version


@condition(order=40)
def signatures(version: Version) -> Iterator[Condition]:
    """One condition a role, with who could sign or who did."""
    counting = {link.role: link for link in version.signatures.all() if link.voided_at is None}
    for role in version.roles_needed:
        link = counting.get(role.value)
        yield _signed(role, link) if link else _open(version, role)


def _signed(role: SigningRole, link: SignatureLink) -> Condition:
    text = f"Signed by {link.user} on {link.signature.signed_at:%d %b %Y, %H:%M UTC} ({link.signature.strength})."
    return Condition(_key(role), _title(role), True, text, who=str(link.user))


def _open(version: Version, role: SigningRole) -> Condition:
    who = selectors.who_signs(version, role)
    url = reverse("contracts:sign", args=[version.pk])
    return Condition(_key(role), _title(role), False, f"Waits for {who}.", who=who, url=url)


def _key(role: SigningRole) -> str:
    return f"signature.{role.value.replace(' ', '-')}"


def _title(role: SigningRole) -> str:
    return f"Signature as {role.value}"
