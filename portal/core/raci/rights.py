"""Who signs as accountable, where a signed row of the matrix says so: it decides before the table of acts does."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from portal.core.identity.policies import Act, decides

from .models import Row
from .selectors.directory import directory, holders_of_user

KEPT = "_raci_answers"


@decides(Act.SIGN_ACCOUNTABLE)
def answers_for(user: Any, obj: Any) -> bool | None:
    """Whether the row of the object's asset makes this person answer for it; None leaves it to the table of acts.

    An object says by `duty_asset_id()` which asset it is about. Where nobody active stands behind the row's A, the
    table decides, so that a gap stops nothing.
    """
    answers = _answers(user)
    if obj is None:
        return True if answers.mine else None
    asked = getattr(obj, "duty_asset_id", None) if answers.holders else None
    asset_id = asked() if asked else None
    holder = answers.holders.get(asset_id) if asset_id else None
    if holder is None or holder in answers.vacant:
        return None
    return asset_id in answers.mine


class _Answers:
    """Who answers for which asset, and for which of them this person does; read once for the person's instance."""

    def __init__(self, user: Any) -> None:
        rows = Row.objects.filter(asset__isnull=False).values_list("asset", "accountable")
        self.holders: dict[int, str] = dict(rows)
        own = holders_of_user(user) if self.holders else frozenset()
        self.mine = {asset for asset, holder in self.holders.items() if holder in own}

    @cached_property
    def vacant(self) -> set[str]:
        """Holders with nobody active behind them."""
        return {holder for holder, each in directory(set(self.holders.values())).items() if not each.speakers}


def _answers(user: Any) -> _Answers:
    if not hasattr(user, KEPT):
        setattr(user, KEPT, _Answers(user))
    found: _Answers = getattr(user, KEPT)
    return found
