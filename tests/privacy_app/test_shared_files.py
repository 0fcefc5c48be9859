"""Two datasets of one system in the same files: each is purged before any is verified, so no first look is wrong."""

import pytest

from portal.core.catalog import services as catalog
from portal.core.clock import services as clock
from portal.core.identity.actors import system_actor
from privacy_app import tasks
from privacy_app.domain.request import State
from privacy_app.domain.steps import LEASE, StepState
from tests.conformance.kinds.valkey import StreamEstate
from tests.privacy_app import estate as estates
from tests.privacy_app.driving import Driver


class OneStore(estates.FourSystems):
    """A database that knows who is who, and one Valkey."""

    kinds = {name: estates.KINDS[name] for name in ("oltp", "features")}


@pytest.fixture
def both(world, postgres_server, valkey_server, tmp_path, settings, monkeypatch):
    """Profiles as hashes, and clicks of the same person in a stream of the same server."""
    settings.VAR_DIR = tmp_path / "var"
    made = OneStore(postgres_server.plan, tmp_path)
    made.plant()
    made.register(settings, monkeypatch)
    clicks = StreamEstate(postgres_server.plan, tmp_path)
    clicks.email, clicks.customer, clicks.look_alike = made.email, made.customer, f"x{made.email}"
    clicks.people = 60
    clicks.plant()
    asset = catalog.adopt_asset(actor=system_actor("tests"), namespace="shop", name="clicks", kind="stream")
    place = clicks.target
    catalog.place(
        asset=asset, system=made.systems["features"], object_name=place.object_name, settings=dict(place.settings)
    )
    made.clicks = clicks
    yield made
    clicks.close()
    made.close()


def stores(request):
    return list(request.steps.filter(kind="valkey").order_by("position"))


@pytest.mark.django_db(transaction=True)
def test_neither_dataset_fails_for_what_the_other_still_holds(world, both):
    request = Driver(world, both).approved()
    assert len(stores(request)) == 2
    others, clicked = both.controls(), both.clicks.controls()
    done = Driver(world, both).work(request)
    assert done.state == State.COMPLETED
    assert [step.verdict for step in stores(done)] == ["erased", "erased"]
    tries = [each.outcome for step in stores(done) for each in step.tries.all()]
    assert sorted(tries) == ["done", "done", "waits"]
    assert both.clicks.occurrences() == 0
    assert (both.controls(), both.clicks.controls()) == (others, clicked)


@pytest.mark.django_db(transaction=True)
def test_a_dataset_that_cannot_be_reached_keeps_the_other_waiting_once_and_not_for_hours(world, both, monkeypatch):
    request = Driver(world, both).approved()
    first, second = stores(request)
    type(second).objects.filter(pk=second.pk).update(target_settings={"type": "hash"})  # nobody knows what that is
    for _ in range(3):
        tasks.propagate()
        clock.move(clock.offset() + LEASE)
    first, second = stores(request)
    assert (second.state, second.purged_at) == (StepState.RETRY, None)
    assert first.purged_at is not None
    assert "failed" in [each.outcome for each in first.tries.all()]  # it says by itself what it still finds
