"""The table of acts as people meet it: what each of the cast may do, to their own team's objects and to others'."""

from dataclasses import dataclass, field

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from portal.core.identity.policies import TABLE, Act, may, require
from portal.core.identity.roles import Role
from tests.people import World

EVERYBODY = {"ana", "bob", "cleo", "dan", "pia", "petra", "aud", "hal", "ada", "otto"}

# The table of design/portal.md, written out for a contract of Data Platform that Product Analytics consumes.
EXPECTED = {
    Act.READ: EVERYBODY,
    Act.WRITE_CONTRACT: {"ana", "bob"},
    Act.PROPOSE_EDIT: {"ana", "bob", "cleo"},
    Act.SIGN_PRODUCER: {"ana"},
    Act.SIGN_ACCOUNTABLE: {"hal"},
    Act.SIGN_PRIVACY: {"pia", "petra"},
    Act.ANSWER_CONTRACT: {"cleo"},
    Act.HANDLE_INCIDENT: {"ana", "dan"},
    Act.KEEP_ROTA: {"ana", "ada"},
    Act.READ_REQUESTS: {"pia", "petra"},
    Act.COUNT_REQUESTS: {"pia", "petra", "hal"},
    Act.UNMASK: {"pia", "petra"},
    Act.PLAN_DELETION: {"pia", "petra"},
    Act.APPROVE_DELETION: {"pia", "petra"},
    Act.APPROVE_HIGH_RISK: {"hal"},
    Act.READ_EVIDENCE: {"ana", "bob", "cleo", "pia", "petra", "aud", "hal"},
    Act.ATTEST_DELETION: {"ana", "pia", "petra"},
    Act.WAIVE_GATE: {"hal"},
    Act.DECLARE_LINEAGE: {"ana", "ada"},
    Act.SET_CONSUMER_CLASS: {"ana", "otto", "ada"},
    Act.REPLAY_EVENTS: {"ana", "bob", "aud", "ada"},
    Act.SET_SLO: {"ana"},
    Act.SET_TIERS: {"hal", "ada"},
    Act.ADMINISTER: {"ada"},
    Act.READ_REFUSED: {"ana", "bob", "ada"},
    Act.PROPOSE_RACI: {"ana", "hal"},
}


@dataclass
class Contract:
    """Something of one team that others consume."""

    owners: set[int]
    consumers: set[int] = field(default_factory=set)

    def team_ids(self) -> set[int]:
        return self.owners

    def consumer_team_ids(self) -> set[int]:
        return self.consumers


@dataclass
class Plan:
    """A deletion plan with the people who made it."""

    planners: set[int]

    def planner_ids(self) -> set[int]:
        return self.planners


def test_each_act_is_open_to_exactly_the_people_that_the_design_names(world: World) -> None:
    contract = Contract({world.platform.pk}, {world.analytics.pk})

    allowed = {act: {name for name, user in world.people.items() if may(user, act, contract)} for act in Act}

    assert allowed == EXPECTED
    assert set(TABLE) == set(Act)


def test_without_an_object_the_owner_of_any_team_may_in_principle(world: World) -> None:
    assert may(world.otto, Act.SIGN_PRODUCER)
    assert not may(world.otto, Act.SIGN_PRODUCER, Contract({world.platform.pk}))


def test_nobody_and_people_who_left_and_people_without_a_role_may_do_nothing(world: World) -> None:
    world.ana.is_active = False
    world.bob.memberships.all().delete()

    for who in (AnonymousUser(), world.ana, world.bob):
        assert not any(may(who, act) for act in Act)


def test_a_refusal_names_the_role_that_could(world: World) -> None:
    with pytest.raises(PermissionDenied, match="This needs the role privacy officer"):
        require(world.ana, Act.UNMASK)
    with pytest.raises(PermissionDenied, match="role owner or on-call engineer in the team that it belongs to"):
        require(world.otto, Act.HANDLE_INCIDENT, Contract({world.platform.pk}))


def test_who_planned_a_deletion_cannot_approve_it_and_is_told_who_can(world: World) -> None:
    plan = Plan({world.pia.pk})

    assert may(world.petra, Act.APPROVE_DELETION, plan)
    with pytest.raises(PermissionDenied, match="somebody else has to approve it"):
        require(world.pia, Act.APPROVE_DELETION, plan)


def test_roles_of_a_team_and_roles_of_the_organisation_are_told_apart() -> None:
    assert {role for role in Role if role.of_a_team} == {Role.OWNER, Role.CONTRIBUTOR, Role.CONSUMER, Role.ON_CALL}
