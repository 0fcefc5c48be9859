"""Changes around the data: which asset it is, who answers for it, who depends on it, how long a change is announced."""

from __future__ import annotations

from collections.abc import Iterator

from contracts_app.domain.changes import Change, change
from contracts_app.domain.differences.values import line_of, same
from contracts_app.domain.model import DEFAULT_DEPRECATION_DAYS, DEFAULT_NOTICE_DAYS, Document

_WINDOWS = {
    "breaking_change_notice_days": ("notice_days", DEFAULT_NOTICE_DAYS, "notice of a breaking change"),
    "deprecation_window_days": ("deprecation_days", DEFAULT_DEPRECATION_DAYS, "deprecation window"),
}


def asset(old: Document, new: Document) -> Iterator[Change]:
    """The contract's name, the asset under it, its tier, and what describes it."""
    line = line_of(new, "asset", "name")
    names = [f"{each.asset.namespace}/{each.asset.name}" for each in (old, new)]
    if names[0] != names[1] or old.name != new.name:
        before, after = names if names[0] != names[1] else (old.name, new.name)
        said = f"Another asset is under contract: {after}, it was {before}."
        yield change("asset", "asset.changed", said, line, old=before, new=after)
    if old.asset.kind != new.asset.kind:
        said = f"The asset is a {new.asset.kind} now; it was a {old.asset.kind}."
        yield change("asset.kind", "asset.changed", said, line, old=old.asset.kind, new=new.asset.kind)
    yield from _tier(old.asset.tier, new.asset.tier, line)
    for key in ("layer", "tier_reason"):
        before, after = getattr(old.asset, key), getattr(new.asset, key)
        if before != after:
            yield change(f"asset.{key}", "text.changed", f"`{key}` changed.", line, old=before, new=after)


def _tier(old: int | None, new: int | None, line: int) -> Iterator[Change]:
    """Tier 1 is the most critical; no tier stated is the least."""
    before, after = (4 if tier is None else tier for tier in (old, new))
    if before != after:
        kind = "tier.lowered" if after > before else "tier.raised"
        said = f"The tier was {old or 'not stated'} and is {new or 'not stated'} now."
        yield change("asset.tier", kind, said, line, old=old, new=new)


def people(old: Document, new: Document) -> Iterator[Change]:
    """Owner, on-call, contact and the roles; description and tags beside them."""
    rows = (("owner", "owner", "people.changed"), ("on_call", "on_call", "people.changed"),
            ("contact", "change_policy.contact", "people.changed"), ("raci", "raci", "people.changed"),
            ("description", "description", "text.changed"), ("tags", "tags", "text.changed"))  # fmt: skip
    for name, path, kind in rows:
        before, after = getattr(old, name), getattr(new, name)
        if not same(before, after):
            emptied = not after and name in ("owner", "on_call", "contact")
            said = f"`{path}` changed." if after else f"`{path}` is empty now."
            yield change(
                path,
                "people.emptied" if emptied else kind,
                said,
                line_of(new, path.split(".")[0]),
                old=before or None,
                new=after or None,
            )


def consumers(old: Document, new: Document) -> Iterator[Change]:
    """Who depends on the asset; a team that is struck off hears of it in the notice."""
    before, after = _purposes(old), _purposes(new)
    line = line_of(new, "consumers")
    for team in sorted(before.keys() - after.keys()):
        yield change("consumers", "consumer.removed", f"`{team}` is no consumer any more.", line, old=team)
    for team in sorted(after.keys() - before.keys()):
        yield change("consumers", "consumer.added", f"`{team}` is a consumer now.", line, new=team)
    for team in sorted(before.keys() & after.keys()):
        if before[team] != after[team]:
            said = f"The purpose of `{team}` changed."
            yield change("consumers", "text.changed", said, line, old=before[team], new=after[team])


def _purposes(document: Document) -> dict[str, str]:
    """Each team with what it uses the data for; a team may be named once for each purpose."""
    found: dict[str, str] = {}
    for each in sorted(document.consumers, key=lambda one: (one.team, one.purpose)):
        found[each.team] = f"{found[each.team]}; {each.purpose}" if each.team in found else each.purpose
    return found


def windows(old: Document, new: Document) -> Iterator[Change]:
    """How long a breaking change is announced, and how long a deprecated version lives on."""
    line = line_of(new, "change_policy")
    for key, (name, default, words) in _WINDOWS.items():
        before, after = (default if (days := getattr(each, name)) is None else days for each in (old, new))
        if before != after:
            kind = "window.shortened" if after < before else "window.lengthened"
            said = f"The {words} is {after:g} days; it was {before:g}."
            days = {"old": f"{before:g} days", "new": f"{after:g} days"}
            yield change(f"change_policy.{key}", kind, said, line, **days)
