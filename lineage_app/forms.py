"""What may be asked of a lineage page, and what people say about names: adoption, rewrite rules, merges."""

from typing import Any

from django import forms
from django.http import QueryDict

from lineage_app.domain.names import NAME_CHARACTERS, Name
from lineage_app.domain.node_types import KINDS, LAYERS
from lineage_app.domain.rewrites import LONGEST, MOST_RULES, Rule, RuleRefused, Scope, check
from lineage_app.selectors.declarations import refusal_of
from lineage_app.selectors.impacted import NOT_SAID, Narrow
from lineage_app.selectors.moments import Moment
from lineage_app.selectors.rewrites import rules_in_force, with_rule
from lineage_app.selectors.view import DEEPEST, MOST_OPENED, View
from portal.core.diagrams import HARD_NODES, WINDOW_NODES

_WRITE_TIME = "Write the time as 2026-03-01 10:00, in UTC."
_LIMITS = [(number, str(number)) for number in (20, WINDOW_NODES, HARD_NODES)]
_DEPTHS = [(number, str(number)) for number in range(DEEPEST + 1)]


def _choices(words: tuple[str, ...], none: str) -> list[tuple[str, str]]:
    return [("", none), *((word, word.replace("_", " ").capitalize()) for word in words)]


class MomentForm(forms.Form):
    """At which event time and as known at which time of receipt."""

    as_of = forms.DateTimeField(
        label="As of",
        required=False,
        help_text="Event time in UTC, as 2026-03-01 10:00. Empty means now.",
        error_messages={"invalid": _WRITE_TIME},
    )
    known_at = forms.DateTimeField(
        label="Known at",
        required=False,
        help_text="What had been received by then. Empty means now.",
        error_messages={"invalid": _WRITE_TIME},
    )

    def clean(self) -> dict[str, Any]:
        """Take what could be read; a time that cannot be read stands beside its field and counts as now."""
        return {"as_of": None, "known_at": None, **(super().clean() or {})}


class ViewForm(MomentForm):
    """How far to look each way, at which moment, and how to show it."""

    up = forms.TypedChoiceField(label="Hops upstream", choices=_DEPTHS, coerce=int, empty_value=1, required=False)
    down = forms.TypedChoiceField(label="Hops downstream", choices=_DEPTHS, coerce=int, empty_value=1, required=False)
    jobs = forms.ChoiceField(label="Show", choices=[("", "Datasets only"), ("1", "With jobs")], required=False)
    group = forms.ChoiceField(
        label="Group by", choices=[("", "Nothing"), ("layer", "Layer"), ("namespace", "Namespace")], required=False
    )
    parts = forms.ChoiceField(
        label="Parts of jobs", choices=[("", "Folded into their job"), ("1", "Each by itself")], required=False
    )
    limit = forms.TypedChoiceField(
        label="Nodes at most", choices=_LIMITS, coerce=int, empty_value=WINDOW_NODES, required=False
    )
    field_order = ("up", "down", "jobs", "group", "parts", "limit", "as_of", "known_at")

    def view(self) -> View:
        """Return the view that was asked for; the default one where the form has errors."""
        if not self.is_valid():
            return View()
        asked = self.cleaned_data
        opened = {name: tuple(self.data.getlist(name)[-MOST_OPENED:]) for name in ("expand", "opened", "closed")}
        flags = {name: bool(asked[name]) for name in ("jobs", "parts")}
        plain = {name: asked[name] for name in ("up", "down", "group", "limit", "as_of", "known_at")}
        return View(**plain, **flags, **opened)


class ImpactForm(MomentForm):
    """Which way, how far, and of which layer, owner and tier."""

    direction = forms.ChoiceField(choices=[("down", "Downstream"), ("up", "Upstream")], required=False)
    layer = forms.ChoiceField(
        choices=[("", "Every layer"), *((word, word.capitalize()) for word in LAYERS), (NOT_SAID, "Not said")],
        required=False,
    )
    owner = forms.CharField(max_length=200, required=False, help_text="A team's whole name")
    tier = forms.TypedChoiceField(
        choices=[("", "Every tier"), ("1", "1"), ("2", "2"), ("3", "3")], coerce=int, empty_value=None, required=False
    )
    distance = forms.IntegerField(label="Hops at most", min_value=1, max_value=1_000, required=False)
    field_order = ("direction", "layer", "owner", "tier", "distance", "as_of", "known_at")

    @property
    def down(self) -> bool:
        """Whether what is fed is asked for, rather than what feeds."""
        return self.data.get("direction") != "up"

    def moment(self) -> Moment:
        """Return when it looks at the graph; now where the form has errors."""
        return Moment(self.cleaned_data["as_of"], self.cleaned_data["known_at"]) if self.is_valid() else Moment()

    def narrow(self) -> Narrow:
        """Return what is asked for; all of it where the form has errors."""
        names = ("layer", "owner", "tier", "distance")
        return Narrow(**{name: self.cleaned_data[name] for name in names}) if self.is_valid() else Narrow()


def view_form(asked: QueryDict, **first: int) -> ViewForm:
    """Return the form of a page's address; `first` stands in for what the address does not say."""
    data = asked.copy()
    for name, value in {"up": 1, "down": 1, "limit": WINDOW_NODES, **first}.items():
        data.setdefault(name, str(value))
    return ViewForm(data)


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
