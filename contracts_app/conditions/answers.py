"""Each consumer team has accepted, or let the notice pass; none objects."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from contracts_app import selectors
from contracts_app.conditions import Condition, condition
from contracts_app.domain.answers import Said
from contracts_app.models import Answer, Version
from contracts_app.selectors.answers import Standing


@condition(order=50)
def answers(version: Version) -> Iterator[Condition]:
    """One condition a consumer, where the change has a notice."""
    if selectors.answers_are_asked(version):
        yield from (_standing(version, one) for one in selectors.answers_of(version))


def _standing(version: Version, one: Standing) -> Condition:
    name = str(one.team or one.consumer)
    key, title = f"answers.{one.team.slug if one.team else one.consumer}", f"Answer of {name}"
    if one.latest is None:
        return _open(version, one, key, title, name)
    met, text = not one.objects, _sentence(name, one.latest)
    if met:
        return Condition(key, title, True, text)
    url = reverse("contracts:overrule", args=[version.pk, one.team.pk])
    return Condition(key, title, False, text, who=f"{name}, or the head of data", url=url, failing=True)


def _open(version: Version, one: Standing, key: str, title: str, name: str) -> Condition:
    ends = version.notice_ends_at
    if one.team is None:
        text = f"`{name}` names no team, so nobody can answer for it; when the notice ends it counts as notified."
        return Condition(key, title, False, text, who="the clock", until=ends)
    url = reverse("contracts:answer", args=[version.pk])
    text = f"Waits for {name}; silence counts as notified when the notice ends."
    return Condition(key, title, False, text, who=f"a consumer in {name}", until=ends, url=url)


def _sentence(name: str, answer: Answer) -> str:
    who = answer.user.name if answer.user else ""
    on = f"on {answer.at:%d %b %Y, %H:%M UTC}"
    return {
        Said.ACCEPTED: f"Accepted by {who} {on}.",
        Said.OBJECTED: f"{who} objected for {name} {on}: {answer.reason}",
        Said.WITHDRAWN: f"{who} withdrew the objection {on}.",
        Said.OVERRULED: f"{who} overruled the objection {on}: {answer.reason}",
        Said.NOTIFIED: f"Did not answer; notified when the notice ended {on}.",
    }[answer.word]
