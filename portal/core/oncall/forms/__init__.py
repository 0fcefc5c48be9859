"""Input for the on-call pages: a file a page."""

from .addresses import AddressForm
from .ladder import LadderForm
from .pages import ResolvePageForm
from .rotations import PlanForm, SpanForm, TakeShiftForm

__all__ = ["AddressForm", "LadderForm", "PlanForm", "ResolvePageForm", "SpanForm", "TakeShiftForm"]
