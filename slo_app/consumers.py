"""What the SLOs hear from the floors below."""

from portal.core.events.services import consumer
from portal.core.identity.actors import system_actor

from .services import adopt_promises
from .services.hints import on_change
from .services.throttling import TOPIC


@consumer(name="slo_app.contracts", topics=("contracts.version.activated",))
def on_activated(event) -> None:  # type: ignore[no-untyped-def]  # events.Event, a model of another room
    """A contract version became active: its asset is measured by it from now on."""
    adopt_promises(actor=system_actor("slo.contracts"), version_id=int(event.payload["version_id"]))


@consumer(name="slo_app.throttle", topics=(TOPIC,))
def on_throttle(event) -> None:  # type: ignore[no-untyped-def]  # events.Event, a model of another room
    """What an asset holds back has changed: whoever asked to hear of it is told."""
    on_change(int(event.payload["asset_id"]), new=bool(event.payload.get("new")))
