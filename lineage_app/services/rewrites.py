"""Writing rewrite rules: each change of them is in the ledger and has its events projected anew in the background."""

import uuid
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from lineage_app import evidence_kinds
from lineage_app.domain.rewrites import Rule, check
from lineage_app.models import Redoing, RewriteRule
from lineage_app.selectors import rewrites
from lineage_app.services.projector import take_projector_lock
from lineage_app.services.redoing import begin
from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from portal.core.identity.roles import Role

if TYPE_CHECKING:
    from portal.core.identity.models import User


@transaction.atomic
def add_rule(*, user: "User", rule: Rule, position: int, key: uuid.UUID) -> RewriteRule:
    """Put the rule in force as number `position` and have what it touches projected anew; return its row.

    `key` makes a second call harmless. Raises RuleRefused, PermissionDenied for anybody but an administrator.
    """
    require(user, Act.ADMINISTER)
    take_projector_lock(wait=True)  # no batch may finish under the old rules after this
    if (again := RewriteRule.objects.filter(key=key).first()) is not None:
        return again
    check(rewrites.with_rule(rule, position))
    touched = rewrites.touched_by(rule, adding=True)
    place = min(max(position, 1), rewrites.rows_in_force().count() + 1)
    RewriteRule.objects.filter(removed_at=None, position__gte=place).update(position=F("position") + 1)
    row = RewriteRule.objects.create(
        pattern=rule.pattern,
        replacement=rule.replacement,
        scope=rule.scope,
        position=place,
        key=key,
        created_at=now(),
        created_by=user,
    )
    work = begin(row, touched)
    _tell(evidence_kinds.RULE_ADDED, user, row, work)
    return row


@transaction.atomic
def remove_rule(*, user: "User", row: RewriteRule) -> RewriteRule:
    """Take the rule back and have what it may have named projected anew; doing it twice changes nothing."""
    require(user, Act.ADMINISTER)
    take_projector_lock(wait=True)
    row = RewriteRule.objects.select_for_update().get(pk=row.pk)
    if row.removed_at is not None:
        return row
    touched = rewrites.touched_by(row.rule, adding=False)
    row.removed_at, row.removed_by = now(), user
    row.save(update_fields=["removed_at", "removed_by"])
    RewriteRule.objects.filter(removed_at=None, position__gt=row.position).update(position=F("position") - 1)
    work = begin(row, touched)
    _tell(evidence_kinds.RULE_REMOVED, user, row, work)
    return row


def _tell(kind: evidence_kinds.Kind, user: "User", row: RewriteRule, work: Redoing) -> None:
    payload: dict[str, str | int] = {
        "rule": row.pk,
        "pattern": row.pattern,
        "replacement": row.replacement,
        "scope": row.get_scope_display().lower(),
        "subjects": work.total,
    }
    record(kind, actor=actor_of(user, Role.ADMINISTRATOR), payload=payload)
