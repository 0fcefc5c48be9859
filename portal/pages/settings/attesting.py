"""What a person states because the portal cannot see it: kept in the ledger, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse

from portal.core.clock.services import now
from portal.core.evidence.models import Entry
from portal.core.evidence.selectors import newest_of_kind
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from portal.core.identity.roles import Role
from portal.core.notify.services import enqueue
from portal.pages.settings.evidence_kinds import ATTESTED, MAIL_TRIED
from portal.pages.settings.registry import Step

if TYPE_CHECKING:
    from portal.core.identity.models import User

LOOKED_AT = 100
BODY = """This is a test of Custody's mail, asked for by you. You read it: the channel works.

{url}
"""


def newest_statement(key: str) -> Entry | None:
    """The newest entry in which somebody stated this step."""
    found = (entry for entry in newest_of_kind(ATTESTED.name, LOOKED_AT) if entry.payload["step"] == key)
    return next(found, None)


@transaction.atomic
def attest(*, user: User, step: Step) -> Entry:
    """State that a step is done about what is in use now; the same statement again is the same entry."""
    require(user, Act.ADMINISTER)
    if step.attests is None:
        raise ValueError(f"“{step.title}” is read from the portal itself; nobody has to state it.")
    about, said = step.attests(), newest_statement(step.key)
    if said is not None and said.payload["about"] == about:
        return said
    return record(ATTESTED, actor=actor_of(user, Role.ADMINISTRATOR), payload={"step": step.key, "about": about})


@transaction.atomic
def try_mail(*, user: User, site: str) -> str:
    """Send the person a test message by the outbox, as every other letter goes; returns its key there."""
    require(user, Act.ADMINISTER)
    key = f"settings:mail:{user.public_id}:{now():%Y%m%dT%H%M%S}"
    record(MAIL_TRIED, actor=actor_of(user, Role.ADMINISTRATOR), payload={"key": key})
    body = BODY.format(url=f"{site}{reverse('settings:checklist')}")
    enqueue(channel="email", address=user.email, subject="A test of Custody's mail", body=body, dedup_key=key)
    return key
