"""The life of a request: the table, and a random walk over it that may never break the rules."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from privacy_app.domain.request import (
    BEFORE_APPROVAL,
    ENDED,
    TRANSITIONS,
    Action,
    Facts,
    State,
    TransitionRefused,
    actions_from,
    move,
)


def test_every_state_can_be_reached_and_every_open_state_can_be_left():
    reached = {State.RECEIVED} | set(TRANSITIONS.values())
    assert reached == set(State)
    assert all(actions_from(state) for state in State if state not in ENDED)


def test_a_denied_a_cancelled_and_a_duplicate_request_stay_what_they_are():
    for state in (State.DENIED, State.CANCELLED, State.DUPLICATE):
        assert actions_from(state) == ()


def test_the_refusal_says_what_is_possible_instead():
    with pytest.raises(TransitionRefused, match="A request that is planning cannot approve; possible now: cancel"):
        move(State.PLANNING, Action.APPROVE)


def test_a_request_can_be_cancelled_until_the_first_destructive_step_and_not_after_it():
    assert move(State.PROPAGATING, Action.CANCEL) is State.CANCELLED
    with pytest.raises(TransitionRefused, match="already begun"):
        move(State.PROPAGATING, Action.CANCEL, Facts(destructive_step_begun=True))


def test_a_pause_leads_back_to_where_it_began_and_never_past_an_approval():
    assert move(State.PAUSED, Action.RESUME, Facts(paused_from=State.RESOLVING)) is State.RESOLVING
    with pytest.raises(TransitionRefused):
        move(State.PAUSED, Action.RESUME, Facts(paused_from=State.PROPAGATING))


class Life(RuleBasedStateMachine):
    """A request under any sequence of actions."""

    def __init__(self):
        super().__init__()
        self.state = State.RECEIVED
        self.expired = self.verified = self.approved = self.destroyed = False
        self.paused_from = None

    @rule(action=st.sampled_from(Action))
    def act(self, action):
        before = self.state
        facts = Facts(paused_from=self.paused_from, destructive_step_begun=self.destroyed)
        try:
            self.state = move(before, action, facts)
        except TransitionRefused:
            assert self.state is before
            return
        assert before not in {State.DENIED, State.CANCELLED, State.DUPLICATE}
        if action is Action.PAUSE:
            self.paused_from = before
        self.verified |= action is Action.VERIFY_IDENTITY
        self.expired |= action is Action.EXPIRE
        self.approved |= action is Action.APPROVE
        if action is Action.PLAN_AGAIN:
            self.approved = self.destroyed = False
        if action is Action.SEND_BACK:
            self.approved = False

    @precondition(lambda self: self.state is State.PROPAGATING)
    @rule()
    def destroy(self):
        self.destroyed = True

    @invariant()
    def nothing_is_destroyed_without_identity_and_approval(self):
        if self.state in {State.PROPAGATING, State.VERIFYING, State.COMPLETED, State.PARTIALLY_COMPLETE}:
            assert self.verified
            assert self.approved

    @invariant()
    def an_expiry_is_an_answer_and_never_follows_a_proof(self):
        if self.expired:
            assert self.state is State.DENIED
            assert not self.verified

    @invariant()
    def a_cancelled_request_destroyed_nothing(self):
        if self.state is State.CANCELLED:
            assert not self.destroyed

    @invariant()
    def only_what_was_not_approved_is_paused(self):
        if self.state is State.PAUSED:
            assert self.paused_from in BEFORE_APPROVAL


TestLife = Life.TestCase
