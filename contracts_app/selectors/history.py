"""What a version follows: the versions in force before it, how long its notice is, and when its removals are due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from contracts_app.domain.lifecycle import IN_FORCE, State, notice_days, removal_due
from contracts_app.domain.model import DEFAULT_DEPRECATION_DAYS, Document, FieldSpec, walk
from contracts_app.models import Version
from contracts_app.selectors.exceptions import waivers_in_use


def in_force_before(version: Version) -> list[Version]:
    """Every active or deprecated version of its contract, the active one first."""
    found = version.contract.versions.filter(state__in=IN_FORCE).exclude(pk=version.pk)
    return sorted(found, key=lambda each: (each.state != State.ACTIVE, -each.pk))


def days_of_notice(version: Version) -> float:
    """Days of notice that the version needs; as fixed by its proposal, where it has been proposed.

    None where each change that asks for the notice is let through by a waiver.
    """
    fixed = version.report.get("notice_days")
    if fixed is not None:
        return 0 if fixed and _all_waived(version) else float(fixed)
    previous = next((each for each in in_force_before(version) if each.state == State.ACTIVE), None)
    return notice_days(previous.document if previous else None, version.document, version.report.get("gates", ()))


def _all_waived(version: Version) -> bool:
    """Whether a waiver lets through every row that asks for the notice."""
    asking = [change for change in version.report.get("changes", ()) if "N" in change["gates"]]
    waived = {(waiver.rule, waiver.path) for waiver in waivers_in_use(version)} if asking else set()
    return bool(asking) and all((change["kind"], change["path"]) in waived for change in asking)


def removal_of(old: Version, path: str) -> datetime | None:
    """When the field at `path` of a version in force may go, or None where that version has not deprecated it."""
    name = path.removeprefix("schema.").split(".")[0]
    promised, since = _promised(old, name), None
    for version in _back_from(old):
        if _promised(version, name) is None:
            break
        since = version.activated_at
    if promised is None or since is None:
        return None
    days = old.document.deprecation_days
    return removal_due(promised, since, DEFAULT_DEPRECATION_DAYS if days is None else days)


def deprecations_in(document: Document) -> list[dict[str, str]]:
    """Fields that the document marks deprecated, nested ones under dotted names, with their removal dates."""
    marked = [(spec.name, removal_date(spec)) for spec in walk(document.fields)]
    return [{"field": name, "date": due.isoformat()} for name, due in marked if due]


def _back_from(version: Version) -> Iterator[Version]:
    """The version and those that were in force before it, newest first."""
    been = version.contract.versions.filter(activated_at__isnull=False, activated_at__lte=version.activated_at)
    yield from been.order_by("-activated_at", "-pk")


def _promised(version: Version, name: str) -> date | None:
    """The removal date that the version states for a deprecated field."""
    spec = version.document.field_named(name)
    return removal_date(spec) if spec else None


def removal_date(spec: FieldSpec) -> date | None:
    """The date from which a deprecated field may go; None where it is not deprecated or states no date."""
    if not spec.deprecated or not spec.removal_date:
        return None
    try:
        return date.fromisoformat(spec.removal_date)
    except ValueError:
        return None
