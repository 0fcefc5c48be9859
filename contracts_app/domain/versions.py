"""Semantic versions (semver 2.0.0) as contracts use them: compared, stepped, and held against the changes."""

from __future__ import annotations

import re

SEMVER = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:-([0-9A-Za-z.-]{1,20}))?")


def version_key(version: str) -> tuple[int, int, int]:
    """Major, minor and patch as numbers; raises ValueError for anything but a semantic version.

    >>> version_key("1.10.0") > version_key("1.9.3")
    True
    """
    match = SEMVER.fullmatch(version)
    if match is None:
        raise ValueError(f"{version!r} is not a semantic version such as 1.2.0.")
    return int(match[1]), int(match[2]), int(match[3])


def declared_bump(old: str, new: str) -> str:
    """`none`, `patch`, `minor` or `major`, or `lower` for a step back.

    >>> declared_bump("1.2.0", "1.3.0"), declared_bump("1.2.0", "1.1.9")
    ('minor', 'lower')
    """
    before, after = version_key(old), version_key(new)
    if after < before:
        return "lower"
    for name, one, other in zip(("major", "minor", "patch"), before, after, strict=True):
        if one != other:
            return name
    return "none"


def needed_version(old: str, bump: str) -> str:
    """The smallest version that carries the bump.

    >>> needed_version("1.2.3", "minor"), needed_version("1.2.3", "none")
    ('1.3.0', '1.2.3')
    """
    major, minor, patch = version_key(old)
    return {
        "major": f"{major + 1}.0.0",
        "minor": f"{major}.{minor + 1}.0",
        "patch": f"{major}.{minor}.{patch + 1}",
    }.get(bump, old)


def allowed_bump(old: str, bump: str, *, draft: bool) -> str:
    """The bump that a version number must show: while a contract is a draft, 0.y.z may break in a minor step.

    >>> allowed_bump("0.3.0", "major", draft=True), allowed_bump("0.3.0", "major", draft=False)
    ('minor', 'major')
    """
    return "minor" if draft and bump == "major" and version_key(old)[0] == 0 else bump
