"""`manage.py lineage_retry`: project again what was set aside."""

from typing import Any

from django.core.management.base import BaseCommand

from lineage_app.services import project_all, retry_set_aside


class Command(BaseCommand):
    help = "Projects the events again that could not be projected, as after a fix of what stopped them."

    def handle(self, *args: Any, **options: Any) -> None:
        del args, options
        again = retry_set_aside()
        project_all()
        self.stdout.write(f"{again} events that were set aside are tried again")
