"""Who may use the pages of people and access; the row "tiers, systems, tokens, roles" of the table of acts."""

from portal.core.identity.models import Membership, ServiceToken
from tests.access_entry import ALL, Entry
from tests.people import World

ADMINISTRATOR = {"administrator"}


def _bobs_role(world: World) -> dict[str, int]:
    return {"pk": Membership.objects.get(user=world.bob).pk}


def _token(world: World) -> dict[str, int]:
    world.token("lineage:write")
    return {"pk": ServiceToken.objects.latest("pk").pk}


ACCESS = [
    Entry("identity:people", ALL),
    Entry("identity:team", ALL, kwargs={"slug": "platform"}),
    Entry("identity:add-team", ADMINISTRATOR),
    Entry("identity:add-team", ADMINISTRATOR, method="post", data={"name": "Growth", "slug": "growth"}),
    Entry("identity:give-role", ADMINISTRATOR),
    Entry(
        "identity:give-role",
        ADMINISTRATOR,
        method="post",
        data=lambda world: {"user": world.otto.pk, "role": "auditor", "team": ""},
    ),
    Entry("identity:take-role", ADMINISTRATOR, kwargs=_bobs_role),
    Entry("identity:take-role", ADMINISTRATOR, kwargs=_bobs_role, method="post"),
    Entry("identity:members", ADMINISTRATOR),
    Entry("identity:add-person", ADMINISTRATOR),
    Entry("identity:add-person", ADMINISTRATOR, method="post", data={"name": "Una New", "email": "una@example.org"}),
    Entry("identity:tokens", ADMINISTRATOR),
    Entry("identity:issue-token", ADMINISTRATOR),
    Entry("identity:issue-token", ADMINISTRATOR, method="post", data={"name": "", "days": "30"}),
    Entry("identity:assign-token", ADMINISTRATOR, kwargs=_token),
    Entry("identity:assign-token", ADMINISTRATOR, kwargs=_token, method="post", data=lambda w: {"team": w.platform.pk}),
    Entry("identity:revoke-token", ADMINISTRATOR, kwargs=_token),
    Entry("identity:revoke-token", ADMINISTRATOR, kwargs=_token, method="post"),
]
