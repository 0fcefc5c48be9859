"""The estate's encrypted backups: where they and their keys lie, their secret, and how a person is found in them."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from portal.core.connectors.base import SystemConfig, Target
from portal.demo.estate import places

MASTER, SET = "estate_backup_master", "customers"
PLACEMENT: Mapping[str, object] = {
    "identifiers": {"customer_id": "customer_id", "email": "email", "device_id": "device_id"},
    "person": "customer_id",
}


def settings_of_system() -> dict[str, object]:
    """What the catalog keeps of the system: backups live for a month, copies of the keys nowhere else."""
    for folder in (places.backups(), places.backup_keys()):
        folder.mkdir(parents=True, exist_ok=True)
    return {
        "root": str(places.backups()),
        "directory": str(places.backup_keys()),
        "backup_expiry_days": 30,
        "key_copy_expiry_days": 0,
    }


def keep_master() -> str:
    """Keep the secret, made once (another one would open nothing that was written before); the reference to it."""
    path = Path(settings.SECRETS_DIR) / MASTER
    return places.keep_secret(MASTER, path.read_text() if path.exists() else secrets.token_urlsafe(48))


def reach() -> tuple[SystemConfig, Target]:
    """The system and the set as the nightly job knows them."""
    keep_master()
    master = (Path(settings.SECRETS_DIR) / MASTER).read_text()
    return SystemConfig("backups", "encrypted_backup", settings_of_system(), master), Target(SET, PLACEMENT)
