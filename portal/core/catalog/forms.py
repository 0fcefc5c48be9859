"""Input for the catalog's pages."""

import json
from typing import Any

from django import forms

from portal.core.catalog.domain.systems import SystemRefused, check_secret, check_settings
from portal.core.catalog.permitted import permitted_places
from portal.core.connectors import registry


class SystemForm(forms.Form):
    """A data system: its kind, where it is and the references to its two secrets."""

    name = forms.SlugField(max_length=120, help_text="Short and lasting; artifacts name the system by it.")
    label = forms.CharField(max_length=200, required=False, help_text="What people call it.")
    kind = forms.ChoiceField(help_text="Which connector speaks to it.")
    settings = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        initial="{}",
        help_text="JSON. Hosts and folders must be on the installation's allow-list.",
    )
    probe_secret = forms.CharField(
        max_length=300, required=False, help_text="Reference for reading: env:CUSTODY_SECRET_NAME or file:NAME."
    )
    erase_secret = forms.CharField(
        max_length=300, required=False, help_text="Reference for deleting, of an account of its own."
    )
    region = forms.CharField(max_length=40, required=False, help_text="Where the data lies, such as us or eu.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(kind, registry.get(kind).label) for kind in sorted(registry.kinds())]
        self.fields["kind"] = forms.ChoiceField(choices=choices, help_text=self.fields["kind"].help_text)

    def clean_settings(self) -> dict[str, Any]:
        try:
            value = json.loads(self.cleaned_data["settings"])
        except json.JSONDecodeError as error:
            raise forms.ValidationError(
                f"The settings are not JSON: {error.msg} in line {error.lineno}, column {error.colno}."
            ) from error
        if not isinstance(value, dict):
            raise forms.ValidationError("The settings must be a JSON object, such as {}.")
        return self._checked(value)

    def _checked(self, value: dict[str, Any]) -> dict[str, Any]:
        try:
            check_settings(value, permitted_places())
        except SystemRefused as error:
            raise forms.ValidationError(str(error)) from error
        return value

    def _secret(self, name: str) -> str:
        reference = str(self.cleaned_data[name])
        try:
            check_secret(reference)
        except SystemRefused as error:
            raise forms.ValidationError(str(error)) from error
        return reference

    def clean_probe_secret(self) -> str:
        return self._secret("probe_secret")

    def clean_erase_secret(self) -> str:
        return self._secret("erase_secret")
