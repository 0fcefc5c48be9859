"""Which class a consumer is in and what a class does where nothing is known; both change what consumers are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import F

from portal.core.clock.services import now
from portal.core.events.services import publish
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from portal.core.web.outgoing import AddressRefused, checked_address

from .. import evidence_kinds as evidence
from ..domain.throttle import CLASSES, OnUnknown
from ..models import Consumer, ConsumerClass, ThrottleLevel, ThrottleReach
from ..models.throttle import digest_of
from .overrides import ThrottleRefused
from .throttling import TOPIC

if TYPE_CHECKING:
    from portal.core.identity.models import User


@transaction.atomic
def set_consumer(*, user: User, namespace: str, name: str, kind: str, webhook: str = "") -> Consumer:
    """Put a job into a class, and say where it hears of changed decisions; an empty `webhook` sends it no hints.

    Raises PermissionDenied, or ThrottleRefused with a sentence.
    """
    require(user, Act.SET_CONSUMER_CLASS)
    namespace, name, webhook = namespace.strip(), name.strip(), webhook.strip()
    if not namespace or not name:
        raise ThrottleRefused("A consumer is a job: name its namespace and its name.")
    if kind not in CLASSES:
        raise ThrottleRefused(f"There is no class {kind}; choose {', '.join(CLASSES)}.")
    _check_address(webhook)
    digest = digest_of(f"{namespace}/{name}")
    facts = {"namespace": namespace, "name": name, "kind": kind, "webhook": webhook, "set_at": now(), "set_by": user}
    consumer, _ = Consumer.objects.update_or_create(consumer=digest, defaults=facts)
    payload = {"consumer": str(consumer), "class": kind, "hints": "yes" if webhook else "no"}
    record(evidence.CLASSED, actor=actor_of(user), payload=payload)
    for asset_id in ThrottleReach.objects.filter(consumer=digest).values_list("asset", flat=True):
        publish(TOPIC, {"asset_id": asset_id})
    return consumer


@transaction.atomic
def set_class(*, user: User, key: str, on_unknown: str) -> ConsumerClass:
    """Set what a class does where nothing is known. Raises PermissionDenied, or ThrottleRefused with a sentence."""
    require(user, Act.ADMINISTER)
    if key not in CLASSES:
        raise ThrottleRefused(f"There is no class {key}; choose {', '.join(CLASSES)}.")
    facts = {"on_unknown": OnUnknown(on_unknown).value, "set_at": now(), "set_by": user}
    row, new = ConsumerClass.objects.get_or_create(key=key, defaults=facts)
    if not new:
        ConsumerClass.objects.filter(pk=row.pk).update(version=F("version") + 1, **facts)
        row.refresh_from_db()
    payload: dict[str, str | int] = {"class": key, "on_unknown": row.on_unknown, "version": row.version}
    record(evidence.CLASS_SET, actor=actor_of(user), payload=payload)
    for asset_id in ThrottleLevel.objects.filter(unknown=True).values_list("asset", flat=True):
        publish(TOPIC, {"asset_id": asset_id})
    return row


def _check_address(webhook: str) -> None:
    if not webhook:
        return
    try:
        checked_address(webhook, settings.WEBHOOK_PRIVATE_HOSTS)
    except AddressRefused as error:
        raise ThrottleRefused(str(error)) from error
