"""The pages of the throttle: who is held back and why, overrides, consumers, and what would happen."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.core.clock.services import now
from slo_app.models import Consumer, ConsumerClass, ThrottleOverride
from slo_app.services.consumer_classes import set_consumer
from tests.slo_app.throttled import accuracy_of, an_asset, measured, readers

pytestmark = pytest.mark.django_db


@pytest.fixture
def asset(world):
    made = an_asset(world)
    readers(world)
    return made


@pytest.fixture
def slo(asset):
    return accuracy_of(asset)


def text(answer):
    assert answer.status_code == 200, answer
    return " ".join(answer.content.decode().split())


def test_an_empty_page_says_that_nobody_is_throttled(world):
    assert "Nobody is throttled" in text(world.client("ana").get(reverse("slos:throttle")))


def test_the_page_names_asset_slo_reason_and_each_consumer_with_its_way_in_lineage(world, asset, slo, clock):
    measured(clock, slo, "99.6", "99.6", "99.5")
    browser = world.client("cleo")
    page = text(browser.get(reverse("slos:throttle")))
    for said in ("demo/orders", "Accuracy of orders", slo.get_absolute_url(), "99.5", "direct", "farther"):
        assert said in page
    assert "aside" not in page
    way = browser.get(reverse("slos:throttle-way", args=[asset.pk]), {"namespace": "demo", "name": "farther"})
    assert way.url.startswith(reverse("lineage:paths"))
    assert browser.get(way.url).status_code == 200
    way = browser.get(reverse("slos:throttle-way", args=[asset.pk]), {"namespace": "demo", "name": "direct"})
    assert "/lineage/jobs/" in way.url


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"hops": "1"}, {"direct"}),
        ({"hops": "2"}, {"farther"}),
        ({"kind": "regulated"}, {"direct"}),
        ({"decision": "deny"}, {"direct"}),
        ({"decision": "degrade"}, {"farther"}),
        ({"text": "fart"}, {"farther"}),
        ({"text": "orders"}, {"direct", "farther"}),
        ({"team": "none"}, {"direct", "farther"}),
        ({"decision": "allow"}, set()),
    ],
)
def test_the_filters_are_in_the_address(world, asset, slo, clock, asked, shown):
    set_consumer(user=world.ana, namespace="demo", name="direct", kind="regulated")
    measured(clock, slo, "99.6", "99.6", "99.5")
    page = world.client("cleo").get(reverse("slos:throttle"), asked)
    assert {line.name for line in page.context["page"]} == shown


def test_an_override_is_looked_at_made_once_shown_and_ended(world, asset, slo, clock):
    measured(clock, slo, "99.6", "99.6")
    browser, url = world.client("dan"), reverse("slos:throttle-override", args=[asset.pk])
    end = (now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    wish = {"consumer": "demo/direct", "factor": "1.0", "ends_at": end, "reason": "It repairs the table."}
    looked = browser.get(url, wish)
    assert "Whom it changes" in text(looked)
    assert [line.name for line in looked.context["changes"]] == ["direct"]
    assert not ThrottleOverride.objects.exists()

    key = {"idempotency_key": "7f3b0a52-0000-4000-8000-000000000003"}
    for _ in range(2):
        assert browser.post(url, wish | key).status_code == 302
    made = ThrottleOverride.objects.get()
    page = browser.get(reverse("slos:throttle-asset", args=[asset.pk]))
    assert "It repairs the table." in text(page)
    assert {line.name: line.answer.rate_factor for line in page.context["page"]} == {"direct": 1.0, "farther": 0.5}

    browser.post(reverse("slos:throttle-end", args=[made.pk]))
    page = browser.get(reverse("slos:throttle-asset", args=[asset.pk]))
    assert {line.name: line.answer.rate_factor for line in page.context["page"]} == {"direct": 0.5, "farther": 0.5}
    assert "Over" in text(page)


def test_an_override_without_reason_or_with_a_far_end_is_refused_on_the_page(world, asset, slo, clock):
    measured(clock, slo, "99.6")
    browser, url = world.client("dan"), reverse("slos:throttle-override", args=[asset.pk])
    end = (now() + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    key = {"idempotency_key": "7f3b0a52-0000-4000-8000-000000000004"}
    answer = browser.post(url, {"factor": "1.0", "ends_at": end, "reason": "long"} | key)
    assert answer.status_code == 422
    assert "within 7 d" in answer.content.decode()
    assert not ThrottleOverride.objects.exists()


def test_what_would_happen_if_it_fired_is_said_beforehand(world, asset, slo, clock):
    set_consumer(user=world.ana, namespace="demo", name="direct", kind="regulated")
    measured(clock, slo, "100")
    page = world.client("ana").get(reverse("slos:throttle-preview", args=[slo.pk]))
    assert [each.counts for each in page.context["previews"]] == [
        {"deny": 0, "degrade": 0, "allow": 2},
        {"deny": 0, "degrade": 2, "allow": 0},
        {"deny": 1, "degrade": 1, "allow": 0},
        {"deny": 1, "degrade": 0, "allow": 1},
    ]
    assert "What would happen if it fired" in text(page)
    fresh = accuracy_of(asset, kind="freshness")
    assert "throttles nobody" in text(world.client("ana").get(reverse("slos:throttle-preview", args=[fresh.pk])))


def test_a_consumer_is_put_into_a_class_and_a_class_is_set(world):
    browser = world.client("ana")
    wish = {"namespace": "demo", "name": "direct", "kind": "regulated", "webhook": ""}
    assert browser.post(reverse("slos:consumer-set"), wish).status_code == 302
    assert Consumer.objects.get().kind == "regulated"
    answer = browser.post(reverse("slos:consumer-set"), wish | {"webhook": "http://127.0.0.1/hint"})
    assert answer.status_code == 422
    assert "private network" in answer.content.decode()
    admin = world.client("ada")
    assert admin.post(reverse("slos:consumer-class", args=["regulated"]), {"on_unknown": "allow"}).status_code == 302
    row = ConsumerClass.objects.get()
    assert (row.on_unknown, row.version) == ("allow", 2)
    assert "edition 2" in text(admin.get(reverse("slos:consumers"), {"text": "dir"}))
