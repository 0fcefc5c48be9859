"""The pages under /people/ as an administrator and as everybody else meet them."""

import re

import pytest

from portal.core.events.models import Event
from portal.core.evidence.models import Entry
from portal.core.identity.access import known_scopes
from portal.core.identity.models import Membership, ServiceToken, Team, User
from portal.core.identity.policies import Act, may
from portal.core.identity.tokens import authenticate
from tests.people import World


def test_everybody_sees_the_teams_and_only_an_administrator_sees_how_to_change_them(world: World) -> None:
    seen = world.client("bob").get("/people/").content.decode()
    assert "Data Platform" in seen
    assert "Hal Head" in seen
    assert "Give a role" not in seen
    assert "Give a role" in world.client("ada").get("/people/").content.decode()


def test_a_role_that_is_given_opens_the_act_and_is_in_the_ledger_without_the_name(world: World) -> None:
    assert not may(world.otto, Act.READ_REQUESTS)

    answer = world.client("ada").post("/people/roles/give/", {"user": world.otto.pk, "role": "privacy_officer"})

    assert answer.status_code == 302
    assert may(User.objects.get(pk=world.otto.pk), Act.READ_REQUESTS)
    entry = Entry.objects.get(kind="identity:role:given")
    assert entry.payload["person"] == str(world.otto.public_id)
    assert "Otto" not in str(entry.payload) + entry.sentence
    assert entry.actor_role == "administrator"
    assert Event.objects.filter(topic="identity.role.given").count() == 1


def test_giving_a_role_that_is_held_already_records_nothing_new(world: World) -> None:
    for _ in range(2):
        world.client("ada").post("/people/roles/give/", {"user": world.otto.pk, "role": "auditor"})

    assert Entry.objects.filter(kind="identity:role:given").count() == 1


@pytest.mark.parametrize(
    ("role", "team", "sentence"),
    [("owner", "", "is held in a team. Choose the team."), ("auditor", "platform", "for the whole organisation")],
)
def test_a_role_and_a_team_that_do_not_fit_are_refused_with_a_sentence(world: World, role, team, sentence) -> None:
    team_pk = world.teams[team].pk if team else ""

    answer = world.client("ada").post("/people/roles/give/", {"user": world.otto.pk, "role": role, "team": team_pk})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_a_role_is_taken_after_a_check_page_and_the_ledger_says_so(world: World) -> None:
    held = Membership.objects.get(user=world.bob)
    page = world.client("ada").get(f"/people/roles/{held.pk}/take/").content.decode()
    assert "Bob Contributor" in page

    world.client("ada").post(f"/people/roles/{held.pk}/take/")

    assert not User.objects.get(pk=world.bob.pk).grants()
    assert Entry.objects.get(kind="identity:role:taken").payload["team"] == "platform"


def test_the_last_administrator_cannot_be_taken_out(world: World) -> None:
    held = Membership.objects.get(user=world.ada)

    answer = world.client("ada").post(f"/people/roles/{held.pk}/take/")

    assert answer.status_code == 422
    assert "last administrator" in answer.content.decode()
    assert Membership.objects.filter(pk=held.pk).exists()


def test_a_token_is_shown_once_and_works_and_only_its_beginning_is_seen_later(world: World, rf) -> None:
    known_scopes.add("lineage:write")
    ada = world.client("ada")

    issued = ada.post(
        "/people/tokens/issue/",
        {"name": "nightly", "scopes": ["lineage:write"], "namespaces": "demo*\nlake", "days": "30"},
    )

    plain = re.search(r"custody_[0-9a-f]{8}_[\w-]{43}", issued.content.decode()).group()
    assert "no-store" in issued["Cache-Control"]
    token = authenticate(rf.get("/", headers={"Authorization": f"Bearer {plain}"}))
    assert token.covers("demo-1")
    assert not token.covers("prod")
    listed = ada.get("/people/tokens/").content.decode()
    assert token.prefix in listed
    assert plain not in listed
    assert plain not in str(list(Entry.objects.values_list("payload", flat=True)))


def test_a_revoked_token_shows_as_revoked(world: World) -> None:
    world.token("lineage:write")
    token = ServiceToken.objects.get()

    world.client("ada").post(f"/people/tokens/{token.pk}/revoke/")

    assert "Revoked" in world.client("ada").get("/people/tokens/").content.decode()
    assert Entry.objects.filter(kind="identity:token:revoked").count() == 1


def test_a_person_and_a_team_are_added_and_a_second_account_for_an_address_is_refused(world: World) -> None:
    ada = world.client("ada")

    added = ada.post("/people/members/add/", {"name": "Una New", "email": "Una@Example.org"})
    again = ada.post("/people/members/add/", {"name": "Una Again", "email": "una@example.ORG"})
    ada.post("/people/teams/add/", {"name": "Growth", "slug": "growth"})

    assert added.status_code == 302
    assert not User.objects.get(email="una@example.org").has_usable_password()
    assert again.status_code == 422
    assert "signs in with this address already" in again.content.decode()
    assert Team.objects.get(slug="growth").name == "Growth"


def test_the_list_of_members_finds_by_name_and_shows_who_waits_for_a_role(world: World) -> None:
    ada = world.client("ada")
    world.bob.memberships.all().delete()

    assert "Cleo" in ada.get("/people/members/?q=cle").content.decode()
    assert "Ana Owner" not in ada.get("/people/members/?q=cle").content.decode()
    waiting = ada.get("/people/members/?without_role=1").content.decode()
    assert "Bob Contributor" in waiting
    assert "Cleo" not in waiting


def test_a_refusal_is_a_page_that_names_the_role_that_could(world: World) -> None:
    answer = world.client("ana").get("/people/tokens/")

    assert answer.status_code == 403
    assert "This needs the role administrator" in answer.content.decode()


def test_who_has_no_one_time_code_reaches_no_binding_act(world: World) -> None:
    ada = world.client("ada")
    world.ada.authenticator_set.all().delete()

    answer = ada.get("/people/roles/give/")

    assert answer.status_code == 403
    assert "one-time code" in answer.content.decode()


def test_a_fragment_asked_for_by_htmx_sends_the_whole_page_to_the_sign_in(world: World) -> None:
    answer = world.client().get("/people/", headers={"HX-Request": "true"})

    assert answer["HX-Redirect"].startswith("/accounts/login/")
