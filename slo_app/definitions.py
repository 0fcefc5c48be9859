"""SLOs set by hand as plain data, for files: written from the rows, and read again through the forms of the pages.

What an indicator asks is checked by the same forms that people fill in, so a file can set nothing that a page could
not. SLOs that a contract promises are not here: the contract's file has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from portal.core.catalog.selectors import asset_of_key, resolve_team

from .forms.settings import SettingsForm
from .forms.slo import SloForm, short, values_of
from .indicators.base import Indicator
from .indicators.registry import find
from .models import Slo
from .services.by_hand import change_slo, create_slo

if TYPE_CHECKING:
    from portal.core.identity.models import User

CHUNK = 500
FIELDS = (
    "target_op", "target_value", "alert_op", "alert_value", "hold", "severity", "interval", "element", "window",
    "objective", "budget_method", "budget_days", "freezes", "owner_title", "runbook",
)  # fmt: skip


class DefinitionRefused(ValueError):
    """The definition cannot be set; the sentences say what to correct."""


def definitions() -> Iterator[dict[str, Any]]:
    """Every SLO that is measured and was set by hand, by asset, indicator and name."""
    found = Slo.objects.filter(enabled=True, drill=False, contract="").select_related("asset", "owner_team")
    yield from map(definition_of, found.order_by("asset__namespace", "asset__name", "kind", "name").iterator(CHUNK))


def promised_by_contracts() -> int:
    """How many of those that are measured come from contracts."""
    return Slo.objects.filter(enabled=True, drill=False).exclude(contract="").count()


def definition_of(slo: Slo) -> dict[str, Any]:
    """One SLO as the form shows it, durations as people write them."""
    values = values_of(slo)
    told = {name: _written(values[name]) for name in FIELDS}
    owner = slo.owner_team.slug if slo.owner_team else ""
    about = {"slo": slo.name, "indicator": slo.kind, "asset": slo.asset.key, "owner": owner}
    return about | told | {"settings": slo.settings}


def define(user: User, given: dict[str, Any]) -> tuple[Slo, str]:
    """Set what a definition says; the SLO, and `created`, `changed` or `kept`.

    Raises DefinitionRefused with everything to correct, PermissionDenied, or ValidationError for a contract's SLO.
    """
    indicator = find(_text(given, "indicator"))
    asset = asset_of_key(_text(given, "asset"))
    if indicator is None or asset is None:
        raise DefinitionRefused(f"There is no {'asset' if indicator else 'indicator'} of that name here.")
    known = Slo.objects.filter(asset=asset, kind=given["indicator"], name=_text(given, "slo")).first()
    if known is not None and definition_of(known) == given:
        return known, "kept"
    facts = _facts(indicator, given)
    if known is not None:
        return change_slo(user=user, slo=known, facts=facts), "changed"
    return create_slo(user=user, asset=asset, kind=given["indicator"], facts=facts, key=uuid4()), "created"


def _facts(indicator: Indicator, given: dict[str, Any]) -> dict[str, Any]:
    team = resolve_team(_text(given, "owner"))
    if team is None:
        raise DefinitionRefused("Its owner is no team that is here: add it first.")
    terms = SloForm(indicator, _sent(given) | {"name": given.get("slo", ""), "owner_team": str(team.pk)})
    settings = SettingsForm(indicator, _settings(indicator, given.get("settings")))
    if not all([terms.is_valid(), settings.is_valid()]):
        faults = {**terms.errors, **settings.errors}
        raise DefinitionRefused(" ".join(f"{name}: {' '.join(texts)}" for name, texts in faults.items()))
    lacks = indicator.lacks(terms.facts["element"], settings.settings)
    if lacks:
        raise DefinitionRefused(lacks)
    return terms.facts | {"settings": settings.settings, "incomplete": ""}


def _sent(given: dict[str, Any]) -> dict[str, Any]:
    """The terms as a browser would send them: text, and nothing for a box that is not ticked."""
    found = {name: given.get(name, "") for name in FIELDS}
    return {name: str(value) for name, value in found.items() if value not in (None, False)}


def _settings(indicator: Indicator, given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise DefinitionRefused("`settings` is an object.")
    form = SettingsForm(indicator)
    if strange := sorted(set(given) - set(form.fields)):
        raise DefinitionRefused(f"This indicator has no setting {', '.join(map(repr, strange))[:200]}.")
    sent = {f"setting-{name}": form.fields[name].prepare_value(value) for name, value in given.items()}
    return {name: value for name, value in sent.items() if value not in (None, False)}


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name, "")
    if not isinstance(value, str):
        raise DefinitionRefused(f"`{name}` is a text.")
    return value


def _written(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value) if isinstance(value, Decimal) else short(value)
