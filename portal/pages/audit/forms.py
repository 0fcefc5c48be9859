"""The filters of the audit log: those of the ledger, and who acted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from portal.core.evidence.models import Entry
from portal.pages.audit.cursor import after, by_time
from portal.pages.evidence.forms import Filters
from portal.pages.evidence.selectors import ids_of_names

NARROW = ("actor", "about", "text", "kind", "role", "app")
"""The filters that an index of their own answers."""
ORDER = ("actor", "about", "kind", "since", "until", "role", "app", "text", "before")


class AuditFilters(Filters):
    """Who, about what, which kind, when; empty means all."""

    actor = forms.CharField(
        required=False,
        max_length=120,
        label="Who",
        help_text="A name, or the id that the ledger keeps: a person's, token:… or system:…",
        widget=forms.TextInput({"type": "search"}),
    )
    field_order = ORDER

    def wanted(self, rows: QuerySet[Entry]) -> QuerySet[Entry]:
        """The rows that pass every filter.

        A period that is over is read by the index of time from its end on, since by number everything newer would be
        read first; other filters have indexes of their own that end in the number.
        """
        given = self.cleaned_data
        actor = given["actor"].strip()
        rows = rows.filter(actor_id__in=_ids(actor)) if actor else rows
        before, given["before"] = given["before"], None
        found = super().wanted(rows)
        if given["until"] and not any(given[name] for name in NARROW):
            found = by_time(found)
        last = Entry.objects.filter(pk=before).first() if before else None
        return after(found, last) if last else found

    @property
    def shown(self) -> list[Any]:
        """The fields that people see."""
        return [self[name] for name in ORDER if name != "before"]


def _ids(actor: str) -> list[str]:
    """The actor of exactly this id, and those whose name holds the words where names are still kept."""
    return list(dict.fromkeys([actor, *ids_of_names(actor)]))
