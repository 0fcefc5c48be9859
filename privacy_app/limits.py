"""How often the public and programs may knock. Counters lie in the cache and may be lost; addresses only as HMAC.

While the cache is away each web process counts by itself: a person's request is taken in all the same, and nobody gets
more than the limit times the number of processes.
"""

import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache, caches
from django.http import HttpRequest
from redis.exceptions import ConnectionError as CacheAway
from redis.exceptions import TimeoutError as CacheSilent

from privacy_app import keystore

HOUR = 3600
INTAKES_AN_HOUR = 20
CODES_AN_HOUR = 30
API_INTAKES_AN_HOUR = 5000


def too_often(request: HttpRequest, what: str, limit: int) -> bool:
    """Count one knock of this caller; whether it is one too many within the hour."""
    return too_often_by(_caller(request), what, limit)


def too_often_by(who: str, what: str, limit: int) -> bool:
    """The same for a caller whom we know by something else than an address."""
    return _counted(f"privacy.{what}.{who}", HOUR) > limit


@dataclass(frozen=True)
class Allowance:
    """What a program may still ask in this window: `left` is below zero once it asked too often."""

    limit: int
    left: int
    resets_s: int

    @property
    def headers(self) -> dict[str, str]:
        """RateLimit fields (draft-ietf-httpapi-ratelimit-headers-06), and when to come back."""
        told = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(self.left, 0)),
            "RateLimit-Reset": str(self.resets_s),
        }
        return told | ({"Retry-After": str(self.resets_s)} if self.left < 0 else {})


def allowance(what: str, who: str, limit: int, window_s: int = 60) -> Allowance:
    """Count one call of a program in the present window of `window_s` seconds."""
    window, passed = divmod(int(time.time()), window_s)
    return Allowance(limit, limit - _counted(f"privacy.{what}.{who}.{window}", window_s * 2), window_s - passed)


def _counted(key: str, life_s: int) -> int:
    """One more knock under this key; how many there were within its life."""
    try:
        return _count_in(cache, key, life_s)
    except (CacheAway, CacheSilent):
        return _count_in(caches["spare"], key, life_s)


def _count_in(store: Any, key: str, life_s: int) -> int:
    store.add(key, 0, life_s)
    return int(store.incr(key))


def _caller(request: HttpRequest) -> str:
    address = str(request.META.get("REMOTE_ADDR", ""))
    return hmac.new(keystore.lookup_key(), address.encode(), hashlib.sha256).hexdigest()[:32]
