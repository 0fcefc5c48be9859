"""Alerts from outside: the address to which Alertmanager's webhook points."""

from __future__ import annotations

from dataclasses import asdict
from typing import cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from portal.core.clock.services import now
from portal.core.identity.access import token_scope
from portal.core.identity.models import ServiceToken
from portal.core.web.problems import problem

from .domain.alertmanager import WebhookRefused, read
from .services.receiving import receive

MOST_BYTES = 1024 * 1024


@token_scope("alerts:write")
@require_POST
def alertmanager(request: HttpRequest) -> HttpResponse:
    """Take a webhook of version 4. 422 where an alert reached no team: Alertmanager counts that as a failure.

    The alerts that did reach one are kept all the same; sending the message again changes nothing.
    """
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES or len(request.body) > MOST_BYTES:
        return problem(413, "Too large", "The body has more than 1 MiB: set max_alerts in the receiver.")
    try:
        webhook = read(request.body)
    except WebhookRefused as refused:
        return problem(422, "Not a webhook", str(refused))
    token = cast(ServiceToken, request.service_token)  # type: ignore[attr-defined]  # set by @token_scope
    lost = receive(webhook=webhook, token=token, at=now())
    if lost:
        sentence = f"{len(lost)} of {len(webhook.alerts)} alerts reached no team (see `refused`). The others are kept."
        return problem(422, "Nobody to page", sentence, refused=[asdict(each) for each in lost])
    return JsonResponse({"received": len(webhook.alerts), "truncated": webhook.truncated})
