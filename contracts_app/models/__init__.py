"""What contracts keep: one module a subject."""

from contracts_app.models.contract import NUMBERED, STATES, Contract, Version
from contracts_app.models.signatures import SignatureLink

__all__ = ["NUMBERED", "STATES", "Contract", "SignatureLink", "Version"]
