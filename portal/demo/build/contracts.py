"""Brings the demo's contracts in: one in force with a successor that waits for its signatures; one with a breach."""

from importlib.resources import files
from typing import Any
from uuid import uuid4

from contracts_app import selectors, services
from portal.core.identity.models import User
from portal.core.signing.proofs import PasswordAndCode
from portal.demo.build import codes, people

AUTHOR = "bob@demo.example.com"
SIGNERS = ("ana@demo.example.com", "omar@demo.example.com", "hal@demo.example.com", "pia@demo.example.com")


def build() -> None:
    """Import what is missing, and sign the contract of the orders as its owner and the accountable person would."""
    if version_of("customer_events_v1") is None:
        sign(propose("customer_events_v1", folder="earlier"))
        propose("customer_events_v1")
    if version_of("orders_v1") is None:
        propose("orders_v1")
    orders = version_of("orders_v1")
    if orders and orders.state == "proposed":
        sign(orders)


def version_of(name: str) -> Any:
    """The contract's newest version, or None before it was imported."""
    author = User.objects.get(email=AUTHOR)
    contract = selectors.contracts_for(author).filter(name=name).first()
    return selectors.latest_version(contract) if contract else None


def propose(name: str, author: str = AUTHOR, folder: str = "documents") -> Any:
    """Import one of the demo's documents and propose it."""
    user = User.objects.get(email=author)
    content = files(__package__).joinpath(folder, f"{name}.yaml").read_bytes()
    version = services.import_yaml(user=user, content=content)
    return services.propose(user=user, version=version, token=version.token, key=uuid4())


def sign(version: Any, signers: tuple[str, ...] = SIGNERS) -> None:
    """Each of them signs where the rules ask for their role."""
    known = {each["email"]: each for each in people.kept()["people"]}
    for email in sorted(signers, key=lambda each: codes.used(known[each]["totp_secret"])):
        version.refresh_from_db()
        if version.state != "proposed":
            return
        user = User.objects.get(email=email)
        if selectors.signing_role(user, version) is None:
            continue
        challenge = services.begin_signature(user=user, version=version)
        proof = PasswordAndCode(known[email]["password"], codes.fresh(known[email]["totp_secret"]))
        services.sign(user=user, version=version, challenge_id=challenge.pk, proof=proof)
