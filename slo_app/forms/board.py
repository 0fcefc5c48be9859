"""How the board is filtered."""

from __future__ import annotations

from django import forms


class BoardForm(forms.Form):
    """The board's filters; unknown values find nothing instead of failing."""

    text = forms.CharField(label="Asset", required=False, max_length=200)
    state = forms.ChoiceField(label="State", required=False)
    kind = forms.ChoiceField(label="Indicator", required=False)
    team = forms.ChoiceField(label="Owner", required=False)

    def __init__(self, data: object, states: list[tuple[str, str]], kinds: list[str], teams: list[tuple[str, str]]):
        """Offer what there is."""
        super().__init__(data, auto_id="filter_%s")
        self.fields["state"].choices = [("", "Any"), *states]
        self.fields["kind"].choices = [("", "Any"), *((kind, kind.replace("_", " ")) for kind in kinds)]
        self.fields["team"].choices = [("", "Any"), *teams]

    def chosen(self) -> dict[str, str]:
        """The valid filters; an unknown value is left out."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}
