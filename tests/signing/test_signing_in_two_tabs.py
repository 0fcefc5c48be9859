"""One challenge, sent from two tabs at the same moment, on two connections that really race."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import connection

from portal.core.signing.models import Signature
from portal.core.signing.proofs import PasswordAndCode
from portal.core.signing.services import SigningRefused, begin, complete
from tests.passkeys import SoftPasskey
from tests.people import build_world, secret_of


def test_a_challenge_sent_twice_at_once_gives_one_signature(transactional_db: None) -> None:
    world = build_world()
    challenge = begin(
        user=world.ana, purpose="contract", digest="sha256:00", version="1", role="producer", ref="contract:1"
    )
    step = int(time.time()) // 30
    codes = [format_hotp_value(hotp_value(secret_of("ana"), step + later)) for later in (0, 1)]
    together = Barrier(2)

    def tab(code: str) -> str:
        together.wait()
        try:
            complete(
                user=world.ana,
                challenge_id=challenge.pk,
                proof=PasswordAndCode(world.password, code),
                current_digest="sha256:00",
            )
        except SigningRefused as refused:
            return str(refused)
        else:
            return "signed"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(tab, codes))

    assert Signature.objects.count() == 1
    assert answers[1] == "signed"
    assert "used already" in answers[0]


def test_a_passkey_and_its_copy_that_show_one_counter_at_once_give_one_signature(transactional_db: None) -> None:
    world = build_world()
    passkey = SoftPasskey.enrol(world, "ana")
    challenges = [
        begin(user=world.ana, purpose="contract", digest=f"sha256:{number}", version="1", role="producer", ref="c:1")
        for number in (1, 2)
    ]
    proofs = [passkey.sign(challenge, count=5) for challenge in challenges]
    together = Barrier(2)

    def device(number: int) -> str:
        together.wait()
        try:
            complete(
                user=world.ana,
                challenge_id=challenges[number].pk,
                proof=proofs[number],
                current_digest=challenges[number].digest,
            )
        except SigningRefused as refused:
            return str(refused)
        else:
            return "signed"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(device, (0, 1)))

    assert Signature.objects.count() == 1
    assert answers[1] == "signed"
    assert "there may be a copy of it" in answers[0]
