"""One-time codes for the people of the demo who sign while it is built."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

STEP_S = 30
_spent: dict[str, set[int]] = {}


def fresh(secret: str) -> str:
    """A code that is good now and was not used in this build: each is good once, and a step early or late.

    The oldest first; one of the step before only while it will surely be looked at in time. Where all are used, this
    waits for the next step.
    """
    spent = _spent.setdefault(secret, set())
    while True:
        step, into = divmod(time.time(), STEP_S)
        good = [int(step) - 1, int(step), int(step) + 1] if into < STEP_S / 2 else [int(step), int(step) + 1]
        free = next((each for each in good if each not in spent), None)
        if free is not None:
            spent.add(free)
            return str(format_hotp_value(hotp_value(secret, free)))
        time.sleep(1)


def used(secret: str) -> int:
    """How many codes this build has used of that secret: who used fewest signs next."""
    return len(_spent.get(secret, ()))
