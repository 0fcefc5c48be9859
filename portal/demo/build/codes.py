"""One-time codes for the people of the demo who sign while it is built."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

STEP_S = 30
_spent: dict[str, set[int]] = {}


def fresh(secret: str) -> str:
    """A code that is good now and was not used in this build: a code is good once, and a step early.

    Where both are used, this waits for the next step.
    """
    spent = _spent.setdefault(secret, set())
    while True:
        now = int(time.time()) // STEP_S
        free = next((step for step in (now, now + 1) if step not in spent), None)
        if free is not None:
            spent.add(free)
            return str(format_hotp_value(hotp_value(secret, free)))
        time.sleep(1)
