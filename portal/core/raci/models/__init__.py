"""Rows of posts, proposals and the matrix."""

from .matrix import Row, Version
from .posts import Post, PostHolder
from .proposals import Change, Demand, Proposal, State

__all__ = ["Change", "Demand", "Post", "PostHolder", "Proposal", "Row", "State", "Version"]
