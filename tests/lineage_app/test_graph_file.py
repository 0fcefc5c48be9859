"""lineage/graph.md: every declared flow with its drawing, its hops and its links, in one file."""

import re
from typing import Any

from django.urls import reverse

from portal.core.catalog.services import adopt_asset, declare_flow, withdraw_flow
from portal.core.clock.services import now
from portal.core.identity.actors import system_actor
from tests.lineage_app.sending import event

ACTOR = system_actor("tests")


def declared(world: Any, name: str, *names: str) -> Any:
    tier = {"tier": 1, "tier_reason": "board KPI"}
    assets = [
        adopt_asset(
            actor=ACTOR, namespace="demo", name=each, owner_team=world.platform,
            **({"kind": "product", **tier} if each == names[-1] else {"kind": "table"}),
        )
        for each in names
    ]  # fmt: skip
    return declare_flow(actor=ACTOR, name=name, owner_team=world.platform, assets=assets)


def text_of(world: Any) -> str:
    answer = world.client("aud").get(reverse("lineage:flows-graph"))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/markdown")
    return b"".join(answer.streaming_content).decode()


def test_every_flow_is_a_section_with_its_drawing_its_hops_and_links_to_the_ledger(world: Any, send: Any) -> None:
    declared(world, "Orders", "orders", "orders_clean")
    declared(world, "Silent", "nobody_tells", "of_these")
    told = event("COMPLETE", inputs=["orders"], outputs=["orders_clean"])
    send(told | {"eventTime": now().isoformat()})
    text = text_of(world)
    assert "proved 1 of 2 hops of tier-1 flows" in text
    orders, silent = re.split(r"^## ", text, flags=re.M)[1:]
    assert orders.startswith("Flow Orders")
    assert orders.count("```mermaid") == 1
    assert re.search(r"n\d+ -->", orders)
    assert "http://testserver/evidence/" in orders
    assert re.search(r"\| orders \| orders\\_clean \| [^|]+ \| \[[^]]+\]\(http://testserver/lineage/runs/", orders)
    assert silent.startswith("Flow Silent")
    assert "No event has named any of its assets: demo/nobody\\_tells, demo/of\\_these." in silent


def test_a_hostile_name_stays_one_line_of_text_and_a_withdrawn_flow_leaves(world: Any) -> None:
    kept = declared(world, "A # <script>|", "a", "b")
    assert "## Flow A \\# \\<script\\>\\|\n" in text_of(world)
    withdraw_flow(actor=ACTOR, flow=kept, reason="No longer run.")
    text = text_of(world)
    assert "proved 0 of 1 hops of tier-1 flows" in text  # a tier-1 product without a flow is one missing hop
    assert "## Flow" not in text
