"""What is asked of runbooks: filters, a text with what it is for, a file, and an SLO's choice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from portal.core.identity.models import Team

from ..domain.runbook_text import SECTIONS, RunbookError, parse
from ..indicators.registry import kinds
from ..models import Runbook

MOST = 100_000
HOW = (
    f"A heading for each of {', '.join(SECTIONS)}, the steps as a list. Known: `code`, **strong**, [links](https://…)."
)


class RunbooksForm(forms.Form):
    """The filters of the list."""

    text = forms.CharField(label="Title", required=False, max_length=200)
    team = forms.ChoiceField(label="Owner", required=False)

    def __init__(self, data: object, teams: Iterable[tuple[str, str]]) -> None:
        """`teams` are (slug, name) pairs."""
        super().__init__(data, auto_id="filter_%s")
        self.fields["team"].choices = [("", "Any"), *teams]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        """The valid filters."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class _OfTeams(forms.Form):
    """A form that asks for one of the person's teams."""

    owner_team = forms.ModelChoiceField(Team.objects.none(), label="Owner", to_field_name="slug")

    def __init__(self, *args: Any, teams: list[Team], **kwargs: Any) -> None:
        """`teams` are those for which the person may write."""
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["owner_team"]
        choice.queryset = Team.objects.filter(pk__in=[team.pk for team in teams])
        if len(teams) == 1:
            choice.initial = teams[0].slug


class RunbookForm(_OfTeams):
    """A runbook: its title, whose default it is, and its text."""

    title = forms.CharField(max_length=150)
    key = forms.SlugField(max_length=60, help_text="As it stands in addresses and in runbooks/alerts.md.")
    scope = forms.ChoiceField(label="Default for", choices=Runbook.Scope.choices)
    kind = forms.ChoiceField(label="Of the indicator", required=False)
    markdown = forms.CharField(
        label="Text",
        max_length=MOST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 20, "class": "mono"}),
        help_text=HOW,
    )
    field_order = ("title", "key", "owner_team", "scope", "kind", "markdown")

    def __init__(self, *args: Any, fixed: bool = False, **kwargs: Any) -> None:
        """`fixed` keeps the key of a runbook that is there."""
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["kind"]
        choice.choices = [("", "Any"), *((key, each.label) for key, each in kinds().items())]
        self.fields["key"].disabled = fixed

    def clean_markdown(self) -> str:
        """A text that has steps."""
        try:
            parse(self.cleaned_data["markdown"])
        except RunbookError as error:
            raise forms.ValidationError(str(error)) from error
        return str(self.cleaned_data["markdown"])


class ImportForm(_OfTeams):
    """A file `runbooks/alerts.md`, as text."""

    text = forms.CharField(
        label="File", max_length=10 * MOST, strip=False, widget=forms.Textarea(attrs={"rows": 16, "class": "mono"}),
        help_text="The text of runbooks/alerts.md, as exported here or as the programme writes it.",
    )  # fmt: skip
    field_order = ("owner_team", "text")


class ChoiceForm(forms.Form):
    """Which runbook an SLO names."""

    runbook = forms.ModelChoiceField(
        Runbook.objects.all(), required=False, to_field_name="key", empty_label="None: its contract, else the defaults"
    )
