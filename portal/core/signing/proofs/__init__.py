"""How people prove that it is they who sign: one file a method, found by walking this package."""

from portal.core.signing.proofs.base import Nothing, Proof
from portal.core.signing.proofs.passkey import PasskeyAssertion
from portal.core.signing.proofs.password_code import PasswordAndCode
from portal.core.signing.proofs.registry import methods, read, strength_of

__all__ = ["Nothing", "PasskeyAssertion", "PasswordAndCode", "Proof", "methods", "read", "strength_of"]
