"""Placing, reviewing and releasing a hold."""

from itertools import groupby
from typing import Any

from django import forms

from portal.core.catalog import selectors as catalog
from privacy_app.domain.holds import BASES, HoldKind, basis_of, why_refused
from privacy_app.models import Hold, Request

DAY = forms.DateInput(attrs={"type": "date"})


def _bases() -> list[tuple[str, list[tuple[str, str]]]]:
    by_law = groupby(BASES, key=lambda each: each.law)
    return [(law.name, [(each.code, f"{each.article}: {each.words}") for each in rows]) for law, rows in by_law]


class DaysForm(forms.Form):
    """When a hold ends, or when somebody looks at it again; one of the two has to be given."""

    ends_on = forms.DateField(label="Last day", required=False, widget=DAY)
    review_on = forms.DateField(
        label="Look at it again on",
        required=False,
        widget=DAY,
        help_text="Give a last day, or a day to look at it again, or both. Nothing is kept for ever by default.",
    )
    reason = forms.CharField(
        label="Reason",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Its digest becomes evidence. Name no person in it.",
    )


class HoldForm(DaysForm):
    """A new hold: what kind, on which basis, on what, about whom, and for how long."""

    kind = forms.ChoiceField(
        label="What is it?",
        choices=[
            (HoldKind.LEGAL_HOLD.value, "A legal hold: litigation, or an order of an authority"),
            (HoldKind.EXEMPTION.value, "An exemption that the law gives, such as invoices for tax"),
        ],
        widget=forms.RadioSelect,
    )
    basis = forms.ChoiceField(label="Basis in the law")
    basis_text = forms.CharField(
        label="The rule or case in your words",
        max_length=300,
        required=False,
        help_text="For example: section 147 AO, ten years. No name of a person.",
    )
    system = forms.ModelChoiceField(label="System", queryset=None, required=False, empty_label="Every system")
    dataset = forms.CharField(
        label="Dataset", max_length=1500, required=False, help_text="As its asset is named. Empty: all of the system."
    )
    kept_fields = forms.CharField(
        label="Fields",
        max_length=500,
        required=False,
        help_text="With commas between them. They say what has to stay; the rest of the row stays with them, and the "
        "proof says so. Empty: the whole dataset.",
    )
    request = forms.CharField(label="Only for the request", max_length=20, required=False, help_text="DEL-…")
    subject_kind = forms.ChoiceField(label="Only for a person: kind of identifier", required=False)
    subject = forms.CharField(
        label="Only for a person: the identifier",
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="It is stored only as a keyed token, and cannot be read back.",
    )
    field_order = (
        "kind",
        "basis",
        "basis_text",
        "system",
        "dataset",
        "kept_fields",
        "request",
        "subject_kind",
        "subject",
        "ends_on",
        "review_on",
        "reason",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the systems and kinds of identifiers that the catalog knows."""
        super().__init__(*args, **kwargs)
        systems = catalog.systems()
        self.fields["basis"].choices = _bases()
        self.fields["system"].queryset = systems
        held = {kind for system in systems for place in system.placements.all() for kind in _kinds(place.settings)}
        self.fields["subject_kind"].choices = [("", "Nobody in particular")] + [
            (kind, kind.replace("_", " ")) for kind in sorted(held | {"email"})
        ]

    def clean_kept_fields(self) -> list[str]:
        """What was typed, as a list without blanks."""
        return [name.strip() for name in self.cleaned_data["kept_fields"].split(",") if name.strip()]

    def clean_request(self) -> Request | None:
        """The request of that reference."""
        text = self.cleaned_data["request"].strip()
        found = Request.objects.filter(req_id=text).first()
        if text and found is None:
            raise forms.ValidationError("There is no deletion request of this reference.")
        return found

    def clean(self) -> dict[str, Any]:
        """Check what belongs together: dataset and system, kind and identifier, kind and basis, and the days."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        system, dataset = given.get("system"), given.get("dataset", "")
        if dataset and not _lies_in(system, dataset):
            where = system.name if system else "any system"
            self.add_error("dataset", f"No dataset called {dataset} lies in {where}. Write it as its asset is named.")
        if bool(given.get("subject")) != bool(given.get("subject_kind")):
            self.add_error("subject", "Give both the kind of identifier and the identifier, or neither.")
        if given.get("kept_fields") and not dataset:
            self.add_error("kept_fields", "Fields belong to a dataset. Name the dataset too.")
        return given

    def refused(self, today: Any) -> str:
        """Why the law or the days do not allow this hold; empty where they do."""
        given = self.cleaned_data
        basis = basis_of(given["basis"])
        return why_refused(HoldKind(given["kind"]), basis, given["ends_on"], given["review_on"], today)

    def scope(self) -> dict[str, Any]:
        """The fields of the hold itself, as `services.holding.place` takes them."""
        names = ("kind", "basis", "basis_text", "system", "dataset", "request", "ends_on", "review_on")
        return {name: self.cleaned_data[name] for name in names} | {"fields": self.cleaned_data["kept_fields"]}

    def subjects(self) -> dict[str, str]:
        """The person whom it is about: kind -> identifier; empty for everybody."""
        given = self.cleaned_data
        return {given["subject_kind"]: given["subject"]} if given["subject"] else {}

    def as_seen(self) -> Hold:
        """The hold as it would be, unsaved, for the check page."""
        return Hold(**self.scope())


def _kinds(settings: dict[str, Any]) -> list[str]:
    return [str(kind) for kind in settings.get("identifiers", {})]


def _lies_in(system: Any, dataset: str) -> bool:
    systems = [system] if system else list(catalog.systems())
    return any(place.asset.name == dataset for each in systems for place in each.placements.all())
