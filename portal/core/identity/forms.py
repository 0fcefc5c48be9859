"""The forms of people and access."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.core.clock.services import now
from portal.core.identity.access import known_scopes
from portal.core.identity.models import ROLE_CHOICES, Team, User
from portal.core.identity.roles import Role

LIVES = {30: "30 days", 90: "90 days", 365: "1 year"}


WHOSE = "Its owners and contributors see what was refused of what the token sends; else only administrators do."


class GiveRoleForm(forms.Form):
    """Who gets which role, and in which team."""

    user = forms.ModelChoiceField(User.objects.filter(is_active=True), label="Person", empty_label="Choose a person")
    role = forms.ChoiceField(choices=[("", "Choose a role"), *ROLE_CHOICES])
    team = forms.ModelChoiceField(
        Team.objects.all(),
        required=False,
        empty_label="The whole organisation",
        help_text="Contributors, owners, consumers and on-call engineers belong to a team; the other roles do not.",
    )

    def clean_role(self) -> Role:
        """The role as the enum."""
        return Role(self.cleaned_data["role"])


class AddTeamForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable without a patch of Django
    """A new team."""

    def clean_slug(self) -> str:
        """The short name; "add" is an address of ours."""
        slug = str(self.cleaned_data["slug"]).lower()
        if slug == "add":
            raise ValidationError("Choose another short name: this one is an address of the portal itself.")
        return slug

    class Meta:
        model = Team
        fields = ["name", "slug"]
        labels = {"slug": "Short name"}
        help_texts = {"slug": "Small letters, digits and hyphens, as in data-platform. It stays as it is."}


class AddPersonForm(forms.Form):
    """Somebody who is to sign in."""

    name = forms.CharField(max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="What they sign in with. Be sure that it is theirs: they set their password by mail.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def clean_email(self) -> str:
        """The address in small letters; nobody may have it yet."""
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(email__iexact=email).exists():
            raise ValidationError("Somebody signs in with this address already. Find them in the list of people.")
        return email


class IssueTokenForm(forms.Form):
    """A key for a pipeline."""

    name = forms.CharField(max_length=120, help_text="What will use it, such as nightly-orders in CI.")
    scopes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, help_text="What it may do. Give one pipeline as little as it needs."
    )
    namespaces = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Which namespaces it may write to, one pattern a line, such as warehouse* (* alone is all of them). "
        "Needed for lineage; leave empty where it writes nothing.",
    )
    team = forms.ModelChoiceField(
        Team.objects.all(), required=False, label="Belongs to", empty_label="Nobody", help_text=WHOSE
    )
    days = forms.TypedChoiceField(label="Good for", choices=list(LIVES.items()), coerce=int, initial=90)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [(scope, scope) for scope in sorted(known_scopes)]  # type: ignore[attr-defined]

    def clean_namespaces(self) -> list[str]:
        """The patterns, one a line."""
        return [line.strip() for line in self.cleaned_data["namespaces"].splitlines() if line.strip()]

    def terms(self) -> dict[str, Any]:
        """What `issue_token` takes, from a form that is valid."""
        given = self.cleaned_data
        return {
            "name": given["name"],
            "scopes": given["scopes"],
            "namespaces": given["namespaces"],
            "owner_team": given["team"],
            "expires_at": now() + timedelta(days=given["days"]),
        }


class AssignTokenForm(forms.Form):
    """Whose a token is."""

    team = forms.ModelChoiceField(
        Team.objects.all(), required=False, label="Belongs to", empty_label="Nobody", help_text=WHOSE
    )
