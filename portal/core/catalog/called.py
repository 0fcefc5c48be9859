"""Which assets a text names, asked once for everything that is found through its asset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Length

from .models import Asset, AssetAlias


class _Key(Func):
    template, arg_joiner, output_field = "(%(expressions)s)", " || ", TextField()


@dataclass(frozen=True, slots=True)
class Called:
    """The assets whose key (namespace/name) or alias holds `text`.

    The `count` goes to one more than were asked for: then none of them is `known`, and whoever asks compares again,
    which a text that so many names hold answers with the first rows.
    """

    text: str
    count: int
    known: tuple[tuple[int, str, str], ...] | None

    @property
    def assets(self) -> QuerySet[Asset]:
        """All of them, aliases too, the shortest names first."""
        found = Asset.objects.select_related("owner_team").annotate(size=Length("name"))
        if self.known is None:
            found = found.alias(whole=_key()).filter(_holds(self.text))
        else:
            found = found.filter(pk__in=[pk for pk, _, _ in self.known])
        return found.order_by("size", "name", "pk")

    def by_name(self, path: str = "asset") -> Q:
        """The rows whose asset, reached by `path`, has the text in its name."""
        if self.known is None:
            return Q((f"{path}__name__icontains", self.text))
        return self._among(path, lambda _, name: name)

    def by_key(self, path: str = "asset") -> Q:
        """The rows whose asset, reached by `path`, has the text in its name or namespace."""
        if self.known is None:
            return self.by_name(path) | Q((f"{path}__namespace__icontains", self.text))
        return self._among(path, lambda namespace, name: f"{namespace}/{name}")

    def _among(self, path: str, said: Callable[[str, str], str]) -> Q:
        text = self.text.lower()
        return Q((f"{path}__in", [pk for pk, *names in self.known or () if text in said(*names).lower()]))


def called(text: str, *, most: int) -> Called:
    """Look up to `most` assets up; one question, whatever asks for them afterwards."""
    found = Asset.objects.alias(whole=_key()).filter(_holds(text)).order_by()
    rows = tuple(found.values_list("pk", "namespace", "name")[: most + 1])
    return Called(text, len(rows), rows if len(rows) <= most else None)


def _key() -> Func:
    return _Key(F("namespace"), Value("/"), F("name"))


def _holds(text: str) -> Q:
    return Q(whole__icontains=text) | Q(
        pk__in=AssetAlias.objects.filter(text__icontains=text).order_by().values("asset")
    )
