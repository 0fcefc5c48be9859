"""Settings of the test suite: private servers in a folder of their own, cheap password hashes, a clock that moves."""

import os
from pathlib import Path

_var = Path(os.environ.get("CUSTODY_VAR") or Path(__file__).resolve().parent.parent / "var")
# Processes that the suite starts inherit the folder of the first one, and must not nest another in it.
os.environ["CUSTODY_VAR"] = os.environ.setdefault("CUSTODY_TEST_VAR", str(_var / "test"))
for _name in ("DATABASE_URL", "REDIS_URL", "CUSTODY_DEMO", "BASE_URL"):
    os.environ.pop(_name, None)  # the suite never touches servers that somebody else uses

from portal.settings import *  # noqa: E402, F403

CUSTODY_CLOCK_OFFSET_ALLOWED = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_AUTOREFRESH = True
CELERY_TASK_ALWAYS_EAGER = False
CACHES["default"]["KEY_PREFIX"] = f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"  # noqa: F405
