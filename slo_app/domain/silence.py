"""Which alerts a silence fits: equal labels, or patterns with * and ?, after the matchers of Alertmanager.

Regular expressions are left out on purpose: what a pattern hides must be plain to whoever reads it at night.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase

LABELS = ("asset", "kind", "slo", "severity", "burn")
LONGEST = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Matcher:
    """A label and the pattern that its value must fit: `*` is any text, `?` one character, all else is itself.

    A label that an alert does not have counts as empty.

    >>> Matcher("asset", "shop/*").fits({"asset": "shop/orders"}), Matcher("asset", "a[b]").fits({"asset": "ab"})
    (True, False)
    >>> Matcher("burn", "").fits({"asset": "shop/orders"})
    True
    """

    label: str
    pattern: str

    def fits(self, labels: Mapping[str, str]) -> bool:
        """Whether the labels' value fits."""
        return fnmatchcase(labels.get(self.label, ""), self.pattern.replace("[", "[[]"))

    def __str__(self) -> str:
        globbed = "*" in self.pattern or "?" in self.pattern
        return f"{self.label} {'like' if globbed else '='} {self.pattern or 'none'}"


def fits(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    """Whether every matcher fits; without any, all alerts of the silence's team do.

    >>> fits([Matcher("kind", "drift"), Matcher("severity", "page")], {"kind": "drift", "severity": "ticket"})
    False
    """
    return all(matcher.fits(labels) for matcher in matchers)
