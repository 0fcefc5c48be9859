"""The demo's matrix: the programme's four workstreams, signed by who answers for them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from portal.core.identity.models import Team, User
from portal.core.raci import selectors, services
from portal.core.raci.domain.matrix import Row, seats_of
from portal.core.signing.proofs import PasswordAndCode
from portal.demo.build import codes, people

KEEPER, ADMINISTRATOR = "hal@demo.example.com", "ada@demo.example.com"
POSTS: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("CTO", "people", ("tess@demo.example.com",), ""),
    ("CISO", "people", ("cai@demo.example.com",), ""),
    ("Head of ML Platform", "people", ("oli@demo.example.com",), ""),
    ("Privacy Lead", "people", ("pia@demo.example.com",), ""),
    ("Security", "team", (), "security"),
    ("Legal", "people", ("petra@demo.example.com",), ""),
    ("ELT", "people", ("tess@demo.example.com", "cai@demo.example.com", "hal@demo.example.com"), ""),
    ("Product", "team", (), "product-analytics"),
    ("Engineering", "team", (), "data-platform"),
    ("Finance", "people", (), ""),
    ("Org", "everybody", (), ""),
)
"""Name, what it stands for, people, team. Nobody holds Finance: the list of gaps has something to show."""
ROWS: tuple[tuple[str, dict[str, list[str]]], ...] = (
    ("Data contracts (Tier-1)", {
        "R": ["team:data-platform"], "A": ["role:head_of_data"], "C": ["post:security", "post:product"],
        "I": ["post:elt"],
    }),
    ("Lineage instrumentation", {
        "R": ["team:mlops"], "A": ["post:head-of-ml-platform"], "C": ["team:data-platform", "post:engineering"],
        "I": ["post:elt"],
    }),
    ("Observability SLOs", {
        "R": ["team:data-quality"], "A": ["post:cto"], "C": ["post:finance", "post:product"], "I": ["post:org"],
    }),
    ("Deletion proof program", {
        "R": ["post:privacy-lead"], "A": ["post:ciso"], "C": ["post:legal", "team:data-platform"], "I": ["post:org"],
    }),
)  # fmt: skip
REASON = "The programme's governance, as its charter has it."


def build() -> None:
    """Make what is missing: a second build finds it there."""
    for name, stands_for, held_by, team in POSTS:
        _post(name, stands_for, held_by, team)
    if selectors.current() is None:
        _sign(_proposed([_row(title, duties) for title, duties in ROWS], REASON))


def _post(name: str, stands_for: str, held_by: tuple[str, ...], team: str) -> None:
    user = User.objects.get(email=ADMINISTRATOR)
    if any(post.name == name for post, _ in selectors.posts(user)):
        return
    wish = services.Wish(
        name,
        stands_for,
        people=list(User.objects.filter(email__in=held_by)),
        team=Team.objects.filter(slug=team).first() if team else None,
    )
    services.set_post(user=user, wish=wish)


def _row(title: str, duties: dict[str, list[str]]) -> Row:
    return selectors.workstream_row(title, seats_of(duties))


def _proposed(rows: list[Row], reason: str) -> Any:
    user = User.objects.get(email=KEEPER)
    waiting = selectors.proposals(user).filter(state="open").first()
    return waiting or services.propose(user=user, rows=rows, reason=reason, key=uuid4())


def _sign(proposal: Any) -> None:
    """Whoever is asked signs, each as one."""
    known = {each["email"]: each for each in people.kept()["people"]}
    users = User.objects.filter(email__in=known).order_by("pk")
    for user in sorted(users, key=lambda each: codes.used(known[each.email]["totp_secret"])):
        proposal = selectors.proposal_for(user, proposal.pk)
        if selectors.demand_for(user, proposal) is None:
            continue
        challenge = services.begin_signature(user=user, proposal=proposal)
        entry = known[user.email]
        proof = PasswordAndCode(entry["password"], codes.fresh(entry["totp_secret"]))
        services.sign(user=user, proposal=proposal, challenge_id=challenge.pk, proof=proof)
