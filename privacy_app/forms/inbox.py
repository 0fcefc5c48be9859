"""The filters over the inbox; each choice says how many requests it would leave."""

from collections.abc import Mapping
from typing import Any

from django import forms

from privacy_app.domain.clocks import Law
from privacy_app.domain.request import ENDED, State
from privacy_app.models import Request
from privacy_app.selectors.inbox import MINE, NOBODY
from privacy_app.states import REQUEST


class FilterForm(forms.Form):
    """What is shown; everything is in the address, so a colleague can be sent it."""

    state = forms.ChoiceField(required=False)
    who = forms.ChoiceField(label="With", required=False)
    law = forms.ChoiceField(required=False)
    channel = forms.ChoiceField(label="Came by", required=False)
    overdue = forms.ChoiceField(label="Deadline", required=False)
    trouble = forms.ChoiceField(label="Systems", required=False)

    def __init__(self, *args: Any, counts: Mapping[str, int], officers: Any, ended: bool, **kwargs: Any) -> None:
        """`counts` are `selectors.inbox.facets`; `officers` are those who can have a request."""
        super().__init__(*args, **kwargs)
        if ended:
            del self.fields["overdue"], self.fields["trouble"]
        states = [(each.value, REQUEST[each].word) for each in State if (each in ENDED) is ended]
        people = [(str(each.pk), each.name) for each in officers]
        offered = {
            "state": ("Every state", states),
            "who": ("Everybody", [(MINE, "Me"), (NOBODY, "Nobody yet"), *people]),
            "law": ("Every law", [(law.value, law.name) for law in Law]),
            "channel": ("Every way", list(Request.Channel.choices)),
            "overdue": ("Any deadline", [("yes", "Overdue")]),
            "trouble": ("Any", [("yes", "In trouble")]),
        }
        for name in self.fields:
            everything, choices = offered[name]
            said = [(value, _counted(label, counts.get(f"{name}:{value}"))) for value, label in choices]
            self.fields[name].choices = [("", everything), *said]


def _counted(label: str, count: int | None) -> str:
    return label if count is None else f"{label} ({count})"
