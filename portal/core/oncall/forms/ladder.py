"""Input for a team's ladder: a row a level, without script."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms

from portal.core.identity.models import User
from portal.core.notify.registry import channels

from ..domain.escalation import MOST_REPEATS
from ..models import Level, Rotation
from ..services.ladders import MOST_LEVELS, Rung

Target = Level.Target


class LadderForm(forms.Form):
    """Who is told, in which order, how long each has, and how often it is climbed again."""

    repeats = forms.IntegerField(
        min_value=0, max_value=MOST_REPEATS, label="Climb again",
        help_text=f"How often, while nobody acknowledges; {MOST_REPEATS} times at most.",
    )  # fmt: skip

    def __init__(self, *args: Any, rotations: Iterable[Rotation], people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_value = {f"rotation:{each.pk}": each for each in rotations} | {f"person:{p.pk}": p for p in people}
        choices = [("", "Nobody"), *self._choices()]
        shown = MOST_LEVELS if self.is_bound else min(MOST_LEVELS, len(self.initial) // 2 + 2)
        self.rows = [(f"who_{place}", f"wait_{place}") for place in range(1, shown + 1)]
        for place, (who, wait) in enumerate(self.rows, 1):
            self.fields[who] = forms.ChoiceField(choices=choices, required=False, label=f"Level {place}")
            self.fields[wait] = forms.IntegerField(
                min_value=1, max_value=1440, required=False, initial=15, label=f"Minutes of level {place}"
            )

    @property
    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The fields of each level."""
        return [(self[who], self[wait]) for who, wait in self.rows]

    def rungs(self) -> list[Rung]:
        """The levels that were chosen, in order."""
        found = ((self.cleaned_data[who], self.cleaned_data[wait]) for who, wait in self.rows)
        return [self._rung(value, timedelta(minutes=minutes or 15)) for value, minutes in found if value]

    def _rung(self, value: str, wait: timedelta) -> Rung:
        kind, _, rest = value.partition(":")
        chosen = self.by_value.get(value)
        return Rung(
            target=kind,
            wait=wait,
            rotation=chosen if isinstance(chosen, Rotation) else None,
            person=chosen if isinstance(chosen, User) else None,
            channel=rest if kind == Target.ADDRESSES else "",
        )

    def _choices(self) -> list[tuple[str, str]]:
        found = [
            (value, f"Rotation {each.name}" if isinstance(each, Rotation) else each.name)
            for value, each in self.by_value.items()
        ]
        roles = [(str(Target.ON_CALL), Target.ON_CALL.label), (str(Target.OWNERS), Target.OWNERS.label)]
        ways = [(f"addresses:{kind}", f"The team's addresses: {way.label}") for kind, way in channels().items()]
        return [*found[:1], *roles, *found[1:], ("addresses:", "All of the team's addresses"), *sorted(ways)]


def value_of(level: Level) -> str:
    """What the form calls a level."""
    rest = {Target.ROTATION: level.rotation_id, Target.PERSON: level.person_id, Target.ADDRESSES: level.channel}
    key = Target(level.target)
    return f"{level.target}:{rest[key]}" if key in rest else level.target
