"""The pages of the matrix as people read and use them."""

from __future__ import annotations

import csv
import json
import re

from django.urls import reverse

from portal.core.catalog.models import Asset
from portal.core.raci import selectors
from portal.core.raci.models import Proposal
from tests.access.raci import REASON, a_row, an_asset, ciso, put_in_force, wish

TAGS = re.compile(r"<[^>]+>")


def text_of(answer) -> str:
    return " ".join(TAGS.sub(" ", answer.content.decode()).split())


def test_the_matrix_shows_each_duty_and_where_an_unsigned_one_comes_from(world):
    ciso(world)
    put_in_force(world, a_row())
    an_asset(world)
    said = text_of(world.client("bob").get("/raci/"))
    assert "Data contracts Data Platform" in said
    assert "Owner in the catalog" in said
    assert "Rule for tier 1" in said
    assert "Propose a workstream" not in said, "that is the head of data's"


def test_the_filters_are_in_the_address(world):
    ciso(world)
    put_in_force(world, a_row())
    an_asset(world)
    said = text_of(world.client("bob").get("/raci/?show=asset&q=orders&team=platform"))
    assert "1 to" not in said
    assert "orders" in said
    assert "Tier-1 assets" in said
    assert "Data contracts Data Platform" not in said
    assert "Nothing matches" in text_of(world.client("bob").get("/raci/?q=nothing-is-called-so"))


def test_a_new_workstream_goes_from_form_to_check_page_to_proposal(world):
    client = world.client("hal")
    url = reverse("raci:propose")
    sent = wish(world) | {"step": "check"}
    checked = client.post(url, sent)
    said = text_of(checked)
    assert "Check your proposal" in said
    assert "Head of data: Hal Head" in said
    assert Proposal.objects.count() == 0
    back = client.post(url, sent | {"step": "edit"})
    assert REASON in back.content.decode()
    done = client.post(url, sent | {"step": "propose"})
    assert done["Location"] == Proposal.objects.get().get_absolute_url()
    assert client.post(url, sent | {"step": "propose"})["Location"] == done["Location"], "the key is used once"


def test_a_form_with_two_accountable_holders_comes_back_with_sentences(world):
    sent = wish(world) | {"step": "check", "holder_3": "team:logistics", "duty_3": "A", "holder_4": "role:auditor"}
    answer = world.client("hal").post(reverse("raci:propose"), sent)
    assert answer.status_code == 422
    assert "Choose both, or neither." in text_of(answer)
    sent |= {"duty_4": "C"}
    answer = world.client("hal").post(reverse("raci:propose"), sent)
    assert (answer.status_code, "2 holders for A: choose exactly one" in text_of(answer)) == (422, True)


def test_the_form_of_a_row_shows_the_duties_of_today(world):
    asset = an_asset(world)
    page = world.client("ana").get(f"{reverse('raci:propose')}?row={asset.pk}").content.decode()
    assert '<option value="team:platform" selected>' in page
    assert '<option value="role:head_of_data" selected>' in page
    assert world.client("otto").get(f"{reverse('raci:propose')}?row={asset.pk}").status_code == 403


def test_several_assets_are_chosen_on_the_matrix_and_proposed_together(world):
    first = an_asset(world)
    second = Asset.objects.create(
        namespace="shop", name="refunds", tier=1, tier_reason="money", owner_team=world.platform
    )
    page = world.client("ana").get("/raci/").content.decode()
    assert f'name="row" value="{first.pk}"' in page
    assert "Propose the same for the chosen" in page
    assert "Propose the same for the chosen" not in world.client("otto").get("/raci/").content.decode()
    url = f"{reverse('raci:propose')}?row={first.pk}&row={second.pk}"
    assert "Propose the same for 2 assets" in text_of(world.client("ana").get(url))
    none = world.client("ana").get(f"{reverse('raci:propose')}?of=assets", follow=True)
    assert "Choose one or more assets first" in text_of(none)
    sent = wish(world) | {"holder_2": "team:platform", "duty_1": "", "holder_1": "", "duty_2": "AR"}
    world.client("ana").post(url, sent)
    assert {change.title for change in Proposal.objects.get().changes.all()} == {"orders", "refunds"}


def test_the_downloads_hold_the_whole_matrix_and_no_name_of_a_person(world):
    ciso(world)
    put_in_force(world, a_row())
    an_asset(world)
    rows = list(csv.reader(world.client("aud").get("/raci/matrix.csv").content.decode().splitlines()))
    found = {(row[2], row[3], row[5]) for row in rows[1:]}
    assert {("Data contracts", "R", "Data Platform"), ("Data contracts", "A", "Head of data")} <= found
    assert ("orders", "A", "Head of data") in found
    told = json.loads(world.client("aud").get("/raci/matrix.json").content)
    assert (told["version"], [row["title"] for row in told["rows"]]) == (1, ["Data contracts", "orders"])
    assert "Ada Administrator" not in json.dumps(told)


def test_the_work_list_has_what_waits_for_a_signature_and_the_gaps_for_the_head_of_data(world):
    from tests.access.raci import an_open_proposal

    made = an_open_proposal(world)
    Asset.objects.create(namespace="shop", name="lost", tier=1, tier_reason="money")
    said = text_of(world.client("hal").get("/"))
    assert f"Sign {made} of the RACI as Head of data" in said
    assert "Close 1 gap in the RACI: lost has nobody responsible." in said
    assert "RACI as" not in text_of(world.client("ana").get("/"))


def test_workstreams_and_posts_are_found_by_name(world):
    ciso(world)
    put_in_force(world, a_row())
    assert "Data contracts RACI version 1" in text_of(world.client("bob").get("/search/?q=data con"))
    assert "CISO People" in text_of(world.client("bob").get("/search/?q=ciso"))


def test_the_page_of_an_asset_says_who_answers(world):
    asset = an_asset(world)
    said = text_of(world.client("cleo").get(asset.get_absolute_url()))
    assert "Accountable Head of data : Hal Head" in said


def test_versions_can_be_compared_with_any_other(world):
    ciso(world)
    put_in_force(world, a_row())
    from portal.core.raci.models import Row

    Row.objects.all().delete()
    put_in_force(world, a_row("Lineage"), number=2)
    said = text_of(world.client("aud").get(selectors.current().get_absolute_url()))
    assert "What changed since version 1" in said
    assert "Data contracts Taken out" in said
    assert "Lineage New" in said
    assert world.client("aud").get("/raci/versions/7/").status_code == 404
