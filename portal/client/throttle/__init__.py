"""Obeys the portal's throttle: `throttled` wraps a function or a Celery task, `Throttle` answers by hand.

Standard library only. The portal tells how much a job may read while what it reads is out of bounds; the answer is kept
for as long as it holds, and a portal that is away never stops a job that was not asked to fail closed.
"""

from portal.client.throttle.answer import Held
from portal.client.throttle.decorator import throttled
from portal.client.throttle.keeper import Throttle, throttle_from_environment
from portal.client.throttle.pace import ThrottleDenied

__all__ = ["Held", "Throttle", "ThrottleDenied", "throttle_from_environment", "throttled"]
