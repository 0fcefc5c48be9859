"""Writing runbooks: a new version for each change, the file read whole or not at all, and an SLO's choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from portal.core.catalog.selectors import resolve_team
from portal.core.clock.services import now
from portal.core.diagrams.markdown import flat
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.models import Team
from portal.core.identity.policies import Act, may, require

from .. import evidence_kinds as evidence
from ..domain import runbook_file
from ..domain.runbook_text import RunbookError, canonical, parse
from ..models import Runbook, RunbookVersion, Slo

if TYPE_CHECKING:
    from portal.core.identity.models import User


@transaction.atomic
def write_runbook(
    *, user: User, key: str, title: str, owner_team: Team, markdown: str, scope: str = "named", kind: str = ""
) -> RunbookVersion:
    """Save a runbook; text that is the newest version's already makes no new one.

    Raises PermissionDenied for people outside its team, RunbookError for what is no runbook.
    """
    made = Runbook(key=key, title=title, owner_team=owner_team, scope=scope, kind=kind, created_at=now())
    current = Runbook.objects.select_for_update().filter(key=key).first()
    require(user, Act.HANDLE_INCIDENT, current or made)
    require(user, Act.HANDLE_INCIDENT, made)
    if scope == Runbook.Scope.ALL and (current is None or current.scope != scope) and not may(user, Act.ADMINISTER):
        raise RunbookError(
            "Only an administrator makes a runbook the default of every team; choose your own team's SLOs."
        )
    made.pk, made.created_at = (current.pk, current.created_at) if current else (None, made.created_at)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        raise RunbookError("Another runbook is the default for these SLOs already; change that one first.") from error
    return _version(user, made, canonical(markdown))


def _version(user: User, runbook: Runbook, markdown: str) -> RunbookVersion:
    newest = runbook.versions.first()
    if newest is not None and newest.markdown == markdown:
        return newest
    version = RunbookVersion.objects.create(
        runbook=runbook,
        number=newest.number + 1 if newest else 1,
        markdown=markdown,
        steps=parse(markdown).as_json(),
        digest=digest(markdown.encode()),
        author=user,
        created_at=now(),
    )
    payload: dict[str, str | int] = {"runbook": runbook.key, "version": version.number, "digest": version.digest}
    record(evidence.RUNBOOK_WRITTEN, actor=actor_of(user), payload=payload, team_id=runbook.owner_team_id)
    return version


@transaction.atomic
def import_runbooks(*, user: User, text: str, owner_team: Team) -> list[RunbookVersion]:
    """Save every runbook of a file `runbooks/alerts.md`, all or none; those without an owner become `owner_team`'s.

    A runbook that is there keeps what it is the default for. Raises PermissionDenied, or RunbookError with its title.
    """
    return [_imported(user, entry, owner_team) for entry in runbook_file.read(text)]


def entries_of(text: str) -> list[runbook_file.Entry]:
    """The runbooks of a file in its order; raises RunbookError with the title of one that is none."""
    return runbook_file.read(text)


@transaction.atomic
def import_runbook(*, user: User, entry: runbook_file.Entry, owner_team: Team) -> RunbookVersion:
    """Save one runbook of a file, as `import_runbooks` saves all of them; raises as that does."""
    return _imported(user, entry, owner_team)


def owner_named(text: str) -> Team | None:
    """The team that a file calls so: as the catalog resolves it, else by a name that a file can only show flat."""
    found = resolve_team(text)
    if found is not None:
        return found
    return next((team for team in Team.objects.order_by("pk") if flat(team.name) == text), None)


def _imported(user: User, entry: runbook_file.Entry, owner_team: Team) -> RunbookVersion:
    team = owner_named(entry.owner) if entry.owner else owner_team
    if team is None:
        raise RunbookError(f"{entry.title}: there is no team “{entry.owner}”; correct its owner.")
    current = Runbook.objects.filter(key=entry.key).first()
    scope, kind = (current.scope, current.kind) if current else _scope_of(entry, team)
    if scope == Runbook.Scope.ALL and current is None and not may(user, Act.ADMINISTER):
        scope = Runbook.Scope.TEAM
    try:
        return write_runbook(
            user=user,
            key=entry.key,
            title=entry.title,
            owner_team=team,
            markdown=entry.markdown,
            scope=scope,
            kind=kind,
        )
    except RunbookError as error:
        raise RunbookError(f"{entry.title}: {error}") from error


def _scope_of(entry: runbook_file.Entry, team: Team) -> tuple[str, str]:
    """What a new runbook is the default for, by the words that `Runbook.meant_for` writes."""
    what, _, whose = entry.meant_for.rpartition(" of ")
    kind = "" if what == "every SLO" else what.replace(" ", "_")
    if whose == "every team":
        return Runbook.Scope.ALL, kind
    return (Runbook.Scope.TEAM, kind) if whose in (str(team), flat(str(team))) else (Runbook.Scope.NAMED, "")


@transaction.atomic
def choose_runbook(*, user: User, slo: Slo, runbook: Runbook | None) -> Slo:
    """Let an SLO name its own runbook, or with None follow its contract and the defaults again."""
    require(user, Act.HANDLE_INCIDENT, slo)
    Slo.objects.filter(pk=slo.pk).update(runbook_document=runbook)
    payload: dict[str, str | int] = {
        "slo": slo.pk,
        "asset": slo.asset.key,
        "runbook": runbook.key if runbook else "none",
    }
    record(evidence.RUNBOOK_CHOSEN, actor=actor_of(user), payload=payload, team_id=slo.owner_team_id)
    slo.runbook_document = runbook
    return slo
