"""The composing pages as a Django app: home, the asset page and the search."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "portal.pages"
    label = "pages"

    def ready(self) -> None:
        """Register what the evidence pages add to the worklist and to the schedule."""
        from portal.pages.digest import tasks as digest  # noqa: F401 - the import registers
        from portal.pages.evidence import anchoring, evidence_kinds, watch  # noqa: F401 - the import registers
        from portal.pages.evidence.packs import tasks  # noqa: F401 - the import registers
        from portal.pages.evidence.retention import tasks as retention  # noqa: F401 - the import registers
        from portal.pages.programme import evidence_kinds as programme_kinds  # noqa: F401 - the import registers
        from portal.pages.programme import tasks as programme  # noqa: F401 - the import registers
        from portal.pages.provenance import evidence_kinds as answers  # noqa: F401 - the import registers
        from portal.pages.provenance import panels  # noqa: F401 - the import registers
        from portal.pages.provenance import tasks as provenance  # noqa: F401 - the import registers
        from portal.pages.scoreboard import evidence_kinds as scoreboard_kinds  # noqa: F401 - the import registers
        from portal.pages.scoreboard import notice_subjects as scoreboard_subjects  # noqa: F401 - the import registers
        from portal.pages.scoreboard import tasks as scoreboard  # noqa: F401 - the import registers
        from portal.pages.scoreboard import worklists  # noqa: F401 - the import registers
        from portal.pages.settings import evidence_kinds as settings_kinds  # noqa: F401 - the import registers
