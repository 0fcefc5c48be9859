"""The filters of the list of assets, kept in its address."""

from typing import Any

from django import forms

from portal.core.catalog.models import Kind, Layer
from portal.core.identity.models import Team

ANY = ("", "Any")


class AssetFilter(forms.Form):
    """Every field may stay empty; a value that does not exist makes the form invalid and shows the whole list."""

    text = forms.CharField(label="Name holds", max_length=200, required=False)
    kind = forms.ChoiceField(label="Kind", choices=[ANY, *Kind.choices], required=False)
    layer = forms.ChoiceField(label="Layer", choices=[ANY, *Layer.choices], required=False)
    tier = forms.ChoiceField(label="Tier", choices=[ANY, ("1", "1"), ("2", "2"), ("3", "3")], required=False)
    owner = forms.ModelChoiceField(
        label="Owner", queryset=Team.objects.order_by("name"), to_field_name="slug", empty_label="Any", required=False
    )

    def clean(self) -> dict[str, Any]:
        """The values, empty ones as None, the tier as a number."""
        values = {name: value or None for name, value in super().clean().items()}
        return values | {"tier": int(values["tier"])} if values.get("tier") else values
