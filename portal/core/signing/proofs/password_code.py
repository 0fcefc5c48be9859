"""Signing by password and one-time code: the fallback. It leaves nothing that others could check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from portal.core.identity.factors import check_code, has_codes
from portal.core.signing.errors import WrongProof
from portal.core.signing.proofs.base import Proof
from portal.core.signing.proofs.registry import method

if TYPE_CHECKING:
    from portal.core.signing.models import Challenge


@method("password_totp", rank=20)
@dataclass(frozen=True)
class PasswordAndCode(Proof):
    """A password with a fresh one-time code: our server saw both, nobody else can check them again."""

    strength = "password and one-time code: weaker than a passkey; not a qualified eIDAS signature"
    template = "portal/_partials/sign_by_code.html"

    password: str = field(repr=False)
    code: str = field(repr=False)

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> Self | None:
        """The fields `password` and `code`."""
        if not {"password", "code"} & set(sent):
            return None
        return cls(sent.get("password", ""), sent.get("code", "").strip())

    @classmethod
    def asks(cls, challenge: Challenge) -> dict[str, Any] | None:
        """Nothing but that the person has codes."""
        return {} if has_codes(challenge.user) else None

    def check(self, challenge: Challenge) -> None:
        """The password first, so that a wrong one does not use up the code."""
        user = challenge.user
        if not (user.check_password(self.password) and check_code(user, self.code)):
            raise WrongProof("The password or the code is wrong, or the code was used before: wait for the next one.")
