"""Every write of the gates: a verdict that was asked for, and a deploy that was told of afterwards."""

from portal.gates.services.deciding import decide
from portal.gates.services.records import take_record

__all__ = ["decide", "take_record"]
