"""What was in force when: versions, their differences, and the history of one row."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from portal.core.identity.policies import Act, require

from ..domain.changes import RowChange, compare
from ..domain.documents import matrix_of
from ..domain.matrix import Matrix
from ..models import Change, State, Version


def versions(reader: Any) -> QuerySet[Version]:
    """Every version, newest first, without its document."""
    require(reader, Act.READ)
    return Version.objects.defer("document").select_related("proposal__proposed_by")


def version_for(reader: Any, number: int) -> Version:
    """One version; Http404 where there is none."""
    require(reader, Act.READ)
    found = Version.objects.select_related("proposal__proposed_by").filter(number=number).first()
    if found is None:
        raise Http404("The matrix has no such version.")
    return found


def matrix_at(version: Version | None) -> Matrix:
    """The rows of a version; nothing before the first."""
    return matrix_of(version.document) if version else {}


def before(version: Version) -> Version | None:
    """The version that it followed."""
    return Version.objects.filter(number__lt=version.number).first()


def difference(old: Version | None, new: Version) -> list[RowChange]:
    """What changed from one version to the other."""
    return compare(matrix_at(old), matrix_at(new))


def history_of(reader: Any, row_key: str) -> QuerySet[Change]:
    """Every proposal that touched the row, newest first, those that wait and that were withdrawn too."""
    require(reader, Act.READ)
    found = Change.objects.filter(row_key=row_key).order_by("-proposal__proposed_at", "-pk")
    return found.select_related("proposal__proposed_by", "proposal__version").prefetch_related(
        "proposal__demands__user"
    )


def in_force(change: Change) -> bool:
    """Whether the change came into force."""
    return change.proposal.state == State.IN_FORCE
