"""Signing with password and one-time code: what is taken, what is refused, and what cannot be undone."""

import json
import subprocess
from hashlib import sha256

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction

from portal.core.evidence.keys import public_pem, server_key
from portal.core.evidence.models import Entry
from portal.core.identity.actors import actor_of, purge_name
from portal.core.identity.selectors import names_of
from portal.core.signing.models import Challenge, Signature
from portal.core.signing.proofs import PasswordAndCode
from portal.core.signing.selectors import signatures_of
from portal.core.signing.services import SigningRefused, begin, complete
from tests.people import World

DIGEST = "sha256:" + "ab" * 32


def ask(world: World, who: str = "ana", role: str = "producer", digest: str = DIGEST) -> Challenge:
    return begin(
        user=world.people[who], purpose="contract", digest=digest, version="1.2.0", role=role, ref="contract:7"
    )


def sign(world: World, challenge: Challenge, who: str = "ana", **changes: str) -> Signature:
    code = changes.pop("code") if "code" in changes else world.code(who)
    proof = PasswordAndCode(changes.get("password", world.password), code)
    return complete(
        user=world.people[who],
        challenge_id=challenge.pk,
        proof=proof,
        current_digest=changes.get("current_digest", DIGEST),
    )


def test_a_signature_says_what_was_signed_by_whom_in_which_role_and_how_strongly(world: World) -> None:
    challenge = ask(world)

    signature = sign(world, challenge)

    assert json.loads(bytes(signature.statement)) == [
        "custody.sign.v1",
        DIGEST,
        "1.2.0",
        "producer",
        str(world.ana.public_id),
        challenge.nonce,
    ]
    assert signature.method == "password_totp"
    assert "weaker than a passkey" in signature.strength
    assert "not a qualified eIDAS signature" in signature.strength
    assert list(signatures_of("contract", "contract:7")) == [signature]


def test_a_challenge_can_be_used_once(world: World) -> None:
    challenge = ask(world)
    sign(world, challenge)

    with pytest.raises(SigningRefused, match="used already"):
        sign(world, challenge)


def test_a_challenge_ends_after_five_minutes(world: World, clock) -> None:
    challenge = ask(world)
    clock.move(minutes=5)

    with pytest.raises(SigningRefused, match="five minutes"):
        sign(world, challenge)


def test_nothing_is_signed_when_the_thing_changed_after_it_was_opened(world: World) -> None:
    challenge = ask(world)

    with pytest.raises(SigningRefused, match="changed after you opened it"):
        sign(world, challenge, current_digest="sha256:" + "cd" * 32)
    assert not Signature.objects.exists()


def test_a_challenge_of_somebody_else_is_not_to_be_had(world: World) -> None:
    challenge = ask(world)

    with pytest.raises(SigningRefused, match="not yours"):
        sign(world, challenge, who="otto")
    with pytest.raises(SigningRefused, match="not yours"):
        complete(user=world.ana, challenge_id="abc", proof=PasswordAndCode("x", "1"), current_digest=DIGEST)


@pytest.mark.parametrize("wrong", [{"password": "guess"}, {"code": "000000"}, {"code": ""}, {"password": ""}])
def test_a_wrong_password_or_code_signs_nothing_and_says_how_many_tries_are_left(world: World, wrong) -> None:
    with pytest.raises(SigningRefused, match="4 tries left"):
        sign(world, ask(world), **wrong)
    assert not Signature.objects.exists()


def test_a_wrong_password_does_not_use_up_the_code(world: World) -> None:
    challenge, code = ask(world), world.code("ana")
    with pytest.raises(SigningRefused):
        sign(world, challenge, password="guess", code=code)

    assert sign(world, challenge, code=code)


def test_a_code_signs_once(world: World) -> None:
    code = world.code("ana")
    sign(world, ask(world), code=code)

    with pytest.raises(SigningRefused, match="used before"):
        sign(world, ask(world), code=code)


def test_five_wrong_tries_lock_the_challenge_even_where_each_was_rolled_back(world: World, clock) -> None:
    challenge = ask(world)
    for left in ("4 tries", "3 tries", "2 tries", "1 try", "5 wrong tries"):
        with pytest.raises(SigningRefused, match=left), transaction.atomic():
            sign(world, challenge, code="000000")

    with pytest.raises(SigningRefused, match="5 wrong tries"):
        sign(world, challenge)
    with pytest.raises(SigningRefused, match="You can sign again after"):
        ask(world)
    clock.move(minutes=5)
    assert sign(world, ask(world))


def test_fifteen_wrong_tries_in_an_hour_stop_a_person_over_all_challenges(world: World, clock) -> None:
    for number in range(3):
        challenge = ask(world, digest=f"sha256:{number}")
        for _ in range(5):
            with pytest.raises(SigningRefused):
                sign(world, challenge, code="000000", current_digest=f"sha256:{number}")

    with pytest.raises(SigningRefused, match="within the last hour"):
        ask(world)
    clock.move(hours=1, seconds=1)
    assert ask(world)


def test_opening_the_page_again_gives_the_same_challenge_while_it_lasts(world: World, clock) -> None:
    first = ask(world)
    assert ask(world) == first
    assert ask(world, digest="sha256:other") != first

    clock.move(minutes=4, seconds=30)
    assert ask(world) != first


def test_one_person_never_gives_the_signatures_of_two_roles(world: World) -> None:
    sign(world, ask(world))

    with pytest.raises(SigningRefused, match="another person has to sign as accountable"):
        sign(world, ask(world, role="accountable"))
    assert sign(world, ask(world, who="hal", role="accountable"), who="hal")


def test_who_has_neither_a_passkey_nor_one_time_codes_cannot_sign(world: World) -> None:
    Authenticator.objects.filter(user=world.ana).delete()

    with pytest.raises(SigningRefused, match="needs a passkey or one-time codes"):
        ask(world)


def test_who_has_left_cannot_sign(world: World) -> None:
    challenge = ask(world)
    world.ana.is_active = False

    with pytest.raises(SigningRefused):
        sign(world, challenge)


def test_the_server_countersigns_the_statement_so_that_openssl_agrees(world: World, tmp_path) -> None:
    signature = sign(world, ask(world))
    (tmp_path / "key.pem").write_bytes(public_pem(server_key().public))
    (tmp_path / "statement").write_bytes(signature.statement)
    (tmp_path / "signature").write_bytes(signature.server_signature)

    command = "openssl pkeyutl -verify -rawin -pubin -inkey key.pem -in statement -sigfile signature"
    said = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False)

    assert said.stdout.strip() == "Signature Verified Successfully"
    assert signature.key_id == server_key().key_id


def test_the_ledger_holds_the_signature_without_a_name_or_an_address(world: World) -> None:
    signature = sign(world, ask(world))

    entry = Entry.objects.get(kind="signing:signature:given")

    assert entry.payload["statement"] == "sha256:" + sha256(signature.statement).hexdigest()
    assert entry.actor_id == str(world.ana.public_id)
    assert "Ana" not in f"{entry.payload} {entry.sentence} {entry.actor_name_digest}"
    assert "@" not in f"{entry.payload} {entry.sentence}"


def test_a_purged_name_leaves_the_entry_and_a_digest_that_nobody_can_open(world: World) -> None:
    sign(world, ask(world))
    entry = Entry.objects.get(kind="signing:signature:given")
    assert names_of(world.aud, [entry.actor_id]) == {entry.actor_id: "Ana Owner"}
    assert entry.actor_name_digest == actor_of(world.ana).name_digest

    purge_name(entry.actor_id)

    assert names_of(world.aud, [entry.actor_id]) == {}
    assert actor_of(world.ana).name_digest != entry.actor_name_digest
