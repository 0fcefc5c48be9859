"""How the board is filtered and grouped."""

from __future__ import annotations

from django import forms

TIERS = [("1", "Tier 1"), ("2", "Tier 2"), ("3", "Tier 3"), ("none", "Without a tier")]


class BoardForm(forms.Form):
    """The board's filters; unknown values find nothing instead of failing."""

    text = forms.CharField(label="Asset or name", required=False, max_length=200)
    state = forms.ChoiceField(label="State", required=False)
    kind = forms.ChoiceField(label="Indicator", required=False)
    team = forms.ChoiceField(label="Owner", required=False)
    tier = forms.ChoiceField(label="Tier", required=False, choices=[("", "Any"), *TIERS])
    live = forms.ChoiceField(
        label="Live", required=False, choices=[("", "Any"), ("yes", "Live"), ("no", "Something is missing")]
    )
    group = forms.ChoiceField(label="Grouped by", required=False)

    def __init__(
        self,
        data: object,
        states: list[tuple[str, str]],
        kinds: list[str],
        teams: list[tuple[str, str]],
        groups: list[tuple[str, str]],
    ):
        """Offer what there is."""
        super().__init__(data, auto_id="filter_%s")
        self.fields["state"].choices = [("", "Any"), *states]
        self.fields["kind"].choices = [("", "Any"), *((kind, kind.replace("_", " ")) for kind in kinds)]
        self.fields["team"].choices = [("", "Any"), *teams]
        self.fields["group"].choices = [("", "Nothing"), *groups]

    def chosen(self) -> dict[str, str]:
        """The valid filters; an unknown value is left out."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}
