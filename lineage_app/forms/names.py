"""What people say about names: adoption, kinds of dataset, rewrite rules, merges, declared edges."""

from typing import Any

from django import forms

from lineage_app.domain.names import NAME_CHARACTERS, Name
from lineage_app.domain.node_types import KINDS, LAYERS
from lineage_app.domain.rewrites import LONGEST, MOST_RULES, Rule, RuleRefused, Scope, check
from lineage_app.selectors.declarations import refusal_of
from lineage_app.selectors.rewrites import rules_in_force, with_rule


def _choices(words: tuple[str, ...], none: str) -> list[tuple[str, str]]:
    return [("", none), *((word, word.replace("_", " ").capitalize()) for word in words)]


class AdoptForm(forms.Form):
    """What the catalog must know of a dataset that becomes an asset."""

    kind = forms.ChoiceField(label="Kind", choices=_choices(KINDS, "Choose a kind"))
    layer = forms.ChoiceField(label="Layer", choices=_choices(LAYERS, "Not said"), required=False)
    team = forms.ModelChoiceField(label="Owner team", queryset=None, help_text="One of your own teams.")

    def __init__(self, *args: Any, teams: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams


class ClaimForm(forms.Form):
    """Which datasets to claim, and for which of one's own teams."""

    team = forms.ModelChoiceField(label="Owner team", queryset=None, help_text="One of your own teams.")
    datasets = forms.ModelMultipleChoiceField(
        queryset=None,
        error_messages={
            "required": "Tick at least one dataset.",
            "invalid_choice": "One of the datasets was claimed meanwhile: look at the list again.",
        },
    )

    def __init__(self, *args: Any, teams: Any, datasets: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams
        self.fields["team"].initial = teams.first()
        self.fields["datasets"].queryset = datasets


class TypeForm(forms.Form):
    """What a claimed dataset is, by its owner's word."""

    kind = forms.ChoiceField(label="Kind", choices=_choices(KINDS, "Choose a kind"))
    layer = forms.ChoiceField(label="Layer", choices=_choices(LAYERS, "Choose a layer"))


class RuleForm(forms.Form):
    """A rewrite rule, to be looked at and then put in force."""

    pattern = forms.CharField(
        max_length=LONGEST, help_text="The namespace as producers send it. * stands for any characters, also none."
    )
    replacement = forms.CharField(
        max_length=LONGEST,
        help_text="The namespace under which it is known here. The first * puts back what the pattern's first * took.",
    )
    scope = forms.ChoiceField(
        label="For the namespaces of",
        choices=[(Scope.BOTH, "Datasets and jobs"), (Scope.DATASET, "Datasets"), (Scope.JOB, "Jobs")],
    )
    position = forms.IntegerField(
        min_value=1, max_value=MOST_RULES, required=False, help_text="The first rule that matches answers. Empty: last."
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            cleaned["position"] = cleaned.get("position") or MOST_RULES
            cleaned["rule"] = Rule(cleaned["pattern"], cleaned["replacement"], Scope(cleaned["scope"]))
            try:
                check(with_rule(cleaned["rule"], cleaned["position"]))
            except RuleRefused as refused:
                self.add_error("pattern", str(refused))
        return cleaned


class MergeForm(forms.Form):
    """Why two datasets are one."""

    reason = forms.CharField(
        max_length=500,
        label="Why they are one",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Shown on the dataset's page to whoever wonders about the other name.",
    )


class DeclareForm(forms.Form):
    """What feeds a dataset, and through which job."""

    namespace = forms.CharField(max_length=NAME_CHARACTERS, label="Namespace of the source")
    name = forms.CharField(
        max_length=NAME_CHARACTERS, label="Name of the source", help_text="The dataset that feeds this one."
    )
    job_namespace = forms.CharField(max_length=NAME_CHARACTERS, label="Namespace of the job")
    job_name = forms.CharField(
        max_length=NAME_CHARACTERS,
        label="Name of the job",
        help_text="As the job will report itself, or what people call the work that nobody reports.",
    )
    reason = forms.CharField(max_length=500, required=False, label="How you know", help_text="Shown with the edge.")
    new_names = forms.BooleanField(
        required=False, label="The source is new", help_text="Tick this where no event has named it yet."
    )

    def __init__(self, *args: Any, target: Name, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.target = target

    def wanted(self) -> dict[str, Any]:
        """Return the names as the rewrite rules in force write them, with the rest."""
        data, rules = self.cleaned_data, rules_in_force()
        return {
            "src": Name(rules.dataset(data["namespace"]), data["name"]),
            "job": Name(rules.job(data["job_namespace"]), data["job_name"]),
            "reason": data["reason"],
            "new_names": data["new_names"],
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            wanted = self.wanted()
            refused = refusal_of(wanted["src"], self.target, wanted["job"], new_names=wanted["new_names"])
            if refused:
                self.add_error("name", refused)
        return cleaned
