"""Where the estate's servers and folders are, and under which accounts they are reached."""

import secrets
from pathlib import Path

from django.conf import settings

from portal.embedded import plan as plans

DATABASE = "estate"
PROBE, ERASE, PIPELINE = "estate_probe", "estate_erase", "estate_pipeline"


def plan() -> plans.Plan:
    """Ports and password of the private servers; the demo runs on them only."""
    return plans.load_or_make(settings.VAR_DIR)


def lake() -> Path:
    """The folder of Parquet files."""
    return Path(settings.VAR_DIR) / "estate" / "lake"


def clickstream() -> Path:
    """One dataset of the lake."""
    return lake() / "clickstream"


def models() -> Path:
    """Where fitted models are kept."""
    return Path(settings.VAR_DIR) / "estate" / "models"


def lakehouse() -> Path:
    """The folder of Delta tables."""
    return Path(settings.VAR_DIR) / "estate" / "lakehouse"


def loyalty() -> Path:
    """The shops' loyalty cards: one SQLite file."""
    return Path(settings.VAR_DIR) / "estate" / "loyalty" / "loyalty.db"


def backups() -> Path:
    """Encrypted backups, one folder a dataset."""
    return Path(settings.VAR_DIR) / "estate" / "backups"


def backup_keys() -> Path:
    """The key store of the backups: away from them."""
    return Path(settings.VAR_DIR) / "estate" / "backup_keys"


def postgres_data() -> Path:
    """The data directory of the private PostgreSQL, for scans of its files."""
    return Path(settings.VAR_DIR) / "postgres" / "data"


def valkey_data() -> Path:
    """The data directory of the feature store."""
    return Path(settings.VAR_DIR) / "estate" / "valkey" / "data"


def admin_url(database: str = DATABASE) -> str:
    """As the owner of the cluster: only the builder of the estate connects so."""
    return plan().database_url_of(database)


def url_as(account: str) -> str:
    """As one of the estate's own accounts."""
    return plan().database_url_of(DATABASE, account, secret_of(account))


def secret_of(account: str) -> str:
    """The account's password, made once and kept as a file in the secrets folder (mode 0600)."""
    path = Path(settings.SECRETS_DIR) / account
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(18))
    return path.read_text()


def keep_secret(name: str, value: str) -> str:
    """Write a secret that the estate's own server gave; returns the reference to it."""
    path = Path(settings.SECRETS_DIR) / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_text(value)
    return f"file:{name}"
