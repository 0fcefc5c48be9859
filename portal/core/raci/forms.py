"""What somebody fills in who proposes rows or sets a post."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import slugify

from portal.core.identity.models import Team, User

from .domain.matrix import LETTERS, Letter, Row, Seat
from .models import Post
from .selectors import holder_choices, workstream_row
from .selectors.directory import ORGANISATION_ROLES

BOTH = "AR"
DUTIES = [
    ("R", "R, responsible: does the work"),
    ("A", "A, accountable: answers for it"),
    (BOTH, "A and R: answers and does it"),
    ("C", "C, consulted: asked before"),
    ("I", "I, informed: told after"),
]
LETTERS_OF = {BOTH: (Letter.A, Letter.R), **{letter.value: (letter,) for letter in Letter}}
SPARE = 4
MOST_LINES = 40


class RowsForm(forms.Form):
    """Seats for one row or for several assets at once: in each line a holder and its duty. `taken_out` ends the row."""

    title = forms.CharField(max_length=120, label="Name of the workstream")
    reason = forms.CharField(
        min_length=10,
        max_length=2000,
        label="Why",
        help_text="Whoever signs reads it, and it stays in the history of the row.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    taken_out = forms.BooleanField(required=False, label="Take this out of the matrix instead")

    def __init__(self, *args: Any, titled: bool, lines: int, removable: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not titled:
            del self.fields["title"]
        if not removable:
            del self.fields["taken_out"]
        self.count = max(2, min(lines, MOST_LINES))
        choices = holder_choices()
        for n in range(1, self.count + 1):
            self.fields[f"holder_{n}"] = forms.ChoiceField(choices=choices, required=False, label=f"Holder {n}")
            self.fields[f"duty_{n}"] = forms.ChoiceField(
                choices=[("", "No duty"), *DUTIES], required=False, label=f"Duty {n}"
            )

    @property
    def lines(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        """The lines of the form: number, holder, duty."""
        return [(n, self[f"holder_{n}"], self[f"duty_{n}"]) for n in range(1, self.count + 1)]

    def clean(self) -> dict[str, Any]:
        """Add `seats`; a line needs both or neither."""
        found = super().clean() or {}
        seats: set[Seat] = set()
        for n in range(1, self.count + 1):
            holder, duty = found.get(f"holder_{n}", ""), found.get(f"duty_{n}", "")
            if bool(holder) != bool(duty):
                self.add_error(f"duty_{n}" if holder else f"holder_{n}", "Choose both, or neither.")
            elif holder:
                seats |= {Seat(letter, holder) for letter in LETTERS_OF[duty]}
        found["seats"] = frozenset(seats)
        if "title" in self.fields and found.get("title") and not slugify(found["title"])[:60]:
            self.add_error("title", "Use letters or digits: the name becomes an address.")
        return found


def lines_of(row: Row | None) -> dict[str, str]:
    """What the form shows for a row: a holder with A and R has one line."""
    if row is None:
        return {}
    duties: dict[str, list[str]] = {}
    for letter in (Letter.A, *(each for each in LETTERS if each is not Letter.A)):
        for holder in row.holders(letter):
            duties.setdefault(holder, []).append(letter.value)
    shown: dict[str, str] = {}
    for n, (holder, letters) in enumerate(duties.items(), 1):
        shown |= {f"holder_{n}": holder, f"duty_{n}": "".join(letters)}
    return shown


def rows_from(form: RowsForm, keys: Sequence[tuple[str, str]]) -> list[Row]:
    """The rows that a valid form proposes, for (key, title) pairs; a new workstream gets its key from its name."""
    seats = form.cleaned_data["seats"]
    title = form.cleaned_data.get("title", "").strip()
    if not keys:
        return [workstream_row(title, seats)]
    return [Row(key, title or known, seats) for key, known in keys]


class ReasonForm(forms.Form):
    """Why a proposal is withdrawn."""

    reason = forms.CharField(
        max_length=2000, label="Why", help_text="The people who signed or were asked to will read it.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


class PostForm(forms.Form):
    """A post: what it is called, and what stands behind it."""

    name = forms.CharField(max_length=80, label="Name", help_text="As contracts and people write it, such as CISO.")
    stands_for = forms.ChoiceField(
        choices=Post.StandsFor.choices, widget=forms.RadioSelect, label="What stands behind it", initial="people"
    )
    people = forms.ModelMultipleChoiceField(
        User.objects.filter(is_active=True), required=False, label="People",
        help_text="For a post of people. Nobody: the post is vacant, and the list of gaps says so.",
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )  # fmt: skip
    team = forms.ModelChoiceField(
        Team.objects.all(), required=False, empty_label="No team", label="Team", help_text="For a post of a team."
    )
    role = forms.ChoiceField(
        required=False, label="Role", help_text="For a post of a role.",
        choices=[("", "No role"), *((role.value, role.label.capitalize()) for role in ORGANISATION_ROLES)],
    )  # fmt: skip
