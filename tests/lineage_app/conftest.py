"""What the tests of lineage share."""

from collections.abc import Callable
from typing import Any

import pytest

from lineage_app.services import project_all
from tests.lineage_app.sending import post


@pytest.fixture
def token(world: Any) -> str:
    """A token that may write lineage of the namespaces demo*."""
    return world.token("lineage:write", namespaces=("demo*",))


@pytest.fixture
def send(token: str) -> Callable[..., None]:
    """Send events through the endpoint and project them."""

    def sending(*events: dict[str, Any]) -> None:
        for each in events:
            answer = post(token, each)
            assert answer.status_code == 201, answer.content
        project_all()

    return sending
