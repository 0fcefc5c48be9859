"""How often the public may knock. Counters lie in the cache and may be lost; addresses are counted by HMAC only."""

import hashlib
import hmac

from django.core.cache import cache
from django.http import HttpRequest

from privacy_app import keystore

HOUR = 3600
INTAKES_AN_HOUR = 20
CODES_AN_HOUR = 30


def too_often(request: HttpRequest, what: str, limit: int) -> bool:
    """Count one knock of this caller; whether it is one too many within the hour."""
    key = f"privacy.{what}.{_caller(request)}"
    cache.add(key, 0, HOUR)
    return bool(cache.incr(key) > limit)


def _caller(request: HttpRequest) -> str:
    address = str(request.META.get("REMOTE_ADDR", ""))
    return hmac.new(keystore.lookup_key(), address.encode(), hashlib.sha256).hexdigest()[:32]
