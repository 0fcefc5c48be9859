"""A software authenticator: real keys, real CBOR, registered at allauth's own page as a browser would do it.

`SoftPasskey.enrol(world, "ana")` makes one; `.sign(challenge)` answers a challenge of `portal.core.signing`. Each test
may bend what it answers by keyword: another origin, no user verification, a counter that goes back.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from fido2 import cbor
from fido2.cose import ES256, RS256, EdDSA
from fido2.utils import websafe_encode

from portal.core.identity.relying_party import origin, rp_id
from portal.core.signing.domain.statement import challenge_bytes
from portal.core.signing.proofs import PasskeyAssertion

if TYPE_CHECKING:
    from portal.core.signing.models import Challenge
    from tests.people import World

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
ADD = "/accounts/2fa/webauthn/add/"


def _new_key(kind: str) -> Any:
    if kind == "es256":
        return ec.generate_private_key(ec.SECP256R1())
    return ed25519.Ed25519PrivateKey.generate() if kind == "eddsa" else rsa.generate_private_key(65537, 2048)


@dataclass
class SoftPasskey:
    """One key pair with its counter. `kind` is es256, eddsa or rs256."""

    kind: str = "es256"
    count: int = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: Any = None

    def __post_init__(self) -> None:
        self.key = self.key or _new_key(self.kind)

    @classmethod
    def enrol(cls, world: World, name: str, **given: Any) -> SoftPasskey:
        """A new passkey, registered by `name` at the page where people add theirs."""
        made, client = cls(**given), world.client(name)
        page = client.get(ADD).content.decode()
        found = re.search(r'<script id="js_data"[^>]*>(.*?)</script>', page)
        assert found, "allauth's page to add a passkey holds no options."
        asked = json.loads(found[1])["creation_options"]["publicKey"]
        sent = client.post(ADD, {"name": "A passkey of the tests", "credential": json.dumps(made.register(asked))})
        assert sent.status_code == 302, sent.content.decode()
        return made

    def register(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Answer `navigator.credentials.create` (WebAuthn section 6.5), attestation "none"."""
        cose = {"es256": ES256, "eddsa": EdDSA, "rs256": RS256}[self.kind].from_cryptography_key(self.key.public_key())
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor.encode(dict(cose))
        data = self._data(asked["rp"]["id"], PRESENT | VERIFIED | ATTESTED) + attested
        said = self._client_data("webauthn.create", asked["challenge"], origin())
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(clientDataJSON=said, attestationObject=attestation)

    def sign(self, challenge: Challenge, **bent: Any) -> PasskeyAssertion:
        """Answer the challenge as a proof for `complete`."""
        return PasskeyAssertion(json.dumps(self.answer(challenge_bytes(challenge.statement), **bent)))

    def answer(self, asked: bytes, **bent: Any) -> dict[str, Any]:
        """Answer `navigator.credentials.get`; `bent`: origin, rp, flags, count, type, more (client data)."""
        self.count = bent.get("count", self.count + 1)
        data = self._data(bent.get("rp", rp_id()), bent.get("flags", PRESENT | VERIFIED))
        said = self._client_data(
            bent.get("type", "webauthn.get"),
            websafe_encode(asked),
            bent.get("origin", origin()),
            **bent.get("more", {}),
        )
        signature = self._signed(data + sha256(said).digest())
        return self._credential(clientDataJSON=said, authenticatorData=data, signature=signature)

    def _data(self, rp: str, flags: int) -> bytes:
        return sha256(rp.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str, where: str, **more: Any) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": where, "crossOrigin": False} | more
        return json.dumps(said, separators=(",", ":")).encode()

    def _signed(self, message: bytes) -> bytes:
        if self.kind == "es256":
            return self.key.sign(message, ec.ECDSA(hashes.SHA256()))
        if self.kind == "eddsa":
            return self.key.sign(message)
        return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())

    def _credential(self, **response: bytes) -> dict[str, Any]:
        own = websafe_encode(self.id)
        encoded = {name: websafe_encode(value) for name, value in response.items()}
        return {"id": own, "rawId": own, "type": "public-key", "clientExtensionResults": {}, "response": encoded}
