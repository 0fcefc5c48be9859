"""What is asked about a restore: which system, how old its backup is, or which backup to rehearse with."""

from datetime import UTC
from typing import Any

from django import forms

from portal.core.catalog import selectors as catalog
from privacy_app.services import listing, machinery, restoring


class RestoreForm(forms.Form):
    """A system that was restored, and the age of what is in it now."""

    system = forms.ChoiceField(label="System")
    taken_at = forms.DateTimeField(
        label="The backup was taken at (UTC)",
        help_text="Who was erased after it is erased again. Who is in a younger backup came back by themselves.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.systems = {str(each.pk): each for each in replayable()}
        self.fields["system"].choices = [(key, str(each)) for key, each in self.systems.items()]  # type: ignore[attr-defined]

    def clean_system(self) -> Any:
        """The system itself."""
        return self.systems[self.cleaned_data["system"]]

    def clean_taken_at(self) -> Any:
        """The moment is meant in UTC, wherever the browser is."""
        return self.cleaned_data["taken_at"].replace(tzinfo=UTC)


class RehearsalForm(forms.Form):
    """One backup of one system."""

    backup = forms.ChoiceField(
        label="Backup",
        help_text="Dumps of databases (`backup_directory`) and encrypted backups (`root`), the newest first.",
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.backups = {
            f"{system.pk}:{each.name}": (system, each.name)
            for system in replayable()
            for each in restoring.backups_of(system)
        }
        choices = [(key, f"{system}: {name}") for key, (system, name) in self.backups.items()]
        self.fields["backup"].choices = choices  # type: ignore[attr-defined]

    def clean_backup(self) -> Any:
        """The system and the backup's name."""
        return self.backups[self.cleaned_data["backup"]]


def replayable() -> list[Any]:
    """Systems that hold identifiers of people."""
    return [
        system
        for system in catalog.systems()
        if any(listing.kinds_in(machinery.place_of(each)) for each in system.placements.all())
    ]
