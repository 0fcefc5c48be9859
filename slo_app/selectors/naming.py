"""SLOs by what people call them, for the search of the portal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from portal.core.identity.policies import Act, require

from ..models import Slo

if TYPE_CHECKING:
    from portal.core.catalog.called import Called
    from portal.core.identity.models import User


def slos_called(user: User, called: Called) -> QuerySet[Slo]:
    """The SLOs of assets whose name or namespace holds the text, and those called so; never a drill's."""
    require(user, Act.READ)
    own = ~Q(name="") & Q(name__icontains=called.text)
    found = Slo.objects.filter(called.by_key() | own, drill=False).select_related("asset", "owner_team")
    return found.order_by("asset__name", "kind", "name")
