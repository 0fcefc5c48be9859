"""Brings the demo's contracts in: one proposed, waiting for its signatures; one signed, with a breach planted."""

import time
from importlib.resources import files
from typing import Any
from uuid import uuid4

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from contracts_app import selectors, services
from portal.core.identity.models import User
from portal.core.signing.proofs import PasswordAndCode
from portal.demo.build import people

AUTHOR = "bob@demo.example.com"
SIGNERS = ("ana@demo.example.com", "hal@demo.example.com", "pia@demo.example.com")


def build() -> None:
    """Import what is missing, and sign the contract of the orders as its owner and the accountable person would."""
    for name in ("customer_events_v1", "orders_v1"):
        if _version(name) is None:
            _propose(name)
    orders = _version("orders_v1")
    if orders and orders.state == "proposed":
        _sign(orders)


def _version(name: str) -> Any:
    author = User.objects.get(email=AUTHOR)
    contract = selectors.contracts_for(author).filter(name=name).first()
    return selectors.latest_version(contract) if contract else None


def _propose(name: str) -> None:
    user = User.objects.get(email=AUTHOR)
    content = files(__package__).joinpath("documents", f"{name}.yaml").read_bytes()
    version = services.import_yaml(user=user, content=content)
    services.propose(user=user, version=version, token=version.token, key=uuid4())


def _sign(version: Any) -> None:
    """Each of the three signs where the rules ask for their role."""
    known = {each["email"]: each for each in people.kept()["people"]}
    for email in SIGNERS:
        version.refresh_from_db()
        if version.state != "proposed":
            return
        user = User.objects.get(email=email)
        if not selectors.holds_signing_role(user, version):
            continue
        challenge = services.begin_signature(user=user, version=version)
        services.sign(
            user=user,
            version=version,
            challenge_id=challenge.pk,
            proof=PasswordAndCode(known[email]["password"], _code(known[email]["totp_secret"])),
        )


def _code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
