"""The administrator's word that the estate's database is encrypted at rest, without which a promise of it is broken."""

from uuid import NAMESPACE_URL, uuid5

from portal.core.catalog.models import DataSystem
from portal.core.clock.services import now
from portal.core.identity.models import User
from slo_app.models import Attestation
from slo_app.services.findings import attest

SYSTEM, ADMINISTRATOR = "oltp", "ada@demo.example.com"
HOW = "LUKS on every disk of the made-up data centre; keys in its hardware module."


def build() -> None:
    """Attest it once."""
    system, user = DataSystem.objects.get(name=SYSTEM), User.objects.get(email=ADMINISTRATOR)
    if not Attestation.objects.filter(system=system).exists():
        attest(user=user, system=system, on=now().date(), how=HOW, key=uuid5(NAMESPACE_URL, f"demo:{SYSTEM}:at-rest"))
