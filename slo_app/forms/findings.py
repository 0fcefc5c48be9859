"""How findings are filtered, and what somebody attests of a system."""

from __future__ import annotations

from django import forms


class FindingsForm(forms.Form):
    """The list's filters; unknown values find nothing instead of failing."""

    text = forms.CharField(label="Asset", required=False, max_length=200)
    outcome = forms.ChoiceField(label="State", required=False)
    kind = forms.ChoiceField(label="Promise", required=False)

    def __init__(self, data: object, outcomes: list[tuple[str, str]], kinds: list[tuple[str, str]]):
        """Offer what there is."""
        super().__init__(data, auto_id="filter_%s")
        self.fields["outcome"].choices = [("", "Any"), *outcomes]
        self.fields["kind"].choices = [("", "Any"), *kinds]

    def chosen(self) -> dict[str, str]:
        """The valid filters; an unknown value is left out."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class AttestForm(forms.Form):
    """Since when, and how."""

    on = forms.DateField(
        label="Seen to be so on", widget=forms.DateInput(attrs={"type": "date"}), help_text="It counts for a year."
    )
    how = forms.CharField(
        label="How it is encrypted",
        max_length=200,
        help_text="Such as LUKS on every disk, or the provider's key service.",
    )
