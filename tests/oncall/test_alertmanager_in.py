"""What Alertmanager sends becomes pages of the team that its labels name: once, updated, resolved."""

import json

import pytest

from portal.core.notify.alertmanager_form import labels_of
from portal.core.notify.base import Letter
from portal.core.notify.models import Message
from portal.core.oncall.models import Page

pytestmark = pytest.mark.django_db


def alert(**changes):
    labels = {"alertname": "LoadIsLate", "team": "platform", "severity": "critical", "instance": "etl-1"}
    fields = {
        "status": "firing",
        "labels": labels | changes.pop("labels", {}),
        "annotations": {"summary": "The load of orders is late", "description": "Last seen 41 minutes ago."},
        "startsAt": "2026-03-02T08:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus:9090/graph?g0.expr=up",
        "fingerprint": "0123456789abcdef",
    }
    return fields | changes


@pytest.fixture
def send(world):
    """Posts a webhook with a token; returns the answer."""
    tokens = {}

    def post(*alerts, namespaces=("*",), team=None, raw=None, **document):
        key = (namespaces, team)
        if key not in tokens:
            tokens[key] = world.token("alerts:write", namespaces=namespaces, team=team)
        content = raw if raw is not None else json.dumps({"version": "4", "alerts": list(alerts)} | document)
        return world.client().post(
            "/api/v1/alerts/alertmanager",
            content,
            content_type="application/json",
            headers={"Authorization": f"Bearer {tokens[key]}"},
        )

    return post


def test_an_alert_pages_its_team_and_coming_again_changes_nothing(send, world):
    for _ in range(3):
        assert send(alert()).json() == {"received": 1, "truncated": 0}
    page = Page.objects.get()
    assert (page.team, page.severity, page.key) == (world.platform, "page", "alertmanager:0123456789abcdef")
    assert page.summary == "The load of orders is late"
    assert Message.objects.count() == 1
    assert page.steps.count() == 3  # opened, told, waits


def test_a_resolved_alert_resolves_its_page_and_firing_again_opens_a_new_one(send):
    send(alert())
    send(alert(status="resolved", endsAt="2026-03-02T09:00:00Z"))
    send(alert(status="resolved", endsAt="2026-03-02T09:00:00Z"))
    page = Page.objects.get()
    assert page.resolved_at is not None
    send(alert())
    assert Page.objects.count() == 2
    assert Page.objects.filter(resolved_at=None).count() == 1


@pytest.mark.parametrize(
    "labels", [{"team": "Data Platform"}, {"team": "", "owner": "platform"}, {"team": "nobody", "owner": "PLATFORM"}]
)
def test_the_team_is_named_by_team_or_owner_by_short_name_or_name(send, world, labels):
    assert send(alert(labels=labels)).status_code == 200
    assert Page.objects.get().team == world.platform


def test_common_labels_and_the_tokens_team_name_it_too(send, world):
    unnamed = alert(labels={"team": ""})
    assert send(unnamed, commonLabels={"owner": "analytics"}).status_code == 200
    assert send(unnamed | {"fingerprint": "f" * 16}, team=world.logistics).status_code == 200
    assert {page.team.slug for page in Page.objects.all()} == {"analytics", "logistics"}


def test_an_alert_that_reaches_no_team_is_refused_by_name_and_the_others_are_kept(send):
    answer = send(alert(), alert(labels={"team": "ghosts"}, fingerprint="e" * 16))
    assert answer.status_code == 422
    [lost] = answer.json()["refused"]
    assert lost["fingerprint"] == "e" * 16
    assert "no team is called “ghosts”" in lost["reason"]
    assert Page.objects.count() == 1


def test_a_token_pages_only_the_teams_that_its_namespaces_name(send):
    answer = send(alert(), namespaces=("logistics",))
    assert answer.status_code == 422
    assert "may not page platform" in answer.json()["refused"][0]["reason"]
    assert not Page.objects.exists()


@pytest.mark.parametrize(
    ("severity", "expected"), [("critical", "page"), ("", "page"), ("warning", "ticket"), ("info", "ticket")]
)
def test_severities_are_pages_or_tickets(send, severity, expected):
    send(alert(labels={"severity": severity}))
    assert Page.objects.get().severity == expected


def test_what_was_truncated_is_said_on_the_page(send):
    assert send(alert(), truncatedAlerts=7).json() == {"received": 1, "truncated": 7}
    assert "left 7 more alerts out" in Page.objects.get().body


def test_unknown_keys_of_newer_versions_are_ignored(send):
    newer = alert(notification_reason="repeat", routeLabels={"a": "b"})
    assert send(newer, notification_reason="x", routeLabels={}).status_code == 200


def test_hostile_labels_are_bounded_shown_escaped_and_never_a_script(send, world):
    hostile = alert(
        labels={f"l{n}": "x" * 3000 for n in range(200)} | {"evil\x00": "<script>\x00", "number": 7},
        annotations={"summary": "<img src=x onerror=alert(1)>\x00" * 99, "runbook_url": "javascript:alert(1)"},
        generatorURL="javascript:alert(2)",
    )
    assert send(hostile).status_code == 200
    page = Page.objects.get()
    assert len(page.details["labels"]) <= 64
    shown = world.client("dan").get(page.get_absolute_url()).content.decode()
    assert "<img src=x" not in shown
    assert 'href="javascript' not in shown


@pytest.mark.parametrize(
    "raw",
    [
        "", "[]", "nonsense", '{"version": "3", "alerts": []}', '{"version": "4"}', '{"version": "4", "alerts": [1]}',
        '{"version": "4", "alerts": [{"status": "maybe"}]}', "[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_webhook_is_refused_with_a_sentence(send, raw):
    answer = send(raw=raw)
    assert answer.status_code == 422
    assert answer.json()["title"] == "Not a webhook"


def test_a_body_beyond_a_mebibyte_is_refused(send):
    assert send(raw="x" * (1024 * 1024 + 1)).status_code == 413


def test_what_the_portal_itself_sent_to_alertmanager_comes_back_and_pages_nobody(send, world):
    letter = Letter(
        address="", subject="", body="", key="k", details={"labels": {"team": world.platform.slug}, "key": "1"}
    )
    assert send(alert(labels=labels_of(letter))).json() == {"received": 1, "truncated": 0}
    assert not Page.objects.exists()
