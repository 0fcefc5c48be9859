"""A private PostgreSQL and Valkey for one benchmark, with the portal installed in them."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def installed_portal() -> Iterator[Path]:
    """Start the servers in a folder of their own, set Django up, migrate; everything goes at the end."""
    with tempfile.TemporaryDirectory(prefix="custody-bench-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as another account when this runs as root
        os.environ |= {"CUSTODY_VAR": folder, "DJANGO_SETTINGS_MODULE": "portal.settings", "CUSTODY_DEMO": ""}
        for name in ("DATABASE_URL", "REDIS_URL", "BASE_URL"):
            os.environ.pop(name, None)
        from portal.embedded.servers import Servers

        with Servers(Path(folder)):
            import django
            from django.core.management import call_command
            from django.db import connection

            django.setup()
            logging.disable(logging.WARNING)
            call_command("migrate", verbosity=0)
            call_command("collectstatic", verbosity=0, interactive=False)
            yield Path(folder)
            connection.close()
