"""A process that does a piece of a contract's life again and again, each time killed as by `kill -9` at another step.

A step is a row written or a transaction committed, so that a step which is added later is killed by itself. It is
started once and forks for each try. Arguments: database name, VAR_DIR. A line of JSON in: {"do": job, "die_at": step
(0: never), ...}; lines out: what the job answered, if it lived to, then {"died": bool, "code": int}.
"""

import json
import os
import signal
import sys
import traceback
from importlib import import_module
from pathlib import Path

import django
from django.conf import settings

WRITES = ("INSERT", "UPDATE", "DELETE")


class Death:
    """Counts the steps of this process and kills it at one of them."""

    def __init__(self, at: int) -> None:
        self.at, self.steps = at, 0

    def written(self, execute, sql, params, many, context):
        """A wrapper of every statement (django.db.connection.execute_wrapper)."""
        result = execute(sql, params, many, context)
        if sql.lstrip().upper().startswith(WRITES):
            self.step()
        return result

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def tick(told):
    """Everything that the clock brings to contracts."""
    from contracts_app.tasks import move_versions_on

    return {"moved": move_versions_on()}


def news(told):
    """What happened, told to whoever listens."""
    from portal.core.events.services import consume_all

    return {"told": consume_all()}


def sign(told):
    """One signature by passkey."""
    from contracts_app.models import Version
    from contracts_app.services import Refused
    from contracts_app.services import sign as give
    from portal.core.identity.models import User
    from portal.core.signing.proofs import PasskeyAssertion
    from portal.core.signing.services import SigningRefused

    user, version = User.objects.get(pk=told["user"]), Version.objects.get(pk=told["version"])
    try:
        link = give(
            user=user, version=version, challenge_id=told["challenge"], proof=PasskeyAssertion(told["assertion"])
        )
    except (Refused, SigningRefused) as error:
        return {"refused": str(error)}
    return {"signed": link.role}


def push(told):
    """`custody push` as the portal sees it: one request over the whole stack."""
    from django.test import Client

    headers = {"Authorization": f"Bearer {told['token']}", "Idempotency-Key": told["key"]}
    answer = Client(SERVER_NAME="localhost").post(
        "/api/v1/contracts/push", data=told["content"], content_type="application/yaml", headers=headers
    )
    return {"status": answer.status_code, "body": answer.json()}


JOBS = {"tick": tick, "news": news, "sign": sign, "push": push}


def _live(told) -> int:
    """In the forked child: do the job, and die on the way."""
    from django.db import connection

    death = Death(told["die_at"])
    commit = connection._commit

    def deadly_commit() -> None:
        commit()
        death.step()

    connection._commit = deadly_commit
    try:
        with connection.execute_wrapper(death.written):
            answer = JOBS[told["do"]](told)
    except BaseException:  # noqa: BLE001 - a forked child ends here, and says on its way what stopped it
        traceback.print_exc()
        return 1
    sys.stdout.write(json.dumps(answer | {"steps": death.steps}) + "\n")
    sys.stdout.flush()
    return 0


def main(database: str, var: str) -> None:
    settings.DATABASES["default"]["NAME"] = database
    settings.VAR_DIR = Path(var)
    django.setup()
    for module in ("contracts_app.tasks", "portal.urls", "portal.core.signing.services"):
        import_module(module)  # once, and not in each child
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(_live(json.loads(line)))
        status = os.waitpid(child, 0)[1]
        ended = {"died": os.WIFSIGNALED(status), "code": os.waitstatus_to_exitcode(status)}
        sys.stdout.write(json.dumps(ended) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
