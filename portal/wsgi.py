"""The WSGI application that granian serves."""

import atexit
import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
YOUNG, MIDDLE, OLD = 50_000, 20, 50


def settle_heap() -> None:
    """Take what is loaded by now out of the collector's sight, for it stays until the end, and collect more rarely.

    A full collection over the code of the portal takes some 100 ms and would fall into every few large pages
    (docs/decisions/0015-heap.md).
    """
    import_module(settings.ROOT_URLCONF)  # imports every view, which else the first request would do
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    atexit.register(gc.unfreeze)  # else extension modules call frozen objects lost at the end


application = get_wsgi_application()
settle_heap()
