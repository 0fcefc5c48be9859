"""Says whether the portal can be used."""

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from portal.core.identity.access import public


@public("a load balancer asks without an account, and learns only yes or no")
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when the database and the cache answer; 503 with the part that does not."""
    parts = {"database": _database(), "cache": _cache()}
    return JsonResponse(parts, status=200 if all(v == "ok" for v in parts.values()) else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return type(error).__name__
    return "ok"


def _cache() -> str:
    try:
        cache.get("healthz")
    except RedisError as error:
        return type(error).__name__
    return "ok"
