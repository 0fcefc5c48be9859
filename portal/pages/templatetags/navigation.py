"""The parts of the frame that depend on who is looking: `{% load navigation %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString

from portal.core.catalog.panels import Panel
from portal.core.identity.roles import Role
from portal.pages.navigation import current, open_rooms

register = template.Library()


@register.inclusion_tag("portal/_partials/navigation.html", takes_context=True)
def navigation(context: template.Context) -> dict[str, Any]:
    """The main navigation with the present room marked."""
    path = context["request"].path
    rooms = open_rooms(context["user"])
    return {
        "entries": [
            {"label": room.label, "path": room.path, "icon": room.icon, "current": current(room, path)}
            for room in rooms
        ]
    }


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
    held = user.memberships.select_related("team")
    words = [Role(each.role).label + (f", {each.team.name}" if each.team else "") for each in held]
    return [word[0].upper() + word[1:] for word in words]
