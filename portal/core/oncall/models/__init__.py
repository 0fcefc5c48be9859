"""Rows of rotations, ladders and pages."""

from .ladder import Level, Policy
from .page import Page, PageStep, Severity
from .rotation import Absence, Override, Plan, Rotation, Turn

__all__ = ["Absence", "Level", "Override", "Page", "PageStep", "Plan", "Policy", "Rotation", "Severity", "Turn"]
