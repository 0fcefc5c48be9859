"""Writes of the provenance room: outputs that products register, and answers that people take as signed documents."""

from portal.pages.provenance.services.giving import give, make
from portal.pages.provenance.services.registering import Refusal, Registration, register

__all__ = ["Refusal", "Registration", "give", "make", "register"]
