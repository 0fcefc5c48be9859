"""Addresses under /people/."""

from __future__ import annotations

from django.urls import path

from portal.core.identity.views import members, teams, tokens

app_name = "identity"
urlpatterns = [
    path("", teams.people, name="people"),
    path("teams/add/", teams.add_team, name="add-team"),
    path("teams/<slug:slug>/", teams.team, name="team"),
    path("roles/give/", teams.give_role, name="give-role"),
    path("roles/<int:pk>/take/", teams.take_role, name="take-role"),
    path("members/", members.members, name="members"),
    path("members/add/", members.add_person, name="add-person"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/issue/", tokens.issue_token, name="issue-token"),
    path("tokens/<int:pk>/team/", tokens.assign_token, name="assign-token"),
    path("tokens/<int:pk>/revoke/", tokens.revoke_token, name="revoke-token"),
]
