"""Alerts of Prometheus' Alertmanager become pages of the team that their labels name, one for each fingerprint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from portal.core.catalog.selectors import resolve_teams
from portal.core.identity.models import ServiceToken, Team

from ..domain.alertmanager import Alert, Webhook
from .pages import page, resolve


@dataclass(frozen=True, slots=True)
class Refused:
    """An alert that reached no team, and why."""

    fingerprint: str
    reason: str


@transaction.atomic
def receive(*, webhook: Webhook, token: ServiceToken, at: datetime) -> list[Refused]:
    """Open, bring up to date or resolve the page of each alert; a message that comes again changes nothing.

    An alert goes to the team that its labels name (`team`, `owner`, `owner_team`, by short name, name or address), else
    to the token's own team. The token's namespaces say which teams it may page. What the portal itself sent there and
    gets back is left as it is. Returns what reached nobody.
    """
    known = resolve_teams(name for alert in webhook.alerts for name in alert.teams)
    refused = []
    for alert in (each for each in webhook.alerts if not each.own):
        team = next((known[name] for name in alert.teams if name in known), token.owner_team)
        reason = _refusal(alert, team, token)
        if reason or team is None:
            refused.append(Refused(alert.fingerprint, reason))
        elif alert.firing:
            _fire(alert, team, webhook.truncated, at)
        else:
            resolve(key=_key(alert), at=at, text=f"Alertmanager says that it is over: {alert.summary}")
    return refused


def _refusal(alert: Alert, team: Team | None, token: ServiceToken) -> str:
    if team is None:
        named = f"no team is called “{alert.teams[0]}”" if alert.teams else "it has no label team, owner or owner_team"
        return f"Nobody to page: {named}."
    if not token.covers(team.slug):
        return f"The token may not page {team.slug}: its namespaces are short names of teams, such as {team.slug} or *."
    return ""


def _fire(alert: Alert, team: Team, truncated: int, at: datetime) -> None:
    left_out = f"Alertmanager left {truncated} more alerts out of this message (max_alerts)." if truncated else ""
    page(
        team=team,
        key=_key(alert),
        summary=alert.summary,
        body="\n\n".join(part for part in (alert.description, _lines(alert.labels), left_out) if part),
        severity=alert.severity,
        url="",
        details={
            "source": "alertmanager",
            "component": alert.labels.get("instance", ""),
            "class": alert.labels.get("alertname", ""),
            "source_url": alert.source_url,
            "runbook_url": alert.runbook_url,
            "since": alert.starts_at,
            "labels": dict(alert.labels),
            "annotations": dict(alert.annotations),
        },
        at=at,
    )


def _key(alert: Alert) -> str:
    return f"alertmanager:{alert.fingerprint}"


def _lines(labels: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in sorted(labels.items()))
