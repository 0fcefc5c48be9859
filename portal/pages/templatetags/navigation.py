"""The parts of the frame that depend on who is looking: `{% load navigation %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString

from portal.core.catalog.panels import Panel
from portal.core.identity.policies import Act, may
from portal.pages.evidence.watch import WholeLedger
from portal.pages.navigation import current, grouped, open_rooms

register = template.Library()


@register.inclusion_tag("portal/_partials/navigation.html", takes_context=True)
def navigation(context: template.Context) -> dict[str, Any]:
    """The main navigation by groups, with the present room marked."""
    path = context["request"].path
    groups = grouped(open_rooms(context["user"]))
    return {"groups": [(name, [(room, current(room, path)) for room in rooms]) for name, rooms in groups]}


@register.inclusion_tag("portal/_partials/account_menu.html", takes_context=True)
def account_menu(context: template.Context) -> dict[str, Any]:
    """Name, roles, security, appearance and signing out."""
    user = context["user"]
    return {
        "user": user,
        "initials": "".join(word[0] for word in user.name.split()[:2]).upper(),
        "roles": _roles(user),
        "theme": context.get("theme", ""),
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag(takes_context=True)
def show_panel(context: template.Context, panel: Panel, own: dict[str, Any]) -> SafeString:
    """A panel of the asset page, drawn by its own template with what its room said and the page's context."""
    with context.push(**own):
        return get_template(panel.template).template.render(context)


def _roles(user: Any) -> list[str]:
    words = [role.label + (f", {team}" if team else "") for role, _, team in user.roles_held()]
    return [word[0].upper() + word[1:] for word in words]


@register.simple_tag(takes_context=True)
def reads_whole_ledger(context: template.Context) -> bool:
    """Whether who is looking reads all evidence, and not only that of their own assets."""
    user = context.get("user")
    return bool(user and user.is_authenticated and may(user, Act.READ_EVIDENCE, WholeLedger()))
