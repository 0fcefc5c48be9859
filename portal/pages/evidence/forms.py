"""The filters of the ledger, and the form of the verify page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet

from portal.core.evidence import kinds, search
from portal.core.evidence.models import Entry
from portal.pages.evidence.days import start_of
from portal.pages.evidence.packs.checking import is_pack
from portal.pages.evidence.packs.sources import SUBJECTS
from portal.pages.evidence.selectors import ids_of_names

MAX_UPLOAD = 32 * 1024 * 1024
MAX_PACK = 128 * 1024 * 1024
MAX_NOTE = 16 * 1024


class Filters(forms.Form):
    """Which entries to list; empty means all."""

    text = forms.CharField(
        required=False,
        max_length=200,
        label="Words",
        help_text="Of the sentence: what, where, who.",
        widget=forms.TextInput({"type": "search"}),
    )
    about = forms.CharField(
        required=False,
        max_length=300,
        label="About",
        help_text="Exactly: a contract, DEL-…, INC-…, a system, a digest.",
    )
    app = forms.ChoiceField(required=False, label="Part of the portal")
    kind = forms.ChoiceField(required=False)
    role = forms.ChoiceField(required=False, label="Acted as")
    since = forms.DateField(required=False, label="From", widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(required=False, label="To", widget=forms.DateInput({"type": "date"}))
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, *args: Any, roles: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        apps = sorted({name.split(":")[0] for name in kinds.names()})
        self.fields["app"].choices = [("", "All parts"), *((name, name) for name in apps)]
        self.fields["kind"].choices = [("", "All kinds"), *((name, name) for name in kinds.names())]
        self.fields["role"].choices = [("", "All roles"), *((name, role_words(name)) for name in roles)]

    def wanted(self, rows: QuerySet[Entry]) -> QuerySet[Entry]:
        """The rows that pass every filter."""
        given = self.cleaned_data
        lookups = {"kind": "kind", "role": "actor_role", "before": "pk__lt"}
        rows = rows.filter(**{lookup: given[name] for name, lookup in lookups.items() if given.get(name)})
        if given["app"]:
            rows = rows.filter(kind__in=[name for name in kinds.names() if name.startswith(f"{given['app']}:")])
        if given["about"]:
            rows = search.with_value(rows, given["about"].strip())
        if given["text"]:
            rows = search.with_words(rows, given["text"], ids_of_names)
        rows = self._within(rows)
        return search.newest_first(rows) if given["about"] or given["text"] else rows

    def _within(self, rows: QuerySet[Entry]) -> QuerySet[Entry]:
        """The rows of the period, as a range that an index can answer."""
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        if since:
            rows = rows.filter(created_at__gte=start_of(since))
        if until:
            rows = rows.filter(created_at__lt=start_of(until + timedelta(days=1)))
        return rows


def role_words(role: str) -> str:
    """The role of an entry in words.

    >>> role_words("head_of_data+owner")
    'head of data and owner'
    """
    return role.replace("_", " ").replace("+", " and ")


class FindForm(forms.Form):
    """A reference, or what a complainant brings: the key of the done notice and the identifier that they claim."""

    req_id = forms.RegexField(
        r"^\s*DEL-\d{4}-\d{2}-\d{2}-\d{4,}\s*$",
        required=False,
        label="Reference of the request",
        help_text="DEL-2026-05-04-0001. Leave it empty to search all proofs by the key.",
        error_messages={"invalid": "A reference reads DEL-, the date and a number: DEL-2026-05-04-0001."},
    )
    key = forms.CharField(
        required=False,
        max_length=200,
        label="Key that the complainant brings",
        help_text="64 hexadecimal digits, from the letter that told them the deletion was done.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    identifier = forms.CharField(
        required=False,
        max_length=1000,
        label="Identifier that they claim",
        help_text="An e-mail address, a customer number, as it was at the time.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_req_id(self) -> str:
        """The reference without blanks."""
        return str(self.cleaned_data["req_id"]).strip()

    def clean_key(self) -> str:
        """The key's digits; line breaks of a letter are left out."""
        key = "".join(str(self.cleaned_data["key"]).split()).lower()
        if key and (len(key) != 64 or set(key) - set("0123456789abcdef")):
            raise forms.ValidationError("A key has 64 hexadecimal digits: 0 to 9 and a to f.")
        return key

    def clean(self) -> dict[str, Any]:
        """A reference, or key and identifier together."""
        given = super().clean() or {}
        if not self.errors and bool(given.get("key")) != bool(given.get("identifier")):
            self.add_error(
                "identifier" if given.get("key") else "key", "Key and identifier belong together: give both."
            )
        if not self.errors and not (given.get("req_id") or given.get("key")):
            self.add_error("req_id", "Give a reference, or a key with an identifier.")
        return given


class PackForm(forms.Form):
    """The period and the subjects of a pack."""

    since = forms.DateField(label="From", widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label="To, that day included", widget=forms.DateInput({"type": "date"}))
    subjects = forms.MultipleChoiceField(
        label="What should be in it",
        widget=forms.CheckboxSelectMultiple,
        help_text="Of these, what you may read: everything for auditors, own assets for owners, consumed contracts "
        "for consumers.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.key, each.label) for each in SUBJECTS.values()]
        self.fields["subjects"].choices = choices
        self.fields["subjects"].initial = [key for key, _ in choices]

    def clean(self) -> dict[str, Any]:
        """A period that ends after it begins, of at most ten years."""
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and not timedelta() <= until - since <= timedelta(days=3660):
            self.add_error("until", "Choose a day from the first one on, at most ten years later.")
        return given


class HoldForm(forms.Form):
    """Why some bytes may not expire, or may again."""

    reason = forms.CharField(
        max_length=300,
        label="Reason",
        help_text="It is kept beside the hold, and its digest in the ledger. Name no person.",
        widget=forms.Textarea({"rows": 3}),
    )


class VerifyForm(forms.Form):
    """A bundle to check, the key to check it against, and what the auditor kept."""

    bundle = forms.FileField(
        label="Bundle or pack",
        help_text="The ZIP as you received it: a bundle of at most 32 MB, a pack of at most 128 MB.",
    )
    key = forms.CharField(
        label="Fingerprint of the key",
        max_length=80,
        help_text="64 hexadecimal digits, from a source that you trust: the keys page, or a bundle you had before.",
    )
    seen = forms.CharField(
        required=False,
        max_length=MAX_NOTE,
        strip=False,
        label="Checkpoint that you kept",
        help_text="Paste it whole. Then the check shows that the ledger only grew since.",
        widget=forms.Textarea({"rows": 4}),
    )

    def clean_bundle(self) -> Any:
        """The upload, bounded: a bundle is read into memory, a pack is not."""
        upload = self.cleaned_data["bundle"]
        if upload.size > MAX_PACK:
            raise forms.ValidationError("The file is larger than 128 MB. Check it on your own machine with verify.py.")
        if upload.size > MAX_UPLOAD and not is_pack(upload):
            raise forms.ValidationError("The file is larger than 32 MB. Check it on your own machine with verify.py.")
        return upload

    def clean_seen(self) -> str:
        """The checkpoint with the line ends that notes have; browsers send others."""
        return str(self.cleaned_data["seen"]).replace("\r\n", "\n")
