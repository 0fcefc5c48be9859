"""What contracts hear from themselves: each step in the life of a version is told to those who depend on it."""

from contracts_app import services
from portal.core.events.services import consumer


@consumer(name="contracts_app.notices", topics=services.TOPICS)
def on_news(event) -> None:  # type: ignore[no-untyped-def]  # events.Event, a model of another room
    """Tell named consumers and followers, in the transaction that moves the cursor."""
    services.tell(event.topic, event.payload)
