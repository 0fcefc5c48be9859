"""The Celery application; its beat schedule is what the rooms declare with `every`."""

import os

from celery import Celery

from portal.core.clock.beat import schedule

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
app = Celery("custody")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_finalize.connect
def declare_beat(sender: Celery, **_: object) -> None:
    """Beat only wakes: leases in the database decide who does what."""
    sender.loader.import_default_modules()
    sender.conf.beat_schedule = schedule()
