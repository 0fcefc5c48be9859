"""What may be asked of a drawn page of lineage: a moment, how far to look, what of an impact."""

from typing import Any

from django import forms
from django.http import QueryDict

from lineage_app.domain.node_types import LAYERS
from lineage_app.selectors.impacted import NOT_SAID, Narrow
from lineage_app.selectors.moments import Moment
from lineage_app.selectors.view import DEEPEST, MOST_OPENED, View
from portal.core.diagrams import HARD_NODES, WINDOW_NODES

_WRITE_TIME = "Write the time as 2026-03-01 10:00, in UTC."
_LIMITS = [(number, str(number)) for number in (20, WINDOW_NODES, HARD_NODES)]
_DEPTHS = [(number, str(number)) for number in range(DEEPEST + 1)]


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
