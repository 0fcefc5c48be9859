"""Signing by passkey: what is taken, what is refused and with which sentence, and that others find the same."""

import json
import subprocess
from base64 import urlsafe_b64decode
from hashlib import sha256
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import transaction
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.utils import websafe_decode, websafe_encode
from webauthn import verify_authentication_response
from webauthn.helpers.exceptions import InvalidAuthenticationResponse

from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.models import Entry
from portal.core.signing.models import Assertion, Challenge, Signature
from portal.core.signing.proofs import PasskeyAssertion, PasswordAndCode, methods, read
from portal.core.signing.selectors import material_of
from portal.core.signing.services import SigningRefused, begin, complete
from tests.passkeys import PRESENT, VERIFIED, SoftPasskey
from tests.people import World

DIGEST = "sha256:" + "ab" * 32


@pytest.fixture
def passkey(world: World) -> SoftPasskey:
    """Ana's passkey."""
    return SoftPasskey.enrol(world, "ana")


def ask(world: World, who: str = "ana", role: str = "producer", digest: str = DIGEST) -> Challenge:
    return begin(
        user=world.people[who], purpose="contract", digest=digest, version="1.2.0", role=role, ref="contract:7"
    )


def take(world: World, challenge: Challenge, proof: Any, who: str = "ana", current_digest: str = DIGEST) -> Signature:
    return complete(user=world.people[who], challenge_id=challenge.pk, proof=proof, current_digest=current_digest)


def test_a_passkey_signs_and_the_signature_says_by_which_method_and_how_strong_it_is(world: World, passkey) -> None:
    challenge = ask(world)

    signature = take(world, challenge, passkey.sign(challenge))

    assert signature.method == "passkey"
    assert "user verification" in signature.strength
    assert "weaker" not in signature.strength
    assert "not a qualified eIDAS signature" in signature.strength
    said = json.loads(bytes(signature.assertion.client_data))
    assert urlsafe_b64decode(said["challenge"] + "=") == sha256(bytes(signature.statement)).digest()
    assert json.loads(bytes(signature.statement))[1:5] == [DIGEST, "1.2.0", "producer", str(world.ana.public_id)]


def test_all_that_an_offline_verifier_needs_is_kept_and_the_ledger_names_its_digest(world: World, passkey) -> None:
    challenge = ask(world)
    signature = take(world, challenge, passkey.sign(challenge))

    material = material_of(signature)

    assert set(material) == {
        "client_data", "authenticator_data", "person_signature", "public_key", "public_key_spki",
        "credential", "rp_id", "origin", "sign_count",
    }  # fmt: skip
    assert (material["rp_id"], material["origin"], material["sign_count"]) == ("localhost", "http://localhost:8000", 1)
    assert material["credential"] == digest(passkey.id)
    assert cbor.decode(websafe_decode(str(material["public_key"])))[-1] == 1
    entry = Entry.objects.get(kind="signing:signature:given")
    assert entry.payload["proof"] == digest(canonical_bytes(material))


@pytest.mark.parametrize("kind", ["es256", "eddsa", "rs256"])
def test_py_webauthn_a_library_of_others_accepts_what_was_kept_and_refuses_it_changed(world: World, kind) -> None:
    passkey = SoftPasskey.enrol(world, "ana", kind=kind)
    challenge = ask(world)
    signature = take(world, challenge, passkey.sign(challenge))
    kept = material_of(signature)

    def judge(statement: bytes) -> Any:
        return verify_authentication_response(
            credential={
                "id": websafe_encode(passkey.id),
                "rawId": websafe_encode(passkey.id),
                "type": "public-key",
                "response": {
                    "clientDataJSON": kept["client_data"],
                    "authenticatorData": kept["authenticator_data"],
                    "signature": kept["person_signature"],
                },
            },
            expected_challenge=sha256(statement).digest(),
            expected_rp_id=str(kept["rp_id"]),
            expected_origin=str(kept["origin"]),
            credential_public_key=websafe_decode(str(kept["public_key"])),
            credential_current_sign_count=0,
            require_user_verification=True,
        )

    assert judge(bytes(signature.statement)).user_verified
    with pytest.raises(InvalidAuthenticationResponse):
        judge(bytes(signature.statement).replace(b"1.2.0", b"1.2.1"))


def test_openssl_agrees_from_the_kept_material_alone(world: World, passkey, tmp_path) -> None:
    challenge = ask(world)
    kept = {
        name: websafe_decode(value)
        for name, value in material_of(take(world, challenge, passkey.sign(challenge))).items()
        if name in ("client_data", "authenticator_data", "person_signature", "public_key")
    }
    public = CoseKey.parse(cbor.decode(kept["public_key"]))
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(public[-2], "big"), int.from_bytes(public[-3], "big"), ec.SECP256R1()
    )
    pem = numbers.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "sig").write_bytes(kept["person_signature"])
    signed = kept["authenticator_data"] + sha256(kept["client_data"]).digest()

    def openssl(message: bytes) -> str:
        (tmp_path / "message").write_bytes(message)
        command = "openssl dgst -sha256 -verify key.pem -signature sig message"
        return subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False).stdout.strip()

    assert openssl(signed) == "Verified OK"
    assert openssl(signed[:-1] + bytes([signed[-1] ^ 1])) == "Verification failure"
    numbers.public_key().verify(kept["person_signature"], signed, ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        numbers.public_key().verify(kept["person_signature"], signed + b"x", ec.ECDSA(hashes.SHA256()))


def _flip(answer: dict[str, Any], name: str, at: int) -> None:
    data = bytearray(websafe_decode(answer["response"][name]))
    data[at] ^= 1
    answer["response"][name] = websafe_encode(bytes(data))


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("clientDataJSON", 20),
        ("clientDataJSON", -2),
        ("authenticatorData", 0),
        ("authenticatorData", 36),
        ("signature", 10),
        ("signature", -1),
    ],
)
def test_one_bit_flipped_anywhere_in_the_answer_is_refused(world: World, passkey, name: str, at: int) -> None:
    challenge = ask(world)
    answer = json.loads(passkey.sign(challenge).answer)
    _flip(answer, name, at)

    with pytest.raises(SigningRefused, match=r"4 tries left\.$"):
        take(world, challenge, PasskeyAssertion(json.dumps(answer)))
    assert not Signature.objects.exists()
    assert not Assertion.objects.exists()


BENT = {
    "a page at another address": ({"origin": "http://localhost:9999"}, "another address than http://localhost:8000"),
    "a page of a phisher": ({"origin": "https://custody.example.net"}, "another address"),
    "another relying party": ({"rp": "example.net"}, "does not fit what you were asked to sign"),
    "a registration, not a use": ({"type": "webauthn.create"}, "does not fit"),
    "a frame of somebody else": ({"more": {"crossOrigin": True}}, "inside a page of somebody else"),
    "a page that frames ours": ({"more": {"topOrigin": "https://example.net"}}, "inside a page of somebody else"),
    "nobody verified": ({"flags": PRESENT}, "did not check that it is you"),
    "nobody present": ({"flags": VERIFIED}, "does not fit"),
}


@pytest.mark.parametrize(("bent", "why"), BENT.values(), ids=BENT)
def test_an_answer_that_is_well_signed_but_not_for_this_is_refused_with_the_reason(world, passkey, bent, why) -> None:
    challenge = ask(world)

    with pytest.raises(SigningRefused, match=why):
        take(world, challenge, passkey.sign(challenge, **bent))
    assert not Signature.objects.exists()


def test_an_answer_to_another_challenge_is_refused(world: World, passkey) -> None:
    first, other = ask(world), ask(world, digest="sha256:other")

    with pytest.raises(SigningRefused, match="does not fit what you were asked to sign"):
        take(world, first, passkey.sign(other))


def test_a_signature_cannot_be_replayed_neither_on_its_challenge_nor_on_the_next(world: World, passkey) -> None:
    challenge = ask(world)
    proof = passkey.sign(challenge)
    take(world, challenge, proof)

    with pytest.raises(SigningRefused, match="used already"):
        take(world, challenge, proof)
    with pytest.raises(SigningRefused, match="does not fit"):
        take(world, ask(world), proof)
    assert Signature.objects.count() == 1


def test_a_passkey_answers_too_late_after_five_minutes(world: World, passkey, clock) -> None:
    challenge = ask(world)
    proof = passkey.sign(challenge)
    clock.move(minutes=5)

    with pytest.raises(SigningRefused, match="five minutes"):
        take(world, challenge, proof)


def test_a_passkey_signs_nothing_when_the_thing_changed_after_it_was_opened(world: World, passkey) -> None:
    challenge = ask(world)

    with pytest.raises(SigningRefused, match="changed after you opened it"):
        take(world, challenge, passkey.sign(challenge), current_digest="sha256:" + "cd" * 32)


def test_a_passkey_of_somebody_else_signs_nothing_and_their_challenge_is_not_to_be_had(world: World, passkey) -> None:
    theirs = SoftPasskey.enrol(world, "otto")
    challenge = ask(world)

    with pytest.raises(SigningRefused, match="not, or no longer, one of yours"):
        take(world, challenge, theirs.sign(challenge))
    with pytest.raises(SigningRefused, match="not yours"):
        take(world, challenge, theirs.sign(challenge), who="otto")


def test_a_passkey_removed_while_the_page_was_open_signs_nothing(world: World, passkey) -> None:
    challenge = ask(world)
    proof = passkey.sign(challenge)
    Authenticator.objects.get(user=world.ana, type="webauthn").delete()

    with pytest.raises(SigningRefused, match="no longer, one of yours"):
        take(world, challenge, proof)


@pytest.mark.parametrize(("before", "after"), [(7, 7), (7, 6), (7, 0)])
def test_a_counter_that_does_not_grow_is_refused_as_a_copied_key(world: World, passkey, before, after) -> None:
    first = ask(world)
    take(world, first, passkey.sign(first, count=before))
    second = ask(world)

    with pytest.raises(SigningRefused, match=f"stands at {after}, but stood at 7 before: there may be a copy"):
        take(world, second, passkey.sign(second, count=after))


def test_the_counter_of_the_registration_counts_too(world: World) -> None:
    passkey = SoftPasskey.enrol(world, "ana", count=40)
    challenge = ask(world)

    with pytest.raises(SigningRefused, match="stood at 40 before"):
        take(world, challenge, passkey.sign(challenge, count=12))


def test_passkeys_that_are_synced_and_keep_no_counter_sign_again_and_again(world: World, passkey) -> None:
    for _ in range(2):
        challenge = ask(world)
        assert take(world, challenge, passkey.sign(challenge, count=0)).method == "passkey"


@pytest.mark.parametrize("text", ["{", "null", "[]", "{}", '{"rawId": 1}', '"x"', "[" * 9000, "x" * 20_000])
def test_an_answer_that_is_no_answer_is_refused_with_a_sentence(world: World, passkey, text: str) -> None:
    with pytest.raises(SigningRefused, match="cannot be read"):
        take(world, ask(world), PasskeyAssertion(text))


def test_five_wrong_answers_lock_the_challenge_for_both_methods(world: World, passkey) -> None:
    challenge = ask(world)
    for _ in range(5):
        with pytest.raises(SigningRefused), transaction.atomic():
            take(world, challenge, passkey.sign(challenge, flags=PRESENT))

    with pytest.raises(SigningRefused, match="5 wrong tries"):
        take(world, challenge, passkey.sign(challenge))
    with pytest.raises(SigningRefused, match="5 wrong tries"):
        take(world, challenge, PasswordAndCode(world.password, world.code("ana")))


def test_who_has_a_passkey_and_no_authenticator_app_can_sign(world: World, passkey) -> None:
    Authenticator.objects.filter(user=world.ana, type="totp").delete()
    challenge = ask(world)

    assert take(world, challenge, passkey.sign(challenge)).method == "passkey"


def test_the_form_is_read_as_the_method_that_it_holds_and_the_stronger_of_two_counts() -> None:
    assert read({"password": "p", "code": " 123456 "}) == PasswordAndCode("p", "123456")
    assert read({"passkey": "{}"}) == PasskeyAssertion("{}")
    assert read({"passkey": "{}", "password": "p", "code": "1"}) == PasskeyAssertion("{}")
    assert read({"passkey": "", "password": "p", "code": "1"}) == PasswordAndCode("p", "1")
    assert [each.name for each in methods()] == ["passkey", "password_totp"]


def test_a_form_without_any_proof_signs_nothing(world: World) -> None:
    with pytest.raises(SigningRefused, match="without a passkey's answer, a password or a code"):
        take(world, ask(world), read({}))


def test_only_the_persons_own_passkeys_are_asked_for_with_user_verification(world: World, passkey) -> None:
    SoftPasskey.enrol(world, "otto")
    challenge = ask(world)

    asked = PasskeyAssertion.asks(challenge)

    options = json.loads(asked["options"])
    assert [each["id"] for each in options["allowCredentials"]] == [websafe_encode(passkey.id)]
    assert (options["userVerification"], options["rpId"]) == ("required", "localhost")
    assert 0 < options["timeout"] <= 300_000
    assert PasskeyAssertion.asks(ask(world, who="hal", role="accountable")) is None


def test_no_secret_of_a_proof_is_in_its_printed_form() -> None:
    assert "hunter2" not in repr(PasswordAndCode("hunter2", "123456"))
    assert "123456" not in repr(PasswordAndCode("hunter2", "123456"))


def test_adding_and_removing_a_passkey_enters_the_ledger_with_the_key_and_without_a_name(world: World, passkey) -> None:
    added = Entry.objects.get(kind="identity:passkey:added")
    row = Authenticator.objects.get(user=world.ana, type="webauthn")

    assert added.payload["credential"] == digest(passkey.id)
    assert added.payload["key"] == digest(cbor.encode(dict(row.wrap().authenticator_data.credential_data.public_key)))
    assert added.actor_id == str(world.ana.public_id)
    assert world.client("ana").post(f"/accounts/2fa/webauthn/keys/{row.pk}/remove/").status_code == 302
    assert Entry.objects.get(kind="identity:passkey:removed").payload == {"credential": digest(passkey.id)}
