"""Service tokens: shown once, kept as a hash, bound to scopes and namespaces, and refused with a sentence."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.dateparse import parse_datetime
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.core.clock.services import now
from portal.core.identity.access import token_scope
from portal.core.identity.actors import actor_of
from portal.core.identity.models import ServiceToken
from portal.core.identity.services import revoke_token
from portal.core.identity.tokens import TokenRefused, authenticate, issue
from tests.people import World


@token_scope("lineage:write")
def ingest(request):
    return HttpResponse(request.service_token.name)


class RestIngest(APIView):
    required_scope = "lineage:write"

    def post(self, request):
        return Response({"token": request.auth.name})


def ask(view, plain: str | None):
    headers = {} if plain is None else {"Authorization": f"Bearer {plain}"}
    response = view(RequestFactory(headers=headers).post("/api/v1/lineage"))
    return response.render() if isinstance(response, Response) else response


def test_the_text_of_a_token_is_not_kept_but_its_prefix_is_recognised(world: World) -> None:
    plain = world.token("lineage:write")

    row = ServiceToken.objects.get()

    assert plain.startswith(row.prefix)
    assert plain not in str(vars(row))


@pytest.mark.parametrize("view", [ingest, RestIngest.as_view()], ids=["decorator", "rest framework"])
def test_a_view_for_machines_takes_the_right_scope_and_answers_others_with_a_problem_document(world, view) -> None:
    right, wrong = world.token("lineage:write"), world.token("gate:read")

    assert ask(view, right).status_code == 200
    assert ask(view, wrong).status_code == 403
    assert ask(view, None).status_code == 401
    assert ask(view, "custody_00000000_x").status_code == 401
    assert ask(view, None)["WWW-Authenticate"].startswith("Bearer")
    assert ask(view, wrong)["Content-Type"] == "application/problem+json"
    assert b"lineage:write" in ask(view, wrong).content


def test_a_decorated_rest_view_needs_no_second_permission(world: World) -> None:
    class Plain(APIView):
        def post(self, request):
            return Response({})

    view = token_scope("lineage:write")(Plain.as_view())

    assert ask(view, world.token("lineage:write")).status_code == 200
    assert ask(view, None).status_code == 401


def test_a_token_that_was_revoked_or_has_expired_is_refused_with_the_reason(world: World, clock) -> None:
    request = RequestFactory(headers={"Authorization": f"Bearer {world.token('a:b', days=1)}"}).get("/")
    assert authenticate(request)

    clock.move(days=2)
    with pytest.raises(TokenRefused, match="has expired"):
        authenticate(request)

    clock.move(days=-2)
    revoke_token(actor=actor_of(world.ada), token=ServiceToken.objects.get())
    with pytest.raises(TokenRefused, match="was revoked"):
        authenticate(request)


def test_the_last_use_is_noted_but_not_on_every_request(world: World, clock) -> None:
    request = RequestFactory(headers={"Authorization": f"Bearer {world.token('a:b')}"}).get("/")
    first = authenticate(request).last_used_at
    clock.move(seconds=30)
    assert authenticate(request).last_used_at == first
    clock.move(seconds=31)
    assert authenticate(request).last_used_at > first


def test_a_token_covers_only_the_namespaces_that_match_its_patterns(db: None) -> None:
    token = ServiceToken(namespaces=["demo*", "postgres://db:5432"])

    assert token.covers("demo-lake")
    assert token.covers("postgres://db:5432")
    assert not token.covers("prod")
    assert not token.covers("DEMO")
    assert not ServiceToken(namespaces=[]).covers("demo")


@pytest.mark.parametrize("scopes", [[], ["everything"], ["Lineage:Write"]])
def test_a_token_without_a_proper_scope_is_not_issued(world: World, scopes: list[str]) -> None:
    with pytest.raises(ValidationError, match="at least one scope"):
        issue(
            actor=actor_of(world.ada),
            name="x",
            scopes=scopes,
            namespaces=[],
            expires_at=now() + timedelta(days=1),
        )


def test_a_token_that_would_have_expired_already_is_not_issued(world: World) -> None:
    with pytest.raises(ValidationError, match="later end"):
        issue(
            actor=actor_of(world.ada),
            name="x",
            scopes=["a:b"],
            namespaces=[],
            expires_at=parse_datetime("2020-01-01T00:00Z"),
        )
