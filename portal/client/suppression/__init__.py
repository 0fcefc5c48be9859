"""Asks the portal which records belong to somebody who was erased, before a pipeline loads or derives them again.

Standard library only. What could not be asked is not let in: a portal that is away raises PortalAway.
"""

from portal.client.answers import PortalAway, PortalRefused
from portal.client.suppression.asking import Asked, let_in, portal_from_environment, suppressed

__all__ = ["Asked", "PortalAway", "PortalRefused", "let_in", "portal_from_environment", "suppressed"]
