"""The Celery application, and a beat whose schedule is what the rooms declare with `every`."""

import os

from celery import Celery
from celery.beat import PersistentScheduler

from portal.core.clock.beat import schedule

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
app = Celery("custody")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class DeclaredScheduler(PersistentScheduler):
    """Keeps when a task last ran, so that a daily task is not put off by each restart.

    The tasks' modules are imported here and not earlier: a schedule read while they are still being imported is
    silently short.
    """

    def setup_schedule(self) -> None:
        self.app.loader.import_default_modules()
        self.app.conf.beat_schedule = schedule()
        super().setup_schedule()
